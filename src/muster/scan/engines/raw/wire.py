"""Packet sockets: one to send and one to receive for each interface that the scan uses."""

import ctypes
import errno
import select
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

from muster.core.errors import UnavailableError
from muster.scan.engines.part import READABLE, Part
from muster.scan.engines.raw import bpf
from muster.scan.engines.raw.netlink import Link
from muster.scan.engines.raw.ring import Ring

Read = Callable[["Wire", int, bytes, float], bool]
"""Takes a frame that arrived: the wire, the interface's number, the frame and when.

Returns True if it was for it: then nobody else need look."""

_BATCH = 256
_SLOT = 96
_SNAP = 128
_MOST_AT_ONCE = 2048
_RECEIVE_BUFFER = 16 << 20
_ETH_P_ALL = 3
_SO_RCVBUFFORCE = 33
_SOL_PACKET, _IGNORE_OUTGOING = 263, 23
_RETRIES, _RETRY_SECONDS = 5, 0.0005


class _Vector(ctypes.Structure):
    _fields_ = (("base", ctypes.c_void_p), ("length", ctypes.c_size_t))


class _Header(ctypes.Structure):
    _fields_ = (
        ("name", ctypes.c_void_p),
        ("name_length", ctypes.c_uint32),
        ("vectors", ctypes.POINTER(_Vector)),
        ("vector_count", ctypes.c_size_t),
        ("control", ctypes.c_void_p),
        ("control_length", ctypes.c_size_t),
        ("flags", ctypes.c_int),
    )


class _Message(ctypes.Structure):
    _fields_ = (("header", _Header), ("length", ctypes.c_uint))


_libc = ctypes.CDLL(None, use_errno=True)


class Batch:
    """Frames that leave through one interface together, with one call of sendmmsg."""

    def __init__(self, link: Link) -> None:
        """Open a socket that receives nothing (protocol 0), bound to the interface."""
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        self._socket.bind((link.name, 0))
        self._name = link.name
        self._memory = bytearray(_BATCH * _SLOT)
        start = ctypes.addressof(ctypes.c_char.from_buffer(self._memory))
        self._vectors = (_Vector * _BATCH)()
        self._messages = (_Message * _BATCH)()
        for index in range(_BATCH):
            self._vectors[index].base = start + index * _SLOT
            self._messages[index].header.vectors = ctypes.pointer(self._vectors[index])
            self._messages[index].header.vector_count = 1
        self._lengths = [0] * _BATCH
        self._count = 0

    def add(self, frame: bytes) -> None:
        """Put a frame in line; a full batch leaves at once."""
        index, length = self._count, len(frame)
        at = index * _SLOT
        self._memory[at : at + length] = frame
        if self._lengths[index] != length:
            self._vectors[index].length = self._lengths[index] = length
        self._count = index + 1
        if self._count == _BATCH:
            self.flush()

    def flush(self) -> None:
        """Send what is in line. What the system has no room for is lost, as on any network."""
        sent, tries = 0, 0
        while sent < self._count and tries < _RETRIES:
            done = _libc.sendmmsg(
                self._socket.fileno(),
                ctypes.byref(self._messages, sent * ctypes.sizeof(_Message)),
                self._count - sent,
                0,
            )
            if done > 0:
                sent += done
            else:
                tries += 1
                self._judge(ctypes.get_errno())
        self._count = 0

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()

    def _judge(self, failure: int) -> None:
        if failure in {errno.ENETDOWN, errno.ENXIO, errno.ENODEV}:
            raise UnavailableError(
                f"the interface {self._name} went down during the scan",
                hint="Resume the scan when it is up again.",
            )
        if failure in {errno.ENOBUFS, errno.EAGAIN, errno.EINTR}:
            time.sleep(_RETRY_SECONDS)


class Wire(Part):
    """All interfaces in use, as one part of an engine; frames go to whoever reads them."""

    def __init__(self, poller: select.epoll) -> None:
        """Interfaces are opened when used; `port` is the one of ours that TCP is received at."""
        self.readers: list[Read] = []
        self._poller = poller
        self.port = 0
        self._batches: dict[int, Batch] = {}
        self._receivers: dict[int, _Receiver] = {}

    def batch(self, link: Link) -> Batch:
        """Return the line of frames that leave through an interface."""
        batch = self._batches.get(link.index)
        if batch is None:
            receiver = _Receiver(link, self.port)
            self._receivers[receiver.descriptor] = receiver
            self._poller.register(receiver.descriptor, READABLE)
            batch = self._batches[link.index] = Batch(link)
        return batch

    def reply_through(self, index: int, frame: bytes) -> None:
        """Put a frame in line for the interface that another came by."""
        self._batches[index].add(frame)

    def flush(self) -> None:
        """Let out what the other parts put in line."""
        for batch in self._batches.values():
            batch.flush()

    def owns(self, descriptor: int) -> bool:
        """True for a receiving socket."""
        return descriptor in self._receivers

    def handle(self, descriptor: int, events: int, now: float) -> None:
        """Give frames to the readers; not all at once, so that sending goes on."""
        receiver = self._receivers[descriptor]
        if events & select.EPOLLERR:
            receiver.check()
        index, readers = receiver.index, self.readers
        for frame in receiver.frames(_MOST_AT_ONCE):
            for read in readers:
                if read(self, index, frame, now):
                    break

    def close(self) -> None:
        """Let out what is in line, and close the sockets."""
        for batch in self._batches.values():
            batch.flush()
            batch.close()
        for receiver in self._receivers.values():
            receiver.close()


class _Receiver:
    """What arrives at one interface: through a ring where the system has one."""

    def __init__(self, link: Link, port: int) -> None:
        self.index = link.index
        self._socket = _socket(port)
        self._ring: Ring | None = None
        with suppress(OSError):
            self._ring = Ring(self._socket)
        self._socket.bind((link.name, _ETH_P_ALL))
        self.descriptor = self._socket.fileno()

    def frames(self, most: int) -> Iterator[bytes]:
        """Yield at most so many frames. Raises UnavailableError if the interface is gone."""
        return self._ring.frames(most) if self._ring else self._received(most)

    def check(self) -> None:
        """Raise UnavailableError if the interface went down."""
        if error := self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            _judge_down(error)

    def close(self) -> None:
        """Close it."""
        if self._ring:
            self._ring.close()
        self._socket.close()

    def _received(self, most: int) -> Iterator[bytes]:
        for _ in range(most):
            try:
                yield self._socket.recv(_SNAP)
            except BlockingIOError:
                return
            except OSError as error:
                _judge_down(error.errno or 0)
                raise


def _judge_down(failure: int) -> None:
    if failure == errno.ENETDOWN:
        raise UnavailableError(
            "an interface went down during the scan", hint="Resume the scan when it is up again."
        )


def _socket(port: int) -> socket.socket:
    """Open a receiving socket; the filter is there before the first frame can be."""
    made = socket.socket(socket.AF_PACKET, socket.SOCK_RAW | socket.SOCK_NONBLOCK, 0)
    bpf.attach(made, bpf.answers_to(port))
    try:
        made.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _RECEIVE_BUFFER)
    except OSError:  # needs CAP_NET_ADMIN; what is lost in a smaller buffer is asked again
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
    made.setsockopt(_SOL_PACKET, _IGNORE_OUTGOING, 1)
    return made
