"""Short words about what was done, shown by the next page; with a way back where there is one."""

from django.contrib import messages
from django.http import HttpRequest


def toast(request: HttpRequest, text: str, *, undo: str = "") -> None:
    """Say that something was done. `undo` is the path to post to that takes it back."""
    messages.success(request, text, extra_tags=undo)


def warn(request: HttpRequest, text: str) -> None:
    """Say that something was not done, or not as it should be."""
    messages.warning(request, text)
