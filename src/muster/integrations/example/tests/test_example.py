import asyncio

import pytest

from muster.core.errors import ConfigError, UnavailableError
from muster.core.records import CollectionReport
from muster.core.source import Context, SilentProgress
from muster.integrations.example.source import ExampleSource


async def _collected(**given):
    return [each async for each in ExampleSource().collect(Context(**given))]


def collected(**given):
    return asyncio.run(_collected(**given))


def test_a_device_becomes_an_asset_with_flat_attributes():
    server = collected()[2]

    assert server.id == "3"
    assert server.names == ("example-server",)
    assert server.addresses == ("192.0.2.20",)
    assert server.attributes["owner.name"] == "Ada"
    assert server.attributes["boughtDateTimeTS"] == "1768467600"


def test_a_prefix_keeps_only_names_that_start_so():
    names = [each.names for each in collected(options={"prefix": "EXAMPLE-L"})[:-1]]

    assert names == [("example-laptop",)]


def test_an_unreadable_device_is_told_and_the_others_come(tmp_path):
    file = tmp_path / "some.json"
    file.write_text('{"devices": [{"name": "no id"}, 7, {"id": 1, "name": "good"}]}')

    records = collected(endpoints={"file": str(file)}, progress=SilentProgress())

    assert [type(each) for each in records[1:]] == [CollectionReport]
    assert records[0].names == ("good",)


@pytest.mark.parametrize("text", ["", "[]", '{"devices": 7}', '{"other": []}'])
def test_a_file_without_devices_is_a_config_error(tmp_path, text):
    file = tmp_path / "some.json"
    file.write_text(text)

    with pytest.raises(ConfigError, match=r"some\.json holds no list of devices"):
        collected(endpoints={"file": str(file)})


def test_a_missing_file_is_told_and_found_by_verify(tmp_path):
    endpoints = {"file": str(tmp_path / "none.json")}

    findings = asyncio.run(ExampleSource().verify(Context(endpoints=endpoints)))

    assert not findings[0].ok
    with pytest.raises(UnavailableError, match=r"none\.json cannot be read"):
        collected(endpoints=endpoints)
