"""Machines that cannot be installed: a television, a printer, a controller, Windows, and plain hosts.

    python stubs.py ROLE ADDRESS LOG

Each closes a connection when the other side has finished. What happened is written to LOG.
"""

import asyncio
import contextlib
import re
import socket
import ssl
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from probes.messages import ntlm_challenge, smb_challenged, smb_negotiated

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

WINDOWS = {
    "netbios": ("LAPTOP-ENTRA7", "CONTOSO"),
    "dns": ("laptop-entra7.corp.contoso.example", "corp.contoso.example", "contoso.example"),
    "version": (10, 0, 22631),
}
SERVER = {
    "netbios": ("DC01", "CONTOSO"),
    "dns": ("dc01.corp.contoso.example", "corp.contoso.example", "contoso.example"),
    "version": (10, 0, 20348),
}
_TV = """<?xml version="1.0"?><root xmlns="urn:schemas-upnp-org:device-1-0"><device>
<deviceType>urn:schemas-upnp-org:device:MediaRenderer:1</deviceType>
<friendlyName>Living Room TV</friendlyName><manufacturer>Samsung Electronics</manufacturer>
<modelName>UE55TU7000</modelName><serialNumber>0LAB55TV</serialNumber>
<UDN>uuid:0a1b2c3d-0000-4000-8000-3c5282000017</UDN></device></root>"""
_MODBUS_IDENTITY = ("Schneider Electric", "BMX P34 2020", "v2.5")


class Log:
    def __init__(self, path: str) -> None:
        self._path = Path(path)

    def write(self, *words: object) -> None:
        with self._path.open("a") as file:
            file.write(" ".join(map(str, words)) + "\n")


def web(body: str, *, server: str, kind: str = "text/html", status: str = "200 OK",
        headers: str = "") -> Serve:  # fmt: skip
    async def serve(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        head = f"HTTP/1.1 {status}\r\nServer: {server}\r\nContent-Type: {kind}\r\n{headers}"
        writer.write(
            f"{head}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}".encode()
        )

    return serve


def ntlm_web(given: dict) -> Serve:
    import base64

    async def serve(reader, writer):
        asked = await reader.readuntil(b"\r\n\r\n")
        is_begun = re.search(rb"(?i)authorization: ntlm ", asked)
        token = " " + base64.b64encode(ntlm_challenge(**given)).decode() if is_begun else ""
        writer.write(
            f"HTTP/1.1 401 Unauthorized\r\nServer: Microsoft-IIS/10.0\r\n"
            f"WWW-Authenticate: NTLM{token}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()
        )

    return serve


def smb(given: dict) -> Serve:
    async def serve(reader, writer):
        for answer in (smb_negotiated(), smb_challenged(**given)):
            size = int.from_bytes((await reader.readexactly(4))[1:], "big")
            await reader.readexactly(size)
            writer.write(answer)

    return serve


def rdp(given: dict, certificate: str) -> Serve:
    async def serve(reader, writer):
        head = await reader.readexactly(4)
        await reader.readexactly(int.from_bytes(head[2:4], "big") - 4)
        writer.write(bytes.fromhex("030000130ed000001234000209080002000000"))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        await writer.start_tls(context)
        await reader.read(4096)
        message = ntlm_challenge(**given)
        token = _der(0x30, _der(0xA0, _der(0x04, message)))
        writer.write(_der(0x30, _der(0xA0, b"\x02\x01\x06") + _der(0xA1, _der(0x30, token))))

    return serve


def _der(tag: int, content: bytes) -> bytes:
    size = len(content)
    length = bytes([size]) if size < 128 else b"\x82" + size.to_bytes(2, "big")
    return bytes([tag]) + length + content


def printing(log: Log) -> Serve:
    async def serve(reader, writer):
        while data := await reader.read(4096):
            log.write("printed", data.hex())

    return serve


class Controller:
    """A controller with one connection, which keeps its slot for a while after a reset."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._open = 0

    async def serve(self, reader, writer):
        self._open += 1
        self._log.write("open", self._open)
        try:
            while head := await reader.read(7):
                await self._answer(head, reader, writer)
            self._log.write("end fin")
        except ConnectionResetError:
            self._log.write("end reset")
            await asyncio.sleep(20)
        finally:
            self._open -= 1

    async def _answer(self, head, reader, writer):
        await reader.readexactly(int.from_bytes(head[4:6], "big") - 1)
        objects = b"".join(
            bytes([number, len(text)]) + text.encode()
            for number, text in enumerate(_MODBUS_IDENTITY)
        )
        body = bytes([head[6], 0x2B, 0x0E, 1, 1, 0, 0, len(_MODBUS_IDENTITY)]) + objects
        writer.write(head[:4] + len(body).to_bytes(2, "big") + body)


class Ssdp(asyncio.DatagramProtocol):
    def __init__(self, address: str) -> None:
        self._address = address

    def connection_made(self, transport):
        self._transport = transport

    def datagram_received(self, data, sender):
        if data.startswith(b"M-SEARCH"):
            self._transport.sendto(
                f"HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=1800\r\nEXT:\r\n"
                f"LOCATION: http://{self._address}:9197/dmr\r\nSERVER: SHP, UPnP/1.0\r\n"
                f"ST: upnp:rootdevice\r\nUSN: uuid:0a1b2c3d::upnp:rootdevice\r\n\r\n".encode(),
                sender,
            )


async def listen(address: str, port: int, serve: Serve, *, log: Log | None = None, **given) -> None:
    async def served(reader, writer):
        with contextlib.suppress(OSError, EOFError, asyncio.LimitOverrunError):
            if log:
                log.write("accepted", port, time.time())
            await serve(reader, writer)
            await writer.drain()
        with contextlib.suppress(OSError):
            writer.close()
            await writer.wait_closed()

    await asyncio.start_server(served, address, port, backlog=1024, **given)


async def nothing(reader, writer):
    await reader.read()


async def television(address: str, log: Log) -> None:
    await listen(address, 9197, web(_TV, server="SHP, UPnP/1.0", kind="text/xml"))
    loop = asyncio.get_running_loop()
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.bind(("0.0.0.0", 1900))
    member = socket.inet_aton("239.255.255.250") + socket.inet_aton(address)
    made.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, member)
    await loop.create_datagram_endpoint(lambda: Ssdp(address), sock=made)


async def printer(address: str, log: Log) -> None:
    page = "<html><head><title>Brother HL-L2350DW series</title></head></html>"
    await listen(address, 80, web(page, server="debut/1.30"), log=log)
    await listen(address, 631, web(page, server="debut/1.30"), log=log)
    for port in (515, *range(9100, 9103)):
        await listen(address, port, printing(log), log=log)


async def controller(address: str, log: Log) -> None:
    await listen(address, 502, Controller(log).serve)


async def laptop(address: str, log: Log) -> None:
    await listen(address, 80, ntlm_web(WINDOWS))
    await listen(address, 3389, rdp(WINDOWS, log_path(log, "rdp.pem")))


async def server(address: str, log: Log) -> None:
    await listen(address, 445, smb(SERVER))
    await listen(address, 80, ntlm_web(SERVER))


async def plain(address: str, log: Log) -> None:
    """Two hundred hosts with three open ports."""
    for port in (22, 80, 443):
        await listen("", port, nothing)


def log_path(log: Log, name: str) -> str:
    return str(log._path.with_name(name))


ROLES = {
    "television": television,
    "printer": printer,
    "controller": controller,
    "laptop": laptop,
    "server": server,
    "plain": plain,
}


async def main(role: str, address: str, log: str) -> None:
    await ROLES[role](address, Log(log))
    Log(log).write("ready")
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:4]))
