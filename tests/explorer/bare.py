"""A Python without Django: just what requirements/explorer.txt names, and Muster's source."""

import re
import venv
from importlib.metadata import distribution
from pathlib import Path

import muster

ROOT = Path(muster.__file__).parents[2]


def named():
    text = (ROOT / "requirements" / "explorer.txt").read_text()
    return re.findall(r"^([a-z0-9-]+)==", text, re.MULTILINE)


def bare_python(folder):
    """Return the Python of a new virtual environment. What it holds is linked, not installed."""
    venv.create(folder, with_pip=False, symlinks=True)
    packages = next((folder / "lib").glob("python3*")) / "site-packages"
    for name in named():
        found = distribution(name)
        for top in {each.parts[0] for each in found.files or () if ".." not in each.parts}:
            place = packages / top
            if top != "__pycache__" and not place.exists():
                place.symlink_to(found.locate_file(top))
    (packages / "muster.pth").write_text(str(ROOT / "src"))
    return folder / "bin" / "python"
