from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ConfigConfig(AppConfig):
    name = "config"
    verbose_name = _("Schedule")

    def ready(self) -> None:
        # The last app of all: the rights of every model are in the database by then.
        post_migrate.connect(_roles_follow, sender=self)


def _roles_follow(**told: Any) -> None:
    """What the code says of roles holds wherever its migrations do, with no step to forget."""
    from config.roles import UnknownPermission, sync_roles

    say = told["stdout"].write if told.get("stdout") and told.get("verbosity", 1) else lambda _: _
    try:
        changed = sync_roles()
    except UnknownPermission as unknown:
        # On the way to an older or half-made database; the next migrate does it.
        say(f"  Roles are left as they were. {unknown}\n")
    else:
        if changed:
            say(f"  Roles of staff: {len(changed)} changes.\n")
