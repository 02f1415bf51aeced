"""E-mail: one message to all recipients of a channel, over a server that is given."""

import contextlib
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from typing import IO, Any

from muster.core.errors import MusterError
from muster.core.http import told_error, trusted_roots
from muster.notices.sending.addresses import resolved
from muster.notices.sending.message import Message
from muster.notices.sending.outcome import SENT, Outcome, Result

SECURITY = ("starttls", "tls", "none")
PORTS = {"starttls": 587, "tls": 465, "none": 25}
TIME_LIMIT = timedelta(seconds=45)
_SILENCE_SECONDS = 15.0
_MOST_LINES = 500
"""A whole exchange has about thirty; a server that talks on is not listened to."""

_PERMANENT = 500
_REFUSED_SIGN_IN = frozenset({530, 534, 535, 538})


def composed(values: Mapping[str, str], message: Message) -> EmailMessage:
    """Return the e-mail. No text of an event can add a header to it."""
    mail = EmailMessage(policy=SMTP_POLICY)
    mail["From"] = values["sender"]
    mail["To"] = values["recipients"]
    mail["Subject"] = message.subject
    mail["Date"] = message.at
    mail["Message-ID"] = f"<{message.id.hex}@{values['sender'].rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office replies
    mail["X-Muster-Event"] = message.action
    mail.set_content(message.text())
    return mail


def send(
    values: Mapping[str, str],
    message: Message,
    *,
    environ: Mapping[str, str],
    is_internal_allowed: bool,
) -> Outcome:
    """Send one message and return what came of it."""
    host = values["host"]
    try:
        resolved(host, int(values["port"]), is_internal_allowed=is_internal_allowed)
        with _connected(values, trusted_roots(environ)) as client:
            return _handed_over(client, values, composed(values, message))
    except smtplib.SMTPException as error:
        return _judged(error, host)
    except OSError as error:
        return _put_off(told_error(error, host))
    except MusterError as error:
        return _put_off(error)


@contextlib.contextmanager
def _connected(values: Mapping[str, str], roots: ssl.SSLContext) -> Iterator[smtplib.SMTP]:
    """Give a client that has greeted and signed in; its connection ends when its time is over."""
    host, port, silence = values["host"], int(values["port"]), _SILENCE_SECONDS
    if values["security"] == "tls":
        client: smtplib.SMTP = _TlsClient(host, port, timeout=silence, context=roots)
    else:
        client = _Client(host, port, timeout=silence)
    try:
        if values["security"] == "starttls":
            client.starttls(context=roots)
        if "password" in values:
            client.login(values["user"], values["password"])
        yield client
    finally:
        client.close()


def _handed_over(client: smtplib.SMTP, values: Mapping[str, str], mail: EmailMessage) -> Outcome:
    recipients = values["recipients"].split(", ")
    refused = client.send_message(mail, values["sender"], recipients)
    with contextlib.suppress(smtplib.SMTPException, OSError):
        client.quit()
    if refused:
        # Who got it got it: sending again would tell them twice, and the others never.
        names = ", ".join(sorted(refused))
        return Outcome(Result.SENT, f"{values['host']} refused the recipients {names}")
    return SENT


class _Bounded:
    """A stream of lines that ends after so many."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._left = _MOST_LINES

    def readline(self, limit: int = -1) -> bytes:
        self._left -= 1
        if self._left < 0:
            raise OSError("the mail server says too much")
        return self._file.readline(limit)

    def close(self) -> None:
        self._file.close()


class _Client(smtplib.SMTP):
    """Listens for so many lines and so long only: one byte now and then meets no other limit."""

    file: Any = None
    _watch: threading.Timer | None = None

    def connect(self, *given: Any, **named: Any) -> tuple[int, bytes]:
        self._watch = threading.Timer(TIME_LIMIT.total_seconds(), self._break_off)
        self._watch.daemon = True
        self._watch.start()
        return super().connect(*given, **named)

    def close(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
        super().close()

    def getreply(self) -> tuple[int, bytes]:
        if self.file is None and self.sock is not None:
            self.file = _Bounded(self.sock.makefile("rb"))
        return super().getreply()

    def _break_off(self) -> None:
        with contextlib.suppress(OSError):
            if self.sock is not None:
                self.sock.shutdown(socket.SHUT_RDWR)


class _TlsClient(_Client, smtplib.SMTP_SSL):
    """The same, in TLS from the start."""


def _judged(error: smtplib.SMTPException, host: str) -> Outcome:
    """Return what a refusal means; what the server wrote is not repeated, its code is."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return _judged_recipients(error, host)
    code = error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else 0
    is_sign_in = isinstance(error, smtplib.SMTPAuthenticationError) or code in _REFUSED_SIGN_IN
    if is_sign_in and code >= _PERMANENT:
        why = f"{host} refused to let Muster sign in ({code}). Check user and password."
        return Outcome(Result.HALTED, why, is_channels=True)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        why = f"{host} does not offer what the channel asks for: encryption, or signing in"
        return Outcome(Result.LATER, why, is_channels=True)
    if isinstance(error, smtplib.SMTPDataError) and code >= _PERMANENT:
        return Outcome(Result.NEVER, f"{host} refused the message ({code})")
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return Outcome(Result.LATER, f"{host} broke the connection off", is_channels=True)
    said = f" ({code})" if code else ""
    return Outcome(Result.LATER, f"{host} refused to take mail{said}", is_channels=True)


def _judged_recipients(error: smtplib.SMTPRecipientsRefused, host: str) -> Outcome:
    codes = sorted({code for code, _said in error.recipients.values()})
    why = f"{host} refused every recipient ({', '.join(map(str, codes))})"
    is_final = all(code >= _PERMANENT for code in codes)
    return Outcome(Result.NEVER if is_final else Result.LATER, why)


def _put_off(error: MusterError) -> Outcome:
    return Outcome(Result.LATER, f"{error.message} {error.hint}".strip(), is_channels=True)
