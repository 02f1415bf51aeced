"""Keywords of services: the open ports of assets, and all that can be asked of their assets."""

from dataclasses import replace

from muster.query.catalogue import assets, shared
from muster.query.catalogue.field import Field, FieldType

NAMED_BY = ("protocol", "product")
FREE = ("_service.protocol", "_service.product", "_service.address")
_LEADS_BACK = "service"

_OWN = (
    Field(
        "port",
        FieldType.NUMBER,
        "port number",
        "port:<=25",
        ("ports", "service_port"),
        column="port",
    ),
    Field(
        "tcp",
        FieldType.NUMBER,
        "TCP port number",
        "tcp:443",
        ("tcp_port", "tcp_ports"),
        column="tcp",
    ),
    Field(
        "udp",
        FieldType.NUMBER,
        "UDP port number",
        "udp:53",
        ("udp_port", "udp_ports"),
        column="udp",
    ),
    Field(
        "transport",
        FieldType.TEXT,
        "tcp, udp or icmp",
        "transport:udp",
        ("service_transport",),
        key="_service.transport",
    ),
    Field(
        "protocol",
        FieldType.TEXT,
        "protocol spoken there",
        "protocol:telnet",
        ("protocols", "service_protocol", "service_protocols"),
        key="_service.protocol",
    ),
    Field(
        "product",
        FieldType.TEXT,
        "product that answers",
        "product:nginx",
        ("products", "service_product", "service_products"),
        key="_service.product",
    ),
    Field(
        "service_vendor",
        FieldType.TEXT,
        "who makes the product",
        "service_vendor:microsoft",
        key="_service.vendor",
    ),
    Field(
        "version",
        FieldType.VERSION,
        "version of the product",
        "version:<9.6",
        ("service_version",),
        key="_service.version",
    ),
    Field(
        "address",
        FieldType.ADDRESS,
        "address it listens on",
        "address:10.0.0.1",
        ("addresses", "ip", "ips", "service_address"),
        key="_service.address",
    ),
    Field(
        "net",
        FieldType.ADDRESS,
        "address it listens on, in a range",
        "net:10.0.0.0/24",
        ("cidr", "subnet", "network"),
        key="_service.address",
    ),
    Field("vhost", FieldType.ATTRIBUTE, "virtual host", "vhost:intranet", ("vhosts",), key="vhost"),
    Field(
        "banner",
        FieldType.ATTRIBUTE,
        "what it says first",
        'banner:"SSH-2.0"',
        ("banners",),
        key="banner",
    ),
    Field(
        "asset",
        FieldType.RELATION,
        "asset it is open on, by name",
        "asset.os:windows",
        ("assets", "device", "devices"),
        relation="asset",
        inventory="assets",
    ),
    Field(
        "asset_id",
        FieldType.RELATED,
        "id of its asset in Muster",
        "asset_id:061786a4-4ce3-4f67-9dfd-581bfbbb1633",
        ("service_asset_id",),
        relation="asset",
        inventory="assets",
        target="id",
    ),
    replace(shared.ID, help="id of the service in Muster"),
    shared.ORGANIZATION,
    replace(
        shared.FIRST_SEEN,
        help="when a scan first found it",
        aliases=("created_at", "created"),
    ),
    replace(shared.LAST_SEEN, help="when a scan last found it"),
    shared.UPDATED_AT,
    shared.ATTRIBUTE_NAME,
    replace(shared.HAS, example="has:tls.names"),
)


def _of_asset(field: Field) -> Field:
    """Return the keyword of services that asks this of the asset; there is no data for either."""
    aliases = tuple(each for each in field.aliases if each not in _TAKEN)
    if field.type is FieldType.ABSENT:
        return replace(field, aliases=aliases)
    return Field(
        field.name,
        FieldType.RELATED,
        f"of its asset: {field.help}",
        field.example,
        aliases,
        relation="asset",
        inventory="assets",
        target=field.name,
        choices=field.choices,
    )


_TAKEN = {name for each in _OWN for name in (each.name, *each.aliases)}
FIELDS = (
    *_OWN,
    *(
        _of_asset(each)
        for each in assets.FIELDS
        if each.name not in _TAKEN and each.name != _LEADS_BACK
    ),
)
