"""The paths of the inventory."""

from django.urls import path

from muster.console.views.inventory import (
    assets,
    bulk,
    columns,
    deciding,
    directory,
    exporting,
    lists,
    parts,
    queries,
)

_ASSET = "inventory/assets/<uuid:asset>"

urlpatterns = [
    path("inventory", lists.assets, name="inventory"),
    path("inventory/services", lists.services, name="services"),
    path("inventory/users", lists.users, name="users"),
    path("inventory/groups", lists.groups, name="groups"),
    path("inventory/complete", parts.completion, name="inventory-complete"),
    path("inventory/keywords", parts.keywords, name="inventory-keywords"),
    path("inventory/facets", parts.facet_list, name="inventory-facets"),
    path("inventory/count", parts.exact_count, name="inventory-count"),
    path("inventory/columns", columns.columns, name="inventory-columns"),
    path("inventory/export", exporting.export, name="inventory-export"),
    path("inventory/queries", queries.saved, name="inventory-queries"),
    path("inventory/queries/save", queries.save, name="inventory-query-save"),
    path("inventory/queries/delete", queries.delete, name="inventory-query-delete"),
    path("inventory/annotate", bulk.annotate_chosen, name="assets-annotate"),
    path("inventory/annotate/ask", bulk.annotate_ask, name="assets-annotate-ask"),
    path("inventory/change", bulk.change_chosen, name="assets-change"),
    path("inventory/change/ask", bulk.change_ask, name="assets-change-ask"),
    path(_ASSET, assets.asset, name="asset"),
    path(f"{_ASSET}/merge", deciding.merge, name="asset-merge"),
    path(f"{_ASSET}/split", deciding.split, name="asset-split"),
    path(f"{_ASSET}/remove-source", deciding.remove_source, name="asset-remove-source"),
    path(f"{_ASSET}/move", deciding.move, name="asset-move"),
    path(f"{_ASSET}/remove", deciding.remove, name="asset-remove"),
    path(f"{_ASSET}/say", deciding.say, name="asset-say"),
    path("inventory/decisions/<uuid:decision>/undo", deciding.undo, name="decision-undo"),
    path("inventory/users/<uuid:user>", directory.user, name="user"),
    path("inventory/groups/<uuid:group>", directory.group, name="group"),
]
