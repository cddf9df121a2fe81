from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from compliance.operations import keep_reviews
from compliance.review_files import ReviewFileError, read_reviews


class Command(BaseCommand):
    help = "Keep review texts (NDJSON) for the job that scans them for links."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        for path in options["files"]:
            try:
                reviews = read_reviews(path)
            except ReviewFileError as error:
                raise CommandError(f"{path.name} was refused, nothing was kept: {error}") from error
            new = keep_reviews(reviews=reviews)
            self.stdout.write(
                f"{path.name}: {len(reviews):,} texts, {new:,} new. "
                "The scheduled job scans them: see the tick command."
            )
