"""load_world: a folder of files, loaded in the order in which they name one another."""

import shutil
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from commissions.models import Product, SetMember, Store, Touch
from commissions.pipeline import rerating
from config.worlds import FILES, load_file
from publishers.models import Agreement, Click, Publisher, Source
from referrals.models import Referral
from tests.fact_files import CLICKS, PUBLISHERS, SOURCES, aliexpress
from tests.worlds import world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def programme():
    return aliexpress()


def load(folder: Path, *options: str) -> list[str]:
    out = StringIO()
    call_command("load_world", str(folder), *options, stdout=out)
    return out.getvalue().splitlines()


def rows(path: Path) -> int:
    return len(path.read_text().splitlines()) - 1


@pytest.mark.parametrize("name", ["golden", "medium"])
def test_a_world_loaded_twice_is_as_loaded_once(name, programme):
    folder = world(name)
    for file in FILES:
        loaded = load_file(folder / file, programme=programme)
        assert (loaded.added, loaded.mended, loaded.unchanged) == (rows(folder / file), 0, 0), file
    touches = set(Touch.objects.values_list("id", flat=True))
    assert touches
    for file in FILES:
        loaded = load_file(folder / file, programme=programme)
        assert (loaded.added, loaded.mended, loaded.unchanged) == (0, 0, rows(folder / file)), file
    assert set(Touch.objects.values_list("id", flat=True)) == touches


def test_everything_of_a_world_is_there():
    folder = world("golden")
    load(folder)
    assert Publisher.objects.count() == rows(folder / "publishers.csv")
    assert Referral.objects.count() == 5
    assert Source.objects.exclude(approvals=None).count() == 9
    assert Agreement.objects.count() == rows(folder / "agreements.csv")
    assert Store.objects.filter(store_id="960000").count() == 2
    brands = SetMember.objects.filter(named_set__code="brand_stores")
    assert brands.count() == rows(folder / "brand_stores.csv")
    special = SetMember.objects.filter(named_set__code="special")
    assert set(special.values_list("value", flat=True)) == {"400", "401"}
    assert Product.objects.get(product_id="5001").store_id == "910000"
    assert Click.objects.count() == rows(folder / "clicks.csv")


def test_each_file_has_a_line_and_missing_ones_are_noted(tmp_path):
    (tmp_path / "publishers.csv").write_text(PUBLISHERS.lstrip())
    (tmp_path / "sources.csv").write_text(SOURCES.lstrip())
    (tmp_path / "clicks.csv").write_text(CLICKS.lstrip())
    found = load(tmp_path)
    assert len(found) == len(FILES)
    assert found[0] == "publishers.csv: 2 added, 0 mended, 0 unchanged"
    assert found[2] == "agreements.csv: not in the folder, skipped"
    assert load(tmp_path)[-1] == "clicks.csv: 0 added, 0 mended, 2 unchanged"


def test_a_refused_file_ends_the_load_with_its_sentences(tmp_path, monkeypatch):
    monkeypatch.setattr(rerating, "rerate_pending", lambda **_: pytest.fail("not all are loaded"))
    (tmp_path / "publishers.csv").write_text(PUBLISHERS.lstrip())
    (tmp_path / "sources.csv").write_text(SOURCES.lstrip().replace("boris,cashback", "b,magic"))
    with pytest.raises(CommandError) as refused:
        load(tmp_path)
    sentences = str(refused.value).splitlines()
    assert sentences[0] == "sources.csv is refused, nothing of it was loaded:"
    assert sentences[1].startswith('  Line 3: publisher is "b". Write the code of a publisher')
    assert sentences[2].startswith('  Line 3: traffic_type is "magic". Write the code of a traffic')
    assert refused.value.returncode == 1
    assert not Source.objects.exists()
    assert Publisher.objects.count() == 2


def test_what_was_touched_is_decided_again_after_all_files(tmp_path):
    shutil.copy(world("golden") / "stores.csv", tmp_path)
    load(tmp_path)
    assert not Touch.objects.exists()


def test_a_folder_without_any_file_is_refused(tmp_path):
    with pytest.raises(CommandError, match=r"holds none of publishers\.csv"):
        load(tmp_path)


def test_a_programme_that_is_not_known_is_refused(tmp_path):
    with pytest.raises(CommandError, match=r"Known: aliexpress\."):
        load(tmp_path, "--programme", "x")
