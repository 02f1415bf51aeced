"""Messages as machines send them, made by their specifications: for those that nobody here runs."""

import base64

from muster.protocols import ber


def ntlm_challenge(
    *,
    netbios=("LAPTOP-ENTRA7", "CONTOSO"),
    dns=("laptop-entra7.corp.contoso.example", "corp.contoso.example", "contoso.example"),
    version=(10, 0, 22631),
):
    """Return NTLM's second message: [MS-NLMP] 2.2.1.2."""
    values = {1: netbios[0], 2: netbios[1], 3: dns[0], 4: dns[1], 5: dns[2]}
    pairs = b"".join(_pair(kind, text.encode("utf-16-le")) for kind, text in values.items())
    pairs += _pair(7, (133_000_000_000_000_000).to_bytes(8, "little")) + bytes(4)
    target = netbios[1].encode("utf-16-le")
    head = 56
    return (
        b"NTLMSSP\x00"
        + (2).to_bytes(4, "little")
        + _field(len(target), head)
        + (0xE28A8215).to_bytes(4, "little")
        + b"challeng"
        + bytes(8)
        + _field(len(pairs), head + len(target))
        + bytes([version[0], version[1]])
        + version[2].to_bytes(2, "little")
        + bytes([0, 0, 0, 15])
        + target
        + pairs
    )


def _pair(kind, value):
    return kind.to_bytes(2, "little") + len(value).to_bytes(2, "little") + value


def _field(size, offset):
    return size.to_bytes(2, "little") * 2 + offset.to_bytes(4, "little")


def http_challenge(**given):
    """Return the header in which a web server sends it."""
    return b"WWW-Authenticate: NTLM " + base64.b64encode(ntlm_challenge(**given))


def smb_negotiated(*, dialect=0x0302, signing=3):
    """Return the answer to SMB's NEGOTIATE, with its length in front: [MS-SMB2] 2.2.4."""
    body = (
        (65).to_bytes(2, "little")
        + signing.to_bytes(2, "little")
        + dialect.to_bytes(2, "little")
        + bytes(2)
        + bytes(range(16))
        + (0x2F).to_bytes(4, "little")
        + bytes(12)
        + (133_000_000_000_000_000).to_bytes(8, "little")
        + bytes(8)
        + bytes(8)
    )
    return _framed(_smb_header(0) + body)


def smb_challenged(**given):
    """Return the answer to SMB's SESSION_SETUP: more processing is required."""
    return _framed(_smb_header(0xC0000016) + bytes(8) + ntlm_challenge(**given))


def _smb_header(status):
    return b"\xfeSMB" + bytes([64, 0, 0, 0]) + status.to_bytes(4, "little") + bytes(52)


def _framed(message):
    return len(message).to_bytes(4, "big") + message


def rdp_confirmed(*, security=2):
    """Return X.224's connection confirm: [MS-RDPBCGR] 2.2.1.2.1."""
    inside = bytes([0x0E, 0xD0, 0, 0, 0x12, 0x34, 0, 2, 0x1F, 8, 0]) + security.to_bytes(
        4, "little"
    )
    return b"\x03\x00" + (4 + len(inside)).to_bytes(2, "big") + inside


def rdp_challenged(**given):
    """Return CredSSP's answer with the challenge in it: [MS-CSSP] 2.2.1."""
    token = ber.sequence(ber.element(ber.OCTETS, ntlm_challenge(**given)), tag=0xA0)
    tokens = ber.sequence(ber.sequence(ber.sequence(token)), tag=0xA1)
    return ber.sequence(ber.sequence(ber.integer(6), tag=0xA0), tokens)


def netbios_status(
    names=(("LAPTOP-ENTRA7", 0x00, 0x04), ("CONTOSO", 0x00, 0x84)), mac=b"\x3c\x52\x82\x00\x00\x07"
):
    """Return a NetBIOS node status: RFC 1002, 4.2.18."""
    rows = b"".join(
        name.ljust(15).encode() + bytes([suffix, flags, 0]) for name, suffix, flags in names
    )
    inside = bytes([len(names)]) + rows + mac + bytes(40)
    return (
        bytes.fromhex("4d5584000000000100000000")
        + b"\x20" + b"CK" + b"A" * 30 + b"\x00"
        + bytes.fromhex("00210001") + bytes(4) + len(inside).to_bytes(2, "big") + inside
    )  # fmt: skip


def modbus_identification(
    objects=((0, b"Schneider Electric"), (1, b"BMX P34 2020"), (2, b"v2.5")), unit=255
):
    """Return an answer to Modbus 43/14: V1.1b3, 6.21."""
    inside = b"".join(bytes([kind, len(value)]) + value for kind, value in objects)
    body = bytes([unit, 0x2B, 0x0E, 2, 0x82, 0, 0, len(objects)]) + inside
    return bytes([0, 1, 0, 0]) + len(body).to_bytes(2, "big") + body
