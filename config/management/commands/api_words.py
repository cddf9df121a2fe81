import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import override
from drf_spectacular.generators import SchemaGenerator

from config.api.words import DOMAIN, sentences

_HEAD = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n'


class Command(BaseCommand):
    help = (
        "Brings the catalogues of the API's description up to date: what is new comes with an "
        "empty translation, what is no longer said goes to the end as obsolete. Compiles them too."
    )
    requires_migrations_checks = False

    def handle(self, *_args: Any, **_options: Any) -> None:
        missing = [name for name in ("msgmerge", "msgfmt") if shutil.which(name) is None]
        if missing:
            raise CommandError(f"There is no {missing[0]} here: install gettext's programs.")
        with override(settings.LANGUAGE_CODE):
            said = sentences(SchemaGenerator().get_schema(request=None, public=True))
        for root in settings.LOCALE_PATHS:
            for catalogue in sorted(Path(root).glob(f"*/LC_MESSAGES/{DOMAIN}.po")):
                _merge(catalogue, said)
                self.stdout.write(f"{catalogue}: {len(said)} sentences.")


def _merge(catalogue: Path, said: dict[str, str]) -> None:
    # JSON quotes a text as gettext does.
    entries = [
        f'#. {where}\nmsgid {json.dumps(sentence, ensure_ascii=False)}\nmsgstr ""\n'
        for sentence, where in said.items()
    ]
    with tempfile.TemporaryDirectory() as folder:
        newest = Path(folder) / f"{DOMAIN}.pot"
        newest.write_text("\n".join([_HEAD, *entries]), encoding="utf-8")
        _gettext(
            "msgmerge", "--update", "--backup=none", "--no-wrap", "--no-fuzzy-matching",
            "--quiet", str(catalogue), str(newest),
        )  # fmt: skip
    _gettext("msgfmt", "--output-file", str(catalogue.with_suffix(".mo")), str(catalogue))


def _gettext(*command: str) -> None:
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise CommandError(f"{command[0]} failed: {ended.stderr.strip()}")
