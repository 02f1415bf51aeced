"""The guide to the search language, printed from the catalogue."""

from muster.query.catalogue import catalogue_markdown

EXAMPLES = (
    ("assets", "source:runzero AND NOT source:azuread", "on the network, not in the directory"),
    ("assets", "source:azuread AND NOT source:runzero", "in the directory, never on the network"),
    ("assets", "os:windows (type:server OR hw:lenovo)", "side by side means AND"),
    ("assets", 'name:="WS-0042"', "exactly this name; upper and lower case are the same"),
    ("assets", "name:=ws-%", "names that begin with `ws-`"),
    ("assets", "address:10.0.0.0/8 last_seen:<2weeks", "seen in that network within two weeks"),
    ("assets", "@azuread.dev.isManaged:false", "by an attribute of one source"),
    ("assets", "@azuread.dev.approximateLastSignInDateTimeTS:>90days", "not used for 90 days"),
    ("assets", "has:@azuread.dev.deviceId", "that have this attribute"),
    ("assets", "owner.department:finance", "by the department of their owner"),
    ("assets", "service_ports_tcp:=80,443", "with just these TCP ports open"),
    ("services", "protocol:telnet AND NOT port:23", "telnet where nobody expects it"),
    ("services", "tls.notAfterTS:<6weeks os:windows", "certificates that end soon, on Windows"),
    ("users", "department:finance AND device_count:>1", "people with more than one device"),
    ("groups", "user.department:finance", "groups with people of that department"),
    ("tasks", "type:connector status:error started_at:<1day", "syncs that failed today"),
    ("tasks", "credential.verified:f", "tasks whose credential does not work"),
    ("credentials", "last_used_at:>90days OR last_used_at:=0", "credentials that nobody needs"),
    ("accounts", "access:admin last_login:>90days", "administrators who stay away"),
)

_HEAD = """\
# Searching

<!-- Printed by `python -m muster.query.guide`; a test compares. Edit guide.py or the catalogue. -->

`muster search QUERY` asks for assets; `--inventory` (or `-i`) with `services`, `users`, `groups`,
`tasks`, `sites`, `explorers`, `credentials` or `accounts` asks for those.
Put a query into single quotes, so that the shell leaves it alone. `muster search` alone lists all.

## Examples

| inventory | query | finds |
|---|---|---|
{examples}

## How a query is written

- **A term** is a keyword, a colon and a value, such as `os:windows`, without spaces between. A word
  without a keyword is looked for in names, addresses and what else a person would look for.
- **AND, OR, NOT**, in any case, and parentheses. Terms side by side are ANDed. NOT binds tighter
  than AND, AND tighter than OR. `NOT` finds also what has no value at all.
- **Quotes** hold a value with spaces or parentheses together: `name:"front desk"`. In quotes,
  `\\"` is a quote.
- `:` finds a part of the text; `:=` wants all of it, with `%` for any text and `_` for one
  character.
- `:>`, `:>=`, `:<`, `:<=` compare numbers, versions and instants.
- **Ages**: `last_seen:<2weeks` is younger than two weeks, `last_seen:>30days` older; seconds to
  years are known. A date, a month or a year works too: `last_seen:>2026-01-31`,
  `first_seen:2026-11`.
- **Attributes** are `@source.type.attribute:value`; every attribute of every source can be asked,
  those of our own scans, of users and of groups by their bare name: `ip.ttl.hops:>8`,
  `userType:guest`.
- **Relations** take a keyword of the other inventory behind a dot: `owner.department:finance`.
- A query has at most 8 kB. What cannot be read is shown with a caret under the place.

`--sort name` and `--sort -last_seen` sort by any keyword that has one value: text without case,
versions as versions, and what has no value first; an order that is not there names those that are.
`--limit 0` gives all; `--count` only counts; `--format json`, `jsonl` or `csv` is for programs.
`--columns name,os,@azuread.dev.trustType` chooses columns, attributes too; `--facet os` counts
what was found by the values of a keyword or attribute.
"""


def search_markdown() -> str:
    """Return the whole of docs/guide/search.md."""
    examples = "\n".join(
        f"| {inventory} | `{query.replace('|', chr(92) + '|')}` | {finds} |"
        for inventory, query, finds in EXAMPLES
    )
    keywords = catalogue_markdown().replace("# Search keywords\n\n", "", 1)
    return f"{_HEAD.format(examples=examples)}\n{keywords}"


if __name__ == "__main__":
    import sys

    sys.stdout.write(search_markdown())
