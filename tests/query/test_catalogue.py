"""The catalogue: one meaning per name, and the page made from it."""

import pytest

from muster.query import catalogue, catalogue_markdown
from muster.query.catalogue import INVENTORIES, FieldType


@pytest.mark.parametrize("inventory", sorted(INVENTORIES))
def test_no_name_stands_for_two_fields(inventory):
    fields = catalogue(inventory).fields
    names = [name for each in fields for name in (each.name, *each.aliases)]

    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("inventory", sorted(INVENTORIES))
def test_relations_and_their_shorthands_lead_to_keywords_that_exist(inventory):
    for field in catalogue(inventory).known():
        if field.relation and field.type is not FieldType.ADDRESS_FLAG:
            related = catalogue(field.inventory)
            targets = [field.target] if field.target else related.named_by
            assert all(related.field(each) for each in targets), field


@pytest.mark.parametrize("inventory", sorted(INVENTORIES))
def test_free_words_look_at_keys_of_the_catalogue(inventory):
    found = catalogue(inventory)
    keys = {each.key for each in found.fields} | {"_asset.address"}

    assert set(found.free) <= keys


def test_a_slip_is_told_from_another_word():
    users = catalogue("users")

    assert users.slip("emial") == "email"
    assert users.slip("display_nam") == "display_name"
    assert users.slip("suspended") is None


def test_the_page_lists_every_keyword_alias_and_missing_data():
    page = catalogue_markdown()

    for inventory in INVENTORIES.values():
        assert f"## {inventory.inventory.capitalize()}" in page
        for field in inventory.fields:
            assert f"`{field.name}`" in page
    assert "Muster holds no wireless networks: `wireless`, `essid`" in page


def test_every_type_in_use_says_what_it_takes():
    used = {field.type for each in INVENTORIES.values() for field in each.known()}

    assert all(each.expects for each in used)
    assert FieldType.NUMBER.operators != FieldType.TEXT.operators
