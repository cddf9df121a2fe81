"""The description of the API: it is up to date, its examples are true, and so are all answers."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import schemathesis
import yaml
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from config.api.description import description
from config.wsgi import application
from publishers.models import User
from tests.api.callers import clerk, key_for, network, of, some_orders
from tests.api.test_policy import RIGHTS
from tests.house.files import PROJECT

DESCRIPTION = yaml.safe_load(description())
CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance,
    response_headers_conformance, response_schema_conformance,
]  # fmt: skip


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (address, method, operation)
        for address, of_address in DESCRIPTION["paths"].items()
        for method, operation in of_address.items()
    ]


def test_the_description_in_the_documentation_is_up_to_date():
    kept = (PROJECT / "docs" / "openapi.yaml").read_bytes()
    assert kept == description(), "write it anew: manage.py spectacular --file docs/openapi.yaml"


def test_the_description_is_made_without_a_warning(tmp_path: Path):
    made = tmp_path / "openapi.yaml"
    call_command("spectacular", "--file", str(made), "--validate", "--fail-on-warn")
    assert DESCRIPTION["openapi"] == "3.1.0"


def test_every_operation_is_explained_and_shown_by_an_example():
    for address, method, operation in operations():
        where = f"{method} {address}"
        assert operation["summary"], where
        assert operation["description"].partition("\n\nScope:")[0], where
        assert operation["tags"] != [""], where
        good = {status: one for status, one in operation["responses"].items() if status < "400"}
        assert good, where
        for status, answer in good.items():
            # Nothing is said, or it is a file.
            if status != "204" and "application/json" in answer["content"]:
                assert answer["content"]["application/json"].get("examples"), where


def test_every_example_is_as_its_schema_says():
    shown = 0
    for _address, _method, operation in operations():
        bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
        for body in bodies:
            for kind in body.get("content", {}).values():
                for example in kind.get("examples", {}).values():
                    whole = {**kind["schema"], "components": DESCRIPTION["components"]}
                    jsonschema.Draft202012Validator(whole).validate(example["value"])
                    shown += 1
    assert shown >= 20


@pytest.mark.django_db
def test_the_file_that_a_page_leads_to_speaks_the_language_of_the_address():
    other_way = Client(headers={"accept-language": "ru"})
    other_way.cookies["django_language"] = "ru"
    for language, client in (("en", other_way), ("ru", Client())):
        page = client.get(f"/{language}/api/").content.decode()
        assert f'<html lang="{language}"' in page
        (address,) = re.findall(r'href="([^"]+)" download', page)
        assert address == f"/{language}/api/schema"
        assert client.get(address).content == description(language)


@pytest.mark.django_db
@pytest.mark.parametrize(("asked", "language"), [("", "en"), ("ru", "ru"), ("de, ru;q=0.5", "ru")])
def test_a_program_gets_the_description_in_the_language_that_it_asks_for(asked, language):
    client = Client(headers={"accept-language": asked} if asked else {})
    schema = client.get("/api/v1/schema")
    assert schema.headers["Content-Type"] == "application/yaml"
    assert "Accept-Language" in schema.headers["Vary"]
    assert schema.content == description(language)
    docs = client.get("/api/v1/docs")
    assert docs.headers["Location"] == f"/{language}/api/"
    assert "Accept-Language" in docs.headers["Vary"]
    assert yaml.safe_load(description("en")) == DESCRIPTION


# --- every answer --------------------------------------------------------------------------------


@pytest.fixture
def keys(db, tmp_path, settings) -> Iterator[list[str]]:
    """The keys of an owner, of one of the staff, and none; as many calls as there will be."""
    settings.PERMILLE_API_LIMITS = {"read": 10**6, "write": 10**6}
    settings.MEDIA_ROOT = tmp_path / "media"
    # As Django's own test client does: the test's transaction outlives each call.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    programme = network(tmp_path)
    some_orders(programme, tmp_path, 3)
    User.objects.create_superuser("root")
    yield [key_for(of("anna"))[1], key_for(clerk(*RIGHTS))[1], ""]
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def call_all(keys: list[str], examples: int) -> int:
    """Calls every operation with what its description allows and what it does not."""
    schema = schemathesis.openapi.from_dict(DESCRIPTION)
    schema.app = application
    called = 0

    def one(operation: Any, headers: dict[str, str]) -> None:
        @settings(
            max_examples=examples, deadline=None, database=None, derandomize=True,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        def call(case: Any) -> None:
            nonlocal called
            called += 1
            case.call_and_validate(headers=headers, checks=CHECKS)

        given(case=operation.as_strategy())(call)()

    for result in schema.get_all_operations():
        for key in keys:
            one(result.ok(), {"Authorization": f"Bearer {key}"} if key else {})
    return called


def test_no_call_gets_an_answer_that_is_not_described(keys):
    assert call_all(keys, 4) > 200


@pytest.mark.deep
def test_no_call_gets_an_answer_that_is_not_described_whatever_it_asks(keys):
    assert call_all(keys, 150) > 5_000
