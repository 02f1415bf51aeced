"""What every page knows besides what its view says: who asks, and where they can go."""

from typing import Any, cast

from django.http import HttpRequest

from muster import __version__
from muster.console.navigation import sections
from muster.console.requests import Asker


def page_context(request: HttpRequest) -> dict[str, Any]:
    """Return the asker, the navigation, and the theme that was chosen (auto, light or dark)."""
    asker = cast("Asker | None", getattr(request, "asker", None))
    theme = request.COOKIES.get("muster_theme", "auto")
    return {
        "asker": asker,
        "sections": sections(request, asker) if asker and asker.organization else [],
        "theme": theme if theme in {"light", "dark"} else "auto",
        "version": __version__,
    }
