"""Reading the greeting of a MySQL or MariaDB server, which tells its version to anyone.

The connection is closed after it. A server counts that as an aborted connection of this address
and may block the address after a hundred in a row, so there is never more than one in a scan.
Source: MySQL internals, "Protocol::HandshakeV10".
"""

import re

from muster.core.errors import DataError
from muster.core.probe import Fact, ProbeContext, Target, TcpProbe, heard
from muster.protocols import streams, text
from muster.protocols.cursor import Cursor

_MOST = 4096
_V10, _ERROR = 10, 255
_TLS, _PLUGIN = 0x0800, 0x00080000


class MysqlProbe(TcpProbe):
    """Version, sign-in method, TLS; see the module."""

    name = "mysql"
    label = "MySQL and MariaDB"
    ports: tuple[int, ...] = (3306,)
    protocols: tuple[str, ...] = ("mysql",)

    async def run(self, context: ProbeContext, target: Target) -> list[Fact]:
        """Return what the greeting says. Raises DataError if it is another's."""
        async with context.connect(target) as stream:
            head = await streams.read_exactly(stream, 4, most=4)
            size = int.from_bytes(head[:3], "little")
            greeting = await streams.read_exactly(stream, size, most=_MOST)
        told = read(greeting)
        version = str(told.get("mysql.version", ""))
        return [
            heard(
                self.name,
                context,
                target,
                protocols=("mysql",),
                product="MariaDB" if "mariadb" in version.casefold() else "MySQL",
                version=_number(version),
                attributes=text.attributes(told),
                raw=head + greeting,
            )
        ]


def read(greeting: bytes) -> dict[str, object]:
    """Return a greeting, or a refusal, as attributes. Raises DataError if it is neither."""
    cursor = Cursor(greeting)
    kind = cursor.u8()
    if kind == _ERROR:
        code, message = cursor.u16le(), cursor.rest()
        return {"mysql.errorCode": code, "mysql.error": re.sub(rb"^#.{5}", b"", message)}
    if kind != _V10:
        raise DataError("the greeting is not that of MySQL")
    version = text.clean(cursor.until(b"\x00"))
    cursor.take(4 + 8 + 1)
    low = cursor.u16le()
    if cursor.left < 5:  # noqa: PLR2004 - servers before 4.1 end here
        return {"mysql.version": version}
    cursor.take(3)
    capabilities = low | cursor.u16le() << 16
    told: dict[str, object] = {"mysql.version": version, "mysql.tls": bool(capabilities & _TLS)}
    if capabilities & _PLUGIN and cursor.left > 11:  # noqa: PLR2004 - salt length and reserved
        salt = cursor.u8()
        cursor.take(10)
        cursor.take(min(cursor.left, max(13, salt - 8)))
        told["mysql.authPlugin"] = cursor.rest().split(b"\x00")[0]
    return told


def _number(version: str) -> str:
    # MariaDB 10 and later pretend to be 5.5.5 for old replicas, and tell their own behind it.
    found = re.match(r"(?:5\.5\.5-(?=1\d\.))?(\d+\.\d+(?:\.\d+)?)", version)
    return found[1] if found else ""
