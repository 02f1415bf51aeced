"""Stand-ins for what is outside of us: a web server and a mail server with a will of their own."""

import base64
import contextlib
import socketserver
import ssl
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Request:
    path: str
    headers: dict
    body: bytes


class WebServer:
    """Answers with the statuses it is given in turn, the last of them from then on."""

    def __init__(self, tls=None):
        self.requests: list[Request] = []
        self.statuses = [204]
        self.headers: dict[str, str] = {}
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                outer.requests.append(Request(self.path, dict(self.headers), body))
                status = outer.statuses.pop(0) if len(outer.statuses) > 1 else outer.statuses[0]
                self.send_response(status)
                for name, value in outer.headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", "0")
                self.end_headers()

            do_GET = do_POST  # noqa: N815 - what the server calls

            def log_message(self, *args):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_address[1]
        scheme = "https" if tls is not None else "http"
        self.url = f"{scheme}://127.0.0.1:{self.port}/hooks/T0PSECRETPATH"

    def __enter__(self):
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        return self

    def __exit__(self, *args):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@dataclass
class Mail:
    sender: str
    recipients: list
    data: bytes
    user: str = ""


@dataclass
class Manners:
    """How the mail server behaves."""

    password: str = ""
    refused: dict = field(default_factory=dict)
    at_data: str = ""
    is_talkative: bool = False
    greeting: str = "220 stub"
    tls: ssl.SSLContext | None = None
    is_tls_from_start: bool = False


class MailServer:
    """Speaks as much SMTP as a client needs (RFC 5321, RFC 4954)."""

    def __init__(self):
        self.mails: list[Mail] = []
        self.manners = Manners()
        self.sign_ins = 0
        outer = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                with contextlib.suppress(ConnectionError, ValueError, ssl.SSLError):
                    talk = Talk(outer, self)
                    with talk.open:
                        talk.go()

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]

    def __enter__(self):
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        return self

    def __exit__(self, *args):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class Talk:
    def __init__(self, server, handler):
        self.server, self.handler = server, handler
        self.mail = Mail("", [], b"")
        self.user = ""
        self.is_encrypted = False
        self.open = contextlib.ExitStack()

    def say(self, text):
        self.handler.wfile.write(text.encode() + b"\r\n")

    def go(self):
        if self.server.manners.is_tls_from_start:
            self.encrypt()
        self.say(self.server.manners.greeting)
        while self.server.manners.is_talkative:
            self.say("220-and another thing")
        while line := self.handler.rfile.readline():
            word, _, rest = line.decode().strip().partition(" ")
            if word.upper() == "QUIT":
                self.say("221 bye")
                return
            getattr(self, f"on_{word.lower()}", self.on_other)(rest)

    def encrypt(self):
        inner = self.server.manners.tls.wrap_socket(self.handler.connection, server_side=True)
        self.open.enter_context(inner)
        self.handler.rfile = self.open.enter_context(inner.makefile("rb"))
        self.handler.wfile = self.open.enter_context(inner.makefile("wb", 0))
        self.is_encrypted = True

    def on_starttls(self, rest):
        self.say("220 go on")
        self.encrypt()

    def on_other(self, rest):
        self.say("502 what?")

    def on_ehlo(self, rest):
        if self.server.manners.tls and not self.is_encrypted:
            self.say("250-stub")
            self.say("250 STARTTLS")
        elif self.server.manners.password:
            self.say("250-stub")
            self.say("250 AUTH PLAIN")
        else:
            self.say("250 stub")

    def on_auth(self, rest):
        self.server.sign_ins += 1
        _, user, password = base64.b64decode(rest.split()[1]).decode().split("\0")
        is_right = password == self.server.manners.password
        self.user = user
        self.say("235 welcome" if is_right else "535 wrong, but you said " + password)

    def on_mail(self, rest):
        self.mail = Mail(rest, [], b"", self.user)
        self.say("250 ok")

    def on_rset(self, rest):
        self.say("250 ok")

    def on_rcpt(self, rest):
        address = rest.partition("<")[2].partition(">")[0]
        if code := self.server.manners.refused.get(address):
            self.say(f"{code} not here")
            return
        self.mail.recipients.append(address)
        self.say("250 ok")

    def on_data(self, rest):
        self.say("354 go on")
        lines = []
        for line in self.handler.rfile:
            if line == b".\r\n":
                break
            lines.append(line)
        if self.server.manners.at_data:
            self.say(self.server.manners.at_data)
            return
        self.mail.data = b"".join(lines)
        self.server.mails.append(self.mail)
        self.say("250 taken")
