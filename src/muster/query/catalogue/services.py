"""Keywords of services: the open ports of assets."""

from muster.query.catalogue import shared
from muster.query.catalogue.field import Field, FieldType

NAMED_BY = ("protocol", "product")
FREE = ("_service.protocol", "_service.product", "_service.address")
JOINED = frozenset({"_service.protocol"})
"""Keys whose values are one tab-joined text; a wildcard may reach from one to the next."""

FIELDS = (
    Field("port", FieldType.NUMBER, "port number", "port:<=25", ("service_port",), column="port"),
    Field("tcp", FieldType.NUMBER, "TCP port number", "tcp:443", ("tcp_port",), column="tcp"),
    Field("udp", FieldType.NUMBER, "UDP port number", "udp:53", ("udp_port",), column="udp"),
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
        "service_address",
        FieldType.TEXT,
        "address it listens on",
        "service_address:10.0.0.1",
        ("address",),
        key="_service.address",
    ),
    *shared.NO_VULNERABILITIES,
    *shared.NO_WIRELESS,
    *shared.NO_END_OF_LIFE,
)
