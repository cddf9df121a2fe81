import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from publishers.enums import RoleChangeState, StaffRole

_ASKED = ["user", "roles", "roles_before", "reason", "asked_by", "asked_at"]


def _staff_member(label: object, **kwargs: object) -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=label,  # type: ignore[arg-type]
        on_delete=models.PROTECT,
        related_name="+",
        **kwargs,  # type: ignore[arg-type]
    )


class RoleChange(models.Model):
    """A change of somebody's roles: asked for by one person, approved by another (S6).

    Nobody approves a change of their own roles. A trigger of the table that says who is in which
    group lets in what the person's last approved change says, and nothing else.
    """

    user = _staff_member(_("whose roles"))
    roles = ArrayField(
        models.CharField(max_length=16, choices=StaffRole),
        verbose_name=_("roles from then on"),
        blank=True,
        help_text=_("None: the person is no longer of the staff."),
    )
    roles_before = ArrayField(
        models.CharField(max_length=150), verbose_name=_("roles when it was asked"), blank=True
    )
    reason = models.TextField(_("why"))
    asked_by = _staff_member(_("asked for by"))
    asked_at = models.DateTimeField(_("asked for"))
    state = models.CharField(
        _("state"), max_length=16, choices=RoleChangeState, default=RoleChangeState.ASKED
    )
    decided_by = _staff_member(_("decided by"), null=True)
    decided_at = models.DateTimeField(_("decided"), null=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("change of roles")
        verbose_name_plural = _("changes of roles")
        permissions = [
            ("approve_rolechange", gettext_noop("Can approve a change of somebody's roles"))
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(state=RoleChangeState.ASKED),
                name="publishers_role_change_one_asked",
            ),
            models.CheckConstraint(
                name="publishers_role_change_known_roles",
                condition=Q(roles__contained_by=StaffRole.values),
            ),
            models.CheckConstraint(
                name="publishers_role_change_decided",
                condition=Q(
                    state=RoleChangeState.ASKED, decided_by__isnull=True, decided_at__isnull=True
                )
                | Q(
                    ~Q(state=RoleChangeState.ASKED),
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="publishers_role_change_approved_by_another",
                condition=~Q(state=RoleChangeState.APPROVED)
                | (~Q(decided_by=F("asked_by")) & ~Q(decided_by=F("user"))),
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="role_change_is_decided_once",
                field="state",
                transitions=[
                    (RoleChangeState.ASKED.value, after.value)
                    for after in RoleChangeState
                    if after != RoleChangeState.ASKED
                ],
            ),
            pgtrigger.Protect(
                name="role_change_begins_as_asked",
                operation=pgtrigger.Insert,
                condition=~pgtrigger.Q(new__state=RoleChangeState.ASKED.value),
            ),
            pgtrigger.Protect(
                name="role_change_decided_stays",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__state=RoleChangeState.ASKED.value),
            ),
            pgtrigger.ReadOnly(name="role_change_asked_stays", fields=_ASKED),
            pgtrigger.Protect(name="role_change_is_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.user_id}"
