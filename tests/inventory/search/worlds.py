"""Small generated inventories: ingested for SQL, and the same as documents for the oracle."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random

import msgspec

from muster.core.records import (
    AnyRecord,
    AssetRecord,
    Collection,
    CollectionReport,
    GroupRecord,
    MembershipRecord,
    OwnershipRecord,
    ServiceRecord,
    UserRecord,
)
from muster.inventory.engine import rows
from muster.inventory.ingest import Ingestion
from muster.inventory.models import Asset, DirectoryGroup, DirectoryUser, Service
from muster.organizations.scope import Scope
from muster.query import Document

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
JOINED_AT = NOW - timedelta(days=9)
SOURCES = {"runzero": 1, "azuread": 16}
WORDS = [
    "Server",
    "laptop",
    "Straße",
    "100%",
    "a_b",
    "AxB",
    "back\\slash",
    'quo"ted',
    "x y",
    "東京",
    "ſ",
    "İstanbul",
    "K",
    "-",
    "%",
    "o'neil",
    "é",
    "ﬁ",
    "😀",
    "two\nlines",
]
SYSTEMS = ["Windows 10", "Windows Server 2022", "Ubuntu Linux", "macOS", ""]
VERSIONS = ["10.0.19045", "10.0.9", "10.0", "22.04", "6.7.0 build-24514018", "", "v2"]
ADDRESSES = [
    "10.0.0.1",
    "10.0.1.77",
    "192.168.3.4",
    "8.8.8.8",
    "fe80::1",
    "2001:db8::5",
    "11.0.0.0",
]
MACS = ["00:11:22:33:44:55", "aa:bb:cc:dd:ee:ff", "00:11:22:aa:bb:cc"]
VALUES = [
    "true",
    "false",
    "8",
    "10",
    "-3",
    "0.55",
    "0.6",
    "1.2.3",
    "11.0.10",
    "11.0.3",
    "8\t10",
    "--5",
    "1e5",
    "7.",
    ".7",
    "1234567890123456",
    "05",
    "a\tb",
    "\t",
    "",
    "Latitude 7420",
    "Straße",
    "50% off_sale",
    "y" * 512 + "needle",
    "x" * 600,
    "10.0",
    "1795000000",
    "1700000000",
    "0",
]
NAMES = ["model", "isManaged", "ip.ttl.hops", "fp.os.version", "tls.notAfterTS", "lastTS", "Größe"]
SERVICE_NAMES = ["html.title", "tls.names", "tls.notAfterTS", "banner", "ip.ttl.hops", "Größe"]
PORTS = [22, 80, 443, 53]

Former = dict[tuple[type, str, str], AnyRecord]
"""Records as they were before, by kind, source and id."""


@dataclass(frozen=True)
class World:
    """Documents by inventory and id."""

    scope: Scope
    documents: dict[str, dict[int, Document]]


def build(scope: Scope, random: Random, *, size: int = 14) -> World:
    """Ingest a random inventory into the scope and return it as documents."""
    scans = _scans(random, size)
    directory = _directory(random, size)
    past = Random(size + len(directory))
    former = [_former(past, each) for each in (*scans, *directory)]
    _ingest(scope, "runzero", [each for each in former if each.source == "runzero"], days=9)
    _ingest(scope, "azuread", [each for each in former if each.source == "azuread"], days=9)
    _ingest(scope, "runzero", scans)
    _ingest(scope, "azuread", directory)
    return World(scope, _documents(scope, [*scans, *directory], former))


def _former(random: Random, record: AnyRecord) -> AnyRecord:
    """A record as it was before: the same machine, in about half of all cases otherwise."""
    if not isinstance(record, AssetRecord | UserRecord | GroupRecord) or random.random() < 0.5:
        return record
    attributes = {name: value for name, value in record.attributes.items() if random.random() < 0.8}
    changed: dict[str, object] = {"attributes": {**attributes, **_attributes(random)}}
    if isinstance(record, AssetRecord):
        changed["tags"] = _some(random, [*WORDS, "location=HQ"], 2)
        changed["device_type"] = random.choice(["Server", "Laptop", ""])
    else:
        changed["display_name"] = random.choice([record.display_name, "before"])
    return msgspec.structs.replace(record, **changed)


def _ingest(scope: Scope, source: str, records: Sequence[AnyRecord], *, days: int = 1) -> None:
    ingestion = Ingestion(
        scope,
        source=source,
        source_id=SOURCES[source],
        instance="tenant",
        site=scope.site(),
        run_id=10 - days,
        at=NOW - timedelta(days=days),
    )
    reports = [
        CollectionReport(source=source, collection=each, complete=True) for each in Collection
    ]
    ingestion.take([*records, *reports])
    ingestion.finish()


def _scans(random: Random, size: int) -> list[AnyRecord]:
    hosts = [_asset(random, "runzero", "", number) for number in range(size)]
    details = Random(repr(hosts))
    services = [
        ServiceRecord(
            source="runzero",
            asset_id=random.choice(hosts).id,
            address=random.choice(ADDRESSES),
            transport=random.choice(["tcp", "udp"]),
            port=random.choice(PORTS),
            protocols=tuple(random.sample(["http", "tls", "ssh", "telnet"], random.randrange(3))),
            product=random.choice(["nginx", "OpenSSH", ""]),
            vendor=details.choice(["F5", ""]),
            version=details.choice(VERSIONS),
            attributes=_attributes(details, SERVICE_NAMES),
        )
        for _ in range(size)
    ]
    distinct = {(one.asset_id, one.transport, one.port, one.address): one for one in services}
    return [*hosts, *distinct.values()]


def _directory(random: Random, size: int) -> list[AnyRecord]:
    users = [_user(random, number) for number in range(size // 2)]
    groups = [_group(random, number) for number in range(size // 2)]
    devices = [
        _asset(random, "azuread", "dev", number) for number in range(size // 2, size + size // 2)
    ]
    members = {"user": users, "group": groups, "device": devices}
    memberships = [
        MembershipRecord(
            source="azuread",
            group_id=random.choice(groups).id,
            member_id=random.choice(members[kind]).id,
            member_kind=kind,
        )
        for kind in random.choices(["user", "group", "device"], k=size * 2)
    ]
    return [*devices, *users, *groups, *memberships, *_ownerships(random, devices, groups, users)]


def _ownerships(random: Random, devices, groups, users) -> list[AnyRecord]:
    return [
        OwnershipRecord(
            source="azuread",
            subject_kind=kind,
            subject_id=random.choice(devices if kind == "asset" else groups).id,
            owner_id=random.choice(users).id,
            relation=random.choice(["owner", "user"]) if kind == "asset" else "owner",
        )
        for kind in random.choices(["asset", "group"], k=len(devices))
    ]


def _asset(random: Random, source: str, kind: str, number: int) -> AssetRecord:
    return AssetRecord(
        source=source,
        id=f"asset-{number}",
        kind=kind,
        names=(f"host-{number}", *_some(random, WORDS, 1)),
        addresses=_some(random, ADDRESSES, 3),
        macs=_some(random, MACS, 1) if source == "runzero" else (),
        domains=_some(random, ["corp.example", "Lab.Example"], 1),
        tags=_some(random, [*WORDS, "location=HQ"], 2),
        device_type=random.choice(["Server", "Laptop", ""]),
        os=random.choice(SYSTEMS),
        os_version=random.choice(VERSIONS),
        hardware=random.choice(["Latitude 7420", ""]),
        hardware_vendor=random.choice(["Dell", "HP", ""]),
        is_active=random.random() < 0.8,
        is_scanned=source == "runzero",
        is_alive=random.random() < 0.5,
        first_seen_at=NOW - timedelta(days=random.choice([50, 100])),
        seen_at=NOW - timedelta(days=random.choice([0, 3, 20, 40]), seconds=random.randrange(2)),
        attributes=_attributes(random),
    )


def _user(random: Random, number: int) -> UserRecord:
    word = random.choice(WORDS)
    return UserRecord(
        source="azuread",
        id=f"user-{number}",
        name=f"user{number}@corp.example",
        display_name=f"{word} {number}",
        department=random.choice(["Finance", "Sales", ""]),
        email=random.choice(["", f"user{number}@corp.example"]),
        title=random.choice(WORDS),
        is_active=random.random() < 0.7,
        last_logon_at=random.choice([None, NOW - timedelta(days=random.choice([1, 40, 100]))]),
        attributes={**_attributes(random), "userType": random.choice(["Guest", "Member"])},
    )


def _group(random: Random, number: int) -> GroupRecord:
    return GroupRecord(
        source="azuread",
        id=f"group-{number}",
        name=random.choice(["", f"g{number}"]),
        display_name=f"{random.choice(WORDS)} group {number}",
        description=random.choice(["", "temporary"]),
        attributes=_attributes(random),
    )


def _some(random: Random, choices: Sequence[str], most: int) -> tuple[str, ...]:
    return tuple(random.sample(choices, random.randint(0, most)))


def _attributes(random: Random, names: Sequence[str] = NAMES) -> dict[str, str]:
    return {each: random.choice(VALUES) for each in random.sample(names, random.randint(0, 5))}


def _documents(
    scope: Scope, records: Sequence[AnyRecord], former: Sequence[AnyRecord]
) -> dict[str, dict[int, Document]]:
    was = {(type(each), each.source, each.id): each for each in former if _is_thing(each)}
    links = [each for each in records if isinstance(each, MembershipRecord | OwnershipRecord)]
    services = _services(scope, records)
    assets = _assets(scope, records, services, was)
    users = _entries(scope, DirectoryUser, records, UserRecord, was)
    groups = _entries(scope, DirectoryGroup, records, GroupRecord, was)
    plain = {"assets": assets, "users": users, "groups": groups, "services": services}
    for _ in range(3):  # so that relations of relations are there: `service.user.group`
        plain = _related(plain, _Links(links, _placed(scope), _homes(scope)))
    return plain


def _is_thing(record: AnyRecord) -> bool:
    return isinstance(record, AssetRecord | UserRecord | GroupRecord)


def _placed(scope: Scope) -> dict[tuple[int, str], int]:
    found = rows(
        "SELECT source_id, foreign_id, asset_id FROM inventory_assetsource"
        " WHERE organization_id = %s",
        (scope.organization_id,),
    )
    return {(source, foreign_id): asset for source, foreign_id, asset in found}


def _homes(scope: Scope) -> dict[int, int]:
    """Assets by service."""
    found = rows(
        "SELECT v.id, s.asset_id FROM inventory_service v JOIN inventory_assetsource s"
        " ON s.id = v.record_id WHERE v.organization_id = %s",
        (scope.organization_id,),
    )
    return dict(found)


def _assets(
    scope: Scope, records: Sequence[AnyRecord], services: dict[int, Document], was: Former
) -> dict[int, Document]:
    placed, homes = _placed(scope), _homes(scope)
    said: dict[int, list[AssetRecord]] = {}
    for record in records:
        if isinstance(record, AssetRecord):
            said.setdefault(placed[SOURCES[record.source], record.id], []).append(record)
    shared = _shared_macs(said)
    return {
        row.pk: _asset_document(
            scope,
            row,
            said[row.pk],
            [each for number, each in services.items() if homes[number] == row.pk],
            changed=_changed_names(said[row.pk], was),
            shares_mac=row.pk in shared,
        )
        for row in Asset.objects.filter(organization=scope.organization)
    }


def _shared_macs(said: dict[int, list[AssetRecord]]) -> set[int]:
    holders: dict[str, set[int]] = {}
    for asset, records in said.items():
        for record in records:
            for mac in record.macs:
                holders.setdefault(mac, set()).add(asset)
    return {asset for assets in holders.values() if len(assets) > 1 for asset in assets}


def _changed_names(said: Sequence[AssetRecord], was: Former) -> list[str]:
    """What differs of an asset from what its records said before; none of them came or went."""
    names = [name for each in said for name in _changed_attributes(each, was)]
    before = [was[AssetRecord, each.source, each.id] for each in said]
    if set(_union(each.tags for each in said)) != set(_union(each.tags for each in before)):
        names.append("tag")
    if _first_type(said) != _first_type(before):
        names.append("type")
    if _is_joined(said) and not all(each.is_active for each in said):
        names += ["active"] * any(each.is_active and each.source == "runzero" for each in said)
    return names


def _is_joined(said: Sequence[AssetRecord]) -> bool:
    """A device of the directory joined a machine that a scan had found, in the first sync."""
    return len({each.source for each in said}) > 1


def _first_type(records: Sequence[AssetRecord]) -> str:
    ordered = sorted(records, key=lambda each: (each.source != "runzero", each.source, each.id))
    return next((each.device_type for each in ordered if each.device_type), "")


def _changed_attributes(record, was: Former) -> list[str]:
    before = was[type(record), record.source, record.id].attributes
    prefix = f"@{record.source}.{record.kind}." if getattr(record, "kind", "") else ""
    return [
        prefix + name
        for name in {**before, **record.attributes}
        if _parts(before.get(name, "")) != _parts(record.attributes.get(name, ""))
    ]


def _parts(value: str) -> set[str]:
    return set(value.split("\t")) if value else set()


def _change_time(changed: Sequence[str]) -> dict[str, float]:
    return {"changed_at": (NOW - timedelta(days=1)).timestamp()} if changed else {}


def _asset_document(scope, row, said, services, *, changed, shares_mac) -> Document:
    addresses = _union(each.addresses for each in said)
    site = scope.site()
    flags = {"is_active": row.is_active, "is_scanned": row.is_scanned, "is_alive": row.is_alive}
    flags |= {"multi_home": len(addresses) > 1, "mac_overlap": shares_mac}
    flags |= {"gone": row.source_mask == 0}
    ports = {
        (each.texts["transport"][0], each.figures["port"], each.addresses[0]) for each in services
    }
    return Document(
        uid=row.uid,
        texts={
            "name": _union(each.names for each in said),
            "tag": _union(each.tags for each in said),
            "mac": _union(each.macs for each in said),
            "domain": _union(each.domains for each in said),
            "os": [row.os],
            "os_version": [row.os_version],
            "type": [row.device_type],
            "hw": [row.hardware],
            "vendor": [row.hardware_vendor],
        },
        addresses=addresses,
        sources=frozenset(each for each in range(40) if row.source_mask >> each & 1),
        figures={
            "source_count": row.source_count,
            "address_count": len(addresses),
            "service_count": len(ports),
            "tcp_count": sum(each[0] == "tcp" for each in ports),
            "udp_count": sum(each[0] == "udp" for each in ports),
            **_times(row, "first_seen", "last_seen", "created_at", "updated_at"),
            **({"changed_at": JOINED_AT.timestamp()} if _is_joined(said) else {}),
            **_change_time([each for each in changed if each != "active"]),
        },
        changed=changed,
        flags=frozenset(name for name, value in flags.items() if value),
        attributes=_all_attributes(said, _rules(scope)),
        places={
            "site": [site.name, str(site.uid)],
            "organization": [scope.organization.name, str(scope.organization.uid)],
        },
    )


def _all_attributes(
    said: Sequence[AssetRecord], rules: dict[tuple[int, str], str]
) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for record in said:
        prefix = f"@{record.source}.{record.kind}." if record.kind else ""
        for name, value in record.attributes.items():
            found.setdefault(prefix + name, []).append(value)
        if prefix:
            found.setdefault(f"{prefix}match.criteria", []).append(
                rules[SOURCES[record.source], record.id]
            )
    return found


def _rules(scope: Scope) -> dict[tuple[int, str], str]:
    found = rows(
        "SELECT source_id, foreign_id, match_rule FROM inventory_assetsource"
        " WHERE organization_id = %s",
        (scope.organization_id,),
    )
    return {(source, foreign_id): rule for source, foreign_id, rule in found}


def _services(scope: Scope, records: Sequence[AnyRecord]) -> dict[int, Document]:
    said = {
        (each.asset_id, each.transport, each.port, each.address): each
        for each in records
        if isinstance(each, ServiceRecord)
    }
    found = Service.objects.filter(organization=scope.organization).select_related("record")
    return {
        row.pk: _service(
            scope, row, said[row.record.foreign_id, row.transport, row.port, row.address]
        )
        for row in found
    }


def _service(scope: Scope, row, record: ServiceRecord) -> Document:
    return Document(
        uid=row.uid,
        texts={
            "transport": [record.transport],
            "protocol": list(record.protocols),
            "product": [record.product],
            "vendor": [record.vendor],
            "version": [record.version],
        },
        addresses=[record.address],
        figures={
            "port": record.port,
            record.transport: record.port,
            **_times(row, "first_seen", "last_seen", "updated_at"),
        },
        attributes={name: [value] for name, value in record.attributes.items()},
        places={"organization": [scope.organization.name, str(scope.organization.uid)]},
    )


def _entries(scope, model, records, kind, was: Former) -> dict[int, Document]:
    said = {each.id: each for each in records if isinstance(each, kind)}
    return {
        row.pk: _entry(scope, row, said[row.foreign_id], was)
        for row in model.objects.filter(organization=scope.organization)
    }


def _entry(scope: Scope, row, record: UserRecord | GroupRecord, was: Former) -> Document:
    changed = _changed_attributes(record, was)
    if was[type(record), record.source, record.id].display_name != record.display_name:
        changed.append("display_name")
    names = ("name", "display_name", "department", "email", "title", "description")
    counted = {"user_count": row.user_count} if isinstance(record, GroupRecord) else {}
    is_active = isinstance(record, UserRecord) and record.is_active
    return Document(
        uid=row.uid,
        foreign_id=record.id,
        texts={each: [getattr(record, each, "")] for each in names},
        sources=frozenset({row.source_id}),
        figures={
            **counted,
            **_times(row, "first_seen", "last_seen", "updated_at"),
            **({"last_logon": row.last_logon} if getattr(row, "last_logon", None) else {}),
            **_change_time(changed),
        },
        changed=changed,
        flags=frozenset({"is_active"} if is_active else ()),
        attributes={name: [value] for name, value in record.attributes.items()},
        places={"organization": [scope.organization.name, str(scope.organization.uid)]},
    )


def _times(row, *names: str) -> dict[str, int]:
    return {each: getattr(row, each) for each in names}


def _union(groups: Iterable[Iterable[str]]) -> list[str]:
    return list(dict.fromkeys(text for group in groups for text in group))


class _Links:
    """Who belongs to and owns what, closed over nested groups, by foreign id."""

    def __init__(
        self,
        links: Sequence[AnyRecord],
        placed: dict[tuple[int, str], int],
        homes: dict[int, int],
    ) -> None:
        members = [each for each in links if isinstance(each, MembershipRecord)]
        self.owners = [each for each in links if isinstance(each, OwnershipRecord)]
        self.placed = placed
        self.homes = homes
        self._direct: dict[str, set[str]] = {}
        for each in members:
            self._direct.setdefault(each.member_id, set()).add(each.group_id)

    def groups_of(self, member: str) -> set[str]:
        """All groups of a member, also through other groups."""
        found: set[str] = set()
        waiting = set(self._direct.get(member, ()))
        while waiting:
            group = waiting.pop()
            if group not in found:
                found.add(group)
                waiting |= self._direct.get(group, set())
        return found

    def devices(self, asset: int) -> list[str]:
        """Foreign ids in the directory of an asset."""
        return [
            foreign_id
            for (source, foreign_id), placed in self.placed.items()
            if placed == asset and source == SOURCES["azuread"]
        ]


def _related(
    plain: dict[str, dict[int, Document]], links: _Links
) -> dict[str, dict[int, Document]]:
    assets, users, groups = plain["assets"], plain["users"], plain["groups"]
    services, homes = plain["services"], links.homes
    by_user = {each.foreign_id: each for each in users.values()}
    group_ids = {each.foreign_id: each for each in groups.values()}

    def owners(subjects: Iterable[str], kind: str, relations: set[str]) -> list[Document]:
        wanted = set(subjects)
        return [
            by_user[each.owner_id]
            for each in links.owners
            if each.subject_kind == kind
            and each.subject_id in wanted
            and each.relation in relations
        ]

    def in_groups(members: Iterable[str]) -> list[Document]:
        return [group_ids[g] for g in sorted({g for m in members for g in links.groups_of(m)})]

    def devices(user: Document) -> list[Document]:
        refs = {
            each.subject_id
            for each in links.owners
            if each.subject_kind == "asset" and each.owner_id == user.foreign_id
        }
        return [assets[n] for n in sorted({links.placed[SOURCES["azuread"], ref] for ref in refs})]

    def with_asset(number: int, asset: Document) -> Document:
        mine = links.devices(number)
        related = {
            "service": [each for at, each in services.items() if homes[at] == number],
            "owner": owners(mine, "asset", {"owner"}),
            "user": owners(mine, "asset", {"owner", "user"}),
            "group": in_groups(mine),
        }
        return replace(asset, related=related)

    def with_user(user: Document) -> Document:
        mine = {"asset": devices(user), "group": in_groups([user.foreign_id])}
        figures = {
            **user.figures,
            "device_count": len(mine["asset"]),
            "group_count": len(mine["group"]),
        }
        return replace(user, related=mine, figures=figures)

    def with_group(group: Document) -> Document:
        related = {
            "member": [
                u for u in users.values() if group.foreign_id in links.groups_of(u.foreign_id)
            ],
            "asset": [
                asset
                for number, asset in assets.items()
                if any(group.foreign_id in links.groups_of(each) for each in links.devices(number))
            ],
            "group": in_groups([group.foreign_id]),
            "owner": owners([group.foreign_id], "group", {"owner"}),
        }
        return replace(group, related=related)

    return {
        "assets": {number: with_asset(number, each) for number, each in assets.items()},
        "users": {number: with_user(each) for number, each in users.items()},
        "groups": {number: with_group(each) for number, each in groups.items()},
        "services": {
            number: replace(each, related={"asset": [assets[homes[number]]]})
            for number, each in services.items()
        },
    }
