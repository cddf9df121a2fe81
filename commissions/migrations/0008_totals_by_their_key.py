import django.db.models.deletion
from django.db import migrations, models

# Nothing but sums of the lines: what was kept is thrown away, and added up anew from them.
FILL = """
    ALTER TABLE commissions_dailytotal SET (fillfactor = 50);
    ALTER TABLE commissions_networktotal SET (fillfactor = 50);
    ALTER TABLE commissions_confirmedtotal SET (fillfactor = 50);
    INSERT INTO commissions_dailytotal
           (publisher_id, programme_id, day, status, lines, base_cents, commission_cents)
    SELECT l.publisher_id, l.programme_id, (l.created_at AT TIME ZONE g.time_zone)::date, l.status,
           count(*), sum(l.base_cents), sum(l.commission_cents)
      FROM commissions_orderline l JOIN commissions_programme g ON g.id = l.programme_id
     WHERE l.publisher_id IS NOT NULL GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4;
    INSERT INTO commissions_networktotal
           (programme_id, day, status, lines, base_cents, commission_cents)
    SELECT l.programme_id, (l.created_at AT TIME ZONE g.time_zone)::date, l.status,
           count(*), sum(l.base_cents), sum(l.commission_cents)
      FROM commissions_orderline l JOIN commissions_programme g ON g.id = l.programme_id
     GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;
    INSERT INTO commissions_confirmedtotal (publisher_id, rulebook_id, commission_cents)
    SELECT publisher_id, rulebook_id, sum(commission_cents) FROM commissions_orderline
     WHERE status IN ('confirmed', 'paid') AND publisher_id IS NOT NULL AND rulebook_id IS NOT NULL
     GROUP BY 1, 2 ORDER BY 1, 2;
"""
FILL_AS_BEFORE = """
    ALTER TABLE commissions_dailytotal SET (fillfactor = 50);
    INSERT INTO commissions_dailytotal
           (publisher_id, programme_id, day, status, rulebook_id, lines, base_cents,
            commission_cents)
    SELECT l.publisher_id, l.programme_id, (l.created_at AT TIME ZONE g.time_zone)::date, l.status,
           l.rulebook_id,
           count(*), sum(l.base_cents), sum(l.commission_cents)
      FROM commissions_orderline l JOIN commissions_programme g ON g.id = l.programme_id
     GROUP BY 1, 2, 3, 4, 5;
"""


def key(model: str) -> models.ForeignKey:
    """A key of the lines' kind: no check and no index of its own."""
    return models.ForeignKey(
        db_constraint=False,
        db_index=False,
        on_delete=django.db.models.deletion.PROTECT,
        to=model,
    )


def figures() -> list[tuple[str, models.Field]]:
    return [
        ("day", models.DateField(verbose_name="day")),
        ("status", models.CharField(max_length=16, verbose_name="status")),
        ("lines", models.BigIntegerField(verbose_name="lines")),
        ("base_cents", models.BigIntegerField(verbose_name="sales")),
        ("commission_cents", models.BigIntegerField(verbose_name="commission")),
        ("programme", key("commissions.programme")),
    ]


def composite(*names: str) -> models.CompositePrimaryKey:
    return models.CompositePrimaryKey(
        *names, blank=True, editable=False, primary_key=True, serialize=False
    )


class Migration(migrations.Migration):
    dependencies = [
        ("commissions", "0007_empty_columns_are_not_written"),
        ("publishers", "0002_rulebooks_that_staff_own"),
    ]

    operations = [
        # Operations are undone from the last to the first: this fills what the next brings back.
        migrations.RunSQL(migrations.RunSQL.noop, FILL_AS_BEFORE),
        migrations.DeleteModel(name="DailyTotal"),
        migrations.CreateModel(
            name="DailyTotal",
            fields=[
                ("pk", composite("publisher_id", "programme_id", "day", "status")),
                *figures(),
                ("publisher", key("publishers.publisher")),
            ],
            options={"verbose_name": "daily total", "verbose_name_plural": "daily totals"},
        ),
        migrations.CreateModel(
            name="NetworkTotal",
            fields=[("pk", composite("programme_id", "day", "status")), *figures()],
            options={
                "verbose_name": "network's daily total",
                "verbose_name_plural": "network's daily totals",
            },
        ),
        migrations.CreateModel(
            name="ConfirmedTotal",
            fields=[
                ("pk", composite("publisher_id", "rulebook_id")),
                ("commission_cents", models.BigIntegerField(verbose_name="commission")),
                ("publisher", key("publishers.publisher")),
                ("rulebook", key("commissions.rulebook")),
            ],
            options={"verbose_name": "confirmed total", "verbose_name_plural": "confirmed totals"},
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
