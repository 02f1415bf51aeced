from hypothesis import given
from hypothesis import strategies as st

from muster.protocols.http import Answer, request, unchunked


def answer(body):
    return Answer(200, "OK", {}, body, b"")


def test_a_chunked_body_is_put_together_as_far_as_it_is_whole():
    assert unchunked(b"4\r\nWiki\r\n5;x=y\r\npedia\r\n0\r\n\r\n") == b"Wikipedia"
    assert unchunked(b"4\r\nWiki\r\nFFFFFFF\r\npe") == b"Wikipe"
    assert unchunked(b"oops") == b""


def test_title_icon_and_fields_of_a_page_are_found():
    page = answer(
        b"<html><TITLE lang=de>\n Anmelden &amp; mehr </TITLE>"
        b"<link rel='shortcut icon' href=\"/a.ico\"><input type=password name='pwd'>"
    )

    assert page.title == "Anmelden & mehr"
    assert page.icon == "/a.ico"
    assert page.inputs == ["text:pwd"]


@given(st.binary(max_size=500))
def test_no_page_does_harm(body):
    page = answer(body)

    assert len(page.title) <= 1024
    assert len(page.inputs) <= 32
    assert isinstance(page.icon, str)


def test_a_request_cannot_be_split_by_what_goes_into_it():
    assert request("/", host="192.0.2.1").count(b"\r\n\r\n") == 1
