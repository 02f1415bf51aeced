import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muster.core import ndjson
from muster.integrations.entra import mapping


@pytest.mark.parametrize(
    ("manufacturer", "vendor"),
    [
        ("Dell Inc.", "Dell"),
        ("Dell Computer Corporation", "Dell"),
        ("LENOVO", "Lenovo"),
        ("Hewlett-Packard", "HP"),
        ("HP Inc.", "HP"),
        ("Microsoft Corporation", "Microsoft"),
        ("ASUSTeK COMPUTER INC.", "ASUS"),
        ("VMware, Inc.", "VMware"),
        ("samsung", "Samsung"),
        ("Kleine Werkstatt GmbH", "Kleine Werkstatt"),
        ("To Be Filled By O.E.M.", ""),
        ("System manufacturer", ""),
        ("", ""),
    ],
)
def test_a_vendor_has_one_spelling(manufacturer, vendor):
    assert mapping.hardware_vendor(manufacturer) == vendor


@pytest.mark.parametrize(
    ("system", "version", "name"),
    [
        ("Windows", "10.0.22631.4460", "Windows 11"),
        ("Windows", "10.0.19045", "Windows 10"),
        ("Windows", "6.1.7601", "Windows"),
        ("Windows", "", "Windows"),
        ("MacMDM", "14.1", "macOS"),
        ("IPhone", "18.1", "iOS"),
        ("iPad", "18.1", "iPadOS"),
        ("AndroidForWork", "15", "Android"),
        ("Debian", "12", "Debian"),
        ("", "", ""),
    ],
)
def test_a_system_has_the_name_people_use(system, version, name):
    assert mapping.os_name(system, version) == name


@pytest.mark.parametrize(
    ("system", "kind"),
    [("iOS", "Mobile"), ("Android", "Mobile"), ("Windows Server", "Server"), ("Windows", "")],
)
def test_a_device_type_is_named_only_where_it_is_known(system, kind):
    assert mapping.device_type(system) == kind


def test_the_object_id_is_the_key_and_the_device_id_the_attribute():
    record = mapping.device({"id": "object", "deviceId": "device", "displayName": "A"})

    assert record.id == "object"
    assert record.attributes["azureId"] == "object"
    assert record.attributes["id"] == record.attributes["deviceId"] == "device"


def test_a_vendor_is_not_told_twice_in_the_hardware():
    record = mapping.device({"id": "1", "manufacturer": "Dell Inc.", "model": "Dell Pro 14"})

    assert record.hardware == "Dell Pro 14"


def test_an_unknown_state_is_active():
    assert mapping.device({"id": "1", "accountEnabled": None}).is_active
    assert mapping.user({"id": "1"}).is_active
    assert not mapping.user({"id": "1", "accountEnabled": False}).is_active


@pytest.mark.parametrize(
    ("name", "domains"),
    [
        ("ws-1.corp.example", ("corp.example",)),
        ("WS-1.CORP.example", ("corp.example",)),
        ("ws-1", ()),
        ("10.0.0.1", ()),
        ("iPad (3)", ()),
        ("Anna's phone. Really", ()),
    ],
)
def test_a_domain_is_taken_from_full_host_names_only(name, domains):
    assert mapping.device({"id": "1", "displayName": name}).domains == domains


def test_annotations_of_odata_are_no_attributes():
    item = {"@odata.type": "#x", "id": "1", "mail@odata.type": "y", "mail": "a@b.example"}

    assert mapping.attributes_of(item) == {"id": "1", "mail": "a@b.example"}


def test_members_without_an_id_are_left_out():
    hidden = [{"@odata.type": "#microsoft.graph.user"}, {"id": None}, "text", {"id": "1"}]

    assert [each.member_id for each in mapping.memberships("g", hidden)] == ["1"]


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)
known = st.sampled_from(
    [
        "displayName",
        "hostnames",
        "manufacturer",
        "model",
        "operatingSystem",
        "operatingSystemVersion",
        "accountEnabled",
        "approximateLastSignInDateTime",
        "businessPhones",
        "signInActivity",
        "mail",
        "userPrincipalName",
    ]
)


@settings(max_examples=150)
@given(st.dictionaries(known | st.text(max_size=5), values, max_size=8))
def test_whatever_graph_says_of_an_object_becomes_a_record_that_can_be_written(item):
    for map_one in (mapping.device, mapping.user, mapping.group):
        record = map_one({**item, "id": "1"})

        assert ndjson.decode(ndjson.encode(record)) == record
