"""Files of this app: publishers.csv (but for who brought whom), sources.csv, agreements.csv."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from publishers.columns import (
    CodeOf,
    Column,
    Email,
    Instant,
    Text,
    code,
    country,
    language,
)
from publishers.fact_files import BATCH, FactResource, Pending, write_mended
from publishers.models import Agreement, Publisher, Source, SourceApproval, TrafficType


def publisher_column() -> Column:
    """A column with a publisher's code."""
    return Column(
        "publisher_id",
        "publisher",
        CodeOf(
            lambda: Publisher.objects.values_list("code", "id"),
            gettext_noop("Write the code of a publisher; load publishers.csv first."),
        ),
    )


def traffic_type_column() -> Column:
    """A column with the code of a traffic type."""
    return Column(
        "traffic_type_id",
        "traffic_type",
        CodeOf(
            lambda: TrafficType.objects.values_list("code", "id"),
            gettext_noop("Write the code of a traffic type, such as cashback or content_site."),
        ),
    )


class PublisherResource(FactResource):
    """publishers.csv. Rows are written in the order of registration, whatever the file's order."""

    key = ("code",)
    code = Column("code", "code", code())
    email = Column("email", "email", Email())
    name = Column("name", "name", Text(200))
    country = Column("country", "country", country(empty=""))
    language = Column("language", "language", language(empty="en"))
    registered_at = Column("registered_at", "registered_at", Instant())

    class Meta:
        model = Publisher
        fields = ("code", "email", "name", "country", "language", "registered_at")

    def write(self) -> None:
        # Ids follow registration: a referrer's is smaller than that of whom it brought.
        self.pending.sort(key=lambda one: one.instance.registered_at)
        super().write()


class SourceResource(FactResource):
    """sources.csv; approved_at is the beginning of an approval.

    The first approved_at of a source begins an approval that is open. Another one mends the
    beginning of the latest approval. One that begins any approval of the source says nothing
    new, and neither does an empty one: a suspension is a decision of staff, which loading the
    same file again must not undo.
    """

    key = ("code",)
    code = Column("code", "code", code())
    publisher = publisher_column()
    traffic_type = traffic_type_column()
    title = Column("title", "title", Text(200))
    url = Column("url", "url", Text(500, empty=""))
    approved_at = Column("approved_at", "approved_at", Instant(empty=None))

    class Meta:
        model = Source
        fields = ("code", "publisher", "traffic_type", "title", "url", "approved_at")

    def known_rows(self, values: set[Any]) -> list[Any]:
        found = self.get_queryset().filter(code__in=values)
        sources: list[Any] = list(found.prefetch_related("approvals"))
        for source in sources:
            source.approved_at = _latest_start(source)
        return sources

    def init_instance(self, row: Mapping[str, Any] | None = None) -> Source:
        source: Any = Source()
        source.approved_at = None
        return source

    def import_instance(self, instance: Any, row: Mapping[str, Any], **kwargs: Any) -> None:
        super().import_instance(instance, row, **kwargs)
        if instance.pk is not None:
            starts = {approval.valid_from for approval in instance.approvals.all()}
            if instance.approved_at is None or instance.approved_at in starts:
                instance.approved_at = _latest_start(instance)

    def complaints_of_file(self) -> Iterator[tuple[Pending, str]]:
        for one in self.pending:
            earlier = [] if one.is_new else list(one.instance.approvals.all())
            latest = earlier.pop() if earlier else None
            start = one.instance.approved_at
            if latest is None or start is None or start == latest.valid_from:
                continue
            if latest.valid_to is not None and start >= latest.valid_to:
                yield one, _("approved_at is later than the end of the source's latest approval.")
            if earlier and (earlier[-1].valid_to is None or start < earlier[-1].valid_to):
                yield one, _("approved_at lies within an earlier approval of the source.")

    def write(self) -> None:
        super().write()
        mended, added = [], []
        for one in self.pending:
            source, start = one.instance, one.instance.approved_at
            approvals = [] if one.is_new else list(source.approvals.all())
            if start is not None and not approvals:
                added.append(SourceApproval(source=source, valid_from=start))
            elif approvals and start != approvals[-1].valid_from:
                approvals[-1].valid_from = start
                mended.append(approvals[-1])
        write_mended(mended, ["valid_from"])
        SourceApproval.objects.bulk_create(added, batch_size=BATCH)

    def dehydrate_approved_at(self, source: Source) -> str:
        """For an export: the source was not read by `known_rows`."""
        return self.fields["approved_at"].widget.render(_latest_start(source))

    def filter_export(self, queryset: models.QuerySet, **kwargs: Any) -> models.QuerySet:
        return queryset.prefetch_related("approvals")


class AgreementResource(FactResource):
    """agreements.csv."""

    key = ("publisher", "traffic_type", "valid_from")
    rivals = ("publisher_id", "traffic_type_id")
    publisher = publisher_column()
    traffic_type = traffic_type_column()
    valid_from = Column("valid_from", "from", Instant(empty=None))
    valid_to = Column("valid_to", "to", Instant(empty=None))
    note = Column("note", "note", Text(empty=""))

    class Meta:
        model = Agreement
        fields = ("publisher", "traffic_type", "valid_from", "valid_to", "note")


def _latest_start(source: Source) -> Any:
    """The beginning of the source's latest approval (they come in the order of their begin)."""
    approvals = list(source.approvals.all()) if source.pk else []
    return approvals[-1].valid_from if approvals else None
