"""Files of a programme: stores, brand_stores, categories, products, virtual_products."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commissions.models import Product, Programme, SetMember, Store, Touch, VirtualRuling
from commissions.resources import (
    BrandStoreResource,
    CategoryResource,
    ProductResource,
    StoreResource,
    VirtualRulingResource,
)
from publishers.fact_files import load_table
from tests.fact_files import Folder, aliexpress

pytestmark = pytest.mark.django_db

STORES = "store_id,name,seller_country,in_programme,section,from,to\n"
PLAIN_STORES = "store_id,name,seller_country,in_programme,section\n"
BRANDS = "store_id,name,from,to\n"
CATEGORIES = "category_id,name,group\n"
PRODUCTS = "product_id,store_id,category_id,title\n"
QUOTED = "product_id,store_id,category_id,title,affiliate,seller_rate,hot_rate\n"
VIRTUAL = "product_id,ruled_at,note\n"
JANUARY, MARCH, MAY = (f"2020-0{month}-01T00:00:00Z" for month in (1, 3, 5))
WORLD = {
    "stores.csv": f"{STORES}s,S,CN,Y,,,{JANUARY}\ns,S,CN,N,mall_ru,{JANUARY},\n",
    "brand_stores.csv": f"{BRANDS}s,S,{JANUARY},{MARCH}\ns,S,{MARCH},\n",
    "categories.csv": f"{CATEGORIES}1,One,electronics\n2,Two,other\n",
    "products.csv": f"{QUOTED}p,s,1,P,Y,7.00,9%\nq,s,1,Q,N,,\nr,,,,,,\n",
    "virtual_products.csv": f"{VIRTUAL}p,{JANUARY},card\n",
}
KINDS = {
    "stores.csv": StoreResource,
    "brand_stores.csv": BrandStoreResource,
    "categories.csv": CategoryResource,
    "products.csv": ProductResource,
    "virtual_products.csv": VirtualRulingResource,
}


@pytest.fixture
def folder(tmp_path) -> Folder:
    return Folder(tmp_path, aliexpress())


def at(month: int) -> datetime:
    return datetime(2020, month, 1, tzinfo=UTC)


def periods(model: type = Store) -> list[tuple[datetime | None, datetime | None]]:
    rows = model.objects.filter(**({} if model is Store else {"value": "s"}))
    return list(rows.order_by("valid_to").values_list("valid_from", "valid_to"))


@pytest.mark.parametrize("name", WORLD)
def test_twice_is_the_same_as_once(folder, name):
    first = folder.load(name, WORLD[name])
    touches = Touch.objects.count()
    again = folder.load(name, WORLD[name])
    assert (again.added, again.mended, again.unchanged) == (0, 0, first.added)
    assert Touch.objects.count() == touches


@pytest.mark.parametrize("name", WORLD)
def test_what_is_exported_can_be_imported_again(folder, name):
    folder.load(name, WORLD[name])
    whose = {"programme": folder.programme}
    exported = KINDS[name](**whose).export()
    loaded = load_table(KINDS[name](**whose), exported)
    assert (loaded.added, loaded.mended, loaded.unchanged) == (0, 0, len(exported))


def test_a_store_is_ended_and_begun_anew_in_one_file(folder):
    folder.load("stores.csv", f"{PLAIN_STORES}s,S,CN,Y,\n")
    loaded = folder.load("stores.csv", f"{STORES}s,S,CN,N,,{JANUARY},\ns,S,CN,Y,,,{JANUARY}\n")
    assert (loaded.added, loaded.mended) == (1, 1)
    assert periods() == [(None, at(1)), (at(1), None)]


def test_periods_are_mended_in_every_direction_at_once(folder):
    folder.load("stores.csv", f"{STORES}s,,CN,Y,,,{JANUARY}\ns,,CN,Y,,{MARCH},{MAY}\n")
    folder.load("stores.csv", f"{STORES}s,,CN,Y,,,{MARCH}\ns,,CN,Y,,{MARCH},\n")
    assert periods() == [(None, at(3)), (at(3), None)]
    folder.load(
        "stores.csv", f"{STORES}s,,CN,Y,,,{JANUARY}\ns,,RU,Y,,{JANUARY},{MARCH}\n"
        f"s,,CN,Y,,{MARCH},{MAY}\ns,,CN,Y,,{MAY},\n"
    )  # fmt: skip
    assert periods() == [(None, at(1)), (at(1), at(3)), (at(3), at(5)), (at(5), None)]


def test_overlapping_rows_of_the_file_are_refused(folder):
    (found,) = folder.refusal("stores.csv", f"{STORES}s,,CN,Y,,,{MARCH}\ns,,CN,Y,,{JANUARY},\n")
    assert found == (
        'Line 3: The period of "s, 2020-01-01T00:00:00Z" (2020-01-01T00:00:00Z - open) runs into '
        "another one (always - 2020-03-01T00:00:00Z, line 2). End that one first, or choose other "
        "dates."
    )
    assert not Store.objects.exists()


def test_a_row_that_overlaps_one_known_is_refused(folder):
    folder.load("stores.csv", f"{PLAIN_STORES}s,,CN,Y,\n")
    (found,) = folder.refusal("stores.csv", f"{STORES}s,,CN,Y,,{JANUARY},\n")
    assert "runs into another one (always - open, known already)" in found
    assert periods() == [(None, None)]


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("stores.csv", f"{PLAIN_STORES},,CN,Y,\n", "store_id is empty. Write an id of 1 to 64"),
        ("stores.csv", f"{PLAIN_STORES}s,,cn,Y,\n", 'seller_country is "cn". Write a country'),
        ("stores.csv", f"{PLAIN_STORES}s,,CN,yes,\n", 'in_programme is "yes". Write Y or N.'),
        ("stores.csv", f"{PLAIN_STORES}s,,CN,,\n", "in_programme is empty. Write Y or N."),
        ("stores.csv", f"{PLAIN_STORES}s,,CN,Y,mal\n", 'section is "mal". Write mall_ru, or leave'),
        ("stores.csv", f"{STORES}s,,CN,Y,,2020-01-01,\n", 'from is "2020-01-01". Write an instant'),
        ("stores.csv", f"{PLAIN_STORES}s,\0,CN,Y,\n", 'name is "\\u0000". Take out the invisible'),
        ("brand_stores.csv", f"{BRANDS}s,,,x\n", 'to is "x". Write an instant with its offset'),
        ("categories.csv", f"{CATEGORIES}1,,toys\n", 'group is "toys". Write the code of a set of'),
        ("categories.csv", f"{CATEGORIES}1,,brand_stores\n", 'group is "brand_stores".'),
        ("products.csv", f"{PRODUCTS}1 2,,,\n", 'product_id is "1 2". Write an id'),
        ("products.csv", f"{QUOTED}p,,,,y,,\n", 'affiliate is "y". Write Y or N.'),
        ("products.csv", f"{QUOTED}p,,,,Y,7.001,\n", 'seller_rate is "7.001". Write a percentage'),
        ("products.csv", f"{QUOTED}p,,,,Y,,-1\n", 'hot_rate is "-1". Write a percentage'),
        ("virtual_products.csv", f"{VIRTUAL}p,,\n", "ruled_at is empty. Write an instant"),
    ],
)
def test_a_wrong_cell_has_its_sentence(folder, name, text, sentence):
    (found,) = folder.refusal(name, text)
    assert found.startswith(f"Line 2: {sentence}")


def test_a_category_moves_to_another_group(folder):
    folder.load("categories.csv", f"{CATEGORIES}1,One,electronics\n")
    loaded = folder.load("categories.csv", f"{CATEGORIES}1,One,special\n")
    assert loaded.mended == 1
    member = SetMember.objects.get(value="1")
    assert member.named_set.code == "special"


def test_a_dated_category_moves_where_its_latest_membership_is(folder):
    folder.load("categories.csv", f"{CATEGORIES}1,One,electronics\n")
    first = SetMember.objects.get(value="1")
    first.valid_to = at(1)
    first.save()
    sets = {named.code: named for named in folder.programme.named_sets.all()}
    SetMember.objects.create(named_set=sets["special"], value="1", valid_from=at(1))
    folder.load("categories.csv", f"{CATEGORIES}1,One,other\n")
    found = SetMember.objects.filter(value="1").order_by("valid_to")
    assert [member.named_set.code for member in found] == ["electronics", "other"]


def test_a_move_into_a_period_that_is_taken_is_refused(folder):
    folder.load("categories.csv", f"{CATEGORIES}1,One,electronics\n")
    sets = {named.code: named for named in folder.programme.named_sets.all()}
    SetMember.objects.create(named_set=sets["special"], value="1", valid_from=at(1))
    (found,) = folder.refusal("categories.csv", f"{CATEGORIES}1,One,electronics\n")
    assert "known already" in found


def test_rates_are_kept_in_hundredths_of_a_percent(folder):
    folder.load("products.csv", f"{QUOTED}a,,,,Y,7.00,7.5%\nb,,,,N,70%,0.8\nc,,,,,,\n")
    rates = Product.objects.values_list("affiliate", "seller_rate_bp", "hot_rate_bp")
    assert list(rates) == [(True, 700, 750), (False, 7000, 80), (None, None, None)]


def test_columns_that_a_file_leaves_out_stay_as_they_are(folder):
    folder.load("products.csv", f"{QUOTED}a,s,1,A,Y,7.00,7.5%\n")
    folder.load("products.csv", f"{PRODUCTS}a,s,2,A\n")
    product = Product.objects.get()
    assert (product.category_id, product.affiliate, product.seller_rate_bp) == ("2", True, 700)


def test_mending_many_rows_takes_one_statement(folder):
    rows = [f"{n},s,1,Title" for n in range(300)]
    folder.load("products.csv", PRODUCTS + "\n".join(rows))
    with CaptureQueriesContext(connection) as queries:
        loaded = folder.load("products.csv", PRODUCTS + "\n".join(f"{r} mended" for r in rows))
    assert loaded.mended == 300
    assert Product.objects.filter(title="Title mended").count() == 300
    assert len([q for q in queries if "INSERT" in q["sql"] or "UPDATE" in q["sql"]]) == 1


def test_a_ruling_is_mended_by_its_product(folder):
    folder.load("virtual_products.csv", WORLD["virtual_products.csv"])
    folder.load("virtual_products.csv", f"{VIRTUAL}p,{MAY},card\n")
    assert VirtualRuling.objects.get().ruled_at == at(5)


def test_rows_of_another_programme_are_not_touched(folder):
    folder.load("products.csv", f"{PRODUCTS}a,s,1,Ours\n")
    other = Programme.objects.create(
        code="other", name="Other", time_zone="UTC", currency="EUR", feed_time_zone="UTC"
    )
    Folder(folder.path, other).load("products.csv", f"{PRODUCTS}a,s,1,Theirs\n")
    assert sorted(Product.objects.values_list("title", flat=True)) == ["Ours", "Theirs"]
    (found,) = Folder(folder.path, other).refusal("brand_stores.csv", f"{BRANDS}s,,,\n")
    assert found.startswith("The programme has no set of stores brand_stores")
    errors = StoreResource().import_data(StoreResource(programme=other).export()).base_errors
    assert str(errors[0].error) == "Choose the programme that these rows belong to."
