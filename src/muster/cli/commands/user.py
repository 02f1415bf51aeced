"""`muster user`: what changed of one directory user."""

from muster.cli.changes import add_history
from muster.cli.declaring import group

app = group("Look at one directory user.")

add_history(
    app,
    selector="user_history",
    summary="Show what changed of a directory user, newest first: attributes, groups, devices.",
)
