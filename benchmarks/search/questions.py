"""The questions: text of the search language, and the same asked in SQL by hand."""

from collections.abc import Iterator

import people
from asking import Question, broad, selective
from by_hand import Answer, Hand
from facts import Facts


def questions(facts: Facts) -> list[Question]:
    """Return all questions for a loaded database."""
    hand = Hand(facts)
    return [
        *_sources(hand),
        *_values(hand, facts),
        *_words(hand, facts),
        *_networks(hand, facts),
        *_combined(hand, facts),
        *_presence(hand),
        *_everything(hand),
        *_services(hand),
        *people.questions(facts),
        *_facets(hand, facts),
    ]


def _sources(hand: Hand) -> Iterator[Question]:
    yield broad(
        "one source and not another",
        "source:runzero AND NOT source:azuread",
        hand.walk("t.source_mask & 2 <> 0 AND t.source_mask & 65536 = 0"),
    )
    yield broad(
        "both sources",
        "source:runzero AND source:azuread",
        hand.walk("t.source_mask & 65538 = 65538"),
    )
    yield broad(
        "more than one source, inactive",
        "source_count:>1 AND active:f",
        hand.walk("t.source_count > 1 AND NOT t.is_active"),
        hand.gather(
            f"SELECT id FROM inventory_asset WHERE organization_id = {hand.organization}"
            " AND source_count > 1 AND NOT is_active"
        ),
    )


def _values(hand: Hand, facts: Facts) -> Iterator[Question]:
    names = [f"@azuread.dev.{each}" for each in ("displayName", "deviceId", "trustType", "model")]
    display_name, device_id, trust_type, model = names
    yield selective(
        "exact name",
        f'{display_name}:="{facts.name}"',
        hand.gather(hand.slice(display_name, f"value = '{facts.name.casefold()}'")),
    )
    yield selective(
        "exact id of a source",
        f"{device_id}:={facts.device_id}",
        hand.gather(hand.slice(device_id, f"value = '{facts.device_id}'")),
    )
    yield broad(
        "exact, one of three values",
        f"{trust_type}:=AzureAd",
        hand.gather(hand.slice(trust_type, "value = 'azuread'")),
        hand.walk(
            hand.has(trust_type, "a.value = 'azuread'"),
            ids=hand.slice(trust_type, "value = 'azuread'"),
        ),
    )
    part = facts.code[1:4]
    yield selective(
        "three characters within a name",
        f"{display_name}:%{part}%",
        hand.gather(hand.slice(display_name, f"value LIKE '%{part}%'")),
    )
    yield broad(
        "beginning of a name",
        f"{display_name}:=LAPTOP-%",
        hand.gather(hand.slice(display_name, "value >= 'laptop-' AND value < 'laptop.'")),
        hand.gather_and_count(hand.slice(display_name, "value >= 'laptop-' AND value < 'laptop.'")),
    )
    yield broad(
        "within an attribute of few values",
        f"{model}:%elitebook%",
        *hand.few(model, "value LIKE '%elitebook%'"),
        hand.gather(hand.slice(model, "value LIKE '%elitebook%'")),
    )
    hops = "ip.ttl.hops"
    yield broad(
        "number in a broad range",
        f"{hops}:>10",
        *hand.few(hops, "CAST(value AS INTEGER) > 10"),
    )
    rtt = "icmp.rtt.us"
    yield selective(
        "number in a narrow range",
        f"{rtt}:<200",
        hand.gather(hand.slice(rtt, "CAST(value AS INTEGER) < 200")),
    )
    seen, at = "@azuread.dev.approximateLastSignInDateTimeTS", facts.before(395)
    yield broad(
        "date of a source",
        f"{seen}:>395days",
        # Unix seconds of this century have ten digits and sort as text.
        hand.gather(hand.slice(seen, f"value < '{at}'")),
    )
    yield selective(
        "exact MAC",
        f"mac:{facts.mac}",
        hand.gather(hand.slice("_asset.mac", f"value='{facts.mac}'")),
    )
    yield broad(
        "beginning of a MAC",
        "mac:=f8:bc:12:%",
        hand.gather(hand.slice("_asset.mac", "value >= 'f8:bc:12:' AND value < 'f8:bc:12;'")),
    )
    yield selective(
        "id",
        f"id:{facts.uid}",
        Answer("look up", f"SELECT id, 1 FROM inventory_asset WHERE uid = '{_uid(facts)}'"),
    )
    listed = ", ".join(f"'{each.casefold()}'" for each in facts.names)
    yield selective(
        "25 names",
        " OR ".join(f"name:={each}" for each in facts.names),
        hand.gather(
            hand.slice("_asset.name", f"value IN ({listed})").replace(
                "SELECT", "SELECT DISTINCT", 1
            )
        ),
    )


def _uid(facts: Facts) -> str:
    return facts.uid if facts.is_postgresql else facts.uid.replace("-", "")


def _words(hand: Hand, facts: Facts) -> Iterator[Question]:
    yield selective("rare word", facts.code[:5], hand.gather(_containing(hand, facts.code[:5])))
    yield selective("part of an address", "10.23.4", hand.gather(_containing(hand, "10.23.4")))
    yield broad(
        "broad word",
        "laptop",
        hand.gather(_containing(hand, "laptop")),
        hand.walk(
            "(EXISTS (SELECT 1 FROM asset_text f WHERE f.rowid = t.id AND f.body LIKE '%laptop%')"
            " OR lower(t.device_type) LIKE '%laptop%' OR lower(t.hardware) LIKE '%laptop%'"
            " OR lower(t.os) LIKE '%laptop%' OR lower(t.hardware_vendor) LIKE '%laptop%')",
        ),
    )
    yield broad(
        "two words",
        "laptop dell",
        hand.gather(
            f"SELECT id FROM ({_containing(hand, 'laptop')}) one"
            f" INTERSECT SELECT id FROM ({_containing(hand, 'dell')}) other"
        ),
        hand.walk(f"{_row_contains('laptop')} AND {_row_contains('dell')}"),
    )


def _row_contains(word: str) -> str:
    columns = ("device_type", "hardware", "os", "hardware_vendor")
    tests = " OR ".join(f"lower(t.{each}) LIKE '%{word}%'" for each in columns)
    body = f"SELECT 1 FROM asset_text f WHERE f.rowid = t.id AND f.body LIKE '%{word}%'"
    return f"({tests} OR EXISTS ({body}))"


def _containing(hand: Hand, word: str) -> str:
    """Return the assets with a word in the indexed text or one of four attributes of few values."""
    test = f"body LIKE '%{word}%'" if hand.facts.is_postgresql else f"asset_text MATCH '\"{word}\"'"
    found = [
        f"SELECT rowid AS id FROM asset_text WHERE organization_id = {hand.organization} AND {test}"
    ]
    for number, key in enumerate(("os", "type", "hw", "vendor")):
        values = hand.values(f"_asset.{key}", f"value LIKE '%{word}%'")
        passing = hand.slice(f"_asset.{key}", "value IN (SELECT value FROM passing)")
        found.append(f"SELECT id FROM ({values} {passing}) few_{number}")
    return " UNION ".join(found)


def _networks(hand: Hand, facts: Facts) -> Iterator[Question]:
    for size, low, high in (
        (24, "10.7.33.0", "10.7.33.255"),
        (16, "10.7.0.0", "10.7.255.255"),
        (12, "10.0.0.0", "10.15.255.255"),
    ):
        between = f"packed BETWEEN {facts.packed(low)} AND {facts.packed(high)}"
        start = f"FROM asset_address WHERE organization_id = {hand.organization} AND {between}"
        ids = f"SELECT DISTINCT asset_id AS id {start}"
        answers = [hand.gather(ids), hand.gather_and_count(ids)]
        yield Question(f"network /{size}", f"net:{low}/{size}", answers, is_broad=size < 24)


def _combined(hand: Hand, facts: Facts) -> Iterator[Question]:
    windows, month = "lower(t.os) LIKE '%windows%'", f"t.last_seen > {facts.before(30)}"
    tagged = hand.slice("_asset.tag", "value = 'legacy'")
    legacy = hand.has("_asset.tag", "a.value = 'legacy'")
    yield broad(
        "system, age and not a tag",
        "os:windows AND last_seen:<30days AND NOT tag:legacy",
        hand.walk(f"{month} AND {windows} AND NOT {legacy}"),
        hand.walk(f"{month} AND {windows} AND t.id NOT IN ({tagged})"),
    )
    versions = "_asset.os_version"
    older = (
        "string_to_array(regexp_replace(value, '[^0-9.].*', ''), '.')::int[] < '{10,0,19045}'"
        if facts.is_postgresql
        else "muster_version_key(value) < muster_version_key('10.0.19045')"
    )
    older = f"value >= '0' AND value < ':' AND {older}"
    yield broad("older version", "os_version:<10.0.19045", *hand.few(versions, older))
    values = hand.values(versions, older)
    has_older = hand.has(versions, "a.value IN (SELECT value FROM passing)")
    test = f"lower(t.os) LIKE '%windows 10%' AND {has_older}"
    yield broad(
        "system and older version",
        'os:"windows 10" AND os_version:<10.0.19045',
        hand.walk(test, first=f"{values} "),
        hand.gather(
            f"{values} SELECT a.asset_id AS id FROM asset_attribute a JOIN inventory_asset t"
            f" ON t.id = a.asset_id WHERE a.organization_id = {hand.organization}"
            f" AND a.key_id = {facts.keys['assets', versions]}"
            " AND a.value IN (SELECT value FROM passing) AND lower(t.os) LIKE '%windows 10%'"
        ),
    )
    trust, compliant = "@azuread.dev.trustType", "@azuread.dev.isCompliant"
    is_old_directory = hand.has(trust, "a.value = 'serverad'")
    is_compliant = hand.has(compliant, "a.value = 'true'")
    test = (
        f"t.source_mask & 65536 <> 0 AND {windows} AND t.last_seen <= {facts.before(60)}"
        f" AND {is_old_directory} AND NOT {is_compliant}"
    )
    yield broad(
        "five terms",
        f"source:azuread AND os:windows AND {trust}:=ServerAd AND NOT {compliant}:=true"
        " AND last_seen:>60days",
        hand.walk(test),
    )
    low, high = facts.packed("10.3.0.0"), facts.packed("10.3.255.255")
    yield selective(
        "four terms",
        "type:server AND tag:=critical AND net:10.3.0.0/16 AND port:443",
        hand.gather(
            "SELECT DISTINCT t.id FROM asset_attribute a JOIN inventory_asset t"
            f" ON t.id = a.asset_id WHERE a.organization_id = {hand.organization}"
            f" AND a.key_id = {facts.keys['assets', '_asset.tag']} AND a.value = 'critical'"
            " AND lower(t.device_type) LIKE '%server%' AND EXISTS (SELECT 1 FROM"
            f" inventory_service v WHERE v.organization_id = {hand.organization}"
            " AND v.port = 443 AND v.asset_id = t.id)"
            " AND t.id IN (SELECT asset_id FROM asset_address WHERE organization_id ="
            f" {hand.organization} AND packed BETWEEN {low} AND {high})"
        ),
    )


def _presence(hand: Hand) -> Iterator[Question]:
    synced = "@azuread.dev.onPremisesLastSyncDateTimeTS"
    yield broad(
        "has an attribute",
        f'has:"{synced}"',
        hand.gather(hand.slice(synced, "value > ''")),
        hand.gather_and_count(hand.slice(synced, "value > ''")),
    )
    device_id = "@azuread.dev.deviceId"
    known = hand.slice(device_id, "value > ''")
    yield broad(
        "not an attribute",
        f'NOT has:"{device_id}" AND alive:t',
        hand.walk(f"t.is_alive AND t.id NOT IN ({known})"),
    )
    keys = ("@azuread.dev.isCompliant", "@azuread.dev.complianceExpirationDateTimeTS")
    numbers = ", ".join(str(hand.facts.keys["assets", each]) for each in keys)
    named = (
        "SELECT DISTINCT asset_id AS id FROM asset_attribute WHERE organization_id ="
        f" {hand.organization} AND key_id IN ({numbers})"
    )
    yield broad(
        "name of an attribute",
        "attribute:complian",
        hand.gather(named),
        hand.gather_and_count(named),
    )


def _everything(hand: Hand) -> Iterator[Question]:
    yield broad("everything", "", hand.walk("1 = 1"))
    yield broad("a flag", "alive:t", hand.walk("t.is_alive"))
    not_windows = "lower(t.os) NOT LIKE '%windows%'"
    yield broad("not a system", "NOT os:windows", hand.walk(not_windows))
    tested = (
        f"SELECT id FROM inventory_asset t WHERE t.organization_id = {hand.organization}"
        " AND lower(t.os) LIKE '%macos%'"
    )
    values = hand.values("_asset.os", "value LIKE '%macos%'")
    looked_up = f"{values} {hand.slice('_asset.os', 'value IN (SELECT value FROM passing)')}"
    yield broad(
        "by name",
        "os:macos",
        hand.gather(tested, order=_by_name(hand)),
        hand.gather(looked_up, order=_by_name(hand)),
        sort="name",
    )
    yield Question(
        "second page",
        "os:windows",
        [
            Answer(
                "walk",
                "SELECT t.id FROM inventory_asset t WHERE t.organization_id ="
                f" {hand.organization} AND (t.last_seen, t.id) < (:last_seen, :number)"
                " AND lower(t.os) LIKE '%windows%' ORDER BY t.last_seen DESC, t.id DESC LIMIT 50",
            )
        ],
        is_broad=True,
        is_second_page=True,
    )


def _by_name(hand: Hand) -> str:
    return 'lower(t.name) COLLATE "C", t.id' if hand.facts.is_postgresql else "lower(t.name), t.id"


def _services(hand: Hand) -> Iterator[Question]:
    start = f"FROM inventory_service v WHERE v.organization_id = {hand.organization}"
    for name, text, test in (
        ("port", "port:3389", "v.port = 3389"),
        ("protocol", "protocol:telnet", "v.protocols LIKE '%telnet%'"),
    ):
        ids = f"SELECT DISTINCT v.asset_id AS id {start} AND {test} AND v.asset_id IS NOT NULL"
        yield broad(
            name,
            text,
            hand.gather(ids),
            hand.walk(f"EXISTS (SELECT 1 {start} AND v.asset_id = t.id AND {test})", ids=ids),
        )


def _facets(hand: Hand, facts: Facts) -> Iterator[Question]:
    everything = f"FROM inventory_asset t WHERE t.organization_id = {hand.organization}"
    grouped = "GROUP BY value ORDER BY 2 DESC, 1 LIMIT 20"
    for name, by, key in (("systems", "os", "_asset.os"), ("types", "type", "_asset.type")):
        values = hand.slice(key, "value > ''").replace("asset_id AS id", "value, COUNT(*)")
        kept = Answer("group the index", f"{values} {grouped}", f"SELECT COUNT(*) {everything}")
        yield broad(f"facet: {name} of all", "", kept, by=by)
    recent = f"{everything} AND t.last_seen > {facts.before(30)}"
    yield broad(
        "facet: systems of the last month",
        "last_seen:<30days",
        Answer(
            "group the rows",
            f"SELECT lower(t.os) AS value, COUNT(*) {recent} AND t.os > '' {grouped}",
            f"SELECT COUNT(*) {recent}",
        ),
        by="os",
    )
    masks = f"SELECT source_mask, COUNT(*) AS number {everything} GROUP BY source_mask"
    sources = " UNION ALL ".join(
        f"SELECT '{source}' AS value, SUM(number) FROM masks WHERE source_mask & {1 << bit} <> 0"
        for source, bit in (("runzero", 1), ("azuread", 16))
    )
    yield broad(
        "facet: sources of all",
        "",
        Answer(
            "group the masks",
            f"WITH masks AS MATERIALIZED ({masks}) {sources} ORDER BY 2 DESC, 1",
            f"SELECT COUNT(*) {everything}",
        ),
        by="source",
    )
