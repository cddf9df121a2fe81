import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

# Sources approved before there was a watch: each by the last round that approved it.
WATCH_APPROVED_PAGES = """
INSERT INTO compliance_pagewatch (source_id, approved_id, counted_from, due_at, failures)
SELECT last.source_id, last.id, last.decided_at, last.decided_at + interval '7 days', 0
FROM (
    SELECT DISTINCT ON (source_id) id, source_id, statement_id, decided_at
    FROM compliance_moderation WHERE state = 'approved' ORDER BY source_id, id DESC
) AS last
JOIN publishers_sourcestatement AS said ON said.id = last.statement_id
WHERE said.url <> ''
"""


class Migration(migrations.Migration):
    dependencies = [
        ("compliance", "0006_amounts_by_currency"),
        ("publishers", "0006_clicks_by_time"),
    ]

    operations = [
        migrations.CreateModel(
            name="PageWatch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "counted_from",
                    models.DateTimeField(
                        help_text="The last look, or the approval since which none was.",
                        verbose_name="counted from",
                    ),
                ),
                ("due_at", models.DateTimeField(verbose_name="next look")),
                (
                    "failures",
                    models.PositiveIntegerField(default=0, verbose_name="not read, times on end"),
                ),
                ("failing_since", models.DateTimeField(null=True, verbose_name="not read since")),
                (
                    "approved",
                    models.ForeignKey(
                        help_text="The round whose findings were known when the source was approved.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="compliance.moderation",
                        verbose_name="approved in",
                    ),
                ),
                (
                    "source",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="page_watch",
                        to="publishers.source",
                        verbose_name="source",
                    ),
                ),
            ],
            options={
                "verbose_name": "watch of a page",
                "verbose_name_plural": "watches of pages",
                "ordering": ["due_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="PageLook",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="when")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("same", "nothing new"),
                            ("news", "something new"),
                            ("failed", "not read"),
                        ],
                        max_length=8,
                        verbose_name="outcome",
                    ),
                ),
                (
                    "sha256",
                    models.CharField(
                        blank=True,
                        db_collation="C",
                        help_text="Of the page as it was fetched; empty: it was not.",
                        max_length=64,
                        verbose_name="SHA-256",
                    ),
                ),
                ("evidence", models.JSONField(verbose_name="evidence")),
                ("reports", models.JSONField(verbose_name="reports")),
                (
                    "news",
                    models.JSONField(default=list, verbose_name="not known when it was approved"),
                ),
                (
                    "approved",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="compliance.moderation",
                        verbose_name="approved in",
                    ),
                ),
                (
                    "reopened",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="page_looks",
                        to="compliance.moderation",
                        verbose_name="told to staff in",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="page_looks",
                        to="publishers.source",
                        verbose_name="source",
                    ),
                ),
            ],
            options={
                "verbose_name": "look at a page",
                "verbose_name_plural": "looks at pages",
                "ordering": ["-id"],
                "indexes": [models.Index(fields=["at"], name="compliance_page_look_at")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("outcome", "news"), ("news", []), _connector="OR"),
                        name="compliance_page_look_news",
                    )
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="pagelook",
            trigger=pgtrigger.compiler.Trigger(
                name="page_look_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="4e5844cf78f396fd34b21b39ae58e1dce6766224",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_page_look_is_kept_dbd5d",
                    table="compliance_pagelook",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="pagewatch",
            index=models.Index(fields=["due_at"], name="compliance_page_watch_due"),
        ),
        migrations.AddIndex(
            model_name="pagewatch",
            index=models.Index(fields=["counted_from"], name="compliance_page_watch_counted"),
        ),
        migrations.AddConstraint(
            model_name="pagewatch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("failing_since__isnull", True), ("failures", 0)),
                    models.Q(("failing_since__isnull", False), ("failures__gt", 0)),
                    _connector="OR",
                ),
                name="compliance_page_watch_failing_since",
            ),
        ),
        # Last: what it writes is checked at the end, and nothing may alter the table before.
        migrations.RunSQL(WATCH_APPROVED_PAGES, migrations.RunSQL.noop),
    ]
