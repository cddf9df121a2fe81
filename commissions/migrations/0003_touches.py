from django.db import migrations

from commissions.sql import sql


class Migration(migrations.Migration):
    dependencies = [("commissions", "0002_initial"), ("publishers", "0001_initial")]

    operations = [migrations.RunSQL(sql("touches"), sql("touches_undo"))]
