"""publishers.csv with its last column: who brought whom."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _

from publishers.columns import Column, code, shown
from publishers.fact_files import BATCH, Pending
from publishers.models import Publisher
from publishers.resources import PublisherResource
from referrals.models import Referral


class PublisherWithReferrerResource(PublisherResource):
    """publishers.csv. A referral is written with the publisher it brought, and never changes.

    A referrer registered earlier, or at the same instant: files know whole seconds, in which
    two publishers may well have come one after the other. A publisher that brought another one
    in the same second is written before it.
    """

    optional = frozenset({"referred_by"})
    referred_by = Column("referrer_code", "referred_by", code())

    class Meta:
        model = Publisher
        fields = (*PublisherResource.Meta.fields, "referred_by")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.fields["referred_by"].widget.empty = ""
        self.named: set[str] = set()
        self.elsewhere: dict[str, Publisher] = {}

    def known_rows(self, values: set[Any]) -> list[Any]:
        found = self.get_queryset().filter(code__in=values)
        publishers = list(found.annotate(referrer_code=F("referral__referrer__code")))
        for publisher in publishers:
            publisher.referrer_code = publisher.referrer_code or ""
        return publishers

    def init_instance(self, row: Mapping[str, Any] | None = None) -> Publisher:
        publisher: Any = Publisher()
        publisher.referrer_code = ""
        return publisher

    def before_import_row(self, row: Mapping[str, Any], **kwargs: Any) -> None:
        super().before_import_row(row, **kwargs)
        self.named.add(str(row.get("code")))

    def complaints_of_file(self) -> Iterator[tuple[Pending, str]]:
        yield from super().complaints_of_file()
        of_file = {one.instance.code: one.instance for one in self.pending}
        of_file |= {publisher.code: publisher for publisher in self.known}
        wanted = {one.instance.referrer_code for one in self.pending} - of_file.keys()
        self.elsewhere = {p.code: p for p in Publisher.objects.filter(code__in=wanted)} | of_file
        for one in self.pending:
            sentence = self._about_referrer(one) or self._about_circle(one)
            if sentence:
                yield one, sentence
        yield from self._about_mended_registrations()

    def write(self) -> None:
        depth = {one.instance.code: len(self._chain(one.instance)) for one in self.pending}
        self.pending.sort(key=lambda one: depth[one.instance.code])
        super().write()  # Sorts by registration; those of one instant stay in this order.
        Referral.objects.bulk_create(
            [
                Referral(referred=one.instance, referrer=self.elsewhere[one.instance.referrer_code])
                for one in self.pending
                if one.is_new and one.instance.referrer_code
            ],
            batch_size=BATCH,
        )

    def filter_export(self, queryset: models.QuerySet, **kwargs: Any) -> models.QuerySet:
        return queryset.annotate(referrer_code=F("referral__referrer__code"))

    def _about_referrer(self, one: Pending) -> str:
        """What is wrong with who brought this publisher; empty if nothing."""
        publisher = one.instance
        given, before = publisher.referrer_code, "" if one.is_new else one.before[-1]
        if not one.is_new and given != before:
            return _changed(given, before)
        referrer = self.elsewhere.get(given)
        if not given or (referrer is None and given in self.named):
            return ""  # Its own row is complained of.
        if referrer is None:
            return _(
                "referred_by is {code}. No publisher has this code, in this file or before it."
            ).format(code=shown(given))
        if referrer.registered_at > publisher.registered_at:
            return _(
                "referred_by is {code}, who registered later. A referrer must have registered "
                "before whom it brought."
            ).format(code=shown(given))
        return ""

    def _about_circle(self, one: Pending) -> str:
        """Publishers of one instant could name each other in a circle."""
        if one.instance.code in self._chain(one.instance):
            return _("referred_by is {code}. Nobody is brought by whom it brought itself.").format(
                code=shown(one.instance.referrer_code)
            )
        return ""

    def _chain(self, publisher: Any) -> list[str]:
        """The referrers of this publisher of the same instant, the nearest first."""
        chain: list[str] = []
        at = publisher.registered_at
        while publisher is not None and getattr(publisher, "referrer_code", None):
            publisher = self.elsewhere.get(publisher.referrer_code)
            if publisher is None or publisher.registered_at != at or publisher.code in chain:
                break
            chain.append(publisher.code)
        return chain

    def _about_mended_registrations(self) -> Iterator[tuple[Pending, str]]:
        """A mended time of registration must not turn an old referral around."""
        mended = {one.instance.pk: one for one in self.pending if not one.is_new}
        touched = Referral.objects.filter(Q(referred__in=mended) | Q(referrer__in=mended))
        for referral in touched.select_related("referred", "referrer"):
            blamed = mended.get(referral.referrer_id) or mended[referral.referred_id]
            first = mended.get(referral.referrer_id)
            then = mended.get(referral.referred_id)
            came = (first.instance if first else referral.referrer).registered_at
            followed = (then.instance if then else referral.referred).registered_at
            if came > followed:
                yield (
                    blamed,
                    _(
                        "registered_at would be wrong: {referrer} brought {referred}, "
                        "and must have registered before."
                    ).format(
                        referrer=shown(referral.referrer.code),
                        referred=shown(referral.referred.code),
                    ),
                )


def _changed(given: str, before: str) -> str:
    """The sentence for a referral that the file would change."""
    if not before:
        return _(
            "referred_by is {given}, but the publisher came by itself. Who brought a publisher "
            "is said when it registers, and never changes."
        ).format(given=shown(given))
    if not given:
        return _(
            "referred_by is empty, but {before} brought this publisher. That never changes: "
            "write {before}, or leave the whole column out."
        ).format(before=shown(before))
    return _(
        "referred_by is {given}, but {before} brought this publisher. That never changes: "
        "write {before}."
    ).format(given=shown(given), before=shown(before))
