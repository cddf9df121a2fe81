"""The pages of the API tell all that its description has, in both languages."""

import json
import shlex

import pytest
import yaml
from django.test import Client
from selectolax.lexbor import LexborHTMLParser

from config.api.description import description
from config.api.docs import told
from config.api.reference import calling, groups

LANGUAGES = ("en", "ru")
SITE = "https://permille.example"


def page(address: str) -> LexborHTMLParser:
    answer = Client().get(address)
    assert answer.status_code == 200
    return LexborHTMLParser(answer.content.decode())


def shown(node: object) -> str:
    return " ".join(node.text(separator=" ").split())  # type: ignore[attr-defined]


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_operation_is_on_a_page_with_all_that_it_takes_and_answers(language):
    whole = yaml.safe_load(description(language))
    pages = {one.slug: page(f"/{language}/api/{one.slug}/") for one in told(language)}
    articles = {
        node.attributes["id"]: node for one in pages.values() for node in one.css("article")
    }
    for path, operations in whole["paths"].items():
        for method, operation in operations.items():
            node = articles.pop(operation["operationId"])
            text = shown(node)
            assert f"{operation['summary']} {method.upper()} {path}" in text
            asked = operation["description"].replace("`", "")
            for paragraph in filter(None, asked.split("\n\n")):
                assert "".join(paragraph.split()) in "".join(text.split())
            names = [one.text() for one in node.css("dl dt code")]
            assert {one["name"] for one in operation.get("parameters", [])} <= set(names)
            assert set(operation["responses"]) <= set(shown(node).split())
    assert not articles, f"nothing describes {list(articles)}"


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_overview_leads_to_every_operation(language):
    links = [node.attributes["href"] or "" for node in page(f"/{language}/api/").css(".index li a")]
    whole = yaml.safe_load(description(language))
    assert len(links) == sum(map(len, whole["paths"].values()))
    for address in {link.partition("#")[0] for link in links}:
        there = page(address)
        for link in links:
            if link.startswith(f"{address}#"):
                assert there.css_first(f"#{link.partition('#')[2]}") is not None, link


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/en/api/", "/en/api/orders/"])
def test_the_pages_fetch_nothing_from_elsewhere_and_run_nothing_written_into_them(address):
    answer = Client().get(address)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    text = answer.content.decode()
    assert "<style" not in text
    assert " style=" not in text
    assert text.count("<script src=") == text.count("<script")
    loaded = LexborHTMLParser(text).css("script, img, link[rel=stylesheet]")
    assert all((node.attributes.get("src") or node.attributes["href"])[0] == "/" for node in loaded)


@pytest.mark.django_db
def test_a_heading_that_there_is_not_is_a_page_that_there_is_not():
    assert Client().get("/en/api/nothing/").status_code == 404


def test_a_heading_has_the_same_address_in_every_language():
    english, russian = (
        {one.slug: {each.id for each in one.operations} for one in told(language)}
        for language in LANGUAGES
    )
    assert english == russian
    assert {one.name for one in told("en")}.isdisjoint(one.name for one in told("ru"))


def test_the_line_for_a_shell_is_the_call_that_it_is_of():
    for group in told("ru"):
        for operation in group.operations:
            words = shlex.split(calling(operation, SITE).replace("\\\n", " "))
            assert words[0] == "curl"
            assert (words[2] if words[1] == "-X" else "GET") == operation.method
            headers = [words[place + 1] for place, word in enumerate(words) if word == "-H"]
            assert any(one.startswith("Idempotency-Key:") for one in headers) == operation.writes
            address, _mark, asked = words[-1].partition("?")
            assert address.startswith(f"{SITE}/api/v1/")
            assert "{" not in address
            needed = {
                one.name for one in operation.parameters if one.required and one.place == "query"
            }
            assert {one.partition("=")[0] for one in asked.split("&") if one} == needed
            if "--data-binary" in words and operation.body and operation.body.examples:
                sent = words[words.index("--data-binary") + 1]
                assert json.loads(sent) == json.loads(operation.body.examples[0].text)


def described(schema: dict) -> dict:
    """A description of one operation that answers with this."""
    content = {"application/json": {"schema": schema}}
    operation = {
        "operationId": "look", "summary": "Look", "tags": ["Small things"],
        "responses": {"200": {"description": "", "content": content}},
    }  # fmt: skip
    pet = {
        "type": "object", "description": "A pet.", "required": ["name"],
        "properties": {"name": {"type": "string", "maxLength": 9, "description": "Say `x < y`."}},
    }  # fmt: skip
    return {"paths": {"/look": {"get": operation}}, "components": {"schemas": {"Pet": pet}}}


PET = {"$ref": "#/components/schemas/Pet"}


@pytest.mark.parametrize(
    ("schema", "told_as"),
    [
        ({"type": "array", "items": PET}, [("[].name", "string", True, False)]),
        (
            {"properties": {"pets": {"type": "array", "items": PET}}},
            [("pets", "array of object", False, False), ("pets[].name", "string", True, False)],
        ),
        (
            {"properties": {"pet": {"oneOf": [PET, {"type": "null"}], "description": "Or none."}}},
            [("pet", "object", False, True), ("pet.name", "string", True, False)],
        ),
        (
            {"properties": {"pet": {"allOf": [PET], "description": "One."}}, "required": ["pet"]},
            [("pet", "object", True, False), ("pet.name", "string", True, False)],
        ),
        (
            {"properties": {"at": {"type": ["string", "null"], "format": "date-time"}}},
            [("at", "string (date-time)", False, True)],
        ),
    ],
)
def test_members_are_told_with_the_way_to_them_and_what_they_are(schema, told_as):
    whole = described(schema)
    ((operation,),) = (one.operations for one in groups(whole, whole))
    (shape,) = operation.answers[0].body.shapes
    assert [(one.name, one.kind, one.required, one.nullable) for one in shape] == told_as


def test_words_are_text_and_what_is_between_backticks_is_code():
    whole = described({"oneOf": [PET, {"type": "object", "properties": {"n": {"enum": [1, 2]}}}]})
    (group,) = groups(whole, whole)
    assert (group.slug, group.name) == ("small-things", "Small things")
    first, second = group.operations[0].answers[0].body.shapes
    assert first[0].words == 'Say <code translate="no">x &lt; y</code>.'
    assert first[0].limits == (("maxLength", "9"),)
    assert second[0].values == ("1", "2")
