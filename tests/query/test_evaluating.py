"""The oracle: what holds for one asset, user or group."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from muster.query import Document, evaluate, parse

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

SERVICE = Document(
    texts={"protocol": ["tls", "http"], "product": ["nginx"], "version": ["1.24.0"]},
    addresses=["10.0.0.30"],
    figures={"port": 443, "tcp": 443},
    attributes={"html.title": ["Sign-in"], "tls.names": ["a.example\tb.example"]},
)
GROUP = Document(foreign_id="g-1", texts={"display_name": ["VPN users"]})
ADA = Document(
    foreign_id="u-1",
    texts={
        "name": ["ada@corp.example"],
        "display_name": ["Ada Lovelace"],
        "department": ["Finance"],
    },
    sources=frozenset({16}),
    flags=frozenset({"is_active"}),
    figures={"device_count": 2},
    instants={"last_logon": NOW - timedelta(days=100)},
    attributes={"userType": ["Guest"], "isAdmin": ["true"], "accountExpiresTS": ["1795000000"]},
    related={"group": [GROUP]},
)
ASSET = Document(
    texts={
        "name": ["RZDC-Server-1824", "rzdc.corp.example"],
        "os": ["Windows Server 2022"],
        "os_version": ["10.0.20348"],
        "type": ["Server"],
        "mac": ["00:11:22:33:44:55"],
        "tag": ["location=HQ", "straße"],
    },
    addresses=["10.0.0.30", "fe80::1"],
    sources=frozenset({1, 16}),
    figures={"source_count": 2},
    flags=frozenset({"is_alive", "is_scanned"}),
    instants={"first_seen": NOW - timedelta(days=3), "last_seen": NOW - timedelta(days=40)},
    attributes={
        "@azuread.dev.displayName": ["RZDC-Server-1824"],
        "@azuread.dev.isManaged": ["true"],
        "@azuread.dev.model": ["Latitude 7420", "50% off_sale"],
        "@azuread.dev.keys": ["First\tSecond"],
        "@azuread.dev.approximateLastSignInDateTimeTS": [
            str(int((NOW - timedelta(days=10)).timestamp()))
        ],
        "@azuread.dev.notes": ["y" * 512 + "needle"],
        "ip.ttl.hops": ["9"],
        "tls.notAfterTS": [str(int((NOW + timedelta(days=20)).timestamp()))],
        "fp.os.version": ["11.0.10"],
    },
    related={
        "owner": [ADA],
        "user": [ADA],
        "service": [SERVICE],
    },
)


def holds(text: str, document: Document = ASSET, inventory: str = "assets") -> bool:
    return evaluate(parse(text), document, NOW, inventory=inventory)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "source:runzero AND source:azuread",
        "source:1 source_count:>1 source_count:<=2",
        "rzdc",
        "1824 windows HQ",
        "SERVER",
        "name:rzdc",
        'name:="rzdc-server-1824"',
        "name:=RZDC%1824",
        "name:=rzdc-server-182_",
        "name:server%24",
        "os:=windows%",
        'os:"windows%2022"',
        "type:=server",
        "tag:location=hq",
        "tag:STRASSE",
        "domain:=",
        'domain:=""',
        "NOT domain:x",
        "address:10.0.0.30",
        "net:10.0.0.0/24",
        "address:fe80::1",
        "address:10.0.0.1-10.0.0.99",
        "has_private:t has_public:f has_ipv6:yes",
        "mac:00:11:22:33:44:55",
        "mac:0011.2233.4455",
        "mac:=00-11-22-33-44-55",
        "mac:33:44",
        "00-11-22-33-44-55",
        "10.0.0.30",
        "alive:t scanned:true",
        "active:f",
        "first_seen:<1week",
        "last_seen:>30days",
        'first_seen:"<2weeks"',
        "last_seen:>=40days last_seen:<=40d",
        "last_seen:>0",
        "first_seen:2026-11-20",
        "first_seen:>=2026-11-20 first_seen:<2026-11-21",
        "first_seen:<now",
        "updated_at:=0",
        "os_version:>=10.0.9999",
        'os_version:<"10.0.20348.1"',
        "os_version:10.0",
        "has:os has:owner has:last_seen",
        'has:"@azuread.dev.displayName"',
        'has:"@AZUREAD.DEV.%name"',
        "attribute:ttl",
        "@azuread.dev.displayName:server",
        "@azuread.dev.isManaged:=true",
        "@azuread.dev.isManaged:yes",
        "@azuread.dev.isManaged:t",
        "@azuread.dev.keys:=first @azuread.dev.keys:=second",
        "NOT @azuread.dev.keys:=first%second",
        r"@azuread.dev.model:=50\%\ off\_sale",
        "@azuread.dev.missing:=",
        'NOT @azuread.dev.missing:"%"',
        'ip.ttl.hops:>"8"',
        'ip.ttl.hops:"=9"',
        "@azuread.dev.approximateLastSignInDateTimeTS:<30days",
        "@azuread.dev.approximateLastSignInDateTimeTS:>9days",
        "@azuread.dev.approximateLastSignInDateTimeTS:>0",
        "@azuread.dev.approximateLastSignInDateTimeTS:>2026-11-01",
        "tls.notAfterTS:<6weeks NOT tls.notAfterTS:<now",
        "fp.os.version:>11.0.3",
        "fp.os.version:<11.0.11",
        "port:443",
        "port:<=443 tcp_port:443 protocol:tls",
        "protocol:=http",
        "html.title:sign tls.names:=b.example",
        "_service.html.title:sign service.product:nginx has:html.title has:product",
        "service_ports_tcp:=443 service_ports_tcp:% service_ports_udp:=",
        "owner:ada",
        'owner:="Ada Lovelace"',
        "owner:=ada@corp.example",
        "user.department:finance",
        'user.group:"VPN users"',
        "user.userType:guest",
        "nothing OR (name:rzdc AND NOT name:other)",
    ],
)
def test_it_holds(text):
    assert holds(text)
    assert not holds(f"NOT ({text})") if text else True


@pytest.mark.parametrize(
    "text",
    [
        "source:intune",
        "source:runzero AND NOT source:azuread",
        "name:=rzdc",
        "name:=rzdc-server-18_",
        "os:linux",
        "os:=",
        "10.0.0.3",
        "net:10.0.1.0/24",
        "net:0.0.0.0/1 address:11.0.0.0",
        "has_public:t",
        "first_seen:>1week",
        "last_seen:<30days",
        "updated_at:<1week",
        "updated_at:>1week",
        "os_version:>10.0.20348",
        "has:nothing.here",
        "attribute:=ttl",
        "@azuread.dev.notes:needle",
        "@azuread.dev.displayName:>0",
        "ip.ttl.hops:<9",
        "port:80",
        "protocol:=tl",
        "html.title:=sign",
        "tls.names:=",
        "service_ports_tcp:=80,443",
        "service_ports_tcp:80",
        "service_ports_udp:%",
        "has:udp_port",
        "owner:grace",
        "owner.department:sales",
        "owner:=",
        "mac_overlap:t",
    ],
)
def test_it_does_not_hold(text):
    assert not holds(text)
    assert holds(f"NOT ({text})")


def test_only_the_first_characters_of_a_value_are_searched():
    assert holds(f"@azuread.dev.notes:={'y' * 512}")


@pytest.mark.parametrize(
    "text",
    [
        "lovelace",
        "userType:Guest",
        "isAdmin:t",
        "@azuread.user.userType:guest",
        'group:"vpn users"',
        "group:=g-1",
        "group_id:=g-1",
        "device_count:>1",
        "is_active:t account_enabled:true",
        "last_logon_at:>90days",
        "has:accountExpiresTS accountExpiresTS:<30days",
        "email:=",
    ],
)
def test_users_are_searched_by_their_own_and_bare_attributes(text):
    assert holds(text, ADA, "users")


OPEN = replace(SERVICE, related={"asset": [ASSET]})


@pytest.mark.parametrize(
    "text",
    [
        "port:>=443 tcp:443 NOT udp:443",
        "service_protocols:=tls service_products:nginx version:>1.9",
        "html.title:sign has:html.title attribute:tls tls.names:=a.example",
        "address:10.0.0.0/24 NOT net:10.0.1.0/24",
        "os:windows type:=server source:azuread NOT source:intune",
        "_asset.os:windows asset.name:rzdc asset:rzdc",
        "ip.ttl.hops:9 @azuread.dev.isManaged:t has:@azuread.dev.isManaged",
        "_asset.ip.ttl.hops:9 NOT _asset.ip.ttl.hops:10",
        "owner:ada owner.department:finance has:owner NOT has:group",
        "service_ports_tcp:=443 NOT service_ports_tcp:=80",
        "nginx rzdc 10.0.0.30",
        "html.missing:= NOT html.title:=",
    ],
)
def test_services_are_searched_by_what_they_are_and_by_their_asset(text):
    assert holds(text, OPEN, "services")
    assert not holds(f"NOT ({text})", OPEN, "services")


@pytest.mark.parametrize("text", ["vpn", "display_name:=vpn%", "group_id:=g-1", "member:="])
def test_groups_are_searched(text):
    assert holds(text, GROUP, "groups")
