from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from commissions.models import Programme
from config.worlds import FILES, load_file
from publishers.csv_files import FileRefused


class Command(BaseCommand):
    help = (
        "Loads a folder of CSV files: publishers, sources, agreements, stores, brand_stores, "
        "categories, products, virtual_products and clicks. Rows are added, or mended by their "
        "key; none is deleted. A file with a wrong row is refused whole."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="The folder that holds the files.")
        parser.add_argument(
            "--programme", default="aliexpress", help="The programme's code (default: %(default)s)."
        )

    def handle(self, *, folder: Path, programme: str, **options: Any) -> None:
        from commissions.pipeline.rerating import rerate_pending

        whose = Programme.objects.filter(code=programme).first()
        if whose is None:
            raise CommandError(
                f'There is no programme "{programme}". Known: {_known_programmes()}.'
            )
        if not any((folder / name).is_file() for name in FILES):
            raise CommandError(f"{folder} holds none of {', '.join(FILES)}.")
        for name in FILES:
            self._load(folder / name, whose)
        rerate_pending(at=timezone.now())

    def _load(self, path: Path, programme: Programme) -> None:
        """Load one file and say what came of it."""
        if not path.is_file():
            self.stdout.write(f"{path.name}: not in the folder, skipped")
            return
        try:
            loaded = load_file(path, programme=programme)
        except FileRefused as refused:
            sentences = "\n".join(f"  {sentence}" for sentence in refused.sentences)
            raise CommandError(
                f"{path.name} is refused, nothing of it was loaded:\n{sentences}\n"
                "Files before it are loaded. Mend it and load the folder again."
            ) from refused
        counts = f"{loaded.added:,} added, {loaded.mended:,} mended, {loaded.unchanged:,} unchanged"
        self.stdout.write("; ".join([f"{path.name}: {counts}", *loaded.notices]))


def _known_programmes() -> str:
    codes = list(Programme.objects.values_list("code", flat=True))
    return ", ".join(codes) or "none; run manage.py load_programme"
