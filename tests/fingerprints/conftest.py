"""Sets of fingerprints to try: Muster's own, and recog's published one where it lies beside us."""

from pathlib import Path

import pytest

from muster.fingerprints.library import OWN, files_in, library
from muster.fingerprints.oui import Makers

ROOT = Path(__file__).parents[2]
# The reference lies beside the project's folder; a worktree lies one deeper.
REFERENCES = [
    ROOT.parent / "shared/reference/recog/xml",
    ROOT.parents[1] / "shared/reference/recog/xml",
]
SETS = [OWN, *[each for each in REFERENCES if each.is_dir()][:1]]


@pytest.fixture(params=SETS, ids=lambda each: "own" if each == OWN else "recog")
def files(request):
    """Give the files of each set that there is."""
    return files_in(request.param)


@pytest.fixture(scope="session")
def own():
    """Give the library that a scan uses where nothing is installed."""
    return library()


@pytest.fixture(scope="session")
def makers():
    return Makers()
