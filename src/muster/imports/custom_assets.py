"""Records out of assets that a custom integration pushes, as runZero's SDK writes them.

One JSON object per line, or one array. What a `matchBehavior` switches off is said in the record.
"""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, BinaryIO
from uuid import UUID

import msgspec

from muster.core import normalize
from muster.core.errors import DataError
from muster.core.records import AssetRecord, ServiceRecord

KIND = "custom"
LONGEST_LINE = 4 * 1024 * 1024
LONGEST_ARRAY = 64 * 1024 * 1024
MOST_ATTRIBUTES = 1024
LONGEST_NAME = 256
LONGEST_VALUE = 4096
BEHAVIORS = frozenset(
    f"no-{what}-{effect}" for what in ("id", "mac", "ip", "name") for effect in ("match", "break")
)
_LONGEST_ID = 300
_UNSTABLE = frozenset({"no-id-match", "no-id-break"})


class Interface(msgspec.Struct, rename="camel"):
    """One network card."""

    ipv4_addresses: list[str] | None = None
    ipv6_addresses: list[str] | None = None
    mac_address: str | None = None


class Protocol(msgspec.Struct, rename="camel"):
    """What a service speaks."""

    name: str
    attributes: dict[str, Any] | None = None


class PushedService(msgspec.Struct, rename="camel"):
    """One open port."""

    address: str
    port: int
    transport: str
    vendor: str | None = None
    product: str | None = None
    version: str | None = None
    protocol_data: list[Protocol] | None = None
    custom_attributes: dict[str, Any] | None = None


class PushedAsset(msgspec.Struct, rename="camel"):
    """One asset as the SDK writes it; what it does not know is null."""

    id: str
    run_zero_id: UUID | None = msgspec.field(default=None, name="runZeroID")
    network_interfaces: list[Interface] | None = None
    hostnames: list[str] | None = None
    domain: str | None = None
    first_seen: datetime | None = msgspec.field(default=None, name="firstSeenTS")
    last_seen: datetime | None = msgspec.field(default=None, name="lastSeenTS")
    os: str | None = None
    os_version: str | None = None
    manufacturer: str | None = None
    model: str | None = None
    tags: list[str] | None = None
    device_type: str | None = None
    services: list[PushedService] | None = None
    custom_attributes: dict[str, Any] | None = None
    match_behavior: str | None = None


class Pushed(msgspec.Struct, frozen=True):
    """The records of one asset, and the asset that it is to be, if it says so."""

    asset: AssetRecord
    services: tuple[ServiceRecord, ...] = ()
    target: UUID | None = None


_one = msgspec.json.Decoder(PushedAsset, strict=False)
_many = msgspec.json.Decoder(list[PushedAsset], strict=False)


def pushed(file: BinaryIO, *, source: str) -> Iterator[Pushed]:
    """Yield what a file holds, in order; `source` is the integration's name.

    Raises DataError naming the line of the first that cannot be read.
    """
    for number, each in enumerate(_assets(file), start=1):
        yield _pushed(each, source, where=f"asset {number}")


def _assets(file: BinaryIO) -> Iterator[PushedAsset]:
    head = file.read(1)
    while head in {b" ", b"\n", b"\r", b"\t"}:
        head = file.read(1)
    if head == b"[":
        rest = file.read(LONGEST_ARRAY + 1)
        if len(rest) > LONGEST_ARRAY:
            raise DataError(
                f"an array has at most {LONGEST_ARRAY // 2**20} MB",
                hint="Write one object per line instead.",
            )
        yield from _decoded(_many, head + rest, 1)
        return
    line, number = head + file.readline(LONGEST_LINE), 1
    while line:
        if len(line) >= LONGEST_LINE and not line.endswith(b"\n"):
            raise DataError(f"line {number} has more than {LONGEST_LINE // 2**20} MB")
        if line.strip():
            yield _decoded(_one, line, number)
        line, number = file.readline(LONGEST_LINE), number + 1


def _decoded(decoder: msgspec.json.Decoder[Any], text: bytes, number: int) -> Any:
    try:
        return decoder.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DataError(
            f"line {number} is no asset: {error}",
            hint="Each needs an id; see docs/guide/custom-integrations.md.",
        ) from error


def _pushed(given: PushedAsset, source: str, *, where: str) -> Pushed:
    if not given.id.strip():
        raise DataError(f"{where} has no id", hint="Give each asset an id that stays.")
    behavior = _behavior(given, where)
    interfaces = given.network_interfaces or []
    macs = tuple(each.mac_address for each in interfaces if each.mac_address)
    addresses = tuple(
        address
        for each in interfaces
        for address in (*(each.ipv4_addresses or ()), *(each.ipv6_addresses or ()))
    )
    names = _names(given)
    known_by = (*macs, *names, *addresses)
    foreign_id = _foreign_id(given.id, known_by if behavior & _UNSTABLE else ())
    asset = AssetRecord(
        source=source,
        id=foreign_id,
        kind=KIND,
        names=names,
        addresses=addresses,
        macs=macs,
        domains=(given.domain,) if given.domain else (),
        tags=tuple(each for each in given.tags or () if each),
        device_type=given.device_type or "",
        os=given.os or "",
        os_version=given.os_version or "",
        hardware_vendor=given.manufacturer or "",
        hardware=given.model or "",
        first_seen_at=_aware(given.first_seen),
        seen_at=_aware(given.last_seen),
        attributes=_attributes({**(given.custom_attributes or {}), "id": given.id}, where),
        match_behavior=tuple(sorted(behavior - _UNSTABLE)),
    )
    services = tuple(_service(each, source, foreign_id, where) for each in given.services or ())
    return Pushed(asset, services, given.run_zero_id)


def _behavior(given: PushedAsset, where: str) -> frozenset[str]:
    attributes = given.custom_attributes or {}
    text = given.match_behavior or str(attributes.pop("matchBehavior", "") or "")
    words = frozenset(text.casefold().replace(",", " ").split())
    if unknown := sorted(words - BEHAVIORS):
        raise DataError(
            f"{where} has the matchBehavior '{unknown[0][:40]}'",
            hint=f"Its words are: {', '.join(sorted(BEHAVIORS))}.",
        )
    return words


def _names(given: PushedAsset) -> tuple[str, ...]:
    """Return host names; a short one is also of the domain that is given."""
    domain = (given.domain or "").strip(".")
    found: dict[str, None] = {}
    for name in given.hostnames or ():
        if name.strip():
            found[name.strip()] = None
            is_short = "." not in name and not normalize.is_address(name)
            if domain and is_short:
                found[f"{name.strip()}.{domain}"] = None
    return tuple(found)


def _foreign_id(given: str, known_by: tuple[str, ...]) -> str:
    """Return the id of a record: as it is given, or made of what it is known by instead."""
    if known_by:
        return f"by:{known_by[0].casefold()}"[:_LONGEST_ID]
    if len(given) <= _LONGEST_ID:
        return given
    return f"sha256:{hashlib.sha256(given.encode('utf-8', 'backslashreplace')).hexdigest()}"


def _attributes(given: Mapping[str, Any], where: str) -> dict[str, str]:
    flat = normalize.flatten(given)
    if len(flat) > MOST_ATTRIBUTES:
        raise DataError(f"{where} has {len(flat)} attributes", hint=f"At most {MOST_ATTRIBUTES}.")
    for name, text in flat.items():
        if len(name) > LONGEST_NAME or len(text) > LONGEST_VALUE:
            raise DataError(
                f"{where} has an attribute '{name[:40]}' that is too long",
                hint=f"A name has at most {LONGEST_NAME} characters, a value {LONGEST_VALUE:,}.",
            )
    return flat


def _service(given: PushedService, source: str, asset: str, where: str) -> ServiceRecord:
    if not 0 <= given.port <= 65535:  # noqa: PLR2004
        raise DataError(f"{where} has a service on port {given.port}", hint="0 to 65535.")
    protocols = given.protocol_data or []
    attributes = dict(given.custom_attributes or {})
    for each in protocols:
        attributes.update({f"{each.name}.{k}": v for k, v in (each.attributes or {}).items()})
    return ServiceRecord(
        source=source,
        asset_id=asset,
        address=given.address,
        transport=given.transport.casefold()[:20],
        port=given.port,
        protocols=tuple(each.name.casefold() for each in protocols),
        vendor=given.vendor or "",
        product=given.product or "",
        version=given.version or "",
        attributes=_attributes(attributes, where),
    )


def _aware(at: datetime | None) -> datetime | None:
    if at is None:
        return None
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def direct(given: Mapping[str, Any], *, source: str) -> AssetRecord:
    """Return the record of one asset that is pushed without an import, as the SDK gives it.

    Raises DataError if it cannot be read.
    """
    if not str(given.get("id") or "").strip():
        raise DataError("the asset has no id", hint="Give each asset an id that stays.")
    seen = given.get("first_seen") or 0
    is_instant = isinstance(seen, int) and 0 < seen < _LATEST
    attributes = _attributes({**(given.get("custom_attributes") or {}), "id": given["id"]}, "it")
    tags = str(given.get("tags") or "").replace("\t", " ").split()
    return AssetRecord(
        source=source,
        id=_foreign_id(given["id"], ()),
        kind=KIND,
        names=_texts(given, "hostnames"),
        addresses=(*_texts(given, "addresses"), *_texts(given, "addresses_extra")),
        macs=_texts(given, "macs"),
        domains=_texts(given, "domains"),
        tags=tuple(tags),
        device_type=str(given.get("device_type") or ""),
        os=str(given.get("os") or ""),
        os_version=str(given.get("os_version") or ""),
        hardware_vendor=str(given.get("hw_vendor") or ""),
        hardware=str(given.get("hw") or ""),
        first_seen_at=datetime.fromtimestamp(seen, UTC) if is_instant else None,
        attributes=attributes,
    )


_LATEST = 253_402_300_799


def _texts(given: Mapping[str, Any], name: str) -> tuple[str, ...]:
    return tuple(str(each) for each in given.get(name) or () if each)
