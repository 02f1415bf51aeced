"""Mail servers and web servers outside of us, on loopback; and channels that lead to them."""

import pytest

from muster.notices.channels import NewChannel, add
from notices.servers import MailServer, WebServer

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture(autouse=True)
def home(tmp_path, settings):
    settings.MASTER_KEY = ""
    settings.MASTER_KEY_FILE = tmp_path / "home" / "master.key"
    settings.NOTICES_MAY_GO_INSIDE = True


@pytest.fixture
def web():
    with WebServer() as server:
        yield server


@pytest.fixture
def mailbox():
    with MailServer() as server:
        yield server


@pytest.fixture
def hook(scope, web, now):
    """A channel to the web server, whose test message is forgotten."""
    new = NewChannel("Ops", "webhook", {"url": web.url, "secret": SECRET})
    channel = add(scope, new, at=now).channel
    web.requests.clear()
    return channel


@pytest.fixture
def mail_values(mailbox):
    return {
        "host": "127.0.0.1",
        "port": str(mailbox.port),
        "security": "none",
        "sender": "muster@corp.example",
        "recipients": "ops@corp.example, boss@corp.example",
    }
