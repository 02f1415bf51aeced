"""Contexts for a probe's tests: one that replays what was recorded, one that talks to loopback."""

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from muster.core.errors import UnavailableError
from muster.core.probe import Datagram, Fact, Probe, ProbeCredential, Target, Tls, TlsState
from muster.core.tls import client_context

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
ADDRESS = "192.0.2.10"
LOOPBACK_WAIT_SECONDS = 2.0


class _Context:
    """What both have: the probe's options with their defaults, and the credentials given."""

    def __init__(
        self,
        probe: Probe,
        *,
        options: Mapping[str, str] | None = None,
        credentials: Sequence[ProbeCredential] = (),
        nameservers: Sequence[str] = (),
    ) -> None:
        """Take what a person would have set."""
        self.options: Mapping[str, str] = {
            each.name: each.default for each in probe.options
        } | dict(options or {})
        self.nameservers: Sequence[str] = nameservers
        self._credentials = credentials

    def now(self) -> datetime:
        """Return the one instant of all tests."""
        return NOW

    def credentials(self, target: Target) -> Sequence[ProbeCredential]:
        """Return the credentials given."""
        return self._credentials

    async def token(self, target: Target, packets: int = 1) -> None:
        """Let everything pass."""


class RecordedStream:
    """Plays one side of a conversation, a read at a time, and keeps what it is told."""

    def __init__(self, chunks: Sequence[bytes], certificate: bytes = b"") -> None:
        """Take what each read brings; after that the other side has finished."""
        self.tls: TlsState | None = None
        self.written: list[bytes] = []
        self._chunks = list(chunks)
        self._certificate = certificate

    async def write(self, data: bytes) -> None:
        """Keep it."""
        self.written.append(data)

    async def read(self, limit: int, *, wait: timedelta | None = None) -> bytes:
        """Return the next chunk, or the beginning of it."""
        if not self._chunks:
            return b""
        chunk = self._chunks[0]
        if len(chunk) > limit:
            self._chunks[0] = chunk[limit:]
            return chunk[:limit]
        return self._chunks.pop(0)

    async def start_tls(self, tls: Tls) -> TlsState:
        """Agree on what was asked for."""
        self.tls = TlsState(tls.version or "TLSv1.3", "TLS_AES_256_GCM_SHA384", self._certificate)
        return self.tls


class RecordedContext(_Context):
    """Answers from recordings: one list of chunks for each connection, datagrams for each ask.

    With `certificate` every connection can be secured; without, TLS fails. What the probe said
    is in `said`, its targets in `targets`.
    """

    def __init__(
        self,
        probe: Probe,
        *,
        connections: Sequence[Sequence[bytes]] = (),
        datagrams: Sequence[Sequence[bytes]] = (),
        certificate: bytes = b"",
        options: Mapping[str, str] | None = None,
        credentials: Sequence[ProbeCredential] = (),
        nameservers: Sequence[str] = (),
    ) -> None:
        """Take the recordings; what comes after them is silence."""
        super().__init__(probe, options=options, credentials=credentials, nameservers=nameservers)
        self.streams: list[RecordedStream] = []
        self.targets: list[Target] = []
        self.asked: list[bytes] = []
        self._connections = list(connections)
        self._datagrams = list(datagrams)
        self._certificate = certificate

    @property
    def said(self) -> bytes:
        """All that the probe sent, in its order."""
        return b"".join(self.asked + [each for one in self.streams for each in one.written])

    @contextlib.asynccontextmanager
    async def _connected(self, target: Target, tls: Tls | None) -> AsyncIterator[RecordedStream]:
        self.targets.append(target)
        if not self._connections or (tls is not None and not self._certificate):
            raise UnavailableError("nobody accepts")
        stream = RecordedStream(self._connections.pop(0), self._certificate)
        self.streams.append(stream)
        if tls is not None:
            await stream.start_tls(tls)
        yield stream

    def connect(
        self, target: Target, *, tls: Tls | None = None
    ) -> AbstractAsyncContextManager[RecordedStream]:
        """Play the next connection."""
        return self._connected(target, tls)

    async def ask(
        self, target: Target, payload: bytes, *, most: int = 1, wait: timedelta | None = None
    ) -> list[Datagram]:
        """Play the next answers."""
        self.targets.append(target)
        self.asked.append(payload)
        answers = self._datagrams.pop(0) if self._datagrams else ()
        return [Datagram(target.address, target.port, each) for each in answers[:most]]

    async def multicast(
        self, target: Target, payload: bytes, *, most: int, wait: timedelta
    ) -> list[Datagram]:
        """Play the next answers, each from an address of its own."""
        found = await self.ask(target, payload, most=most)
        return [
            Datagram(f"192.0.2.{20 + at % 200}", target.port, each.data)
            for at, each in enumerate(found)
        ]


class _LoopbackStream:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self.tls: TlsState | None = None

    async def write(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def read(self, limit: int, *, wait: timedelta | None = None) -> bytes:
        longest = LOOPBACK_WAIT_SECONDS
        seconds = min(longest, wait.total_seconds()) if wait else longest
        try:
            return await asyncio.wait_for(self._reader.read(limit), seconds)
        except (TimeoutError, OSError) as error:
            raise UnavailableError("the host does not answer") from error

    async def start_tls(self, tls: Tls) -> TlsState:
        try:
            await self._writer.start_tls(
                client_context(tls),
                server_hostname=tls.server_name or None,
                ssl_handshake_timeout=2.0,
            )

        except (OSError, EOFError) as error:
            raise UnavailableError("no TLS is agreed on") from error
        secured = self._writer.get_extra_info("ssl_object")
        self.tls = TlsState(
            secured.version(), secured.cipher()[0], secured.getpeercert(binary_form=True)
        )
        return self.tls


class LoopbackContext(_Context):
    """Talks to servers that a test started on 127.0.0.1, over real sockets; nowhere else."""

    def connect(
        self, target: Target, *, tls: Tls | None = None
    ) -> AbstractAsyncContextManager[_LoopbackStream]:
        """Connect over a real socket."""
        return self._connected(target, tls)

    @contextlib.asynccontextmanager
    async def _connected(self, target: Target, tls: Tls | None) -> AsyncIterator[_LoopbackStream]:
        _require_loopback(target)
        try:
            reader, writer = await asyncio.open_connection(target.address, target.port)
        except OSError as error:
            raise UnavailableError("nobody accepts") from error
        try:
            stream = _LoopbackStream(reader, writer)
            if tls is not None:
                await stream.start_tls(tls)
            yield stream
        finally:
            writer.close()
            # A failed handshake leaves asyncio waiting for an end that never comes.
            with contextlib.suppress(OSError, TimeoutError):
                await asyncio.wait_for(writer.wait_closed(), 1.0)

    async def ask(
        self, target: Target, payload: bytes, *, most: int = 1, wait: timedelta | None = None
    ) -> list[Datagram]:
        """Ask over a real socket."""
        _require_loopback(target)
        loop = asyncio.get_running_loop()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
            own.setblocking(False)
            own.connect((target.address, target.port))
            await loop.sock_sendall(own, payload)
            found: list[Datagram] = []
            with contextlib.suppress(TimeoutError, OSError):
                while len(found) < most:
                    data = await asyncio.wait_for(
                        loop.sock_recv(own, 65_535), LOOPBACK_WAIT_SECONDS
                    )
                    found.append(Datagram(target.address, target.port, data))
            return found

    async def multicast(
        self, target: Target, payload: bytes, *, most: int, wait: timedelta
    ) -> list[Datagram]:
        """Reach nobody: a test does not send to a group."""
        return []


def _require_loopback(target: Target) -> None:
    if not target.address.startswith("127."):
        raise AssertionError(f"a test may only talk to loopback, not to {target.address}")


def facts(
    probe: Probe, context: RecordedContext | LoopbackContext, target: Target | None = None
) -> list[Fact]:
    """Return what the probe hears, run in an event loop of its own."""
    wanted = target or Target(
        address=ADDRESS, port=probe.ports[0] if probe.ports else 4711, transport=probe.transport
    )
    return asyncio.run(probe.run(context, wanted))


def recorded(probe: Probe, file: Path, **given: Any) -> RecordedContext:
    """Return a context that plays a recording: a JSON file beside the probe's tests.

    It holds `connections` and `datagrams`, lists of lists of text, one character for each byte.
    """
    told = json.loads(file.read_text("ascii"))
    return RecordedContext(
        probe,
        connections=[[each.encode("latin-1") for each in one] for one in told["connections"]],
        datagrams=[[each.encode("latin-1") for each in one] for one in told["datagrams"]],
        **given,
    )
