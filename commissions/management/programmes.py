"""The programme that a command is about."""

from argparse import ArgumentParser

from django.core.management.base import CommandError

from commissions.models import Programme


def add_programme_option(parser: ArgumentParser) -> None:
    """Let the command line say `--programme CODE`."""
    parser.add_argument("--programme", default="aliexpress", metavar="CODE")


def programme_named(code: str) -> Programme:
    """The programme of a code. Raises CommandError with those that there are."""
    try:
        return Programme.objects.get(code=code)
    except Programme.DoesNotExist:
        known = ", ".join(Programme.objects.values_list("code", flat=True)) or "none yet"
        raise CommandError(f'There is no programme "{code}"; known are: {known}.') from None
