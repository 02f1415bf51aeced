"""Many assets at once: asked about with their number, then annotated, merged or removed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.http import HttpResponse
from django.urls import reverse

from muster.console.fields import Choice, Field
from muster.console.needs import Need
from muster.console.pages import page, render, send
from muster.console.requests import PageRequest
from muster.console.toasts import toast
from muster.console.views.inventory.choosing import Chosen, chosen_of
from muster.console.views.inventory.owning import owner_fields, way_to_own
from muster.console.views.inventory.refusing import refused
from muster.core.errors import ConfigError, MusterError, QueryError
from muster.inventory.annotating import Author, Change, annotate, owning, rating, tagging
from muster.inventory.decisions import merge_assets
from muster.inventory.removing import remove_assets
from muster.query.catalogue.assets import CRITICALITIES

_TEMPLATE = "pages/inventory/ask.html"


@dataclass(frozen=True, slots=True)
class Act:
    """One thing to do: the question, the verb of its button, what is asked for, and doing it.

    `run` says what was done, and gives the path that takes it back, "" where none does.
    """

    name: str
    heading: str
    verb: str
    more: str
    run: Callable[[PageRequest, Chosen], tuple[str, str]]
    fields: Callable[[PageRequest], list[Field]] = lambda _request: []
    least: int = 1
    is_dangerous: bool = False


@page(Need.ANNOTATE, methods=("POST",))
def annotate_ask(request: PageRequest) -> HttpResponse:
    """Ask what to say of the chosen assets."""
    return _ask(request, _ANNOTATING)


@page(Need.ANNOTATE, methods=("POST",))
def annotate_chosen(request: PageRequest) -> HttpResponse:
    """Say it of all of them."""
    return _carry_out(request, _ANNOTATING)


@page(Need.CHANGE_INVENTORY, methods=("POST",))
def change_ask(request: PageRequest) -> HttpResponse:
    """Ask whether the chosen assets are to be merged or removed."""
    return _ask(request, _CHANGING)


@page(Need.CHANGE_INVENTORY, methods=("POST",))
def change_chosen(request: PageRequest) -> HttpResponse:
    """Merge or remove all of them."""
    return _carry_out(request, _CHANGING)


def _ask(request: PageRequest, acts: Mapping[str, Act]) -> HttpResponse:
    try:
        act, chosen = _act(request, acts), chosen_of(request)
        _check(act, chosen)
    except (ConfigError, QueryError) as error:
        return refused(request, error)
    return _asked(request, acts, act, chosen)


def _carry_out(request: PageRequest, acts: Mapping[str, Act]) -> HttpResponse:
    try:
        act, chosen = _act(request, acts), chosen_of(request)
        _check(act, chosen)
    except (ConfigError, QueryError) as error:
        return refused(request, error)
    try:
        said, undo = act.run(request, chosen)
    except MusterError as error:
        return _asked(request, acts, act, chosen, error)
    toast(request, said, undo=undo)
    return send(request, chosen.asked.path())


def _act(request: PageRequest, acts: Mapping[str, Act]) -> Act:
    found = acts.get(request.POST.get("act", ""))
    if found is None:
        raise ConfigError("there is no such thing to do", hint=f"It is one of: {', '.join(acts)}.")
    return found


def _check(act: Act, chosen: Chosen) -> None:
    if chosen.number < act.least:
        raise ConfigError(
            f"{act.heading.casefold()} takes at least {act.least} assets", hint="Choose another."
        )


def _asked(
    request: PageRequest,
    acts: Mapping[str, Act],
    act: Act,
    chosen: Chosen,
    problem: MusterError | None = None,
) -> HttpResponse:
    path = reverse("assets-annotate" if acts is _ANNOTATING else "assets-change")
    values = {
        "act": act,
        "chosen": chosen,
        "fields": act.fields(request),
        "problem": problem,
        "path": path,
    }
    return render(request, _TEMPLATE, values, status=422 if problem else 200)


def _author(request: PageRequest) -> Author:
    return Author(request.asker.scope, request.asker.at)


def _say(request: PageRequest, chosen: Chosen, change: Change) -> None:
    annotate(_author(request), chosen.uids, change)


def _tag(request: PageRequest, chosen: Chosen) -> tuple[str, str]:
    text = request.POST.get("tags", "")
    if not text.strip():
        raise ConfigError("there is no tag", hint="Write key or key=value; -key takes one away.")
    _say(request, chosen, tagging(_author(request), text))
    return f"The tags of {chosen.told} are changed.", ""


def _own(request: PageRequest, chosen: Chosen) -> tuple[str, str]:
    owner = request.POST.get("owner", "")
    uid = way_to_own(request, request.POST.get("kind", ""))
    _say(request, chosen, owning(_author(request), [(uid, owner)]))
    said = f"{chosen.told} belong to {owner.strip()}." if owner.strip() else "The owner is cleared."
    return said, ""


def _rate(request: PageRequest, chosen: Chosen) -> tuple[str, str]:
    level = request.POST.get("criticality", "")
    _say(request, chosen, rating(_author(request), level))
    return f"{chosen.told}: criticality {level or 'cleared'}.", ""


def _merge(request: PageRequest, chosen: Chosen) -> tuple[str, str]:
    asker = request.asker
    note = request.POST.get("note", "").strip()
    act = merge_assets(asker.scope, chosen.uids, at=asker.at, note=note)
    return f"{chosen.told} are one asset now.", reverse("decision-undo", kwargs={"decision": act})


def _remove(request: PageRequest, chosen: Chosen) -> tuple[str, str]:
    number = remove_assets(request.asker.scope, chosen.uids, at=request.asker.at)
    return f"{chosen.asked.kind.counted(number)} removed.", ""


def _tag_fields(request: PageRequest) -> list[Field]:
    help_text = "key or key=value, with blanks between; -key takes a tag away."
    value = request.POST.get("tags", "")
    example = "location=HQ kiosk"
    return [
        Field("tags", "Tags", value=value, help=help_text, placeholder=example, is_required=True)
    ]


def _rate_fields(request: PageRequest) -> list[Field]:
    levels = (Choice("", "None"), *(Choice(each, each.capitalize()) for each in CRITICALITIES))
    return [Field("criticality", "Criticality", "choice", choices=levels, is_required=True)]


def _merge_fields(request: PageRequest) -> list[Field]:
    return [Field("note", "Why", help="It stands in the history.", placeholder="Same laptop")]


_ANNOTATING: Mapping[str, Act] = {
    each.name: each
    for each in (
        Act("tag", "Tag", "Save the tags", "", _tag, _tag_fields),
        Act("owner", "Set the owner of", "Save the owner", "", _own, owner_fields),
        Act("rate", "Rate", "Save", "", _rate, _rate_fields),
    )
}
_CHANGING: Mapping[str, Act] = {
    each.name: each
    for each in (
        Act(
            "merge",
            "Merge",
            "Merge them",
            "They become one asset, and later syncs keep them together. You can undo it.",
            _merge,
            _merge_fields,
            least=2,
        ),
        Act(
            "remove",
            "Remove",
            "Remove for good",
            "All that sources and people say of them goes. It cannot be undone; a source that"
            " still has them brings them back with its next sync.",
            _remove,
            is_dangerous=True,
        ),
    )
}
