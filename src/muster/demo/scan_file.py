"""The bundled scan: demo data, made once by `python -m muster.demo.scan_file`."""

import gzip
import io
from pathlib import Path

import orjson

from muster.demo.company import scan

FILE = Path(__file__).with_name("scan.ndjson.gz")


def content() -> bytes:
    """Return what the file must hold, unpacked."""
    return b"".join(orjson.dumps(line) + b"\n" for line in scan())


def packed(content: bytes) -> bytes:
    """Return the content as gzip without a time or name, so that it is the same every time."""
    file = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as packer:
        packer.write(content)
    return file.getvalue()


if __name__ == "__main__":
    FILE.write_bytes(packed(content()))
