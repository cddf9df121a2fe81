import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from compliance.detectors.images import ReferenceImage, check_image
from compliance.detectors.picture_files import LARGEST_FILE, PictureRefused
from compliance.image_references import references


class Command(BaseCommand):
    help = (
        "Compare pictures with the merchant's logos and favicons (F33), one JSON object a file. "
        "The references are those that staff uploaded, or the files given by --reference."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument(
            "--reference",
            action="append",
            type=Path,
            metavar="FILE",
            help="Compare with this picture instead of the uploaded ones; may be given many times.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        given = options["reference"]
        known = references() if given is None else [_reference(path) for path in given]
        for path in options["files"]:
            report = check_image(_content(path), known, checked=str(path))
            self.stdout.write(json.dumps(report.as_json(), ensure_ascii=False))


def _reference(path: Path) -> ReferenceImage:
    try:
        return ReferenceImage.of(path.name, _content(path))
    except PictureRefused as refused:
        raise CommandError(f"{path} cannot be a reference: {refused}") from refused


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_FILE + 1)  # One more tells that it is too large.
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
