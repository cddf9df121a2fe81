import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import compliance.models.threshold
import publishers.periods


class Migration(migrations.Migration):
    dependencies = [
        ("compliance", "0004_sources_that_are_looked_at"),
        ("publishers", "0006_clicks_by_time"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="WatchMark",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("judged_to", models.DateTimeField(null=True)),
                ("click_id", models.BigIntegerField(default=0)),
                ("line_id", models.BigIntegerField(default=0)),
                ("orders_to", models.DateTimeField(null=True)),
                ("run_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "mark of the watch",
                "verbose_name_plural": "marks of the watch",
            },
        ),
        migrations.CreateModel(
            name="Observation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("merchant_referrer", "clicks from the merchant's site"),
                            ("cookie_stuffing", "signs of cookie stuffing"),
                            ("shared_payout_details", "payout details of several accounts"),
                        ],
                        max_length=32,
                        verbose_name="kind",
                    ),
                ),
                ("window_start", models.DateTimeField(verbose_name="looked at from")),
                (
                    "window_end",
                    models.DateTimeField(
                        help_text="Empty: it began then, and goes on.",
                        null=True,
                        verbose_name="looked at to",
                    ),
                ),
                (
                    "severity",
                    models.SmallIntegerField(
                        choices=[(1, "low"), (2, "medium"), (3, "high")], verbose_name="severity"
                    ),
                ),
                (
                    "evidence",
                    models.JSONField(
                        help_text="Signs, figures, samples and the thresholds then in force.",
                        verbose_name="evidence",
                    ),
                ),
                ("found_at", models.DateTimeField(verbose_name="found")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("new", "new"),
                            ("case_opened", "case opened"),
                            ("dismissed", "dismissed"),
                        ],
                        default="new",
                        max_length=16,
                        verbose_name="status",
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided")),
                ("decision_reason", models.TextField(blank=True, verbose_name="reason")),
                (
                    "case",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="compliance.case",
                        verbose_name="case",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: the job, by the policy in force.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
                (
                    "publisher",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="publishers.publisher",
                        verbose_name="publisher",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="publishers.source",
                        verbose_name="source",
                    ),
                ),
            ],
            options={
                "verbose_name": "observation",
                "verbose_name_plural": "observations",
                "ordering": ["-severity", "found_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="ObservationPolicy",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("valid_from", models.DateTimeField(blank=True, null=True, verbose_name="from")),
                ("valid_to", models.DateTimeField(blank=True, null=True, verbose_name="to")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("merchant_referrer", "clicks from the merchant's site"),
                            ("cookie_stuffing", "signs of cookie stuffing"),
                            ("shared_payout_details", "payout details of several accounts"),
                        ],
                        max_length=32,
                        verbose_name="kind",
                    ),
                ),
                (
                    "mode",
                    models.CharField(
                        choices=[
                            ("person", "a person looks at it"),
                            ("open_case", "the job opens a case"),
                        ],
                        max_length=16,
                        verbose_name="what happens",
                    ),
                ),
                (
                    "least_severity",
                    models.SmallIntegerField(
                        choices=[(1, "low"), (2, "medium"), (3, "high")],
                        default=3,
                        help_text="Milder ones wait for a person in any case.",
                        verbose_name="from severity",
                    ),
                ),
            ],
            options={
                "verbose_name": "policy of observations",
                "verbose_name_plural": "policies of observations",
                "ordering": ["kind", "valid_from"],
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            (
                                publishers.periods.Period(
                                    "valid_from",
                                    "valid_to",
                                    django.contrib.postgres.fields.ranges.RangeBoundary(),
                                ),
                                "&&",
                            ),
                            ("kind", "="),
                        ],
                        name="compliance_observation_policy_periods_apart",
                        violation_error_message="Another row of the same key is in force during this period: end that one first, or choose other dates.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_from__isnull", True),
                            ("valid_to__isnull", True),
                            ("valid_to__gt", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="compliance_observation_policy_period_runs_forward",
                        violation_error_message="The period must end after it starts.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Threshold",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("valid_from", models.DateTimeField(blank=True, null=True, verbose_name="from")),
                ("valid_to", models.DateTimeField(blank=True, null=True, verbose_name="to")),
                (
                    "name",
                    models.CharField(
                        choices=compliance.models.threshold.threshold_names,
                        max_length=40,
                        verbose_name="threshold",
                    ),
                ),
                ("value", models.PositiveIntegerField(verbose_name="value")),
                ("note", models.TextField(blank=True, verbose_name="why")),
            ],
            options={
                "verbose_name": "threshold",
                "verbose_name_plural": "thresholds",
                "ordering": ["name", "valid_from"],
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            (
                                publishers.periods.Period(
                                    "valid_from",
                                    "valid_to",
                                    django.contrib.postgres.fields.ranges.RangeBoundary(),
                                ),
                                "&&",
                            ),
                            ("name", "="),
                        ],
                        name="compliance_threshold_periods_apart",
                        violation_error_message="Another row of the same key is in force during this period: end that one first, or choose other dates.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_from__isnull", True),
                            ("valid_to__isnull", True),
                            ("valid_to__gt", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="compliance_threshold_period_runs_forward",
                        violation_error_message="The period must end after it starts.",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="threshold",
            trigger=pgtrigger.compiler.Trigger(
                name="threshold_stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."value" IS DISTINCT FROM (NEW."value") OR OLD."valid_from" IS DISTINCT FROM (NEW."valid_from"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="57b8f78f60fd11f36c28cd03c876b181422cd994",
                    operation="UPDATE",
                    pgid="pgtrigger_threshold_stays_5edf3",
                    table="compliance_threshold",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="threshold",
            trigger=pgtrigger.compiler.Trigger(
                name="threshold_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="9b13e4838b47d08e404b19ea49a912e7d02071a8",
                    operation="DELETE",
                    pgid="pgtrigger_threshold_is_kept_6d8a0",
                    table="compliance_threshold",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="watchmark",
            constraint=models.CheckConstraint(
                condition=models.Q(("pk", 1)), name="compliance_watch_mark_is_one"
            ),
        ),
        migrations.AddIndex(
            model_name="observation",
            index=models.Index(
                condition=models.Q(("status", "new")),
                fields=["-severity", "found_at"],
                name="compliance_observation_new",
            ),
        ),
        migrations.AddConstraint(
            model_name="observation",
            constraint=models.UniqueConstraint(
                fields=("kind", "publisher", "source", "window_start", "window_end"),
                name="compliance_observation_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="observation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("window_end__isnull", True),
                    ("window_end__gt", models.F("window_start")),
                    _connector="OR",
                ),
                name="compliance_observation_window_runs_forward",
            ),
        ),
        migrations.AddConstraint(
            model_name="observation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("case__isnull", True), ("decided_at__isnull", True), ("status", "new")
                    ),
                    models.Q(
                        ("case__isnull", False),
                        ("decided_at__isnull", False),
                        ("status", "case_opened"),
                    ),
                    models.Q(
                        ("case__isnull", True),
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                        ("status", "dismissed"),
                        models.Q(("decision_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="compliance_observation_decided",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="observation",
            trigger=pgtrigger.compiler.Trigger(
                name="observation_is_decided_once",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."status", \':\', NEW."status") = ANY(\'{new:case_opened,new:dismissed}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."status" IS DISTINCT FROM NEW."status") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "status" from "%" to "%" on table %\', OLD."status", NEW."status", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="eef7610a8ae2c980eff65e3bd6f0b345c1e5d8d9",
                    operation="UPDATE",
                    pgid="pgtrigger_observation_is_decided_once_5c662",
                    table="compliance_observation",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="observation",
            trigger=pgtrigger.compiler.Trigger(
                name="observation_is_frozen",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."publisher_id" IS DISTINCT FROM (NEW."publisher_id") OR OLD."source_id" IS DISTINCT FROM (NEW."source_id") OR OLD."window_start" IS DISTINCT FROM (NEW."window_start") OR OLD."window_end" IS DISTINCT FROM (NEW."window_end") OR OLD."severity" IS DISTINCT FROM (NEW."severity") OR OLD."evidence" IS DISTINCT FROM (NEW."evidence") OR OLD."found_at" IS DISTINCT FROM (NEW."found_at"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="02c0b3dcfe29c1021a2ca6f8188a2ef6fff6096f",
                    operation="UPDATE",
                    pgid="pgtrigger_observation_is_frozen_154e3",
                    table="compliance_observation",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="observation",
            trigger=pgtrigger.compiler.Trigger(
                name="observation_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="09fb9d7014d86b1ec9a9210991c6c33d8914ace7",
                    operation="DELETE",
                    pgid="pgtrigger_observation_is_kept_5b8c7",
                    table="compliance_observation",
                    when="BEFORE",
                ),
            ),
        ),
    ]
