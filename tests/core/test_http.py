import socket
import ssl
import threading
from contextlib import contextmanager

import certifi
import httpx
import pytest

from muster.core.errors import ConfigError, UnavailableError
from muster.core.http import Outside, is_unreachable, told_error, trusted_roots


@pytest.mark.parametrize(
    "name", ["SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"]
)
def test_a_variable_that_names_no_roots_is_named_in_the_error(name, tmp_path):
    missing = tmp_path / "missing.pem"

    with pytest.raises(ConfigError, match=name):
        Outside(environ=lambda: {name: str(missing)}).client()


def test_a_file_without_certificates_is_a_config_error(tmp_path):
    file = tmp_path / "roots.pem"
    file.write_text("not a certificate")

    with pytest.raises(ConfigError, match="holds no readable certificates"):
        trusted_roots({"SSL_CERT_FILE": str(file)})


@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"])
def test_roots_of_the_environment_are_added_to_the_others(name):
    context = trusted_roots({name: certifi.where()})

    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.get_ca_certs()


def test_a_folder_of_roots_is_taken(tmp_path):
    assert trusted_roots({"SSL_CERT_DIR": f"{tmp_path}:{tmp_path}"})


@pytest.mark.parametrize("proxy", ["ftp://proxy.example", "http://proxy.example:port"])
def test_an_unusable_proxy_is_a_config_error(proxy, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", proxy)

    with pytest.raises(ConfigError, match="proxy"):
        Outside().blocking_client()


def test_a_proxy_of_the_environment_is_used(monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    with listening(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n") as (port, seen):
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{port}")
        with Outside().blocking_client() as client:
            response = client.get("http://graph.example/v1.0/devices")

    assert response.status_code == 403
    assert seen[0].startswith(b"GET http://graph.example/v1.0/devices ")


def test_a_refused_connection_is_told_with_its_host():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

    error = failure(f"http://127.0.0.1:{port}/")

    assert isinstance(error, UnavailableError)
    assert error.message.startswith(f"no connection to 127.0.0.1:{port}")
    assert error.hint


def test_a_name_that_cannot_be_resolved_is_told(monkeypatch):
    def unknown(*_, **__):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)

    error = failure("http://graph.invalid/")

    assert isinstance(error, UnavailableError)
    assert "graph.invalid cannot be resolved" in error.message


def test_something_that_is_no_tls_is_told():
    with listening(b"HTTP/1.1 400 Bad Request\r\n\r\n") as (port, _):
        error = failure(f"https://127.0.0.1:{port}/")

    assert isinstance(error, UnavailableError)
    assert "no TLS connection" in error.message


def test_an_untrusted_certificate_names_the_variable_to_set():
    cause = ssl.SSLCertVerificationError(1, "certificate verify failed")
    cause.verify_message = "self-signed certificate"
    error = httpx.ConnectError("x")
    error.__cause__ = cause

    told = told_error(error, "graph.example")

    assert isinstance(told, ConfigError)
    assert "self-signed certificate" in told.message
    assert "SSL_CERT_FILE" in told.hint


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (httpx.ReadTimeout(""), "did not answer in time"),
        (TimeoutError(), "did not answer in time"),
        (httpx.ProxyError("407 Proxy Authentication Required"), "the proxy refused"),
        (httpx.RemoteProtocolError("peer closed"), "broke off: peer closed"),
        (httpx.ReadError(""), "broke off: ReadError"),
    ],
)
def test_each_failure_is_one_sentence(error, word):
    told = told_error(error, "graph.example")

    assert isinstance(told, UnavailableError)
    assert word in told.message


def test_only_failures_before_any_exchange_count_as_unreachable():
    assert is_unreachable(httpx.ConnectError(""))
    assert not is_unreachable(httpx.ReadError(""))


def test_redirects_are_not_followed_by_either_client():
    transport = httpx.MockTransport(lambda _: httpx.Response(302, headers={"Location": "/x"}))

    with Outside(transport=transport).blocking_client() as client:
        assert client.get("http://x.example/").status_code == 302


def failure(url):
    with Outside().blocking_client() as client:
        try:
            client.get(url)
        except httpx.HTTPError as error:
            return told_error(error, client.build_request("GET", url).url.netloc.decode())
    return None


@contextmanager
def listening(answer):
    """Serve one connection with fixed bytes; yield the port and what was received."""
    seen = []

    def serve():
        connection, _ = server.accept()
        with connection:
            seen.append(connection.recv(4096))
            connection.sendall(answer)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1], seen
        thread.join()
