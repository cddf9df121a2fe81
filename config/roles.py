"""What each role of staff may do, by name: the one place that says so.

A model of the back office has a line here before anybody sees it. `sync_roles` writes the table
into the groups of the roles; what a group has besides is taken from it.
"""

from django.contrib.auth.models import Group, Permission
from django.db import transaction

from publishers.enums import StaffRole

_BY_LETTER = {
    "S": StaffRole.SUPPORT,
    "C": StaffRole.COMPLIANCE,
    "F": StaffRole.FINANCE,
    "H": StaffRole.HEAD,
    "A": StaffRole.AUDITOR,
}
NOBODY = "-"
ACTIONS = ("view", "add", "change", "delete")

# Model: who may view, add, change and delete, by the letters above; then rights of its own.
# A dash withholds a right from every role.
_TABLE = """
auth.group                               HA   -   -   -
commissions.confirmationtime          SCFHA   -   -   -
commissions.confirmedtotal              FHA   -   -   -
commissions.cookielife                SCFHA   -   -   -
commissions.dailytotal                 SFHA   -   -   -
commissions.feedimport                  FHA   F   -   -
commissions.ledgeraccount               FHA   -   -   -
commissions.lineexport                 SFHA   -   -   -
commissions.namedset                  SCFHA   H   H   -
commissions.networktotal                FHA   -   -   -
commissions.orderline                 SCFHA   -   -   -
commissions.parkedrow                   FHA   -   F   -
commissions.product                   SCFHA   H   H   -
commissions.programme                 SCFHA   H   H   -
commissions.rule                      SCFHA   -   -   -
commissions.rulebook                  SCFHA   -   FH  -   approve_rulebook=H
commissions.setmember                 SCFHA   H   H   H
commissions.stalerow                    FHA   -   -   -
commissions.store                     SCFHA   H   H   -
commissions.touch                       FHA   -   -   -
commissions.trafficstatement          SCFHA   -   -   -
commissions.transfer                    FHA   -   -   -
commissions.virtualruling             SCFHA   CH  CH  -
commissions.whatif                      FHA   -   -   -
commissions.whatiffigure                FHA   -   -   -
commissions.whatifline                  FHA   -   -   -
compliance.autoapproval                 CHA   H   H   -
compliance.case                        SCHA   -   C   -   approve_block=CH decide_appeal=CH
compliance.caseevent                   SCHA   -   -   -
compliance.moderation                  SCHA   -   C   -
compliance.moderationevent             SCHA   -   -   -
compliance.moderationground            SCHA   -   -   -
compliance.observation                  CHA   -   C   -
compliance.observationpolicy            CHA   H   H   -
compliance.pagelook                    SCHA   -   -   -
compliance.pagewatch                   SCHA   -   -   -
compliance.preflightrun                SCHA   -   -   -
compliance.referenceimage               CHA   C   C   -
compliance.reviewtext                   CHA   -   -   -
compliance.sourceownership             SCHA   -   -   -
compliance.statementofreasons          SCHA   -   -   -
compliance.threshold                    CHA   H   H   -
compliance.violationpolicy              CHA   CH  -   -   approve_violationpolicy=H
compliance.watchmark                    CHA   -   -   -
config.jobrun                            HA   -   -   -
django_celery_beat.clockedschedule       HA   -   -   -
django_celery_beat.crontabschedule       HA   -   -   -
django_celery_beat.intervalschedule      HA   -   -   -
django_celery_beat.periodictask          HA   -   -   -
django_celery_beat.solarschedule         HA   -   -   -
publishers.accountblock               SCFHA   -   -   -
publishers.accountclosing             SCFHA   -   -   -
publishers.agreement                   SCHA   CH  CH  -
publishers.apikey                        HA   H   H   -
publishers.click                       SCHA   -   -   -
publishers.dataexport                   SHA   -   -   -
publishers.device                      SCHA   -   -   -
publishers.invitation                   SHA   -   -   -
publishers.keptanswer                    HA   -   -   -
publishers.letter                      SCHA   -   S   -
publishers.payoutdetails               CFHA   -   -   -
publishers.publisher                  SCFHA   S   S   -
publishers.rolechange                    HA   H   -   -   approve_rolechange=H
publishers.source                     SCFHA   -   C   -
publishers.sourceapproval              SCHA   -   -   -
publishers.sourcefile                  SCHA   -   -   -
publishers.sourcestatement             SCHA   -   -   -
publishers.sourcesuspension            SCHA   -   -   -
publishers.termsconsent                SCHA   -   -   -
publishers.trafficpermission          SCFHA   -   -   -
publishers.traffictype                SCFHA   H   H   -
publishers.user                         SHA   H   H   -
referrals.referral                    SCFHA   -   -   -
referrals.referralcredit                FHA   -   -   -
"""


class UnknownPermission(Exception):
    """The table gives or withholds a right that the database does not know."""


def _roles(letters: str) -> frozenset[StaffRole]:
    return frozenset(_BY_LETTER[letter] for letter in letters if letters != NOBODY)


def _read() -> dict[str, frozenset[StaffRole]]:
    rights: dict[str, frozenset[StaffRole]] = {}
    for line in _TABLE.strip().splitlines():
        label, *cells = line.split()
        app, model = label.split(".")
        for action, letters in zip(ACTIONS, cells[: len(ACTIONS)], strict=True):
            rights[f"{app}.{action}_{model}"] = _roles(letters)
        for own in cells[len(ACTIONS) :]:
            name, letters = own.split("=")
            rights[f"{app}.{name}"] = _roles(letters)
    return rights


# Every right, as `app.codename`, and the roles that have it; none: withheld from all.
RIGHTS = _read()


def rights_of(role: StaffRole) -> frozenset[str]:
    """All that a role may do, as `app.codename`."""
    return frozenset(right for right, roles in RIGHTS.items() if role in roles)


@transaction.atomic
def sync_roles() -> list[str]:
    """Give each role's group the rights of the table and no others; says what it changed.

    Twice is the same as once. Groups of other names are left. Raises UnknownPermission, and
    changes nothing then.
    """
    known = {
        f"{app}.{codename}": pk
        for pk, app, codename in Permission.objects.values_list(
            "pk", "content_type__app_label", "codename"
        )
    }
    unknown = sorted(set(RIGHTS) - set(known))
    if unknown:
        raise UnknownPermission(
            f"The database knows no {', '.join(unknown)}: migrate it, or mend config/roles.py."
        )
    changed: list[str] = []
    for role in StaffRole:
        changed += _sync(role, known)
    return changed


def _sync(role: StaffRole, known: dict[str, int]) -> list[str]:
    group, new = Group.objects.get_or_create(name=role.value)
    wanted = {known[right]: right for right in rights_of(role)}
    names = {pk: right for right, pk in known.items()}
    held = set(group.permissions.values_list("pk", flat=True))
    given, taken = wanted.keys() - held, held - wanted.keys()
    group.permissions.add(*given)
    group.permissions.remove(*taken)
    return [
        *([f"{role.value}: made"] if new else []),
        *(f"{role.value}: given {right}" for right in sorted(names[pk] for pk in given)),
        *(f"{role.value}: taken {right}" for right in sorted(names[pk] for pk in taken)),
    ]
