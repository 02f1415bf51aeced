"""One table per resource, as text to be read beside Microsoft's pages.

Columns: property or path, type, when it is returned (`-`: never by itself), four letters, and
what the resource's own page says of $filter after the bar (no bar: no page says anything;
nothing after it: the page is silent).
The four letters are eq, startsWith, ge/le and eq null in the table of advanced queries: `D` works
by default, `A` in advanced queries, `O` only outside them, `-` not. `in` goes with eq; ne, not,
endsWith and $count are always advanced. `ends`, `count0`, `count01` allow endsWith and a $count
compared with these numbers; `undeclared` is seen in answers but absent from the schema.

Source: https://learn.microsoft.com/graph/aad-advanced-queries and the pages of the three
resources (read 2026-11).
"""
