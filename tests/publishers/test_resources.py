"""publishers.csv, sources.csv and agreements.csv: rows are added and mended, all or none."""

from datetime import UTC, datetime, timedelta

import pytest
import tablib
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commissions.models import Touch
from publishers.fact_files import load_table
from publishers.models import Agreement, Publisher, Source, SourceApproval
from publishers.resources import AgreementResource, PublisherResource, SourceResource
from tests.fact_files import PUBLISHERS, SOURCES, Folder, aliexpress

pytestmark = pytest.mark.django_db

HEADER = "code,email,name,country,language,registered_at,referred_by\n"
ANNA = "anna,anna@example.net,Anna,RU,ru,2018-09-01T09:00:00Z,\n"
SOURCE_HEADER = "code,publisher,traffic_type,title,url,approved_at\n"
AGREEMENT_HEADER = "publisher,traffic_type,from,to,note\n"


@pytest.fixture
def folder(tmp_path) -> Folder:
    return Folder(tmp_path, aliexpress())


@pytest.fixture
def sourced(folder) -> Folder:
    return folder.with_sources()


def day(month: int, number: int, year: int = 2020) -> datetime:
    return datetime(year, month, number, tzinfo=UTC)


def source(approved_at: str, title: str = "Anna's site") -> str:
    return f"{SOURCE_HEADER}anna-site,anna,content_site,{title},,{approved_at}\n"


def test_a_publisher_is_mended_by_its_code(folder):
    folder.load("publishers.csv", HEADER + ANNA)
    loaded = folder.load("publishers.csv", HEADER + ANNA.replace("Anna,", "Anna Ivanova,"))
    assert (loaded.added, loaded.mended, loaded.unchanged) == (0, 1, 0)
    assert Publisher.objects.get().name == "Anna Ivanova"


def test_rows_that_the_file_leaves_out_stay(folder):
    folder.load("publishers.csv", PUBLISHERS)
    folder.load("publishers.csv", HEADER + ANNA)
    assert Publisher.objects.count() == 2


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("anna,", ",", "code is empty. Write a code"),
        ("anna,", "an na,", 'code is "an na". Write a code of 1 to 64 letters'),
        ("anna@example.net", "anna", 'email is "anna". Write an e-mail address'),
        ("Anna,", ",", "name is empty. Write something here."),
        ("Anna,", "A" * 201 + ",", "It has 201 characters; write at most 200."),
        ("RU", "Russia", 'country is "Russia". Write a country as two capitals, such as RU.'),
        ("ru,", "russian,", 'language is "russian". Write a language'),
        ("T09:00:00Z", "", 'registered_at is "2018-09-01". Write an instant with its offset'),
        ("09:00:00Z", "09:00:00", "Write an instant with its offset"),
        ("2018-09-01", "2018-02-30", "Write an instant with its offset"),
        ("2018-09-01", "0001-01-01T00:00:00+05:00", "Write an instant with its offset"),
    ],
)
def test_a_wrong_cell_has_its_sentence_and_nothing_is_written(folder, before, after, sentence):
    right = "zoe,zoe@example.net,Zoe,,,2018-09-01T09:00:00Z,\n"
    wrong = ANNA.replace(before, after, 1)
    (found,) = folder.refusal("publishers.csv", HEADER + right + wrong)
    assert found.startswith("Line 3: ")
    assert sentence in found
    assert not Publisher.objects.exists()


def test_every_wrong_row_is_listed_by_its_line(folder):
    text = HEADER + '"a\nb",x,,,,,\n\n' + "b,b@example.net,B,,,never,\n"
    found = folder.refusal("publishers.csv", text)
    assert [sentence.split(":")[0] for sentence in found] == ["Line 2"] * 4 + ["Line 5"]


def test_a_key_given_twice_in_different_words_is_refused(folder):
    found = folder.refusal("publishers.csv", HEADER + ANNA + ANNA.replace("Anna", "Hanna"))
    assert found == ['Line 3: Line 2 says something else of "anna": leave one of the two.']


def test_a_row_repeated_word_for_word_is_one_row(folder):
    loaded = folder.load("publishers.csv", HEADER + ANNA + ANNA)
    assert (loaded.added, loaded.unchanged) == (1, 1)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "The file is empty: its first line must name the columns."),
        ("code,name\n", "The header lacks email, country, language, registered_at."),
        ("code,code\n", "The header names code twice."),
        (HEADER + "a,b\n", "Line 2: The row has 2 cells, the header names 7."),
        (HEADER + '"a"b,,,,,,\n', "Line 2: The file is no CSV from here on"),
    ],
)
def test_a_file_that_is_no_table_is_refused(folder, text, sentence):
    (found,) = folder.refusal("publishers.csv", text)
    assert found.startswith(sentence)


def test_a_file_that_is_not_utf8_is_refused(folder):
    path = folder.path / "publishers.csv"
    path.write_bytes((HEADER + ANNA).encode() + "Анна".encode("cp1251"))
    with pytest.raises(Exception, match="The file is not UTF-8 from about here on"):
        folder.load_path(path)


def test_a_column_that_is_not_known_is_left_aside_and_named(folder):
    loaded = folder.load("publishers.csv", HEADER.replace("\n", ",phone\n") + ANNA[:-1] + ",1\n")
    assert loaded.notices == ("columns left aside, since they are not known: phone",)


def test_an_unchanged_file_writes_nothing(sourced):
    Touch.objects.all().delete()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        loaded = sourced.load("sources.csv", SOURCES)
    assert (loaded.added, loaded.mended, loaded.unchanged) == (0, 0, 2)
    assert not [q["sql"] for q in queries if q["sql"].startswith(("INSERT", "UPDATE"))]
    assert not Touch.objects.exists()


def test_the_number_of_queries_does_not_grow_with_the_file(folder):
    def queries(count: int) -> int:
        rows = [f"p{count}-{n},p@example.net,P,,,2018-09-01T09:00:00Z,\n" for n in range(count)]
        with CaptureQueriesContext(connection) as found:
            folder.load("publishers.csv", HEADER + "".join(rows))
        return len(found)

    assert queries(2) == queries(200)


def test_the_first_approval_is_open(sourced):
    approval = SourceApproval.objects.get()
    assert (approval.source.code, approval.valid_from) == ("anna-site", day(9, 10, 2018))
    assert approval.valid_to is None


def test_another_approved_at_mends_the_latest_approval_alone(sourced):
    Touch.objects.all().delete()
    loaded = sourced.load("sources.csv", SOURCES.replace("2018-09-10", "2018-09-12"))
    assert (loaded.mended, loaded.unchanged) == (1, 1)
    assert SourceApproval.objects.get().valid_from == day(9, 12, 2018)
    assert list(Touch.objects.values_list("scope", "value").distinct()) == [("source", "anna-site")]


def test_an_empty_approved_at_takes_no_approval_back(sourced):
    sourced.load("sources.csv", source("", title="Renamed"))
    assert Source.objects.get(code="anna-site").title == "Renamed"
    assert SourceApproval.objects.get().valid_to is None


def test_a_suspension_by_staff_survives_the_same_file(sourced):
    SourceApproval.objects.update(valid_to=day(1, 1))
    again = SourceApproval(source=Source.objects.get(code="anna-site"), valid_from=day(2, 1))
    again.save()
    loaded = sourced.load("sources.csv", SOURCES)
    assert loaded.unchanged == 2
    assert SourceApproval.objects.filter(valid_from=day(2, 1)).exists()


@pytest.mark.parametrize(
    ("approved_at", "sentence"),
    [
        ("2019-06-01T00:00:00Z", "approved_at lies within an earlier approval of the source."),
        ("2020-07-01T00:00:00Z", "approved_at is later than the end of the source's latest"),
    ],
)
def test_an_approval_is_not_mended_into_another(sourced, approved_at, sentence):
    SourceApproval.objects.update(valid_to=day(1, 1))
    second = Source.objects.get(code="anna-site").approvals.create(
        valid_from=day(2, 1), valid_to=day(7, 1)
    )
    (found,) = sourced.refusal("sources.csv", source(approved_at))
    assert sentence in found
    second.refresh_from_db()
    assert second.valid_from == day(2, 1)


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("s,nobody,cashback,S,,", 'publisher is "nobody". Write the code of a publisher'),
        ("s,anna,magic,S,,", 'traffic_type is "magic". Write the code of a traffic type'),
        ("s,anna,,S,,", "traffic_type is empty. Write the code of a traffic type"),
    ],
)
def test_a_source_names_what_is_known(sourced, row, sentence):
    (found,) = sourced.refusal("sources.csv", SOURCE_HEADER + row + "\n")
    assert sentence in found


def test_an_agreement_is_known_by_publisher_type_and_beginning(sourced):
    text = f"{AGREEMENT_HEADER}anna,toolbars_plugins,2019-01-01T00:00:00+03:00,,one\n"
    sourced.load("agreements.csv", text)
    loaded = sourced.load("agreements.csv", text.replace(",,one", ",2020-01-01T00:00:00Z,two"))
    assert loaded.mended == 1
    agreement = Agreement.objects.get()
    assert (agreement.note, agreement.valid_to) == ("two", day(1, 1))
    assert agreement.valid_from == day(1, 1, 2019) - timedelta(hours=3)


def test_a_period_that_ends_before_it_starts_is_refused(sourced):
    text = f"{AGREEMENT_HEADER}anna,adult,2020-01-01T00:00:00Z,2020-01-01T00:00:00Z,\n"
    assert sourced.refusal("agreements.csv", text) == [
        "Line 2: The period must end after it starts."
    ]


def test_a_preview_shows_what_would_change_and_writes_nothing(sourced):
    dataset = tablib.Dataset(headers=SOURCE_HEADER.strip().split(","))
    dataset.append(["anna-site", "anna", "youtube", "Anna", "", "2018-09-10T00:00:00Z"])
    dataset.append(["new", "anna", "youtube", "New", "", "2018-09-10T00:00:00Z"])
    result = SourceResource().import_data(dataset, dry_run=True)
    assert not result.has_errors()
    assert not result.has_validation_errors()
    assert [row.import_type for row in result.rows] == ["update", "new"]
    assert "content" in result.rows[0].diff[2]
    assert "youtube" in result.rows[1].diff[2]
    assert Source.objects.get(code="anna-site").traffic_type.code == "content_site"
    assert not Source.objects.filter(code="new").exists()


@pytest.mark.parametrize("kind", [PublisherResource, SourceResource, AgreementResource])
def test_what_is_exported_can_be_imported_again(sourced, kind):
    sourced.load("agreements.csv", f"{AGREEMENT_HEADER}anna,adult,,2020-01-01T00:00:00Z,\n")
    exported = kind().export()
    assert exported.headers == [column.column_name for column in kind().columns]
    loaded = load_table(kind(), exported)
    assert (loaded.added, loaded.mended, loaded.unchanged) == (0, 0, len(exported))


def test_a_row_that_another_hand_writes_meanwhile_is_a_sentence(folder, monkeypatch):
    folder.load("publishers.csv", HEADER + ANNA)
    monkeypatch.setattr(PublisherResource, "known_rows", lambda self, values: [])
    dataset = tablib.Dataset(headers=[c.column_name for c in PublisherResource().columns])
    dataset.append(["anna", "a@example.net", "A", "", "", "2018-09-01T09:00:00Z"])
    result = PublisherResource().import_data(dataset)
    (error,) = result.base_errors
    assert str(error.error).startswith("These rows were changed while the file was read.")
    assert Publisher.objects.count() == 1
