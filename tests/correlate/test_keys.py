"""What counts as an identity, and what does not."""

import pytest

from muster.core.records import AssetRecord
from muster.correlate import Dimension, keys_of, readings

GUID = "743eb05a-0000-4000-8000-000000000001"


def record(source: str = "sample", **fields: object) -> AssetRecord:
    return AssetRecord(source=source, id="1", kind="dev", **fields)


@pytest.mark.parametrize("spelled", ["B0-7B-25-00-12-34", "b07b25001234", "B0:7B:25:00:12:34"])
def test_a_mac_is_one_key_in_every_spelling(spelled):
    assert keys_of(record(macs=(spelled,))) == {(Dimension.MAC, "b0:7b:25:00:12:34")}


@pytest.mark.parametrize(
    "mac",
    [
        "02:42:ac:11:00:02",
        "da:a1:19:00:00:01",
        "01:00:5e:00:00:fb",
        "00:00:5e:00:01:0a",
        "00:00:0c:07:ac:01",
        "00:e0:4c:68:00:01",
        "00:50:56:c0:00:08",
        "00:00:00:00:00:00",
    ],
)
def test_a_mac_that_many_can_have_is_no_key_and_says_why(mac):
    found = readings(record(macs=(mac,)))

    assert [each.key for each in found] == [None]
    assert found[0].refusal


@pytest.mark.parametrize(
    "serial",
    ["To be filled by O.E.M.", "System Serial Number", "0000000", "None", "XXXX", "12345678", "A1"],
)
def test_a_serial_number_that_firmware_made_up_is_no_key(serial):
    assert keys_of(record(attributes={"serialNumber": serial})) == frozenset()


def test_a_serial_number_is_compared_in_capitals():
    assert keys_of(record(attributes={"serialNumber": " pf3abc12 "})) == {
        (Dimension.SERIAL, "PF3ABC12")
    }


@pytest.mark.parametrize(
    ("source", "attribute"), [("azuread", "deviceId"), ("intune", "azureADDeviceId")]
)
def test_each_source_says_the_device_id_in_its_own_place(source, attribute):
    found = keys_of(record(source, attributes={attribute: GUID.upper()}))

    assert found == {(Dimension.DEVICE_ID, GUID)}


@pytest.mark.parametrize("text", ["", "none", "00000000-0000-0000-0000-000000000000", "743eb05a"])
def test_what_is_no_id_is_no_key(text):
    assert keys_of(record("azuread", attributes={"deviceId": text})) == frozenset()


@pytest.mark.parametrize(
    "name", ["iPhone-2", "MacBook Pro", "dhcp-10-0-0-7.corp.example", "galaxy-s21", "n/a", "a\0b"]
)
def test_a_name_that_any_machine_could_have_is_no_key(name):
    assert keys_of(record(names=(name,))) == frozenset()


def test_an_address_is_a_key_only_together_with_a_name():
    assert keys_of(record(addresses=("10.0.0.7",))) == frozenset()
    assert (Dimension.ADDRESS_AND_NAME, "10.0.0.7 ws-1") in keys_of(
        record(addresses=("10.0.0.7",), names=("WS-1",))
    )


@pytest.mark.parametrize("name", ["DESKTOP-5CG6ZDD", "LAPTOP-5CG6ZDD1", "abcdefghijklmno.example"])
def test_a_whole_name_of_fifteen_characters_is_not_taken_for_a_cut_one(name):
    assert {dimension for dimension, _ in keys_of(record(names=(name,)))} == {Dimension.NAME}
