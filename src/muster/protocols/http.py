"""One HTTP answer, read by hand: a scan wants what was sent, not what a browser makes of it."""

import re
import zlib
from dataclasses import dataclass
from html import unescape

from muster.core.errors import DataError
from muster.core.probe import Stream
from muster.protocols import streams, text

MOST_HEAD = 32 * 1024
MOST_BODY = 128 * 1024
MOST_HEADERS = 100
USER_AGENT = "Muster inventory"

_STATUS = re.compile(rb"HTTP/(\d(?:\.\d)?) (\d{3})(?: ([^\r\n]*))?")
_TITLE = re.compile(r"<title[^>]{0,200}>([^<]{0,2000})", re.IGNORECASE)
_INPUT = re.compile(r"<input\b([^>]{0,500})>", re.IGNORECASE)
_ICON = re.compile(r"<link\b([^>]{0,500})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"""\b(name|type|rel|href)\s*=\s*(?:"([^"]{0,300})"|'([^']{0,300})')""", re.IGNORECASE
)
_MOST_INPUTS = 32


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: headers by their lower-case names, each with all its values in order."""

    code: int
    reason: str
    headers: dict[str, list[str]]
    body: bytes
    raw: bytes

    def header(self, name: str) -> str:
        """Return the first value of a header, "" if it is not there."""
        return self.headers.get(name, [""])[0]

    @property
    def page(self) -> str:
        """The body as text."""
        return text.decode(self.body)

    @property
    def title(self) -> str:
        """The title of the page, "" if it has none."""
        found = _TITLE.search(self.page)
        return text.clean(unescape(found[1])) if found else ""

    @property
    def inputs(self) -> list[str]:
        """The kinds and names of the page's form fields, as `password:pwd`."""
        found = (_attributes(each[1]) for each in _INPUT.finditer(self.page))
        return [f"{one.get('type', 'text')}:{one.get('name', '')}" for one in found][:_MOST_INPUTS]

    @property
    def icon(self) -> str:
        """Where the page says that its icon lies, "" if it does not."""
        for found in _ICON.finditer(self.page):
            one = _attributes(found[1])
            if "icon" in one.get("rel", "").casefold().split():
                return one.get("href", "")
        return ""


def request(
    path: str, *, host: str, method: str = "GET", headers: tuple[tuple[str, str], ...] = ()
) -> bytes:
    """Return a request that asks the other side to close afterwards."""
    lines = [
        f"{method} {path} HTTP/1.1",
        f"Host: {host}",
        f"User-Agent: {USER_AGENT}",
        "Accept: */*",
        "Connection: close",
        *(f"{name}: {value}" for name, value in headers),
    ]
    return "".join(f"{line}\r\n" for line in [*lines, ""]).encode("ascii", "ignore")


async def exchange(stream: Stream, asked: bytes, *, most: int = MOST_BODY) -> Answer:
    """Send a request and return the answer, its body cut at `most` bytes.

    Raises DataError if what comes is no HTTP, UnavailableError if nothing comes.
    """
    await stream.write(asked)
    data = await streams.read_until(stream, b"\r\n\r\n", most=MOST_HEAD)
    head, separator, body = data.partition(b"\r\n\r\n")
    if not separator:
        head, _separator, body = data.partition(b"\n\n")
    code, reason, headers = _head(head)
    wanted = min(most, _length(headers, most))
    if len(body) < wanted and code not in {204, 304}:
        body += await streams.read_to_end(stream, most=wanted - len(body))
    if "chunked" in headers.get("transfer-encoding", [""])[0].casefold():
        body = unchunked(body)
    body = _unpacked(body[:most], headers, most)
    return Answer(code, reason, headers, body, head + b"\r\n\r\n" + body[:4096])


def _head(data: bytes) -> tuple[int, str, dict[str, list[str]]]:
    lines = data.replace(b"\r\n", b"\n").split(b"\n")
    status = _STATUS.match(lines[0])
    if status is None:
        raise DataError("the answer is no HTTP")
    headers: dict[str, list[str]] = {}
    for line in lines[1 : MOST_HEADERS + 1]:
        name, colon, value = line.partition(b":")
        key = text.clean(name, most=100).casefold()
        if colon and key:
            headers.setdefault(key, []).append(text.clean(value))
    return int(status[2]), text.clean(status[3] or b"", most=100), headers


def _length(headers: dict[str, list[str]], most: int) -> int:
    said = headers.get("content-length", [""])[0]
    return int(said) if said.isascii() and said.isdigit() and len(said) < 12 else most  # noqa: PLR2004


def unchunked(body: bytes) -> bytes:
    """Return the content of a chunked body, as far as it is whole."""
    content, at = bytearray(), 0
    while True:
        line = body.find(b"\r\n", at)
        size = body[at:line].split(b";")[0].strip() if line >= 0 else b""
        if not re.fullmatch(rb"[0-9a-fA-F]{1,7}", size) or int(size, 16) == 0:
            return bytes(content)
        start = line + 2
        content += body[start : start + int(size, 16)]
        at = start + int(size, 16) + 2


def _unpacked(body: bytes, headers: dict[str, list[str]], most: int) -> bytes:
    """Return a compressed body unpacked, at most `most` bytes of it: a bomb is cut."""
    if headers.get("content-encoding", [""])[0].casefold() not in {"gzip", "x-gzip", "deflate"}:
        return body
    try:
        return zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(body, most)
    except zlib.error:
        return body


def _attributes(inside: str) -> dict[str, str]:
    found = _ATTRIBUTE.finditer(inside)
    return {each[1].casefold(): unescape(each[2] or each[3] or "") for each in found}
