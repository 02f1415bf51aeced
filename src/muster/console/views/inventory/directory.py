"""The pages of one directory user and one group."""

from collections.abc import Callable
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse

from muster.console.needs import Need
from muster.console.pages import found, page, render
from muster.console.requests import PageRequest
from muster.core.errors import ConfigError
from muster.inventory.selectors import (
    History,
    group_detail,
    group_history,
    user_detail,
    user_history,
)


@page(Need.READ)
def user(request: PageRequest, user: UUID) -> HttpResponse:
    """Show one user: attributes, groups, devices, history."""
    detail = found(lambda: user_detail(request.asker.scope, user))
    path = reverse("user", kwargs={"user": user})
    values = {"detail": detail, "path": path, "tab": _tab(request)}
    values |= _history(request, user_history, user, path)
    return render(request, "pages/inventory/user.html", values)


@page(Need.READ)
def group(request: PageRequest, group: UUID) -> HttpResponse:
    """Show one group: attributes, members, nested groups, owners, history."""
    detail = found(lambda: group_detail(request.asker.scope, group))
    path = reverse("group", kwargs={"group": group})
    values = {"detail": detail, "path": path, "tab": _tab(request)}
    values |= _history(request, group_history, group, path)
    return render(request, "pages/inventory/group.html", values)


def _tab(request: PageRequest) -> str:
    tab = request.GET.get("tab", "")
    return tab if tab in {"attributes", "history"} else ""


def _history(
    request: PageRequest, read: Callable[..., History], uid: UUID, path: str
) -> dict[str, object]:
    if _tab(request) != "history":
        return {}
    try:
        history = read(request.asker.scope, str(uid), after=request.GET.get("after", ""))
    except ConfigError as error:
        return {"problem": error}
    next_path = f"{path}?tab=history&after={history.next_key}" if history.next_key else ""
    return {"history": history, "next_path": next_path}
