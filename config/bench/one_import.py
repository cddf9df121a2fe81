"""One import in a process of its own: `python -m config.bench.one_import FILE`.

Prints JSON: `seconds` from the start of reading to the last commit, and the import's own counts.
"""

import json
import os
import sys
import time
from pathlib import Path


def main() -> None:
    """Import the file that the command line names into the database of DATABASE_URL."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    sys.stdout.write(json.dumps(_timed(Path(sys.argv[1]))) + "\n")


def _timed(path: Path) -> dict[str, float | int | str]:
    from django.utils import timezone

    from commissions.models import Programme
    from commissions.operations.feed import import_file, receive_feed

    programme = Programme.objects.get(code="aliexpress")
    feed_import = receive_feed(
        programme=programme, name=path.name, amount_unit="cents", by=None, at=timezone.now()
    )
    started = time.perf_counter()
    done = import_file(feed_import_id=feed_import.pk, path=path, at=timezone.now())
    seconds = time.perf_counter() - started
    return {
        "seconds": seconds,
        "state": done.state,
        "error": done.error,
        "rows_read": done.rows_read,
        "lines_new": done.lines_new,
        "lines_changed": done.lines_changed,
        "rows_parked": done.rows_parked,
    }


if __name__ == "__main__":
    main()
