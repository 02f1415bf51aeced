"""The directory's records of the data set: devices, users, groups, and who belongs to whom."""

from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random

from machines import CITIES, DAY, DOMAIN, NOW, Machine, SeenBy, identifier, machine

from muster.core.records import (
    AnyRecord,
    AssetRecord,
    Collection,
    CollectionReport,
    GroupRecord,
    MembershipRecord,
    OwnershipRecord,
    UserRecord,
)

SOURCE = "azuread"
SOURCE_ID = 16
TENANT = "6f1c2f6e-3f0c-4a86-9a8e-0c7b8d3a5e11"

_FIRST_NAMES = (
    *("Ada", "Alan", "Barbara", "Claude", "Donald", "Edsger", "Frances", "Grace", "Hedy", "Ivan"),
    *("Jean", "Katherine", "Leslie", "Margaret", "Niklaus", "Ole", "Peter", "Radia", "Sophie"),
    *("Tim", "Ursula", "Vint", "Wendy", "Xiaoyun", "Yukihiro", "Zuse"),
)
_LAST_NAMES = (
    *("Allen", "Backus", "Cerf", "Dijkstra", "Engelbart", "Floyd", "Goldberg", "Hopper", "Iverson"),
    *("Johnson", "Knuth", "Lovelace", "McCarthy", "Noether", "Olsen", "Perlman", "Ritchie"),
    *("Shannon", "Turing", "Ulam", "Valiant", "Wilkes", "Yao", "Zadeh"),
)
_DEPARTMENTS = (
    *("Engineering", "Engineering", "Engineering", "Sales", "Sales", "Operations", "Operations"),
    *("Customer Service", "Customer Service", "Marketing", "Finance", "Human Resources", "Legal"),
)
_TITLES = ("Engineer", "Manager", "Analyst", "Director", "Assistant", "Consultant", "Specialist")
_PURPOSES = ("members", "project", "readers", "mailing list", "licence", "admins")

ALL_STAFF, VPN_USERS, KIOSKS, REMOTE = range(4)
_NAMED_GROUPS = {
    ALL_STAFF: "All staff",
    VPN_USERS: "VPN users",
    KIOSKS: "Kiosk devices",
    REMOTE: "Remote work",
}
_STREAM_OF_USERS = 1 << 40
_STREAM_OF_DEVICES = 2 << 40


def records(assets: int) -> Iterator[AnyRecord]:
    """Yield a directory's records as a tenant of that many assets has them."""
    users, groups = max(1, assets // 10), max(len(_NAMED_GROUPS), assets // 1000)
    yield from _devices(assets, users)
    yield _complete(Collection.ASSETS)
    yield _complete(Collection.OWNERSHIPS)
    yield from _users(users)
    yield _complete(Collection.USERS)
    for number in range(groups):
        yield _group(number)
    yield _complete(Collection.GROUPS)
    yield from _memberships(assets, users, groups)
    yield _complete(Collection.MEMBERSHIPS)


def _complete(collection: Collection) -> CollectionReport:
    return CollectionReport(source=SOURCE, collection=collection, complete=True)


def _known_machines(assets: int) -> Iterator[Machine]:
    draw = Random()
    for number in range(assets):
        found = machine(draw, number)
        if found.seen_by is not SeenBy.SCAN:
            yield found


def _devices(assets: int, users: int) -> Iterator[AnyRecord]:
    draw = Random()
    for each in _known_machines(assets):
        draw.seed(_STREAM_OF_DEVICES + each.number)
        yield _device(each, draw)
        if draw.randrange(100) < 80:
            # Squared: some have many devices, some none.
            owner = int(users * draw.random() ** 2)
            yield OwnershipRecord(
                source=SOURCE,
                subject_kind="asset",
                subject_id=identifier("device", each.number),
                owner_id=identifier("user", owner),
            )


def _device(each: Machine, draw: Random) -> AssetRecord:
    object_id, device_id = identifier("device", each.number), identifier("deviceId", each.number)
    registered = NOW - draw.randrange(30 * DAY, 1500 * DAY)
    is_stale = draw.randrange(100) < 25
    seen = NOW - draw.randrange((400 if is_stale else 30) * DAY)
    attributes = {
        "accountEnabled": "false" if draw.randrange(100) < 6 else "true",
        "alternativeSecurityId.keys": identifier("security", each.number).replace("-", "") * 2,
        "alternativeSecurityId.types": "2",
        "approximateLastSignInDateTimeTS": str(seen),
        "azureId": object_id,
        "createdDateTimeTS": str(registered),
        "deviceId": device_id,
        "deviceOwnership": "Personal" if each.is_phone and draw.random() < 0.6 else "Company",
        "deviceVersion": "2",
        "displayName": each.name,
        "id": device_id,
        "isManaged": "true" if draw.randrange(100) < 82 else "false",
        "manufacturer": each.vendor,
        "model": each.model,
        "operatingSystem": each.platform.directory_os,
        "operatingSystemVersion": each.version,
        "physicalIds": f"[USER-GID]:{object_id}:{each.number}\t[GID]:g:{each.number}",
        "profileType": "RegisteredDevice",
        "registrationDateTimeTS": str(registered),
        "trustType": _trust(each, draw),
        **_management(each, draw),
    }
    return AssetRecord(
        source=SOURCE,
        kind="dev",
        id=object_id,
        names=(each.name,),
        domains=(DOMAIN,) if attributes["trustType"] == "ServerAd" else (),
        device_type=each.platform.device_type,
        os=each.platform.os,
        os_version=each.version,
        hardware_vendor=each.vendor,
        hardware=each.model,
        is_active=attributes["accountEnabled"] == "true",
        first_seen_at=datetime.fromtimestamp(registered, UTC),
        seen_at=datetime.fromtimestamp(seen, UTC),
        attributes=attributes,
    )


def _trust(each: Machine, draw: Random) -> str:
    if each.is_phone:
        return "Workplace"
    return ("AzureAd", "AzureAd", "ServerAd", "ServerAd", "Workplace")[draw.randrange(5)]


def _management(each: Machine, draw: Random) -> dict[str, str]:
    """Return what only managed devices, phones, or machines of the old directory have."""
    attributes = {}
    if draw.randrange(100) < 82:
        attributes["managementType"] = "MDM"
        attributes["mdmAppId"] = "0000000a-0000-0000-c000-000000000000"
        attributes["isCompliant"] = "false" if draw.randrange(100) < 15 else "true"
        attributes["complianceExpirationDateTimeTS"] = str(NOW + draw.randrange(60 * DAY))
        attributes["enrollmentType"] = "OnPremiseCoManaged" if each.is_windows else "UserEnrollment"
        attributes["enrollmentProfileName"] = f"{each.platform.device_type} {each.city.upper()}"
        attributes["deviceCategory"] = draw.choice(("Standard", "Standard", "Shared", "Executive"))
    if each.is_phone:
        attributes["isRooted"] = "true" if draw.randrange(200) == 0 else "false"
    elif draw.randrange(100) < 50:
        attributes["onPremisesSyncEnabled"] = "true"
        attributes["onPremisesLastSyncDateTimeTS"] = str(NOW - draw.randrange(2 * DAY))
    return attributes


def _users(users: int) -> Iterator[UserRecord]:
    draw = Random()
    for number in range(users):
        draw.seed(_STREAM_OF_USERS + number)
        yield _user(number, draw)


def _user(number: int, draw: Random) -> UserRecord:
    first, last = draw.choice(_FIRST_NAMES), draw.choice(_LAST_NAMES)
    account = f"{first}.{last}{number}".casefold()
    department, title = draw.choice(_DEPARTMENTS), draw.choice(_TITLES)
    city = draw.choice(CITIES).upper()
    mail = f"{account}@{DOMAIN}"
    phone = f"+44 20 {draw.randrange(10**8):08}"
    signed_in = NOW - draw.randrange(120 * DAY)
    is_active = draw.randrange(100) < 93
    return UserRecord(
        source=SOURCE,
        id=identifier("user", number),
        name=mail,
        display_name=f"{first} {last}",
        first_name=first,
        last_name=last,
        email=mail,
        phone=phone,
        title=title,
        department=department,
        location=city,
        is_active=is_active,
        last_logon_at=datetime.fromtimestamp(signed_in, UTC),
        attributes={
            "accountEnabled": "true" if is_active else "false",
            "city": city,
            "companyName": "Example Corporation",
            "country": "United Kingdom",
            "createdDateTimeTS": str(NOW - draw.randrange(3000 * DAY)),
            "department": department,
            "displayName": f"{first} {last}",
            "employeeId": f"E{number:07}",
            "employeeType": "Contractor" if draw.randrange(100) < 12 else "Employee",
            "givenName": first,
            "jobTitle": title,
            "mail": mail,
            "mailNickname": account,
            "mobilePhone": phone,
            "officeLocation": f"{city} {draw.randrange(1, 9)}",
            "onPremisesSamAccountName": account[:20],
            "onPremisesSyncEnabled": "true",
            "preferredLanguage": "en-GB",
            "surname": last,
            "userPrincipalName": mail,
            "userType": "Guest" if draw.randrange(100) < 4 else "Member",
        },
    )


def _group(number: int) -> GroupRecord:
    department = _DEPARTMENTS[number % len(_DEPARTMENTS)]
    purpose = _PURPOSES[number % len(_PURPOSES)]
    name = _NAMED_GROUPS.get(number, f"{department} {purpose} {number}")
    nickname = name.casefold().replace(" ", "-")
    return GroupRecord(
        source=SOURCE,
        id=identifier("group", number),
        name=nickname,
        display_name=name,
        description=f"{purpose.capitalize()} of {department}",
        email=f"{nickname}@{DOMAIN}",
        attributes={
            "displayName": name,
            "mailEnabled": "true",
            "mailNickname": nickname,
            "securityEnabled": "true",
            "visibility": "Private" if number % 3 else "Public",
        },
    )


def _memberships(assets: int, users: int, groups: int) -> Iterator[MembershipRecord]:
    """Yield that all users are staff, 3 of 100 use the VPN, and all are in three further groups."""
    yield _membership(REMOTE, identifier("group", VPN_USERS), "group")
    draw = Random()
    for number in range(users):
        draw.seed(_STREAM_OF_USERS + number)
        wanted = {ALL_STAFF, *(draw.randrange(KIOSKS + 1, groups) for _ in range(3))}
        if draw.randrange(100) < 3:
            wanted.add(VPN_USERS)
        for group in sorted(wanted):
            yield _membership(group, identifier("user", number), "user")
    for each in _known_machines(assets):
        if each.number % 100 == 0:
            yield _membership(KIOSKS, identifier("device", each.number), "device")


def _membership(group: int, member_id: str, kind: str) -> MembershipRecord:
    return MembershipRecord(
        source=SOURCE,
        group_id=identifier("group", group),
        member_id=member_id,
        member_kind=kind,
    )
