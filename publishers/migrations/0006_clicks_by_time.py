import django.contrib.postgres.indexes
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    # Clicks are loaded while the index is built.
    atomic = False

    dependencies = [("publishers", "0005_payout_details")]

    operations = [
        AddIndexConcurrently(
            model_name="click",
            index=django.contrib.postgres.indexes.BrinIndex(
                fields=["clicked_at"], name="publishers_click_by_time", pages_per_range=64
            ),
        ),
    ]
