from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.roles import UnknownPermission, sync_roles


class Command(BaseCommand):
    help = (
        "Gives the groups of the roles of staff what config/roles.py says, and nothing else. "
        "Every migrate does it too; twice is the same as once."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            changed = sync_roles()
        except UnknownPermission as unknown:
            raise CommandError(str(unknown)) from unknown
        for sentence in changed:
            self.stdout.write(f"  {sentence}")
        self.stdout.write(f"{len(changed)} changes." if changed else "The roles are as they were.")
