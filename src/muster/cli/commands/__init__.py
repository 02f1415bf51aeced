"""One file per group of commands, imported only when one of the group is called."""
