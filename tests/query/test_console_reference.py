"""The language that people bring with them: each row and keyword, with what it must mean.

Every query holds for the documents named behind it and for no other of its inventory.
"""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from muster.core.errors import QueryError
from muster.query import Document, bind, evaluate, parse

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
SITE = "0a3c3f5e-1111-4222-8333-444455556666"
SERVER_ID = UUID("061786a4-4ce3-4f67-9dfd-581bfbbb1633")


def stamp(instant: datetime) -> str:
    return str(int(instant.timestamp()))


HTTPS = Document(
    texts={
        "transport": ["tcp"],
        "protocol": ["http", "tls"],
        "product": ["nginx"],
        "address": ["8.8.4.4"],
    },
    addresses=["8.8.4.4"],
    figures={"port": 443, "tcp": 443},
    attributes={
        "tls.notAfterTS": [stamp(NOW + 20 * DAY)],
        "tls.names": ["www.corp.example\tcorp.example"],
    },
)
SMB = Document(
    texts={
        "transport": ["tcp"],
        "protocol": ["smb2"],
        "product": ["samba"],
        "address": ["10.0.1.2"],
    },
    addresses=["10.0.1.2"],
    figures={"port": 445, "tcp": 445},
    attributes={"tls.notAfterTS": [stamp(NOW + 300 * DAY)]},
)
TELNET = Document(
    texts={
        "transport": ["tcp"],
        "protocol": ["telnet"],
        "product": [""],
        "address": ["10.0.1.2"],
    },
    addresses=["10.0.1.2"],
    figures={"port": 2323, "tcp": 2323},
)
DNS = Document(
    texts={"transport": ["udp"], "protocol": ["dns"], "product": [""], "address": ["10.0.2.9"]},
    addresses=["10.0.2.9"],
    figures={"port": 53, "udp": 53},
)
VPN = Document(
    foreign_id="g-vpn",
    texts={
        "name": ["vpn"],
        "display_name": ["VPN users"],
        "description": ["remote access"],
        "email": ["vpn@corp.example"],
    },
    figures={"user_count": 12},
    sources=frozenset({16}),
)
EMPTY_GROUP = Document(
    foreign_id="g-old", texts={"display_name": ["Old"]}, figures={"user_count": 0}
)
PERSON = Document(
    foreign_id="u-ada",
    texts={
        "name": ["ada@corp.example"],
        "display_name": ["Ada Lovelace"],
        "first_name": ["Ada"],
        "last_name": ["Lovelace"],
        "email": ["ada@corp.example"],
        "phone": ["+44 20 7946 0000"],
        "title": ["Engineer"],
        "department": ["Finance"],
        "location": ["London"],
        "description": ["countess"],
    },
    sources=frozenset({16}),
    flags=frozenset({"is_active"}),
    figures={"device_count": 2, "group_count": 2},
    instants={"last_logon": NOW - 3 * DAY, "first_seen": NOW - 300 * DAY},
    attributes={
        "isEnforcedIn2Sv": ["false"],
        "passwordNeverExpires": ["true"],
        "accountExpiresTS": [stamp(NOW + 10 * DAY)],
        "isAdmin": ["true"],
        "suspended": ["true"],
        "objectClass": ["person\tuser"],
        "badPwdCount": ["4"],
    },
    related={"group": [VPN], "asset": [Document(texts={"os": ["Windows 11"]})]},
)
ROBOT = Document(
    foreign_id="u-robot",
    texts={"name": ["robot"], "department": ["Sales"]},
    sources=frozenset({20}),
    figures={"device_count": 0, "group_count": 0},
    instants={"last_logon": NOW - 200 * DAY, "first_seen": NOW - 2 * DAY},
    attributes={
        "isEnforcedIn2Sv": ["true"],
        "accountExpiresTS": [stamp(NOW + 400 * DAY)],
        "suspended": ["false"],
        "badPwdCount": ["0"],
    },
)

SERVER = Document(
    uid=SERVER_ID,
    texts={
        "name": ["RZDC-SERVER-1824", "rzdc.corp.example"],
        "os": ["Windows 10"],
        "os_version": ["6.7.0 build-20000000"],
        "type": ["Server"],
        "hw": ["Rockwell Automation 1756 Logix 5580"],
        "vendor": ["Dell"],
        "mac": ["00:11:22:33:44:55"],
        "tag": ["location=HQ"],
        "domain": ["corp.example"],
    },
    addresses=["10.0.1.2", "8.8.4.4"],
    sources=frozenset({1, 16}),
    figures={
        "source_count": 2,
        "address_count": 2,
        "service_count": 3,
        "tcp_count": 3,
        "udp_count": 0,
    },
    flags=frozenset({"is_alive", "is_scanned", "is_active", "multi_home"}),
    instants={
        "first_seen": NOW - 3 * DAY,
        "last_seen": NOW - timedelta(hours=2),
        "created_at": NOW - 3 * DAY,
        "updated_at": NOW - timedelta(hours=2),
    },
    places={"site": ["Primary", SITE], "organization": ["Default"]},
    attributes={
        "@azuread.dev.displayName": ["RZDC-SERVER-1824"],
        "@azuread.dev.deviceId": ["743eb05a"],
        "@azuread.dev.isManaged": ["true"],
        "@azuread.dev.operatingSystemVersion": ["10.0.19045.3"],
        "@azuread.dev.approximateLastSignInDateTimeTS": [stamp(NOW - 10 * DAY)],
        "@ldap.computer.isDomainController": ["true"],
        "@shelf.custom.rack": ["7"],
        "ip.ttl.hops": ["9"],
        "fp.os.version": ["11.0.2"],
        "virtual": ["Azure"],
        "mac_vendor": ["ZyXEL Communications"],
        "detected_by": ["icmp"],
        "edr.name": ["CrowdStrike Falcon"],
    },
    related={"owner": [PERSON], "user": [PERSON], "service": [HTTPS, SMB, TELNET], "group": [VPN]},
)
CAMERA = Document(
    texts={
        "name": [],
        "os": ["Window"],
        "os_version": ["11.0.10"],
        "type": ["IP Camera"],
        "hw": [""],
        "vendor": ["Huawei"],
    },
    addresses=["10.0.2.9", "fe80::1"],
    sources=frozenset({1}),
    figures={
        "source_count": 1,
        "address_count": 2,
        "service_count": 1,
        "tcp_count": 0,
        "udp_count": 1,
    },
    flags=frozenset({"is_scanned", "is_active", "mac_overlap"}),
    instants={
        "first_seen": NOW - 20 * DAY,
        "last_seen": NOW - 10 * DAY,
        "created_at": NOW - 20 * DAY,
        "updated_at": NOW - 10 * DAY,
    },
    places={"site": ["Branch"], "organization": ["Default"]},
    attributes={"fp.os.version": ["11.0.10"], "ip.ttl.hops": ["8"]},
    related={"service": [DNS]},
)
PHONE = Document(
    texts={"name": ["phone-7"], "os": [""], "type": ["Mobile"], "tag": []},
    sources=frozenset({16, 19, 20}),
    figures={
        "source_count": 3,
        "address_count": 0,
        "service_count": 0,
        "tcp_count": 0,
        "udp_count": 0,
    },
    flags=frozenset(),
    instants={
        "first_seen": datetime(2026, 1, 15, 10, tzinfo=UTC),
        "last_seen": NOW - 90 * DAY,
        "created_at": datetime(2026, 1, 15, 10, tzinfo=UTC),
    },
    places={"site": ["Primary", SITE], "organization": ["Default"]},
    attributes={"@azuread.dev.isManaged": ["false"]},
)
DOCUMENTS = {
    "assets": {"server": SERVER, "camera": CAMERA, "phone": PHONE},
    "users": {"ada": PERSON, "robot": ROBOT},
    "groups": {"vpn": VPN, "old": EMPTY_GROUP},
    "services": {"https": HTTPS, "smb": SMB, "telnet": TELNET, "dns": DNS},
}


def found(text: str, inventory: str) -> set[str]:
    query = parse(text)
    return {
        name
        for name, document in DOCUMENTS[inventory].items()
        if evaluate(query, document, NOW, inventory=inventory)
    }


ROWS = [
    # Term
    ("os:windows", "server"),
    ('os:"Windows 10"', "server"),
    # AND / OR / NOT
    ("source:runzero AND NOT source:azuread", "camera"),
    ("NOT alive:t AND scanned:t", "camera"),
    ("not alive:t and scanned:t", "camera"),
    ("NOT source:runzero OR type:camera", "camera phone"),
    ("not (alive:t or scanned:t)", "phone"),
    ("name:zz Or type:mobile", "phone"),
    # Implicit AND
    ("alive:t (type:server or type:desktop) has_private:t", "server"),
    ("scanned:t NOT alive:t", "camera"),
    # Precedence
    ('os:"Windows 10" AND protocols:http OR protocols:dns', "server camera"),
    ('protocols:dns OR os:"Windows 10" AND protocols:nothing', "camera"),
    # Default match
    ("name:SERVER", "server"),
    ("type:CAM", "camera"),
    # Exact and empty
    ("type:=server", "server"),
    ("type:=serve", ""),
    ("os:=", "phone"),
    ('os:=""', "phone"),
    ("NOT os:=", "server camera"),
    # Wildcards
    ('os:="Windows%"', "server"),
    ('os:="Window_"', ""),
    ('os:="Windo_"', "camera"),
    ('hw:"Rockwell Automation%Logix%5_80"', "server"),
    ('@azuread.dev.displayName:"%"', "server"),
    ('name:"%"', "server phone"),
    ('last_seen:"%"', "server camera phone"),
    ('updated_at:"%"', "server camera"),
    # Comparisons
    ('first_seen:"<2weeks"', "server"),
    ('first_seen:">2weeks"', "camera phone"),
    ('ip.ttl.hops:"=8"', "camera"),
    ("last_seen:=>60d", "phone"),
    ("last_seen:=<60d", "server camera"),
    ('last_seen:">= 60 days"', "phone"),
    # Numbers
    ("port:<=53", "camera"),
    ("source_count:>1", "server phone"),
    ("source_count:>=3", "phone"),
    ("source_count:<2", "camera"),
    ("source_count:=2", "server"),
    ("source_count:2", "server"),
    ('ip.ttl.hops:>"8"', "server"),
    # Versions
    ('os_version:<"6.7.0 build-24514018"', "server"),
    ('os_version:>"6.7.0 build-19999999" os_version:<7', "server"),
    ("fp.os.version:>=11.0.0 AND fp.os.version:<11.0.3", "server"),
    ("fp.os.version:>11.0.3", "camera"),
    ("@azuread.dev.operatingSystemVersion:>=10.0.9999", "server"),
    # Dates
    ("first_seen:<1week", "server"),
    ("last_seen:>30days", "phone"),
    ("last_seen:>0", "server camera phone"),
    ("updated_at:>0", "server camera"),
    ("updated_at:=0", "phone"),
    ("tls.notAfterTS:<6weeks", "server"),
    ("@azuread.dev.approximateLastSignInDateTimeTS:>9days", "server"),
    ("@azuread.dev.approximateLastSignInDateTimeTS:<11days", "server"),
    ("@azuread.dev.approximateLastSignInDateTimeTS:<9days", ""),
    ("first_seen:<now", "server camera phone"),
    ("first_seen:>now", ""),
    ("first_seen:2026-01-15", "phone"),
    ("first_seen:<=2026-01-15", "phone"),
    ("first_seen:<2026-01-15", ""),
    ('first_seen:<"2026-01-15 10:30"', "phone"),
    ("first_seen:<2026-01-15T09:59:59Z", ""),
    ("first_seen:2026-01", "phone"),
    ("first_seen:>2026-01", "server camera"),
    ("first_seen:>2025 first_seen:<=2026", "server camera phone"),
    ("@azuread.dev.approximateLastSignInDateTimeTS:>2025", "server"),
    ("@azuread.dev.approximateLastSignInDateTimeTS:>2026", ""),
    # Units
    *(
        (f"last_seen:<{age}", "server")
        for age in ("180minutes", "180min", "3hours", "3h", "1day", "1d", "7days", "1week", "1w")
    ),
    *((f"last_seen:<{age}", "server camera") for age in ("2weeks", "1month", "1mo", "0.1years")),
    *((f"last_seen:<{age}", "server camera phone") for age in ("4months", "1year", "1y", "2years")),
    ("last_seen:<9000seconds", "server"),
    # Booleans
    *((f"alive:{word}", "server") for word in ("t", "true", "TRUE", "yes", "y", "1", "=t", '"t"')),
    *((f"alive:{word}", "camera phone") for word in ("f", "false", "no", "n", "0", "=false")),
    *((f"@azuread.dev.isManaged:{word}", "server") for word in ("t", "true", "=true", "yes")),
    *((f"@azuread.dev.isManaged:{word}", "phone") for word in ("=f", "false", "=no")),
    # Attributes
    ("ip.ttl.hops:9", "server"),
    ("IP.TTL.Hops:9", "server"),
    ("tls.names:www.corp.example", "server"),
    ("tls.names:=corp.example", "server"),
    ("@ldap.computer.isDomainController:t", "server"),
    ("@shelf.custom.rack:7", "server"),
    ('"@shelf.custom.rack":7', "server"),
    # Presence
    ("has:ip.ttl.hops", "server camera"),
    ('has:"@azuread.dev.deviceId"', "server"),
    ("NOT has:os", "phone"),
    ("attribute:virtual", "server"),
    ("attr:DomainController", "server"),
    # Cross-inventory
    ("_asset.os:windows", "server"),
    ("_service.port:53", "camera"),
    ("service.tls.names:www", "server"),
    ("user.department:finance", "server"),
    ("owner.group:vpn", "server"),
    # Table 2.1, assets
    (f"id:{SERVER_ID}", "server"),
    ("organization:default", "server camera phone"),
    ("organization:other", ""),
    ('site:"Primary"', "server phone"),
    (f"site:{SITE}", "server phone"),
    ("name:RZDC", "server"),
    ("names:rzdc.corp", "server"),
    ("hostname:phone", "phone"),
    ("address:10.0.1.2", "server"),
    ("address:10.0", "server camera"),
    ("address:10.0.1.1-10.0.1.20", "server"),
    ("address:10.0.1.1-20", "server"),
    ("address:fe80::1", "camera"),
    ("net:10.0.0.0/24", ""),
    ("net:10.0.2.0/24", "camera"),
    ("net:fe80::/10", "camera"),
    ("net:fe80::-fe80::ffff", "camera"),
    ("NOT cidr:0.0.0.0/0", "phone"),
    ("mac:00:11:22:33:44:55", "server"),
    ("mac:0011.2233.4455", "server"),
    ("mac_vendor:zyxel", "server"),
    ("mac_overlap:t", "camera"),
    ("has_mac:t", "server"),
    ("has_name:f", "camera"),
    ("has_public:t", "server"),
    ("haspublic:t", "server"),
    ("has_public_v4:t", "server"),
    ("has_private:t", "server camera"),
    ("hasprivate:f", "phone"),
    ("has_ipv6:t", "camera"),
    ("multi_home:t AND has_public:f", ""),
    ("multi_home:t", "server"),
    ('type:"ip camera"', "camera"),
    ("osversion:11.0", "camera"),
    ('hw:"Rockwell"', "server"),
    ("hardware:logix", "server"),
    ("vendor:huawei", "camera"),
    ("source:azuread", "server phone"),
    ("source:16", "server phone"),
    ("source_count:>2", "phone"),
    ("scanned:f", "phone"),
    ("alive:t", "server"),
    ("detected_by:icmp", "server"),
    ("first_seen:<2weeks", "server"),
    ("created_at:>2weeks", "camera phone"),
    ("updated_at:<1day", "server"),
    ("protocol:telnet", "server"),
    ("product:nginx", "server"),
    ("port:445", "server"),
    ("tcp_port:53", ""),
    ("udp_port:53", "camera"),
    ("service_ports_udp:=53", "camera"),
    ("service_ports_tcp:=443,445,2323", "server"),
    ("service_ports_tcp:=443,445", ""),
    ("tcp_count:0", "camera phone"),
    ("udp_count:>0", "camera"),
    ("service_count:<2", "camera phone"),
    ("service_has_public:t AND type:server", "server"),
    ("service_has_public:f", "camera phone"),
    ("virtual:azure", "server"),
    ("NOT edr.name:Crowdstrike", "camera phone"),
    ("tag:location=HQ", "server"),
    ("tags:hq", "server"),
    ("owner:ada", "server"),
    ("owners:lovelace", "server"),
    ("domain:corp", "server"),
    ("domains:=corp.example", "server"),
    ("@azuread.dev.isManaged:=true", "server"),
]


@pytest.mark.parametrize(("text", "expected"), ROWS)
def test_a_row_of_the_language_means_what_it_says(text, expected):
    assert found(text, "assets") == set(expected.split())


@pytest.mark.parametrize(
    ("text", "inventory", "expected"),
    [
        ("source:googleworkspace isEnforcedIn2Sv:t", "users", "robot"),
        ("isEnforcedIn2Sv:=f", "users", "ada"),
        ("passwordNeverExpires:true", "users", "ada"),
        ("has:accountExpiresTS AND accountExpiresTS:<30days", "users", "ada"),
        ("accountExpiresTS:>1year", "users", "robot"),
        ("isAdmin:t", "users", "ada"),
        ("suspended:=t", "users", "ada"),
        ("suspended:=false", "users", "robot"),
        ("objectClass:=user", "users", "ada"),
        ("badPwdCount:>3", "users", "ada"),
        ('display_name:"Ada Lovelace"', "users", "ada"),
        ("name:robot", "users", "robot"),
        ("first_name:ada", "users", "ada"),
        ("last_name:=lovelace", "users", "ada"),
        ("description:countess", "users", "ada"),
        ("email:@corp.example", "users", "ada"),
        ("email_normalized:ada@", "users", "ada"),
        ("phone:+44", "users", "ada"),
        ("title:engineer", "users", "ada"),
        ("location:london", "users", "ada"),
        ("last_logon_at:>90days", "users", "robot"),
        ("last_logon_at:<1week", "users", "ada"),
        ("created_at:<1week", "users", "robot"),
        ("group_id:g-vpn", "users", "ada"),
        ("group_ids:=g-vpn", "users", "ada"),
        ('group:"VPN users"', "users", "ada"),
        ("group_count:>1", "users", "ada"),
        ("device_count:>1", "users", "ada"),
        ("device_count:0", "users", "robot"),
        ("asset.os:windows", "users", "ada"),
        ("lovelace", "users", "ada"),
        ("display_name:vpn", "groups", "vpn"),
        ("name:=vpn", "groups", "vpn"),
        ("description:remote", "groups", "vpn"),
        ("email:%", "groups", "vpn"),
        ("user_count:>10", "groups", "vpn"),
        ("user_count:0", "groups", "old"),
        ("protocol:telnet AND NOT port:23", "services", "telnet"),
        ("port:<100", "services", "dns"),
        ("transport:udp", "services", "dns"),
        ("tcp:443", "services", "https"),
        ("udp:53", "services", "dns"),
        ("service_protocols:smb", "services", "smb"),
        ("service_products:nginx", "services", "https"),
        ("tls.names:=corp.example", "services", "https"),
        ("tls.notAfterTS:<6weeks", "services", "https"),
        ("net:10.0.1.0/24", "services", "smb telnet"),
        ("_service.tls.names:www", "services", "https"),
    ],
)
def test_people_groups_and_services_are_asked_by_their_own_words(text, inventory, expected):
    assert found(text, inventory) == set(expected.split())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("os_eol:<now", "no end-of-life dates"),
        ("os:windows AND os_eol_extended:<now", "no end-of-life dates"),
        ("os_eol_expired:t", "no end-of-life dates"),
        ("outlier:>=3", "no risk, outlier"),
        ("risk:critical", "no risk"),
        ("finding_name:x", "no vulnerabilities or findings"),
        ("category:x", "category"),
        ("newest_mac:00:11", "which of several MACs is the newest"),
        ("newest_mac_age:<1week", "which of several MACs is the newest"),
        ("kev:cisa", "no vulnerabilities"),
        ("epss_score:>0.6", "no vulnerabilities"),
        ("vulnerability.severity:high", "no vulnerabilities"),
        ("software.product:chrome", "no software"),
        ("essid:guest", "no wireless networks"),
        ("enc:wep", "no wireless networks"),
        ("last.os:windows", "what is known now"),
        ("has:os_eol", "no end-of-life dates"),
        ("has:risk", "no risk"),
    ],
)
def test_what_muster_has_no_data_for_is_said_in_one_sentence(text, said):
    with pytest.raises(QueryError) as caught:
        bind(parse(text), inventory="assets", now=NOW)

    assert said in caught.value.message
    assert caught.value.position is not None


@pytest.mark.parametrize(
    ("inventory", "said"),
    [
        ("wireless", "no wireless networks"),
        ("vulnerabilities", "no vulnerabilities"),
        ("software", "no software"),
    ],
)
def test_an_inventory_that_muster_lacks_says_why(inventory, said):
    with pytest.raises(QueryError, match=said):
        bind(parse("x"), inventory=inventory, now=NOW)


def test_people_are_not_asked_by_site():
    with pytest.raises(QueryError, match="not by site"):
        bind(parse("site:Primary"), inventory="users", now=NOW)


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("onwer.department:finance", "owner.department"),
        ("sevrice.port:80", "service.port"),
        ("lats_seen:<1week", "last_seen"),
    ],
)
def test_a_slip_in_a_keyword_or_a_relation_is_named(text, nearest):
    with pytest.raises(QueryError) as caught:
        bind(parse(text), inventory="assets", now=NOW)

    assert f"did you mean '{nearest}'?" in caught.value.message


def test_an_age_that_could_be_two_things_says_which():
    with pytest.raises(QueryError) as caught:
        bind(parse("last_seen:<30m"), inventory="assets", now=NOW)

    assert "minutes or months" in caught.value.message
    assert caught.value.hint == "Write 30min or 30mo."
