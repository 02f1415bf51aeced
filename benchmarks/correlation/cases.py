"""Cases of one machine and of two, as the references tell them, each drawn many times over.

A case is a site of its own. The label of a pair says whether both records belong to one asset:
`same` or `different`. Where nobody could tell from what the records say, the label is
`different`, for a merge would be a guess. Written before the rules were tried on them; run
`python benchmarks/correlation/cases.py` to write them to `corpus/`.

Sources: graph.md (stale stamps, trust types, re-registration, physical ids), console.md section
1.3 (match and break), complaints.md 12 and 14, scanning.md (names, docks, MACs across hops).
"""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import msgspec
from words import NOW, Words

from muster.core.records import AssetRecord

CORPUS = Path(__file__).parent / "corpus"
DRAWN = 14

Site = tuple[list[AssetRecord], list[tuple[AssetRecord, AssetRecord, str]]]
Case = Callable[[Words], Site]


def entra(words: Words, name: str, **more: object) -> AssetRecord:
    """A device of the directory: an id, a name, stamps."""
    vendor, model, _ = words.model()
    attributes = {
        "deviceId": words.guid(),
        "trustType": words.one_of("AzureAd", "ServerAd"),
        "manufacturer": vendor,
        "model": model,
        **more.pop("attributes", {}),  # type: ignore[dict-item]
    }
    fields = {
        "os": words.windows(),
        "first_seen_at": words.days_ago(200, 900),
        "seen_at": words.days_ago(0, 18),
        **more,
    }
    return AssetRecord(
        source="azuread",
        kind="dev",
        id=words.guid(),
        names=(name,),
        attributes=attributes,
        **fields,
    )


def host(words: Words, *names: str, **more: object) -> AssetRecord:
    """A host that our own scan saw today."""
    fields = {"addresses": (words.address(),), "seen_at": NOW, **more}
    return AssetRecord(
        source="runzero", id=words.guid(), names=names, is_scanned=True, is_alive=True, **fields
    )


def intune(words: Words, name: str, **attributes: str) -> AssetRecord:
    """A managed device: serial number, device id, adapters."""
    return AssetRecord(
        source="intune",
        kind="dev",
        id=words.guid(),
        names=(name,) if name else (),
        os=words.windows(),
        seen_at=words.days_ago(0, 7),
        attributes=attributes,
    )


def agent(words: Words, name: str, source: str = "crowdstrike", **more: object) -> AssetRecord:
    """What an agent or another scanner reports: names, addresses, MACs."""
    fields = {"seen_at": words.days_ago(0, 3), **more}
    return AssetRecord(
        source=source, kind="dev", id=words.guid(), names=(name,) if name else (), **fields
    )


def pair(one: AssetRecord, other: AssetRecord, label: str) -> Site:
    return [one, other], [(one, other, label)]


def name_in_another_spelling(words: Words) -> Site:
    name = words.name()
    system = words.one_of("", "Windows", "Microsoft Windows 11")
    return pair(entra(words, name), host(words, words.spelled(name), os=system), "same")


def name_beside_a_dhcp_name(words: Words) -> Site:
    """Reverse DNS names the address, NetBIOS the machine."""
    name, address = words.name(), words.address()
    dhcp = words.one_of("dhcp-", "ip-", "host-", "") + address.replace(".", "-")
    seen = host(words, f"{dhcp}.corp.example", words.spelled(name), addresses=(address,))
    return pair(entra(words, name), seen, "same")


def name_cut_by_netbios(words: Words) -> Site:
    name = words.long_name()
    return pair(entra(words, words.spelled(name)), host(words, name[:15].upper()), "same")


def device_id_after_a_rename(words: Words) -> Site:
    """Intune keeps the name of its last check-in."""
    device = entra(words, words.name())
    device_id = device.attributes["deviceId"]
    spelled = words.one_of(device_id, device_id.upper(), f"{{{device_id}}}")
    return pair(device, intune(words, words.name(), azureADDeviceId=spelled), "same")


def phone_by_device_id(words: Words) -> Site:
    """Everybody's phone is called so, and its MAC is made up."""
    name = words.one_of("iPhone", "iPad", "android", "Galaxy S23", "Pixel 8")
    system = "iOS" if name.startswith("iP") else "Android"
    device = entra(words, name, os=system)
    managed = AssetRecord(
        source="intune",
        kind="dev",
        id=words.guid(),
        names=(name,),
        os=system,
        macs=(words.random_mac(),),
        attributes={"azureADDeviceId": device.attributes["deviceId"]},
    )
    return pair(device, managed, "same")


def serial_after_a_rename(words: Words) -> Site:
    serial = words.serial()
    seen = host(words, words.name(), os="Windows", attributes={"snmp.serialNumbers": serial})
    return pair(seen, intune(words, words.name(), serialNumber=serial.lower()), "same")


def serial_of_a_machine_with_two_systems(words: Words) -> Site:
    serial = words.serial()
    seen = host(
        words,
        words.name(),
        os=words.one_of("Ubuntu Linux 24.04", "Fedora Linux", "Debian"),
        attributes={"hw.serialNumber": serial},
    )
    return pair(seen, intune(words, words.name(), serialNumber=f" {serial} "), "same")


def hybrid_by_the_sid(words: Words) -> Site:
    sid, name = words.sid(), words.name()
    device = entra(
        words, name, attributes={"onPremisesSecurityIdentifier": sid, "trustType": "ServerAd"}
    )
    other = words.one_of(words.spelled(name), words.name())
    return pair(device, agent(words, other, "ldap", attributes={"objectSid": sid}), "same")


def wireless_adapter_after_a_rename(words: Words) -> Site:
    mac = words.mac()
    seen = host(words, words.name(), macs=(words.respelled(mac),))
    return pair(seen, intune(words, words.name(), wiFiMacAddress=mac), "same")


def adapter_of_a_host_without_a_name(words: Words) -> Site:
    mac = words.mac()
    seen = host(words, macs=(words.respelled(mac),), os=words.one_of("", "Windows"))
    known = agent(words, words.name(), os="Windows 11", macs=(words.mac(), mac))
    return pair(seen, known, "same")


def agent_by_adapter_and_name(words: Words) -> Site:
    mac, name = words.mac(), words.name()
    seen = host(words, words.spelled(name), macs=(words.respelled(mac),))
    return pair(seen, agent(words, name, macs=(mac, words.mac("02:42"))), "same")


def name_in_spite_of_a_dock(words: Words) -> Site:
    """The scan sees the dock's adapter, the directory of devices the laptop's own."""
    name = words.name()
    seen = host(words, words.spelled(name), macs=(words.mac("00:e0:4c"),))
    return pair(seen, intune(words, name, wiFiMacAddress=words.mac()), "same")


def name_in_spite_of_empty_serials(words: Words) -> Site:
    name = words.name()
    nothing = words.one_of("To be filled by O.E.M.", "System Serial Number", "0", "None")
    other = words.one_of("Default string", "0000000", "Not Specified")
    seen = host(words, words.spelled(name), attributes={"hw.serialNumber": nothing})
    return pair(seen, intune(words, name, serialNumber=other), "same")


def registered_anew(words: Words) -> Site:
    """Re-imaged months ago: the old id stays behind and is never used again."""
    name, anew = words.name(), words.days_ago(60, 150)
    gap = timedelta(days=words.between(0, 40), hours=words.between(1, 20))
    old = entra(words, name, seen_at=anew - gap)
    new = entra(words, words.spelled(name), first_seen_at=anew)
    seen = host(words, words.spelled(name))
    return [old, new, seen], [(new, seen, "same"), (old, seen, "different")]


def registered_anew_on_the_same_hardware(words: Words) -> Site:
    """Re-imaged last week, which only the id of the hardware tells."""
    name, anew = words.name(), words.days_ago(1, 8)
    hardware = {
        "physicalIds": f"[USER-HWID]:{words.guid()}\t[HWID]:h:{words.between(10**14, 10**15)}"
    }
    old = entra(
        words, name, seen_at=anew - timedelta(hours=words.between(2, 90)), attributes=hardware
    )
    new = entra(words, name, first_seen_at=anew, seen_at=NOW, attributes=hardware)
    seen = host(words, words.spelled(name))
    return [old, new, seen], [(new, seen, "same"), (old, seen, "different")]


def old_one_is_disabled(words: Words) -> Site:
    name = words.name()
    old = entra(words, name, is_active=False, seen_at=words.days_ago(1, 60))
    new = entra(words, name, first_seen_at=words.days_ago(30, 300))
    seen = host(words, words.spelled(name))
    return [old, new, seen], [(new, seen, "same"), (old, seen, "different")]


def registered_by_its_user_and_joined(words: Words) -> Site:
    """Two registrations of one laptop, both in use."""
    name = words.name()
    ids = {"physicalIds": f"[HWID]:h:{words.between(10**14, 10**15)}"}
    private = entra(words, name, attributes={**ids, "trustType": "Workplace"})
    joined = entra(words, name, attributes={**ids, "trustType": "ServerAd"})
    # Which of the two signed in last changes from week to week.
    seen = host(words, words.spelled(name))
    later = msgspec.structs.replace(joined, seen_at=NOW - timedelta(hours=2))
    return [private, later, seen], [(later, seen, "same"), (private, seen, "different")]


def enrolled_anew(words: Words) -> Site:
    """One serial number, two enrolments, each with the device id of its time."""
    serial, name, anew = words.serial(), words.name(), words.days_ago(30, 90)
    old = entra(words, words.name(), seen_at=anew - timedelta(days=2))
    new = entra(words, name, first_seen_at=anew)
    enrolled = [
        AssetRecord(
            source="intune",
            kind="dev",
            id=words.guid(),
            names=each.names,
            os="Windows",
            first_seen_at=each.first_seen_at,
            seen_at=each.seen_at,
            attributes={"serialNumber": serial, "azureADDeviceId": each.attributes["deviceId"]},
        )
        for each in (old, new)
    ]
    seen = host(words, attributes={"hw.serialNumber": serial})
    pairs = [
        (new, enrolled[1], "same"),
        (old, enrolled[0], "same"),
        (seen, enrolled[1], "same"),
        (seen, new, "same"),
        (seen, old, "different"),
    ]
    return [old, new, *enrolled, seen], pairs


def clones_at_their_addresses(words: Words) -> Site:
    """Machines of one image: only where they are tells them apart."""
    name = words.name()
    here, there = words.address(), words.address()
    seen = host(words, words.spelled(name), addresses=(here,))
    one = agent(words, name, addresses=(here,), seen_at=NOW)
    other = agent(words, name, addresses=(there,), seen_at=NOW)
    return [seen, one, other], [(seen, one, "same"), (seen, other, "different")]


def renamed_and_only_the_cable_tells(words: Words) -> Site:
    """Could as well be a dock that went round: we refuse what we cannot know."""
    mac = words.mac()
    return pair(
        host(words, words.name(), macs=(mac,)), agent(words, words.name(), macs=(mac,)), "same"
    )


def neighbours(words: Words) -> Site:
    stem = words.name()
    one, other = f"{stem}1", words.one_of(f"{stem}2", f"{stem}11", stem)
    return pair(entra(words, one), host(words, words.spelled(other)), "different")


def names_that_begin_alike(words: Words) -> Site:
    stem = words.long_name()[:-1]
    return pair(entra(words, f"{stem}1"), host(words, f"{stem}2.corp.example"), "different")


def cut_name_of_two(words: Words) -> Site:
    stem = words.long_name()[:-2]
    devices = [entra(words, f"{stem}{number}") for number in (17, 58)]
    seen = host(words, stem[:15].upper())
    return [*devices, seen], [(each, seen, "different") for each in devices]


def clones_in_use(words: Words) -> Site:
    """Two laptops of one image, both signing in: no scan can tell which it saw."""
    name = words.name()
    first = entra(words, name, seen_at=words.days_ago(0, 10))
    second = entra(
        words, name, first_seen_at=words.days_ago(40, 300), seen_at=words.days_ago(0, 10)
    )
    seen = host(words, words.spelled(name))
    return [first, second, seen], [(first, seen, "different"), (second, seen, "different")]


def clone_of_last_week(words: Words) -> Site:
    """The stamp of the first is old only because Entra writes it every other week."""
    name, anew = words.name(), words.days_ago(1, 5)
    first = entra(words, name, seen_at=anew - timedelta(days=words.between(1, 10)))
    second = entra(words, name, first_seen_at=anew, seen_at=anew + timedelta(hours=3))
    seen = host(words, words.spelled(name))
    return [first, second, seen], [(first, seen, "different"), (second, seen, "different")]


def name_of_every_machine(words: Words) -> Site:
    name = words.one_of(
        "localhost", "iPhone", "android", "MacBook Pro", "raspberrypi", "ubuntu", "ESP32",
        "MacBook-Air-2", "Galaxy-S21", "user-pc", "unknown", "iPad-3", "Pixel-7-Pro",
    )  # fmt: skip
    return pair(entra(words, name, os=""), host(words, words.spelled(name)), "different")


def name_of_another_system(words: Words) -> Site:
    name = words.name()
    system = words.one_of("Ubuntu Linux 22.04", "Apple macOS 14", "Red Hat Enterprise Linux 9")
    return pair(entra(words, name), host(words, words.spelled(name), os=system), "different")


def name_handed_to_new_hardware(words: Words) -> Site:
    name = words.name()
    seen = host(words, words.spelled(name), attributes={"hw.serialNumber": words.serial()})
    return pair(seen, intune(words, name, serialNumber=words.serial()), "different")


def name_with_another_device_id(words: Words) -> Site:
    """A leftover enrolment of the machine that was called so before."""
    name = words.name()
    return pair(entra(words, name), intune(words, name, azureADDeviceId=words.guid()), "different")


def serial_that_nobody_wrote(words: Words) -> Site:
    nothing = words.one_of(
        "To be filled by O.E.M.", "System Serial Number", "0000000000", "Default string",
        "123456789", "Not Applicable", "INVALID", "XXXXXXXX", "None", "Chassis Serial Number",
    )  # fmt: skip
    seen = host(words, words.name(), attributes={"hw.serialNumber": nothing})
    return pair(seen, intune(words, words.name(), serialNumber=nothing), "different")


def known_dock(words: Words) -> Site:
    mac = words.mac(words.one_of("00:e0:4c", "00:50:b6", "9c:eb:e8", "00:0e:c6", "00:24:9b"))
    seen = host(words, words.one_of("", words.name()) or words.name(), macs=(mac,))
    return pair(seen, agent(words, words.name(), macs=(mac, words.mac())), "different")


def dock_of_the_maker_of_the_laptop(words: Words) -> Site:
    """Its MAC looks like a laptop's; but two laptops of other names had it."""
    mac = words.mac(words.one_of("b0:7b:25", "e8:6a:64", "3c:52:82"))
    own = words.name()
    seen = host(words, own, macs=(mac,))
    mine = agent(words, words.spelled(own), os="Windows", macs=(words.mac(),))
    before_me = agent(words, words.name(), os="Windows", macs=(words.mac(), mac))
    return [seen, mine, before_me], [(seen, mine, "same"), (seen, before_me, "different")]


def virtual_router(words: Words) -> Site:
    begin = words.one_of("00:00:5e:00:01", "00:00:0c:07:ac", "00:07:b4:00:01")
    mac = words.mac(begin)
    one = host(words, macs=(mac,), os="")
    return pair(one, agent(words, f"core-{words.name()}", "meraki", macs=(mac,)), "different")


def adapter_of_a_hypervisor(words: Words) -> Site:
    mac = words.one_of("00:50:56:c0:00:08", "00:50:56:c0:00:01", "0a:00:27:00:00:00")
    seen = host(words, macs=(words.mac(), mac))
    return pair(seen, agent(words, words.name(), macs=(words.mac(), mac)), "different")


def made_up_mac(words: Words) -> Site:
    mac = words.random_mac()
    return pair(host(words, macs=(mac,)), agent(words, words.name(), macs=(mac,)), "different")


def address_given_to_another(words: Words) -> Site:
    """DHCP: the agent's machine had it last week, the scan finds another there."""
    address = words.address()
    seen = host(words, words.one_of(words.name(), "printer"), addresses=(address,))
    old = agent(words, words.name(), addresses=(address,), seen_at=words.days_ago(4, 9))
    return pair(seen, old, "different")


def address_of_a_home_network(words: Words) -> Site:
    """At the same hour, but at home; the host here has no name."""
    address = words.one_of("192.168.1.10", "192.168.178.24", "10.0.0.12", "192.168.0.101")
    seen = host(words, addresses=(address,))
    away = agent(words, words.name(), addresses=(address,), seen_at=NOW)
    return pair(seen, away, "different")


def two_scanners_two_adapters(words: Words) -> Site:
    name = words.name()
    seen = host(words, name, macs=(words.mac(),))
    other = agent(words, words.spelled(name), "nessus", macs=(words.mac(),))
    return pair(seen, other, "different")


CASES: tuple[Case, ...] = (
    name_in_another_spelling,
    name_beside_a_dhcp_name,
    name_cut_by_netbios,
    device_id_after_a_rename,
    phone_by_device_id,
    serial_after_a_rename,
    serial_of_a_machine_with_two_systems,
    hybrid_by_the_sid,
    wireless_adapter_after_a_rename,
    adapter_of_a_host_without_a_name,
    agent_by_adapter_and_name,
    name_in_spite_of_a_dock,
    name_in_spite_of_empty_serials,
    registered_anew,
    registered_anew_on_the_same_hardware,
    old_one_is_disabled,
    registered_by_its_user_and_joined,
    enrolled_anew,
    clones_at_their_addresses,
    neighbours,
    names_that_begin_alike,
    cut_name_of_two,
    clones_in_use,
    clone_of_last_week,
    name_of_every_machine,
    name_of_another_system,
    name_handed_to_new_hardware,
    name_with_another_device_id,
    serial_that_nobody_wrote,
    known_dock,
    dock_of_the_maker_of_the_laptop,
    virtual_router,
    adapter_of_a_hypervisor,
    made_up_mac,
    address_given_to_another,
    address_of_a_home_network,
    two_scanners_two_adapters,
)
# What cannot be told from a dock; few, as they are in life, and counted as missed.
RARE: tuple[Case, ...] = (renamed_and_only_the_cable_tells,)


def write() -> int:
    """Write one file for each case, and return how many pairs they hold."""
    CORPUS.mkdir(exist_ok=True)
    total = 0
    for case, times in [*((each, DRAWN) for each in CASES), *((each, 4) for each in RARE)]:
        words = Words(case.__name__)
        sites = [case(words) for _ in range(times)]
        total += sum(len(pairs) for _, pairs in sites)
        lines = (json.dumps(_line(site), ensure_ascii=False) for site in sites)
        path = CORPUS / f"{case.__name__}.ndjson"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return total


def _line(site: Site) -> dict[str, object]:
    records, pairs = site
    return {
        "records": [msgspec.to_builtins(each) for each in records],
        "pairs": [[one.id, other.id, label] for one, other, label in pairs],
    }


if __name__ == "__main__":
    print(f"{write()} labelled pairs in {CORPUS}")
