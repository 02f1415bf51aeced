"""What things are told with, read once for many of them."""

from collections.abc import Iterable

from muster.api.rendering.assets import Surroundings
from muster.custom.services import integrations, source_name
from muster.inventory.selectors import WholeAsset
from muster.organizations.scope import Scope
from muster.tasks.selectors import tasks_of_runs


def surroundings(scope: Scope, assets: Iterable[WholeAsset]) -> Surroundings:
    """Return what some assets of a scope are told with."""
    runs = {run for each in assets for run in each.runs}
    known = {source_name(each): str(each.uid) for each in integrations()}
    return Surroundings(scope.organization, tasks_of_runs(scope, runs), known)
