"""Filters that the kernel runs for us, so that only answers to us are copied.

Source: <linux/filter.h>, <linux/bpf_common.h>.
"""

import ctypes
import socket
import struct
from collections.abc import Sequence

_LOAD_HALF, _LOAD_BYTE = 0x28, 0x30
_LOAD_HALF_AT_X = 0x48
_X_FROM_HEADER = 0xB1
_IF_EQUAL, _IF_BITS = 0x15, 0x45
_RETURN = 0x06
_SO_ATTACH_FILTER = 26
_ALL = 0xFFFF

Instruction = tuple[int, int, int, int]


def answers_to(port: int) -> list[Instruction]:
    """Accept TCP to a port of ours, ARP replies and neighbour advertisements; nothing else."""
    return [
        (_LOAD_HALF, 0, 0, 12),
        (_IF_EQUAL, 3, 0, 0x0806),
        (_IF_EQUAL, 4, 0, 0x0800),
        (_IF_EQUAL, 10, 0, 0x86DD),
        (_RETURN, 0, 0, 0),
        (_LOAD_HALF, 0, 0, 20),  # ARP: a reply
        (_IF_EQUAL, 13, 12, 2),
        (_LOAD_BYTE, 0, 0, 23),  # IPv4: TCP, not a later fragment, to the port
        (_IF_EQUAL, 0, 10, 6),
        (_LOAD_HALF, 0, 0, 20),
        (_IF_BITS, 8, 0, 0x1FFF),
        (_X_FROM_HEADER, 0, 0, 14),
        (_LOAD_HALF_AT_X, 0, 0, 16),
        (_IF_EQUAL, 6, 5, port),
        (_LOAD_BYTE, 0, 0, 20),  # IPv6: TCP to the port, or an advertisement
        (_IF_EQUAL, 0, 5, 6),
        (_LOAD_HALF, 0, 0, 56),
        (_IF_EQUAL, 2, 1, port),
        (_RETURN, 0, 0, 0),
        (_RETURN, 0, 0, 0),
        (_RETURN, 0, 0, _ALL),
        (_IF_EQUAL, 0, 3, 58),
        (_LOAD_BYTE, 0, 0, 54),
        (_IF_EQUAL, 0, 1, 136),
        (_RETURN, 0, 0, _ALL),
        (_RETURN, 0, 0, 0),
    ]


NOTHING: list[Instruction] = [(_RETURN, 0, 0, 0)]


def attach(made: socket.socket, program: Sequence[Instruction]) -> None:
    """Let the kernel run a filter on what a socket receives."""
    code = b"".join(struct.pack("=HBBI", *each) for each in program)
    kept = ctypes.create_string_buffer(code)
    head = struct.pack("@HP", len(program), ctypes.addressof(kept))
    made.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, head)
