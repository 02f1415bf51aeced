from pathlib import Path

import pytest

from muster.core.errors import AuthError, UnavailableError
from muster.integrations.entra.errors import graph_error, sign_in_error
from muster.integrations.entra.guide import troubleshooting_markdown
from muster.integrations.entra.troubles import GRAPH, SIGN_IN

ROOT = Path(__file__).parents[5]


def test_the_guide_is_current():
    guide = ROOT / "docs" / "guide" / "entra-troubleshooting.md"

    assert guide.read_text() == troubleshooting_markdown()


def test_the_guide_has_the_pages_three_cases():
    text = troubleshooting_markdown()

    assert "(invalid_client) AADSTS7000218: The request body must contain" in text
    assert "`failed to get Entra ID groups: invalid response: 403 (403 Forbidden)`" in text
    assert all(f"**{status}**" in text for status in (500, 404, 403))


def test_every_code_stands_in_the_table_once():
    codes = [code.casefold() for each in (*SIGN_IN, *GRAPH) for code in each.codes]

    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize("trouble", SIGN_IN)
def test_every_sign_in_trouble_says_its_meaning_and_its_fix(trouble):
    for code in trouble.codes:
        error = sign_in_error({"error": code, "error_description": f"{code}: words"})

        assert trouble.meaning in error.message
        assert error.hint == trouble.fix
        assert isinstance(error, UnavailableError if trouble.is_transient else AuthError)


def test_the_innermost_known_code_is_taken_in_both_spellings():
    for key in ("innerError", "innererror"):
        inner = {key: {"code": "Authorization_RequestDenied", key: {"code": "something"}}}
        error = graph_error(403, {"error": {"code": "outer", "message": "m", **inner}})

        assert error.code == "Authorization_RequestDenied"


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b'{"error": "text"}', b'{"error": {"code": 7, "message": []}}']
)
def test_an_error_without_a_readable_body_still_names_its_status(body):
    error = graph_error(502, body)

    assert error.message.startswith("invalid response: 502 (502 Bad Gateway)")
    assert error.hint


def test_an_unusual_status_is_told_too():
    assert "invalid response: 799 (799)" in graph_error(799, b"").message


def test_a_token_in_graphs_words_is_hidden():
    told = {"error": {"code": "x", "message": "Bearer abc.def.ghi was refused"}}

    assert "abc.def" not in graph_error(400, told).message


def test_the_request_id_is_kept_for_support():
    assert "request-id 77" in graph_error(400, b"", request_id="77").message
