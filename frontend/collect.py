"""Put what the console loads from its packages into the console, and build all static files.

`npm ci` has fetched the packages; nothing here asks the network.
"""

import json
import os
import re
import shutil
from pathlib import Path

HERE = Path(__file__).parent
PACKAGES = HERE / "node_modules"
STATIC = HERE.parent / "src" / "muster" / "console" / "static"
VENDOR = STATIC / "vendor"

FILES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler.css",
    "htmx.org/dist/htmx.min.js": "htmx.js",
    "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2": "inter-latin.woff2",
    "@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2": "inter-latin-ext.woff2",
}
# The others name their licence in their first lines.
LICENSES = {
    "@tabler/icons/LICENSE": "tabler-icons.txt",
    "@fontsource-variable/inter/LICENSE": "inter.txt",
}

_SOURCE_MAP = re.compile(r"(/\*#|//#) ?sourceMappingURL=[^\n]*")
_INNER = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)


def collect() -> None:
    """Copy what is named above, and draw the icons together into one picture."""
    shutil.rmtree(VENDOR, ignore_errors=True)
    (VENDOR / "licenses").mkdir(parents=True)
    for source, name in FILES.items():
        copy(PACKAGES / source, VENDOR / name)
    for source, name in LICENSES.items():
        shutil.copyfile(PACKAGES / source, VENDOR / "licenses" / name)
    (VENDOR / "icons.svg").write_text(sprite(), encoding="utf-8")


def copy(source: Path, target: Path) -> None:
    """Copy a file; what points to maps that are not there is left out."""
    if source.suffix in {".css", ".js"}:
        text = source.read_text(encoding="utf-8")
        target.write_text(_SOURCE_MAP.sub("", text), encoding="utf-8")
    else:
        shutil.copyfile(source, target)


def sprite() -> str:
    """Return one SVG with a symbol for each icon that `icons.json` names."""
    names = json.loads((HERE / "icons.json").read_text(encoding="utf-8"))
    symbols = "".join(symbol(name) for name in names)
    return f'<svg xmlns="http://www.w3.org/2000/svg">{symbols}</svg>\n'


def symbol(name: str) -> str:
    """Return the symbol of one icon."""
    text = (PACKAGES / "@tabler/icons/icons/outline" / f"{name}.svg").read_text(encoding="utf-8")
    text = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
    inner = _INNER.search(text)
    if inner is None:
        raise ValueError(f"the icon {name} is no picture")
    lines = re.sub(r"\s+", " ", inner.group(1)).strip()
    return f'<symbol id="{name}" viewBox="0 0 24 24">{lines}</symbol>'


def build() -> None:
    """Give every static file a name that changes with its content, and compress it."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "muster.settings"
    os.environ.pop("MUSTER_DEVELOPMENT", None)
    import django
    from django.core.management import call_command

    django.setup()
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)


if __name__ == "__main__":
    collect()
    build()
