from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from compliance.models import ViolationPolicy
from publishers.admin.backoffice import BackOfficeAdmin
from publishers.figures import period


@admin.register(ViolationPolicy)
class ViolationPolicyAdmin(BackOfficeAdmin):
    """What the job does with new cases, by their kind, and when."""

    list_display = ("kind", "mode", "answer_days", "in_force")
    list_filter = ("kind", "mode")
    search_fields = ("kind", "mode")
    empty_hint = _("No policy is set: a case found by the job blocks its account at once (F37).")

    @admin.display(description=_("period"), ordering="valid_from")
    def in_force(self, policy: ViolationPolicy) -> str:
        return period(policy.valid_from, policy.valid_to)
