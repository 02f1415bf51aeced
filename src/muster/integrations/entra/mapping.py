"""Graph's JSON to records. Pure; here a foreign spelling changes into ours, once."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from muster.core import normalize
from muster.core.operating_systems import family
from muster.core.records import (
    AssetRecord,
    GroupRecord,
    MembershipRecord,
    OwnershipRecord,
    UserRecord,
)

SOURCE = "azuread"
DEVICE_KIND = "dev"

Item = Mapping[str, Any]

# What manufacturers write, and what an inventory calls them.
_VENDORS: Mapping[str, str] = {
    "dell": "Dell",
    "hp": "HP",
    "hewlettpackard": "HP",
    "hewlettpackardenterprise": "HPE",
    "hpe": "HPE",
    "lenovo": "Lenovo",
    "microsoft": "Microsoft",
    "apple": "Apple",
    "samsung": "Samsung",
    "samsungelectronics": "Samsung",
    "google": "Google",
    "acer": "Acer",
    "asus": "ASUS",
    "asustekcomputer": "ASUS",
    "toshiba": "Toshiba",
    "fujitsu": "Fujitsu",
    "panasonic": "Panasonic",
    "vmware": "VMware",
    "innotekgmbh": "Oracle",
    "xiaomi": "Xiaomi",
    "huawei": "Huawei",
    "motorola": "Motorola",
    "lge": "LG",
    "lgelectronics": "LG",
    "sony": "Sony",
    "intel": "Intel",
    "qemu": "QEMU",
    "zebra": "Zebra",
    "zebratechnologies": "Zebra",
}
_LEGAL_FORM = re.compile(
    r"[\s,]+(inc|incorporated|corp|corporation|co|ltd|limited|llc|gmbh|ag|sa|computer corporation)"
    r"\.?$",
    re.IGNORECASE,
)
_NO_VENDOR = {"", "tobefilledbyoem", "systemmanufacturer", "defaultstring", "unknown", "none"}
_NOT_ALPHANUMERIC = re.compile(r"[^0-9a-z]")

_WINDOWS_BUILD = re.compile(r"10\.0\.(\d{5})(\.\d+)*$")
_FIRST_WINDOWS_11 = 22000

_DEEPEST = 20

_MEMBER_KINDS: Mapping[str, str] = {
    "#microsoft.graph.user": "user",
    "#microsoft.graph.group": "group",
    "#microsoft.graph.device": "device",
}


def device(item: Item) -> AssetRecord:
    """Return a device as an asset; its id is the object id, to which memberships refer."""
    object_id = item["id"]
    name = _text(item, "displayName")
    system = _text(item, "operatingSystem")
    version = _text(item, "operatingSystemVersion")
    vendor = hardware_vendor(_text(item, "manufacturer"))
    return AssetRecord(
        source=SOURCE,
        kind=DEVICE_KIND,
        id=object_id,
        names=_names(item, name),
        domains=_domains(item, name),
        device_type=device_type(system),
        os=os_name(system, version),
        os_version=version,
        hardware_vendor=vendor,
        hardware=_hardware(vendor, _text(item, "model")),
        is_active=item.get("accountEnabled") is not False,
        first_seen_at=normalize.instant_of(
            _text(item, "registrationDateTime") or _text(item, "createdDateTime")
        ),
        seen_at=normalize.instant_of(_text(item, "approximateLastSignInDateTime")),
        attributes=device_attributes(item, object_id),
    )


def device_attributes(item: Item, object_id: str) -> dict[str, str]:
    """Return the flat attributes: `id` and `deviceId` are one, `azureId` is the object id."""
    attributes = attributes_of(item)
    attributes["azureId"] = object_id
    attributes["id"] = attributes.get("deviceId", object_id)
    return attributes


def user(item: Item) -> UserRecord:
    """Return a user."""
    phones = item.get("businessPhones")
    first_phone = str(phones[0]) if isinstance(phones, list) and phones else ""
    activity = item.get("signInActivity")
    last = _text(activity, "lastSignInDateTime") if isinstance(activity, Mapping) else ""
    return UserRecord(
        source=SOURCE,
        id=item["id"],
        name=_text(item, "userPrincipalName"),
        display_name=_text(item, "displayName"),
        first_name=_text(item, "givenName"),
        last_name=_text(item, "surname"),
        email=_text(item, "mail"),
        phone=_text(item, "mobilePhone") or first_phone,
        title=_text(item, "jobTitle"),
        department=_text(item, "department"),
        location=_text(item, "officeLocation") or _text(item, "city"),
        is_active=item.get("accountEnabled") is not False,
        last_logon_at=normalize.instant_of(last),
        attributes=attributes_of(item),
    )


def group(item: Item) -> GroupRecord:
    """Return a group."""
    return GroupRecord(
        source=SOURCE,
        id=item["id"],
        name=_text(item, "mailNickname") or _text(item, "displayName"),
        display_name=_text(item, "displayName"),
        description=_text(item, "description"),
        email=_text(item, "mail"),
        attributes=attributes_of(item),
    )


def memberships(group_id: str, members: Iterable[Any]) -> list[MembershipRecord]:
    """Return one record for each member that has an id."""
    return [
        MembershipRecord(
            source=SOURCE, group_id=group_id, member_id=each["id"], member_kind=_member_kind(each)
        )
        for each in _identified(members)
    ]


def ownerships(
    kind: str, subject_id: str, owners: Iterable[Any], *, relation: str
) -> list[OwnershipRecord]:
    """Return one record for each owner that has an id; `kind` is `asset` or `group`."""
    return [
        OwnershipRecord(
            source=SOURCE,
            subject_kind=kind,
            subject_id=subject_id,
            owner_id=each["id"],
            owner_kind="user" if _member_kind(each) == "user" else "other",
            relation=relation,
        )
        for each in _identified(owners)
    ]


def attributes_of(item: Item) -> dict[str, str]:
    """Return everything Graph says of an object, flat, without its own annotations."""
    told = {name: value for name, value in item.items() if "@" not in name}
    try:
        return normalize.flatten(told)
    except RecursionError:
        return normalize.flatten(_upper_levels(told, _DEEPEST))


def _upper_levels(value: Any, depth: int) -> Any:
    """Return a value without what is nested deeper than anyone reads."""
    if isinstance(value, dict):
        return {k: _upper_levels(each, depth - 1) for k, each in value.items()} if depth else None
    if isinstance(value, list):
        return [_upper_levels(each, depth - 1) for each in value] if depth else None
    return value


def hardware_vendor(manufacturer: str) -> str:
    """Return the vendor's common name: `Dell Inc.` is `Dell`; "" for a placeholder."""
    bare = _LEGAL_FORM.sub("", _LEGAL_FORM.sub("", manufacturer.strip()))
    key = _NOT_ALPHANUMERIC.sub("", bare.casefold())
    return "" if key in _NO_VENDOR else _VENDORS.get(key, bare)


def os_name(system: str, version: str) -> str:
    """Return the system by the name people use: the build tells Windows 10 from 11."""
    if system.casefold() != "windows":
        return _COMMON_NAMES.get(system.casefold(), system)
    build = _WINDOWS_BUILD.match(version)
    if build is None:
        return "Windows"
    return "Windows 11" if int(build.group(1)) >= _FIRST_WINDOWS_11 else "Windows 10"


_COMMON_NAMES: Mapping[str, str] = {
    "macmdm": "macOS",
    "mac os x": "macOS",
    "iphone": "iOS",
    "ipad": "iPadOS",
    "androidforwork": "Android",
    "androidenterprise": "Android",
}


def device_type(system: str) -> str:
    """Return `Mobile` or `Server` where the system says so, else ""."""
    if family(system) in {"ios", "android"}:
        return "Mobile"
    return "Server" if "server" in system.casefold() else ""


def _hardware(vendor: str, model: str) -> str:
    if not model or model.casefold().startswith(vendor.casefold()):
        return model or vendor
    return f"{vendor} {model}"


def _names(item: Item, name: str) -> tuple[str, ...]:
    """Return the display name, then the host names Graph sometimes tells, each once."""
    hosts = item.get("hostnames")
    told = [str(each) for each in hosts if each] if isinstance(hosts, list) else []
    return tuple(dict.fromkeys(filter(None, (name, *told))))


_FULL_NAME = re.compile(r"[\w-]+((?:\.[\w-]+)*\.[^\W\d_]{2,})$")


def _domains(item: Item, name: str) -> tuple[str, ...]:
    found = (_FULL_NAME.match(each.strip()) for each in _names(item, name))
    return tuple(
        dict.fromkeys(each.group(1).removeprefix(".").casefold() for each in found if each)
    )


def _member_kind(item: Item) -> str:
    return _MEMBER_KINDS.get(str(item.get("@odata.type") or "#microsoft.graph.user"), "other")


def _identified(items: Iterable[Any]) -> Iterator[Item]:
    """Yield the objects that have an id; one the caller may not see has that and nothing else."""
    for each in items:
        if isinstance(each, dict) and isinstance(each.get("id"), str):
            yield each


def _text(item: Item, name: str) -> str:
    value = item.get(name)
    return value.strip() if isinstance(value, str) else ""
