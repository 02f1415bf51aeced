"""`muster group`: what changed of one group."""

from muster.cli.changes import add_history
from muster.cli.declaring import group

app = group("Look at one group of a directory.")

add_history(
    app,
    selector="group_history",
    summary="Show what changed of a group, newest first: attributes, members, owners.",
)
