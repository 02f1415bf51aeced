"""Every page without an id in its path: no fault, no overflow, nothing from elsewhere."""

import json

import pytest
from django.urls import get_resolver

SERIOUS = {"serious", "critical"}
LOOKS = [(390, "dark"), (1280, "light"), (1280, "dark"), (1920, "light")]
# Reached signed in, the first two only lead elsewhere; the others are parts of pages, or files.
NO_PAGES = {
    "sign-in",
    "setup",
    "dashboard-directory",
    "inventory-complete",
    "inventory-keywords",
    "inventory-facets",
    "inventory-count",
    "inventory-columns",
    "inventory-export",
    "inventory-queries",
    "assets-annotate-ask",
    "assets-change-ask",
}


def pages():
    """Every page of the console that is shown when it is asked for."""
    for included in get_resolver().url_patterns:
        for each in getattr(included, "url_patterns", ()):
            is_shown = "GET" in getattr(each.callback, "methods", ())
            if is_shown and "<" not in str(each.pattern) and each.name not in NO_PAGES:
                yield f"/{each.pattern}"


PAGES = [*pages(), "/ingest/azuread", "/nonsense"]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_holds_in_every_look(browse, axe, path):
    page = browse("about:blank")
    for width, theme in LOOKS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=theme)
        page.goto(path)
        page.wait_for_load_state("load")

        wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        page.evaluate(axe)
        found = page.evaluate("axe.run({resultTypes: ['violations']})")

        told = [each for each in found["violations"] if each["impact"] in SERIOUS]
        assert not wide, (path, width)
        assert told == [], json.dumps([(each["id"], each["nodes"][0]["html"]) for each in told])
    # The browser itself says that a page is not there.
    assert [each for each in page.faults if path != "/nonsense" or "404" not in each] == []


def test_the_sign_in_page_holds(chromium, console, signed_in, axe):
    page = chromium.new_context(base_url=console).new_page()
    page.goto("/sign-in")
    page.evaluate(axe)

    found = page.evaluate("axe.run()")["violations"]

    assert [each["id"] for each in found if each["impact"] in SERIOUS] == []
    page.context.close()


def test_a_page_is_light(browse):
    page = browse("about:blank")
    sizes = []
    page.on("requestfinished", lambda asked: sizes.append(asked.sizes()["responseBodySize"]))

    page.goto("/")
    page.wait_for_load_state("networkidle")

    assert 10_000 < sum(sizes) < 300_000
