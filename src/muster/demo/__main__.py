"""`python -m muster.demo ORGANIZATION`: load the demo, saying each step."""

import contextlib
import os
import sys
from collections.abc import Iterator

from muster.core.errors import MusterError
from muster.core.source import Progress, SilentProgress


def main(organization: str) -> int:
    """Load it, and return the exit code."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "muster.settings")
    django.setup()
    from muster.demo.loading import load
    from muster.organizations.scope import scope_by_name

    try:
        load(scope_by_name(organization), tell=_tell, watching=_silence)
    except MusterError as error:
        _tell(f"Error: {error.message} {error.hint}")
        return 1
    return 0


@contextlib.contextmanager
def _silence() -> Iterator[Progress]:
    yield SilentProgress()


def _tell(sentence: str) -> None:
    sys.stdout.write(sentence + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
