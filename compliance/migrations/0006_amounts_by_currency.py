from django.db import migrations, models

# What was told before was told in the currency of the oldest programme.
BY_CURRENCY = """
    ALTER TABLE compliance_statementofreasons DISABLE TRIGGER USER;
    UPDATE compliance_statementofreasons
       SET amounts = jsonb_build_array(jsonb_build_object(
               'currency', COALESCE(
                   (SELECT currency FROM commissions_programme ORDER BY id LIMIT 1), 'USD'),
               'commission_cents', commission_cents,
               'referral_cents', referral_cents))
     WHERE commission_cents <> 0 OR referral_cents <> 0;
    ALTER TABLE compliance_statementofreasons ENABLE TRIGGER USER;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("compliance", "0005_the_daily_watch"),
        ("commissions", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="statementofreasons",
            name="amounts",
            field=models.JSONField(
                default=list,
                help_text="By currency: the commission and the referral credit that the decision "
                "moved, in cents.",
                verbose_name="amounts",
            ),
        ),
        migrations.RunSQL(BY_CURRENCY, migrations.RunSQL.noop),
        migrations.RemoveField(model_name="statementofreasons", name="commission_cents"),
        migrations.RemoveField(model_name="statementofreasons", name="referral_cents"),
    ]
