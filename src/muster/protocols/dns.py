"""DNS messages, for reverse names and for mDNS; dnspython reads them."""

import struct
from collections.abc import Iterable, Iterator
from ipaddress import ip_address

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from muster.core.errors import DataError

LARGEST = 9000
MOST_RECORDS = 512

PTR, TXT, SRV, A, AAAA = (
    dns.rdatatype.PTR,
    dns.rdatatype.TXT,
    dns.rdatatype.SRV,
    dns.rdatatype.A,
    dns.rdatatype.AAAA,
)


def question(
    names: Iterable[str], *, kind: dns.rdatatype.RdataType = PTR, id_: int, recurse: bool
) -> bytes:
    """Return a message that asks for the names. `recurse` is for a server, not for mDNS."""
    message = dns.message.Message(id=id_)
    message.flags = dns.flags.RD if recurse else dns.flags.Flag(0)
    for name in names:
        message.question.append(dns.rrset.RRset(dns.name.from_text(name), dns.rdataclass.IN, kind))
    return message.to_wire()


def reverse(address: str) -> str:
    """Return the name under which DNS keeps the names of an address. Raises DataError for none."""
    try:
        return ip_address(address).reverse_pointer + "."
    except ValueError as error:
        raise DataError(f"{address!r} is no address") from error


def records(data: bytes) -> list[dns.rrset.RRset]:
    """Return all records of an answer, in order. Raises DataError if it cannot be read."""
    if len(data) > LARGEST:
        raise DataError(f"the DNS answer has {len(data)} bytes")
    try:
        message = dns.message.from_wire(data, ignore_trailing=True, raise_on_truncation=False)
    except (dns.exception.DNSException, struct.error, ValueError, IndexError, KeyError) as error:
        raise DataError(f"the DNS answer cannot be read: {error}") from error
    found = [*message.answer, *message.additional]
    return found[:MOST_RECORDS]


def rcode(data: bytes) -> int:
    """Return the answer's code; 0 is well, 3 that there is no such name."""
    return data[3] & 0x0F if len(data) > 3 else -1  # noqa: PLR2004 - the fourth byte of the header


def pointers(found: Iterable[dns.rrset.RRset]) -> Iterator[tuple[str, str]]:
    """Yield each PTR record as its own name and the name it points to."""
    for each in found:
        if each.rdtype == PTR:
            for record in list(each)[:MOST_RECORDS]:
                yield plain(each.name), plain(record.target)


def plain(name: dns.name.Name) -> str:
    """Return a name as people write it: blanks and accents as such, without the last dot."""
    labels = [label.decode("utf-8", "replace") for label in name.labels if label]
    return ".".join(labels)
