"""What tasks cost besides the work itself: a run, a page, a worker; and how soon a stop is obeyed.

    python benchmarks/tasks/run.py engine [--runs N]
    python benchmarks/tasks/run.py page [--devices N] [--rounds N]
    python benchmarks/tasks/run.py workers [--workers 1,2,4] [--tasks N] [--devices N] [--latency S]
    python benchmarks/tasks/run.py stop [--devices N] [--rounds N]

Each on an empty database: SQLite, or the PostgreSQL that MUSTER_DATABASE_URL names (put
`python tests/with_postgresql.py` before it). Prints one line of JSON.
"""

import argparse
import json
import logging
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

Scenario = Callable[[argparse.Namespace], dict[str, object]]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("scenario", choices=["engine", "page", "workers", "stop"])
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--devices", type=int, default=2_000)
    parser.add_argument("--tasks", type=int, default=8)
    parser.add_argument("--workers", default="1,2,4")
    parser.add_argument("--latency", type=float, default=0, help="seconds a request, as of Graph")
    arguments = parser.parse_args()
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as home:
        os.environ["MUSTER_HOME"] = home
        os.environ.setdefault("MUSTER_DATABASE_URL", f"sqlite:{Path(home) / 'muster.db'}")
        os.environ["DJANGO_SETTINGS_MODULE"] = "muster.settings"
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        print(json.dumps(_scenarios()[arguments.scenario](arguments)))


def _scenarios() -> dict[str, Scenario]:
    from overhead import engine, page
    from workers import stop, workers

    return {"engine": engine, "page": page, "workers": workers, "stop": stop}


if __name__ == "__main__":
    main()
