"""Assets in the XML that nmap writes, for programs that read its reports."""

import re
from collections.abc import Iterable, Iterator
from typing import Any
from xml.sax.saxutils import quoteattr

_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE nmaprun>\n'
    '<nmaprun scanner="muster" args="" start="{at}" version="1.0" xmloutputversion="1.05">\n'
)
_FOOT = (
    '<runstats><finished time="{at}" elapsed="0" exit="success"/>'
    '<hosts up="{up}" down="{down}" total="{total}"/></runstats>\n</nmaprun>\n'
)


def nmap_xml(documents: Iterable[dict[str, Any]], *, at: int) -> Iterator[bytes]:
    """Yield a report of assets as the API renders them."""
    yield _HEAD.format(at=at).encode()
    up = total = 0
    for each in documents:
        total += 1
        up += bool(each["alive"])
        yield _host(each).encode()
    yield _FOOT.format(at=at, up=up, down=total - up, total=total).encode()


def _host(asset: dict[str, Any]) -> str:
    state = "up" if asset["alive"] else "down"
    parts = [
        f'<host starttime="{asset["first_seen"]}" endtime="{asset["last_seen"]}">',
        f'<status state="{state}" reason={_quoted(asset["detected_by"] or "unknown")}/>',
        *(_address(each) for each in asset["addresses"]),
        *(f'<address addr={_quoted(each)} addrtype="mac"/>' for each in asset["macs"]),
        _names(asset["names"]),
        _ports(asset["services"]),
        _system(asset),
    ]
    return "".join(parts) + "</host>\n"


def _address(text: str) -> str:
    kind = "ipv6" if ":" in text else "ipv4"
    return f'<address addr={_quoted(text)} addrtype="{kind}"/>'


def _names(names: list[str]) -> str:
    inner = "".join(f'<hostname name={_quoted(each)} type="user"/>' for each in names)
    return f"<hostnames>{inner}</hostnames>"


def _ports(services: dict[str, dict[str, str]]) -> str:
    return f"<ports>{''.join(_port(*each) for each in services.items())}</ports>"


def _port(place: str, said: dict[str, str]) -> str:
    _address, port, transport = place.rsplit("/", 1)[0].rsplit("/", 2)
    if transport not in {"tcp", "udp", "sctp"}:
        return ""
    name = said.get("protocol", "").replace("\t", "/")
    texts = {"name": name, "product": said.get("product", ""), "version": said.get("version", "")}
    inner = "".join(f" {key}={_quoted(text)}" for key, text in texts.items() if text)
    service = f'<service{inner} method="probed" conf="10"/>' if name else ""
    return (
        f'<port protocol="{transport}" portid="{port}">'
        f'<state state="open" reason="response" reason_ttl="0"/>{service}</port>'
    )


def _system(asset: dict[str, Any]) -> str:
    name = f"{asset['os']} {asset['os_version']}".strip()
    return f'<os><osmatch name={_quoted(name)} accuracy="100" line="0"/></os>' if name else ""


def _quoted(text: str) -> str:
    """Return an attribute's value; what no XML may hold becomes a question mark."""
    return quoteattr(_FORBIDDEN.sub("?", text), {"\n": "&#10;", "\t": "&#9;", "\r": "&#13;"})
