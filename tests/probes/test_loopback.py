"""Probes against real sockets, in this process and on loopback."""

import asyncio
import contextlib
import ssl

import pytest
from cryptography.hazmat.primitives import serialization

from muster.core.errors import UnavailableError
from muster.core.probe import Target, Tls
from muster.core.probe_testing import LoopbackContext
from muster.core.tls import VERSIONS, client_context
from muster.probes.http.probe import HttpProbe
from muster.probes.tls.probe import TlsProbe
from probes.certificates import certificate, key

PAGE = b"HTTP/1.0 200 OK\r\nServer: debut/1.30\r\n\r\n<title>Brother MFC-L2710DW series</title>"


@pytest.fixture
def secured(tmp_path):
    """Give a server's context with a certificate of its own."""
    der = certificate("nas.corp.example", names=["nas.corp.example"])
    (tmp_path / "cert.pem").write_text(ssl.DER_cert_to_PEM_cert(der))
    (tmp_path / "key.pem").write_bytes(
        key().private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    return context


def asked(probe, answer, *, tls=None, **given):
    async def serve(reader, writer):
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(answer)
            await writer.drain()
        writer.close()

    async def run():
        server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
        async with server:
            port = server.sockets[0].getsockname()[1]
            target = Target("127.0.0.1", port, "tcp", **given)
            return await probe.run(LoopbackContext(probe), target)

    return asyncio.run(run())


def test_a_page_is_read_over_a_real_socket():
    (fact,) = asked(HttpProbe(), PAGE)

    assert fact.attributes["html.title"] == "Brother MFC-L2710DW series"


def test_a_page_is_read_over_tls(secured):
    (fact,) = asked(HttpProbe(), PAGE, tls=secured, protocols=("tls",))

    assert fact.protocols == ("http", "tls")
    assert fact.attributes["http.head.server"] == "debut/1.30"


def test_only_the_versions_that_are_spoken_are_told(secured):
    (fact,) = asked(TlsProbe(), b"", tls=secured)

    assert fact.attributes["tls.supportedVersionNames"] == "TLSv1.2\tTLSv1.3"
    assert fact.attributes["tls.names"] == "nas.corp.example"


def test_a_port_without_tls_is_told_as_such():
    with pytest.raises(UnavailableError):
        asked(TlsProbe(), PAGE)


def test_a_test_talks_to_loopback_and_nowhere_else():
    async def run():
        async with LoopbackContext(HttpProbe()).connect(Target("192.0.2.1", 80, "tcp")):
            raise AssertionError("it connected")

    with pytest.raises(AssertionError, match="only talk to loopback"):
        asyncio.run(run())


@pytest.mark.parametrize("version", VERSIONS)
def test_a_version_can_be_pinned(version):
    context = client_context(Tls(version=version))

    assert context.minimum_version == context.maximum_version
    assert context.verify_mode is ssl.CERT_NONE
