"""The first thing a client of each UDP protocol says: well-formed, read-only, and nothing more."""

_DNS = bytes.fromhex("4d530100000100000000000007") + b"version" + b"\x04bind\x00\x00\x10\x00\x03"
_NTP = b"\xe3" + bytes(47)
_NETBIOS = bytes.fromhex("4d530000000100000000000020") + b"CK" + b"A" * 30 + b"\x00\x00\x21\x00\x01"
_SNMP = bytes.fromhex(
    "302602010104067075626c6963a019020101020100020100300e300c06082b060102010101000500"
)
_SSDP = (
    b'M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: "ssdp:discover"\r\n'
    b"MX: 1\r\nST: ssdp:all\r\n\r\n"
)
_MDNS = bytes.fromhex(
    "000000000001000000000000095f7365727669636573075f646e732d7364045f756470056c6f63616c00000c0001"
)
_TFTP = b"\x00\x01muster\x00octet\x00"
_SIP = (
    b"OPTIONS sip:muster SIP/2.0\r\nVia: SIP/2.0/UDP muster;branch=z9hG4bKmuster\r\n"
    b"From: <sip:muster>;tag=1\r\nTo: <sip:muster>\r\nCall-ID: muster\r\nCSeq: 1 OPTIONS\r\n"
    b"Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
)
_IKE = bytes.fromhex(
    "4d75737465722d310000000000000000011002000000000000000050000000340000000100000001"
    "000000280101000100000020010100008001000780020001800300018004000280 0b0001800c7080".replace(
        " ", ""
    )
)
_DISCOVERY = (
    b'<?xml version="1.0" encoding="utf-8"?><e:Envelope '
    b'xmlns:e="http://www.w3.org/2003/05/soap-envelope" '
    b'xmlns:w="http://schemas.xmlsoap.org/ws/2004/08/addressing" '
    b'xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"><e:Header>'
    b"<w:MessageID>uuid:6d757374-6572-4000-8000-000000000001</w:MessageID>"
    b"<w:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</w:To>"
    b"<w:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</w:Action>"
    b"</e:Header><e:Body><d:Probe/></e:Body></e:Envelope>"
)
_MEMCACHED = b"\x00\x01\x00\x00\x00\x01\x00\x00version\r\n"

_PAYLOADS = {
    53: _DNS,
    69: _TFTP,
    123: _NTP,
    137: _NETBIOS,
    161: _SNMP,
    500: _IKE,
    1900: _SSDP,
    3702: _DISCOVERY,
    5060: _SIP,
    5353: _MDNS,
    11211: _MEMCACHED,
}


def payload(port: int) -> bytes:
    """Return what to send to a UDP port; nothing but the datagram itself where none is known."""
    return _PAYLOADS.get(port, b"")
