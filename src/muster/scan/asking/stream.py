"""One TCP connection of a probe: paced, bounded in time, and closed with a FIN."""

import asyncio
import errno
import socket
import ssl
from contextlib import suppress
from datetime import timedelta

from muster.core.errors import ConfigError, UnavailableError
from muster.core.probe import Target, Tls, TlsState
from muster.core.tls import client_context
from muster.scan.asking.limits import Limits

_SEGMENT_BYTES = 1400
_CHUNK = 16 * 1024
_LINGER_SECONDS = 1.0
_EXHAUSTED = {errno.EMFILE, errno.ENFILE, errno.EADDRNOTAVAIL, errno.ENOBUFS}
_MOST_DRAINED = 256


class PacedStream:
    """A connection whose every packet counts. `wait` is its deadline for each step."""

    def __init__(self, made: socket.socket, target: Target, limits: Limits, wait: float) -> None:
        """Take a connected socket that does not block."""
        self.tls: TlsState | None = None
        self._socket = made
        self._target = target
        self._limits = limits
        self._wait = wait
        self._session: ssl.SSLObject | None = None
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()

    async def write(self, data: bytes) -> None:
        """Send all of it."""
        if self._session is None:
            await self._send(data)
            return
        with _told_tls(self._target):
            self._session.write(data)
        await self._send(self._outgoing.read())

    async def read(self, limit: int, *, wait: timedelta | None = None) -> bytes:
        """Return the next bytes; b"" once the other side has finished."""
        seconds = min(self._wait, wait.total_seconds()) if wait else self._wait
        if self._session is None:
            return await self._receive(limit, seconds)
        while True:
            try:
                return self._session.read(limit)
            except ssl.SSLWantReadError:
                if not await self._feed(seconds):
                    return b""
            except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
                return b""
            except ssl.SSLError as error:
                raise _no_tls(self._target, error) from error

    async def start_tls(self, tls: Tls) -> TlsState:
        """Secure the connection from here on."""
        try:
            session = client_context(tls).wrap_bio(
                self._incoming, self._outgoing, server_hostname=tls.server_name or None
            )
        except (ssl.SSLError, ValueError) as error:
            raise _no_tls(self._target, error) from error
        await self._shake_hands(session)
        self._session = session
        version, cipher = session.version() or "", session.cipher()
        certificate = session.getpeercert(binary_form=True) or b""
        self.tls = TlsState(version, cipher[0] if cipher else "", certificate)
        return self.tls

    async def close(self) -> None:
        """Finish, and read what still comes for a moment, so that no reset is sent."""
        with suppress(UnavailableError, OSError):
            await self._limits.take(self._target.address, packets=1, reserve=1)
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)
            await self._drain()
        self._limits.spend(self._target.address)
        self._socket.close()

    async def _drain(self) -> None:
        loop = asyncio.get_running_loop()
        with suppress(TimeoutError):
            async with asyncio.timeout(_LINGER_SECONDS):
                for _ in range(_MOST_DRAINED):
                    if not await loop.sock_recv(self._socket, _CHUNK):
                        return

    async def _shake_hands(self, session: ssl.SSLObject) -> None:
        while True:
            try:
                session.do_handshake()
            except ssl.SSLWantReadError:
                await self._send(self._outgoing.read())
                if not await self._feed(self._wait):
                    raise UnavailableError(
                        f"{_place(self._target)} ended the connection where TLS begins"
                    ) from None
            except (ssl.SSLError, ValueError) as error:
                await self._send(self._outgoing.read())
                raise _no_tls(self._target, error) from error
            else:
                await self._send(self._outgoing.read())
                return

    async def _feed(self, seconds: float) -> bool:
        data = await self._receive(_CHUNK, seconds)
        if data:
            self._incoming.write(data)
        else:
            self._incoming.write_eof()
        return bool(data)

    async def _send(self, data: bytes) -> None:
        if not data:
            return
        await self._limits.take(
            self._target.address, packets=(len(data) + _SEGMENT_BYTES - 1) // _SEGMENT_BYTES
        )
        try:
            async with asyncio.timeout(self._wait):
                await asyncio.get_running_loop().sock_sendall(self._socket, data)
        except TimeoutError as error:
            raise UnavailableError(f"{_place(self._target)} takes nothing more") from error
        except OSError as error:
            raise _lost(self._target, error) from error

    async def _receive(self, limit: int, seconds: float) -> bytes:
        try:
            async with asyncio.timeout(seconds):
                data = await asyncio.get_running_loop().sock_recv(self._socket, limit)
        except TimeoutError as error:
            raise UnavailableError(f"{_place(self._target)} says nothing more") from error
        except OSError as error:
            raise _lost(self._target, error) from error
        # The system acknowledges at least every second full segment.
        acknowledged = 1 + len(data) // (2 * _SEGMENT_BYTES)
        self._limits.spend(self._target.address, acknowledged, reserved=False)
        return data


async def connected(target: Target, limits: Limits, wait: float) -> PacedStream:
    """Connect. Raises UnavailableError if the host does not accept in time."""
    family = socket.AF_INET6 if ":" in target.address else socket.AF_INET
    await limits.take(target.address, packets=1, reserve=1)
    try:
        made = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    except OSError as error:
        raise _failed(target, error) from error
    try:
        async with asyncio.timeout(wait):
            await asyncio.get_running_loop().sock_connect(made, (target.address, target.port))
    except BaseException as error:
        limits.pace.cancel(target.address, 1)
        made.close()
        if isinstance(error, TimeoutError):
            raise UnavailableError(f"{_place(target)} does not accept") from error
        if isinstance(error, OSError):
            raise _failed(target, error) from error
        raise
    limits.spend(target.address)
    return PacedStream(made, target, limits, wait)


class _told_tls:  # noqa: N801 - used as a function
    def __init__(self, target: Target) -> None:
        self._target = target

    def __enter__(self) -> None:
        """Nothing to do."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, ssl.SSLError):
            raise _no_tls(self._target, error) from error


def _place(target: Target) -> str:
    return f"{target.address} port {target.port}"


def _no_tls(target: Target, error: Exception) -> UnavailableError:
    reason = getattr(error, "reason", "") or str(error)
    return UnavailableError(f"no TLS with {_place(target)}: {reason}")


def _lost(target: Target, error: OSError) -> UnavailableError:
    return UnavailableError(f"the connection to {_place(target)} broke off: {error.strerror}")


def _failed(target: Target, error: OSError) -> Exception:
    if error.errno in _EXHAUSTED:
        what = "local ports" if error.errno == errno.EADDRNOTAVAIL else "open files"
        return ConfigError(
            f"this machine has run out of {what}",
            hint="Scan with a smaller --group, or raise the limit, then resume.",
        )
    return UnavailableError(f"{_place(target)} does not accept: {error.strerror or error}")
