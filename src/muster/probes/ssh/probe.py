"""Reading an SSH server's banner and algorithms, and the host key from the start of an exchange.

Nobody logs in. The key comes with the server's half of the exchange (RFC 4253, 8; RFC 8731); the
connection is closed there. One key for each scan: the same on two addresses means one machine.
"""

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from muster.core.errors import DataError, UnavailableError
from muster.core.probe import Fact, ProbeContext, Stream, Target, TcpProbe, heard
from muster.core.source import Option, OptionKind
from muster.protocols import streams, text
from muster.protocols.cursor import Cursor

BANNER = b"SSH-2.0-Muster\r\n"
MOST_LINES = 20
MOST_PACKET = 35_000
_KEXINIT, _EXCHANGE, _REPLY = 20, 30, 31
_CURVES = ("curve25519-sha256", "curve25519-sha256@libssh.org")
_KEYS = (
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "rsa-sha2-512",
    "rsa-sha2-256",
    "ssh-rsa",
)
_CIPHERS = "chacha20-poly1305@openssh.com,aes128-ctr,aes256-ctr,aes128-gcm@openssh.com,aes128-cbc"
_MACS = "hmac-sha2-256-etm@openssh.com,hmac-sha2-256,hmac-sha2-512,hmac-sha1"
_LISTS = (
    "kexAlgorithms",
    "hostKeyAlgorithms",
    "ciphers",
    "ciphersBack",
    "macs",
    "macsBack",
    "compression",
)
_SOFTWARE = re.compile(rb"SSH-(\d\.\d+)-([^\r\n]{0,255})")


@dataclass(frozen=True, slots=True)
class HostKey:
    """The key that a server proved to hold: its kind, and its hash as OpenSSH writes it."""

    kind: str
    sha256: str


class SshProbe(TcpProbe):
    """Banner, algorithms, host key; see the module."""

    name = "ssh"
    label = "SSH"
    ports: tuple[int, ...] = (22, 2022, 2222, 22022)
    protocols: tuple[str, ...] = ("ssh",)
    options: Sequence[Option] = (
        Option(
            "ssh-key",
            "Read the host key",
            kind=OptionKind.BOOLEAN,
            default="true",
            help="Begin a key exchange; servers log a connection that ended before a login.",
        ),
    )

    async def run(self, context: ProbeContext, target: Target) -> list[Fact]:
        """Return what the server says, with its key where one was agreed on."""
        async with context.connect(target) as stream:
            banner = await _banner(stream)
            told = _said(banner)
            if context.options.get("ssh-key") == "true" and told["ssh.protocol"] != "1.5":
                told |= await _exchanged(stream)
        return [
            heard(
                self.name,
                context,
                target,
                protocols=("ssh",),
                attributes=text.attributes(told),
                raw=banner,
            )
        ]


def _said(banner: bytes) -> dict[str, object]:
    found = _SOFTWARE.match(banner)
    if found is None:
        raise DataError("the greeting is not that of SSH")
    # The fingerprints look at what follows the protocol's version, as RFC 4253, 4.2 divides it.
    return {"banner": banner, "ssh.protocol": found[1].decode(), "ssh.banner": found[2]}


async def _banner(stream: Stream) -> bytes:
    """Return the line that begins with SSH-; a server may send others before it.

    It is read byte by byte, for what follows it belongs to the exchange.
    """
    for _ in range(MOST_LINES):
        line = bytearray()
        while not line.endswith(b"\n") and len(line) < 1024:  # noqa: PLR2004 - RFC: 255
            byte = await stream.read(1)
            if not byte:
                break
            line += byte
        if line.startswith(b"SSH-") or not line:
            return bytes(line).rstrip(b"\r\n")
    raise DataError("the greeting is not that of SSH")


async def _exchanged(stream: Stream) -> dict[str, object]:
    """Return the algorithms and the host key, as far as the server goes along."""
    told: dict[str, object] = {}
    try:
        await stream.write(BANNER + _packet(_offer()))
        theirs = await _message(stream, _KEXINIT)
        lists = algorithms(theirs)
        told |= {f"ssh.{name}": value for name, value in lists.items() if "Back" not in name}
        if set(lists["kexAlgorithms"]) & set(_CURVES) and set(lists["hostKeyAlgorithms"]) & set(
            _KEYS
        ):
            public = X25519PrivateKey.generate().public_key().public_bytes_raw()
            await stream.write(_packet(bytes([_EXCHANGE]) + _string(public)))
            key = host_key(await _message(stream, _REPLY))
            told |= {"ssh.hostKey.type": key.kind, "ssh.hostKey.sha256": key.sha256}
    except (DataError, UnavailableError):
        # The banner is known, and is worth telling without the rest.
        return told
    return told


def _can_go_on(lists: Mapping[str, list[str]]) -> bool:
    exchanges, keys = set(lists["kexAlgorithms"]), set(lists["hostKeyAlgorithms"])
    return bool(exchanges & set(_CURVES) and keys & set(_KEYS))


def _offer() -> bytes:
    lists = [",".join(_CURVES), ",".join(_KEYS), _CIPHERS, _CIPHERS, _MACS, _MACS, "none", "none"]
    names = b"".join(_string(each.encode()) for each in [*lists, "", ""])
    return bytes([_KEXINIT]) + bytes(16) + names + bytes(5)


def _string(data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + data


def _packet(payload: bytes) -> bytes:
    padding = 8 - (len(payload) + 5) % 8
    padding += 8 if padding < 4 else 0  # noqa: PLR2004 - RFC 4253, 6
    return (
        (len(payload) + padding + 1).to_bytes(4, "big")
        + bytes([padding])
        + payload
        + bytes(padding)
    )


async def _message(stream: Stream, kind: int) -> bytes:
    """Return the content of the next message of a kind; a few others may come before it."""
    for _ in range(8):
        size = int.from_bytes(await streams.read_exactly(stream, 4, most=4), "big")
        cursor = Cursor(await streams.read_exactly(stream, size, most=MOST_PACKET))
        padding = cursor.u8()
        payload = cursor.take(cursor.left - padding)
        if payload[:1] == bytes([kind]):
            return payload[1:]
    raise DataError("the server does not go on with the exchange")


def algorithms(message: bytes) -> dict[str, list[str]]:
    """Return the lists that a KEXINIT holds. Raises DataError if it does not."""
    cursor = Cursor(message)
    cursor.take(16)
    lists = [cursor.take(cursor.u32()) for _ in range(8)]
    split = [text.clean(each, most=8000).split(",") for each in lists]
    return dict(zip(_LISTS, split[: len(_LISTS)], strict=True))


def host_key(message: bytes) -> HostKey:
    """Return the key that the server's half of the exchange begins with."""
    cursor = Cursor(message)
    blob = cursor.take(cursor.u32())
    inside = Cursor(blob)
    kind = text.clean(inside.take(inside.u32()), most=100)
    if not re.fullmatch(r"[a-z0-9@.-]+", kind):
        raise DataError("the server's key is of no known kind")
    digest = base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")
    return HostKey(kind, f"SHA256:{digest}")
