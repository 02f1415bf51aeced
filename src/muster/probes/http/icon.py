"""The hash by which search engines of devices know an icon."""

import base64

_C1, _C2, _MASK = 0xCC9E2D51, 0x1B873593, 0xFFFFFFFF


def mmh3(data: bytes) -> int:
    """Return the 32-bit MurmurHash3 of the icon in base64 lines of 76, signed, as Shodan has it."""
    text = base64.encodebytes(data)
    whole = len(text) - len(text) % 4
    state = 0
    for at in range(0, whole, 4):
        state = _mixed(state, int.from_bytes(text[at : at + 4], "little"))
        state = (_rotated(state, 13) * 5 + 0xE6546B64) & _MASK
    if whole < len(text):
        state = _mixed(state, int.from_bytes(text[whole:], "little"))
    return _finished(state ^ len(text))


def _mixed(state: int, block: int) -> int:
    return state ^ (_rotated((block * _C1) & _MASK, 15) * _C2) & _MASK


def _rotated(value: int, by: int) -> int:
    return ((value << by) | (value >> (32 - by))) & _MASK


def _finished(state: int) -> int:
    state = ((state ^ (state >> 16)) * 0x85EBCA6B) & _MASK
    state = ((state ^ (state >> 13)) * 0xC2B2AE35) & _MASK
    state ^= state >> 16
    return state - (1 << 32) if state >> 31 else state
