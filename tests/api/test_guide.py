"""The examples of docs/guide/api.md, as they stand there, against a server over TLS."""

import os
import re
import subprocess
import sys
from pathlib import Path

GUIDE = Path(__file__).parents[2] / "docs" / "guide" / "api.md"


def blocks(language):
    found = re.findall(rf"^```{language}\n(.*?)^```", GUIDE.read_text(), re.MULTILINE | re.DOTALL)
    assert found
    return "".join(found)


def run(server, *command):
    done = subprocess.run(
        command,
        env={
            **os.environ,
            "MUSTER": f"{server.url}/api/v1.0",
            "MUSTER_CA": str(server.authority),
            "CURL_CA_BUNDLE": str(server.authority),
            "TOKEN": server.command("token", "create")["token"],
            "no_proxy": "localhost",
        },
        cwd=server.home,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_examples_do_what_the_guide_says(server):
    by_curl = run(server, "bash", "-euo", "pipefail", "-c", blocks("bash"))
    by_python = run(server, sys.executable, "-c", blocks("python"))

    assert '"names":["srv-1"]' in by_curl
    assert "10.0.0.5,tcp" in by_curl
    assert '<hostname name="srv-1"' in by_curl
    assert '"updated_asset_count":1' in by_curl
    assert "srv-1" in by_python
    assert "400 There is no keyword 'nonsense'" in by_python
    assert "assets to write down" in by_python
