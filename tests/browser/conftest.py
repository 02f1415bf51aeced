"""A console that really serves, a simulated tenant that it asks, and a real Chromium."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from muster.simulator.testing import start_process

PATIENCE_SECONDS = 120
expect.set_options(timeout=PATIENCE_SECONDS * 1000)
PROGRAM = "from muster.cli.main import run; run()"


@pytest.fixture(scope="module")
def simulator():
    with start_process() as running:
        yield running


@pytest.fixture(scope="module")
def console(simulator, tmp_path_factory):
    """The address of a fresh console; nobody has an account yet."""
    home = tmp_path_factory.mktemp("console")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environ = {name: text for name, text in os.environ.items() if not name.startswith("MUSTER_")}
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "serve", "--port", str(port)],
        env={
            **environ,
            "MUSTER_HOME": str(home),
            "MUSTER_ENTRA_LOGIN_URL": simulator.url,
            "MUSTER_ENTRA_GRAPH_URL": simulator.url,
        },
    )
    url = f"http://localhost:{port}"
    wait_for(url, process)
    yield url
    process.terminate()
    process.wait(PATIENCE_SECONDS)


def wait_for(url, process):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        assert process.poll() is None, "the console ended before it served"
        try:
            return opener.open(f"{url}/readyz", timeout=5).close()
        except OSError:
            time.sleep(0.2)
    raise AssertionError("the console does not answer")


# Not for the session: as long as Playwright runs, its loop does, and no other test could run one.
@pytest.fixture(scope="module")
def chromium():
    found = next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    assert found, "There is no Chromium. Run: make browser"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def signed_in(chromium, console):
    """The cookies of the owner, who has gone through the first run."""
    context = chromium.new_context(base_url=console)
    page = context.new_page()
    page.goto("/")
    page.get_by_label("Your name").fill("Ada Lovelace")
    page.get_by_label("E-mail address").fill("ada@contoso.example")
    page.get_by_label("Password").fill("correct horse battery")
    page.get_by_label("Organization").fill("Contoso")
    page.get_by_role("button", name="Create the account").click()
    page.get_by_text("Contoso is ready").wait_for()
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture(scope="module")
def browse(chromium, console, signed_in):
    """Open a page as the owner; what goes wrong in it is kept in `page.faults`."""
    contexts = []

    def opened(path="/", *, width=1280, theme="light"):
        context = chromium.new_context(
            base_url=console,
            storage_state=signed_in,
            viewport={"width": width, "height": 900},
            color_scheme=theme,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_SECONDS * 1000)
        page.faults = faults_of(page, console)
        page.goto(path)
        return page

    yield opened
    for each in contexts:
        each.close()


def faults_of(page, console):
    """Return a list that grows with each console error, script error and request elsewhere."""
    faults = []
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on(
        "request",
        lambda asked: (
            None if asked.url.startswith((console, "data:")) else faults.append(asked.url)
        ),
    )
    return faults


@pytest.fixture(scope="session")
def axe():
    root = Path(__file__).parents[2]
    return (root / "frontend/node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
