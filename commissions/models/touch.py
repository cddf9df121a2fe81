from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from commissions.enums import TouchScope


class Touch(models.Model):
    """A fact that came or changed, and whose lines have to be decided again.

    Rows are written by database triggers (see `sql/touches.sql`), so that no door - import,
    admin, API, a hand at the SQL prompt - can change a fact without its lines following.
    """

    scope = models.CharField(_("what changed"), max_length=16, choices=TouchScope)
    value = models.CharField(_("its key"), max_length=64, blank=True, db_collation="C")
    from_at = models.DateTimeField(null=True)
    to_at = models.DateTimeField(null=True)
    programme_id = models.BigIntegerField(null=True)
    rules = ArrayField(
        models.BigIntegerField(),
        null=True,
        help_text=_("Of a period: only lines that name one of these rules, 0 for no rule."),
    )
    taken = models.BooleanField(
        default=False, help_text=_("A re-rating is under way that will account for it.")
    )
    touched_at = models.DateTimeField(_("recorded"))

    class Meta:
        ordering = ["id"]
        verbose_name = _("waiting re-rating")
        verbose_name_plural = _("waiting re-ratings")

    def __str__(self) -> str:
        return f"{self.get_scope_display()} {self.value}"
