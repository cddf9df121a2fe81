"""A command gets the servers that it needs, and no others."""

import pytest

from config.commandline import Need, need_of


@pytest.mark.parametrize(
    ("line", "need"),
    [
        ("manage.py", Need.NOTHING),
        ("manage.py help migrate", Need.NOTHING),
        ("manage.py check --deploy", Need.NOTHING),
        ("manage.py check_domain aliexpress.com", Need.NOTHING),
        ("manage.py tick --help", Need.NOTHING),
        ("manage.py api_words", Need.NOTHING),
        ("manage.py makemigrations --check", Need.SERVERS),
        ("manage.py migrate", Need.SERVERS),
        ("manage.py tick --until 2021-06-01T00:00:00Z", Need.PROGRAMME),
        ("manage.py export_lines", Need.PROGRAMME),
        ("manage.py demo", Need.PROGRAMME),
    ],
)
def test_what_a_command_needs_is_known_by_its_name(line, need):
    assert need_of(line.split()) is need
