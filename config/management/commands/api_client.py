from pathlib import Path
from typing import Any

import yaml
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.api.client import client_source
from config.api.description import description


class Command(BaseCommand):
    help = "Writes a typed client of the API, one Python file that needs no library."
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--out", type=Path, required=True, metavar="FILE")

    def handle(self, *_args: Any, **options: Any) -> None:
        path: Path = options["out"]
        text = client_source(yaml.safe_load(description()))
        try:
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
        self.stdout.write(f"{path}: {len(text.splitlines())} lines.")
