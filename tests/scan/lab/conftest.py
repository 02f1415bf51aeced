"""The lab is brought up once for all of its tests; without it they fail, and say why."""

from collections.abc import Iterator

import pytest

from scan.lab.lab import Lab, lab
from scan.lab.network import ImpossibleError


@pytest.fixture(scope="session")
def the_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Network namespaces with a router, twelve service hosts and two hundred plain ones."""
    try:
        with lab(tmp_path_factory.mktemp("lab")) as built:
            yield built
    except ImpossibleError as error:
        pytest.fail(
            f"the lab cannot be built on this machine: {error}. It needs Linux, root (or "
            "CAP_NET_ADMIN and CAP_SYS_ADMIN) and the packages that `make lab` installs."
        )
