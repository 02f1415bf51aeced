"""Pictures of integrations: small PNG files, and nothing else. Pure."""

import struct
import zlib

from muster.core.errors import ConfigError

MOST_PIXELS = 256
LARGEST = 200_000
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_HEADER = struct.Struct(">4sII5B")


def checked_icon(data: bytes) -> bytes:
    """Return a picture as it is. Raises ConfigError if it is no PNG, or too large."""
    width, height = _size(data)
    if not (0 < width <= MOST_PIXELS and 0 < height <= MOST_PIXELS):
        raise ConfigError(
            f"the icon has {width} x {height} pixels",
            hint=f"It is a PNG of at most {MOST_PIXELS} x {MOST_PIXELS} pixels.",
        )
    if len(data) > LARGEST:
        raise ConfigError(f"the icon has {len(data):,} bytes", hint=f"It has at most {LARGEST:,}.")
    return data


def _size(data: bytes) -> tuple[int, int]:
    chunk = data[12:29]
    is_png = (
        data.startswith(_SIGNATURE)
        and len(chunk) == _HEADER.size
        and data[8:12] == struct.pack(">I", _HEADER.size - 4)
        and data[29:33] == struct.pack(">I", zlib.crc32(chunk))
    )
    kind, width, height, *_rest = _HEADER.unpack(chunk) if is_png else (b"", 0, 0)
    if kind != b"IHDR":
        raise ConfigError(
            "the icon is no PNG",
            hint=f"It is a PNG of at most {MOST_PIXELS} x {MOST_PIXELS} pixels.",
        )
    return width, height
