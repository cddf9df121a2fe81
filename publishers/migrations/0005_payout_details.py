import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import publishers.periods


class Migration(migrations.Migration):
    dependencies = [
        ("publishers", "0004_sources_that_are_looked_at"),
    ]

    operations = [
        migrations.CreateModel(
            name="PayoutDetails",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("valid_to", models.DateTimeField(blank=True, null=True, verbose_name="to")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("card", "bank card"),
                            ("bank_account", "bank account"),
                            ("email_wallet", "wallet named by an e-mail address"),
                            ("wallet", "wallet named by a number"),
                        ],
                        max_length=16,
                        verbose_name="kind",
                    ),
                ),
                (
                    "fingerprint",
                    models.CharField(
                        db_collation="C",
                        help_text="Equal for equal numbers; the number cannot be read from it.",
                        max_length=64,
                        verbose_name="fingerprint",
                    ),
                ),
                ("masked", models.CharField(max_length=64, verbose_name="number")),
                ("valid_from", models.DateTimeField(verbose_name="from")),
            ],
            options={
                "verbose_name": "payout details",
                "verbose_name_plural": "payout details",
                "ordering": ["-valid_from"],
            },
        ),
        migrations.AddField(
            model_name="payoutdetails",
            name="publisher",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="payout_details",
                to="publishers.publisher",
                verbose_name="publisher",
            ),
        ),
        migrations.AddIndex(
            model_name="payoutdetails",
            index=models.Index(fields=["fingerprint"], name="publishers_payout_fingerprint"),
        ),
        migrations.AddConstraint(
            model_name="payoutdetails",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    (
                        publishers.periods.Period(
                            "valid_from",
                            "valid_to",
                            django.contrib.postgres.fields.ranges.RangeBoundary(),
                        ),
                        "&&",
                    ),
                    ("publisher", "="),
                ],
                name="publishers_payout_details_periods_apart",
                violation_error_message="Another row of the same key is in force during this period: end that one first, or choose other dates.",
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutdetails",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_from__isnull", True),
                    ("valid_to__isnull", True),
                    ("valid_to__gt", models.F("valid_from")),
                    _connector="OR",
                ),
                name="publishers_payout_details_period_runs_forward",
                violation_error_message="The period must end after it starts.",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="payoutdetails",
            trigger=pgtrigger.compiler.Trigger(
                name="payout_details_stay",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."publisher_id" IS DISTINCT FROM (NEW."publisher_id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."fingerprint" IS DISTINCT FROM (NEW."fingerprint") OR OLD."masked" IS DISTINCT FROM (NEW."masked") OR OLD."valid_from" IS DISTINCT FROM (NEW."valid_from"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="8cddb60a995b504864964bd660a54288ecf9d0a2",
                    operation="UPDATE",
                    pgid="pgtrigger_payout_details_stay_61171",
                    table="publishers_payoutdetails",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="payoutdetails",
            trigger=pgtrigger.compiler.Trigger(
                name="payout_details_are_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="e5c4d1c8d54be40e31cde132b0a836b4885ae86d",
                    operation="DELETE",
                    pgid="pgtrigger_payout_details_are_kept_ec44e",
                    table="publishers_payoutdetails",
                    when="BEFORE",
                ),
            ),
        ),
    ]
