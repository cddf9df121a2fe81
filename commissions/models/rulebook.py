import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from commissions.engine.rulebook import OUTCOME_KINDS
from commissions.enums import RulebookStatus
from commissions.models.programme import NamedSet, Programme
from publishers.enums import Permission
from publishers.figures import in_own_language
from publishers.models import TrafficType, User

PUBLISHED_IS_FIXED = """
    IF EXISTS (
        SELECT 1 FROM commissions_rulebook WHERE status <> 'draft'
           AND id IN (COALESCE(OLD.rulebook_id, NEW.rulebook_id), NEW.rulebook_id)
    ) THEN
        RAISE EXCEPTION 'Only a draft is edited: take its request back, or make a new version.';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
"""
# Rules are named when the rulebook is published, just before it is: see `sql/editions.sql`.
NAMED_BEFORE_PUBLISHED = """
    IF TG_OP = 'UPDATE' AND (to_jsonb(NEW) - 'decided_as_id') = (to_jsonb(OLD) - 'decided_as_id')
        AND EXISTS (SELECT 1 FROM commissions_rulebook
                     WHERE id = NEW.rulebook_id AND status <> 'published') THEN
        RETURN NEW;
    END IF;
"""
# What a request and its answer may change of a rulebook; the rest is as it was asked.
HANDLING = (
    "'{status,published_at,asked_by_id,asked_at,approved_by_id,reason,refusal,edition_id,"
    "rules_touched}'::text[]"
)
KEEPS_TO_ITS_WAY = f"""
    IF TG_OP = 'INSERT' THEN
        IF NEW.status = 'published' AND NOT NEW.shipped THEN
            RAISE EXCEPTION 'A rulebook is published by two people: asked for, then approved.';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.status = 'published' AND (
        TG_OP = 'DELETE'
        OR (to_jsonb(NEW) - 'took_effect_at') <> (to_jsonb(OLD) - 'took_effect_at')
    ) THEN
        RAISE EXCEPTION 'A published rulebook is not edited: publish a new version of it.';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    IF NEW.shipped <> OLD.shipped THEN
        RAISE EXCEPTION 'Whether a rulebook was shipped is a fact of its making.';
    END IF;
    IF OLD.status = 'asked' AND (
        (to_jsonb(NEW) - {HANDLING}) <> (to_jsonb(OLD) - {HANDLING})
        OR (NEW.status = 'published' AND (NEW.asked_by_id, NEW.asked_at, NEW.reason)
            IS DISTINCT FROM (OLD.asked_by_id, OLD.asked_at, OLD.reason))
    ) THEN
        RAISE EXCEPTION 'What was asked for is what is approved: take the request back first.';
    END IF;
    IF NEW.status = 'published' AND OLD.status = 'draft' AND NOT NEW.shipped THEN
        RAISE EXCEPTION 'A rulebook is published by two people: asked for, then approved.';
    END IF;
    RETURN NEW;
"""


def fixed_once_published(name: str, *, but_for: str = "") -> pgtrigger.Trigger:
    """Rows of a rulebook that is no draft any more are neither added, changed nor deleted.

    but_for: PL/pgSQL that lets a change pass before that is asked.
    """
    return pgtrigger.Trigger(
        name=name,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        when=pgtrigger.Before,
        func=but_for + PUBLISHED_IS_FIXED,
    )


class Rulebook(models.Model):
    """A dated set of rules. Of two with the same start the later version is in force.

    The published versions of one start are an edition. Lines and totals name the edition, so that
    a correction leaves alone what it does not change (docs/decisions/0011).
    """

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="rulebooks")
    version = models.PositiveIntegerField(_("version"))
    starts_at = models.DateTimeField(_("in force from"))
    title_en = models.CharField(_("title in English"), max_length=200)
    title_ru = models.CharField(_("title in Russian"), max_length=200)
    status = models.CharField(
        _("status"), max_length=16, choices=RulebookStatus, default=RulebookStatus.DRAFT
    )
    cap_cents = models.BigIntegerField(_("cap of an order, cents"), null=True, blank=True)
    referral_bp = models.PositiveIntegerField(_("referral rate, hundredths of a percent"))
    copied_from = models.ForeignKey(
        "self",
        verbose_name=_("copied from"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="copies",
    )
    shipped = models.BooleanField(
        _("shipped with the product"),
        default=False,
        editable=False,
        help_text=_("Loaded from the product's own files, which needs no second person."),
    )
    asked_by = models.ForeignKey(
        User,
        verbose_name=_("asked for by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    asked_at = models.DateTimeField(_("asked for"), null=True, blank=True)
    reason = models.TextField(_("why the rules change"), blank=True)
    refusal = models.TextField(_("why it was sent back"), blank=True)
    approved_by = models.ForeignKey(
        User,
        verbose_name=_("approved by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    took_effect_at = models.DateTimeField(
        _("took effect"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("The due time of the job that re-rated what it touches."),
    )
    edition = models.ForeignKey(
        "self",
        verbose_name=_("edition"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="versions",
        help_text=_("The first published rulebook of the same start; empty for a draft."),
    )
    rules_touched = ArrayField(
        models.BigIntegerField(),
        verbose_name=_("rules touched"),
        null=True,
        blank=True,
        editable=False,
        help_text=_(
            "The rules whose lines its publication may decide otherwise, 0 for lines that no rule "
            "matched. Empty: every line of its period."
        ),
    )

    class Meta:
        ordering = ["programme", "starts_at", "version"]
        verbose_name = _("rulebook")
        verbose_name_plural = _("rulebooks")
        permissions = [
            ("approve_rulebook", gettext_noop("Can approve the publication of a rulebook"))
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "version"],
                name="commissions_rulebook_version_once",
                violation_error_message=_("The programme has a rulebook of this version already."),
            ),
            models.CheckConstraint(
                name="commissions_rulebook_cap_not_negative",
                condition=Q(cap_cents__isnull=True) | Q(cap_cents__gte=0),
                violation_error_message=_("The cap must be 0 cents or more."),
            ),
            models.CheckConstraint(
                name="commissions_rulebook_published_when",
                condition=Q(status__in=["draft", "asked"], published_at__isnull=True)
                | Q(status="published", published_at__isnull=False),
                violation_error_message=_("A published rulebook says when it was published."),
            ),
            models.CheckConstraint(
                name="commissions_rulebook_asked_by_one",
                condition=Q(status="draft")
                | Q(shipped=True)
                | Q(asked_by__isnull=False, asked_at__isnull=False),
                violation_error_message=_("A request says who asks, and when."),
            ),
            models.CheckConstraint(
                name="commissions_rulebook_approved_by_another",
                condition=~Q(status="published")
                | Q(shipped=True)
                | (Q(approved_by__isnull=False) & ~Q(approved_by=F("asked_by"))),
                violation_error_message=_(
                    "Whoever asked for the publication cannot approve it: ask another person."
                ),
            ),
            models.CheckConstraint(
                name="commissions_rulebook_past_needs_reason",
                condition=~Q(status="published")
                | Q(shipped=True)
                | Q(starts_at__gte=F("published_at"))
                | ~Q(reason=""),
                violation_error_message=_(
                    "A rulebook that starts in the past says why it changes what has been."
                ),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="rulebook_keeps_to_its_way",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                func=KEEPS_TO_ITS_WAY,
            )
        ]

    def __str__(self) -> str:
        return f"{in_own_language(self, 'title')} (v{self.version})"


class Rule(models.Model):
    """A row of the decision table: all its conditions hold, and it is the first such row."""

    rulebook = models.ForeignKey(Rulebook, on_delete=models.CASCADE, related_name="rules")
    position = models.PositiveIntegerField(_("position"))
    code = models.SlugField(_("code"), max_length=40)
    conditions = models.JSONField(_("conditions"), default=list, blank=True)
    outcome = models.CharField(
        _("outcome"), max_length=16, choices=[(kind, kind) for kind in OUTCOME_KINDS]
    )
    rate_bp = models.PositiveIntegerField(_("rate, hundredths of a percent"), null=True, blank=True)
    min_bp = models.PositiveIntegerField(_("lowest rate taken"), null=True, blank=True)
    max_bp = models.PositiveIntegerField(_("highest rate taken"), null=True, blank=True)
    sentence_en = models.TextField(_("sentence in English"), blank=True)
    sentence_ru = models.TextField(_("sentence in Russian"), blank=True)
    decided_as = models.ForeignKey(
        "self",
        verbose_name=_("decided as"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("The first rule of its edition that says the same: the one that lines name."),
    )

    class Meta:
        ordering = ["rulebook", "position"]
        verbose_name = _("rule")
        verbose_name_plural = _("rules")
        constraints = [
            models.UniqueConstraint(
                fields=["rulebook", "position"],
                name="commissions_rule_position_once",
                violation_error_message=_("Two rules cannot stand at the same position."),
            ),
            models.CheckConstraint(
                name="commissions_rule_outcome_complete",
                condition=Q(outcome="rate", rate_bp__isnull=False, rate_bp__lte=10_000)
                | Q(outcome="feed_rate", min_bp__isnull=False, max_bp__isnull=False)
                | Q(outcome__in=["nothing", "untracked"]),
                violation_error_message=_(
                    "A rate needs its figure (at most 100 %), a product's own rate its bounds."
                ),
            ),
        ]
        triggers = [
            fixed_once_published("rule_fixed_once_published", but_for=NAMED_BEFORE_PUBLISHED)
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.code}"


class CookieLife(models.Model):
    """How long a click counts, by country group; the first group that holds the country decides."""

    rulebook = models.ForeignKey(Rulebook, on_delete=models.CASCADE, related_name="cookie_lives")
    position = models.PositiveIntegerField(_("position"))
    countries = models.ForeignKey(
        NamedSet,
        verbose_name=_("countries"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        help_text=_("Empty: every country not named above."),
    )
    days = models.PositiveIntegerField(_("days"))

    class Meta:
        ordering = ["rulebook", "position"]
        verbose_name = _("cookie life")
        verbose_name_plural = _("cookie lives")
        constraints = [
            models.UniqueConstraint(
                fields=["rulebook", "position"], name="commissions_cookie_position_once"
            )
        ]
        triggers = [fixed_once_published("cookie_fixed_once_published")]

    def __str__(self) -> str:
        return f"{self.days}"


class TrafficStatement(models.Model):
    """What a rulebook says of a type of traffic, from its start until the next rulebook's.

    Publication writes it into `publishers.TrafficPermission`, which is what decides lines.
    """

    rulebook = models.ForeignKey(Rulebook, on_delete=models.CASCADE, related_name="traffic")
    traffic_type = models.ForeignKey(
        TrafficType, verbose_name=_("traffic type"), on_delete=models.PROTECT, related_name="+"
    )
    permission = models.CharField(_("permission"), max_length=16, choices=Permission)
    note_en = models.TextField(_("condition in English"), blank=True)
    note_ru = models.TextField(_("condition in Russian"), blank=True)

    class Meta:
        ordering = ["rulebook", "traffic_type__code"]
        verbose_name = _("statement on traffic")
        verbose_name_plural = _("statements on traffic")
        constraints = [
            models.UniqueConstraint(
                fields=["rulebook", "traffic_type"], name="commissions_traffic_statement_once"
            )
        ]
        triggers = [fixed_once_published("traffic_fixed_once_published")]

    def __str__(self) -> str:
        return f"{self.traffic_type_id}: {self.get_permission_display()}"
