"""A ring of memory that the kernel puts frames into: no call is needed to fetch one.

Calls give other threads the interpreter, and getting it back takes longer than the frame.
Source: Documentation/networking/packet_mmap.rst of Linux (TPACKET_V2).
"""

import mmap
import socket
import struct
from collections.abc import Iterator

_SOL_PACKET, _RX_RING, _VERSION = 263, 5, 10
_TPACKET_V2 = 1
_FRAME = 256
"""Room for a header of the kernel's (66 bytes) and more of a packet than anybody reads."""
_BLOCK = 1 << 18
_BLOCKS = 32
_FRAMES = _BLOCKS * _BLOCK // _FRAME
_REQUEST = struct.Struct("=IIII")
_HEAD = struct.Struct("=IIIH")
_OURS = 1
_THE_KERNELS = struct.pack("=I", 0)


class Ring:
    """The frames that arrived at a packet socket, in order."""

    def __init__(self, made: socket.socket) -> None:
        """Ask for the ring before the socket is bound. Raises OSError where there is none."""
        made.setsockopt(_SOL_PACKET, _VERSION, _TPACKET_V2)
        made.setsockopt(_SOL_PACKET, _RX_RING, _REQUEST.pack(_BLOCK, _BLOCKS, _FRAME, _FRAMES))
        self._memory = mmap.mmap(
            made.fileno(), _BLOCK * _BLOCKS, mmap.MAP_SHARED, mmap.PROT_READ | mmap.PROT_WRITE
        )
        self._next = 0

    def frames(self, most: int) -> Iterator[bytes]:
        """Yield at most so many frames that have arrived; their places are the kernel's again."""
        memory, read = self._memory, _HEAD.unpack_from
        for _ in range(most):
            at = self._next * _FRAME
            status, _length, kept, start = read(memory, at)
            if not status & _OURS:
                return
            frame = memory[at + start : at + start + kept]
            memory[at : at + 4] = _THE_KERNELS
            self._next = (self._next + 1) % _FRAMES
            yield frame

    def close(self) -> None:
        """Give the memory back; before the socket is closed."""
        self._memory.close()
