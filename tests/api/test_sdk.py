"""runZero's published SDK, every manager and method, against a server over TLS."""

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv" / "sdk" / "bin" / "python"
CALLS = Path(__file__).parent / "sdk" / "calls.py"
CHECKS = (
    *("organizations", "sites", "explorers", "zones", "scans", "integrations", "assets"),
    *("asset_handle", "tasks", "templates", "tokens"),
)


def test_the_published_sdk_finds_what_it_knows(server):
    assert PYTHON.exists(), "make .venv/sdk.stamp installs the SDK into a venv of its own"
    client = server.command("token", "create", "--type", "client", "--everywhere")
    done = subprocess.run(
        [PYTHON, CALLS],
        env={
            "PATH": os.environ["PATH"],
            "REQUESTS_CA_BUNDLE": str(server.authority),
            "MUSTER_TEST_URL": server.url,
            "MUSTER_TEST_CT": server.command("token", "create", "--type", "account")["token"],
            "MUSTER_TEST_OT": server.command("token", "create")["token"],
            "MUSTER_TEST_ORG": server.command("organization", "list")[0]["id"],
            "MUSTER_TEST_CLIENT": client["client_id"],
            "MUSTER_TEST_SECRET": client["client_secret"],
        },
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.split("\n")[:-1] == [f"{each} holds" for each in CHECKS]
