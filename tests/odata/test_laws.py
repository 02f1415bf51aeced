"""What holds for every filter and every object."""

from hypothesis import given, settings
from hypothesis import strategies as st

from muster.core.errors import QueryError
from muster.odata import check, evaluate, parse, quoted, refusal, to_text

names = st.sampled_from(
    [
        "alternativeSecurityIds",
        "alternativeSecurityIds/type",
        "deviceMetadata",
        "displayName",
        "extensionAttributes/extensionAttribute1",
        "extension_1_x",
        "foo",
        "hasMembersWithLicenseErrors",
        "isManaged",
        "model",
        "physicalIds",
        "registrationDateTime",
        "signInActivity/lastSignInDateTime",
        "x",
        "x/type",
    ]
)
literals = st.one_of(
    st.text(max_size=8).map(quoted),
    st.integers(-(10**9), 10**9).map(str),
    st.sampled_from(
        [
            "null",
            "true",
            "False",
            "1.50",
            "-2e-3",
            "INF",
            "NaN",
            "2026-11-01",
            "2026-11-01T00:00:00.1234567Z",
            "13:20:00",
            "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
            "duration'P1D'",
            "binary'AAA='",
            "a.b'c'",
        ]
    ),
)
operators = st.sampled_from(["eq", "ne", "gt", "GE", "lt", "le", "has"])
leaves = st.one_of(
    st.tuples(names, operators, literals).map(" ".join),
    st.tuples(literals, operators, names).map(" ".join),
    st.tuples(names, st.lists(literals, min_size=1, max_size=3)).map(
        lambda pair: f"{pair[0]} in ({', '.join(pair[1])})"
    ),
    st.tuples(st.sampled_from(["startsWith", "endswith", "Contains"]), names, literals).map(
        lambda each: f"{each[0]}({each[1]}, {each[2]})"
    ),
    names.map(lambda name: f"{name}/any()"),
    names.map(lambda name: f"{name}/$count eq 0"),
    names,
)


JOINTS = {
    "leaf": "{0}",
    "and": "{0} and {1}",
    "or": "{0} OR {1}",
    "group": "({0} or {1})",
    "not": "not({0})",
    "spaced": "NOT ({0})",
    "compared": "({0}) eq true",
    "any": "{name}/any(x:{0})",
    "all": "{name}/all(x:{0})",
}


@st.composite
def filters(draw, depth=4):
    joint = draw(st.sampled_from(sorted(JOINTS))) if depth else "leaf"
    if joint == "leaf":
        return draw(leaves)
    first, second = draw(filters(depth=depth - 1)), draw(leaves)
    return JOINTS[joint].format(first, second, name=draw(names))


def read(text):
    """The expression, or None where the text is refused at a place inside it."""
    try:
        return parse(text)
    except QueryError as error:
        places = {None, *range(len(text) + 1)}
        return None if error.position in places and error.pointed().startswith(text) else ...


scraps = st.lists(
    st.one_of(
        leaves,
        st.sampled_from(
            ["not", "and", "or", "(", ")", ",", "/", ":", "'", '"', "$count", "-", "="]
        ),
        st.text(max_size=4),
    ),
    max_size=8,
).map(" ".join)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
)
objects = st.dictionaries(
    st.sampled_from(["displayName", "isManaged", "physicalIds", "a", "x"]), json_values
)


@settings(max_examples=150, deadline=None)
@given(filters())
def test_printing_and_reading_gives_the_same_expression(text):
    expression = parse(text)

    assert parse(to_text(expression)) == expression


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(), scraps))
def test_any_text_is_a_filter_or_a_query_error(text):
    found = read(text)

    assert found is None or parse(to_text(found)) == found


@settings(max_examples=150, deadline=None)
@given(filters(), objects)
def test_any_object_gets_an_answer(text, obj):
    expression = parse(text)

    assert evaluate(expression, obj) in {True, False, None}
    assert evaluate(expression, obj, null_is_false=True) in {True, False}


@settings(max_examples=100, deadline=None)
@given(filters(), objects)
def test_the_negation_of_unknown_is_unknown(text, obj):
    answer = evaluate(parse(text), obj)

    assert evaluate(parse(f"not({text})"), obj) is (None if answer is None else not answer)


@settings(max_examples=200, deadline=None)
@given(filters(), st.sampled_from(["device", "user", "group"]))
def test_the_check_finds_an_error_exactly_where_the_simulated_graph_refuses(text, name):
    checked = check(text, resource=name)

    refused = refusal(checked.expression, resource=name, is_advanced=checked.needs_advanced)

    assert (refused is not None) == bool(checked.errors)


@settings(max_examples=100, deadline=None)
@given(filters(), st.sampled_from(["device", "user", "group"]))
def test_what_needs_advanced_is_refused_without(text, name):
    checked = check(text, resource=name)

    refused = refusal(checked.expression, resource=name, is_advanced=False)

    has_extension = any("extension" in each.message for each in checked.issues)
    assert refused is not None or not checked.needs_advanced or has_extension
