"""From the first run to a synced tenant, as a person who never opens a terminal."""

import re

import pytest
from playwright.sync_api import expect

from muster.simulator.demo import DEMO

NO_GROUPS_APP_ID = "0b8e8e6e-51c4-4a25-8f43-7c2f2f1b7a02"


@pytest.fixture(scope="module")
def connected(browse):
    """What went wrong in pages while Entra ID was set up and synced, step by step."""
    page = browse("/welcome")
    page.get_by_role("link", name="Connect Entra ID").click()
    page.get_by_label("Name", exact=True).fill("Contoso tenant")
    page.get_by_label("Azure application (client) ID").fill(NO_GROUPS_APP_ID)
    page.get_by_label("Azure client secret").fill(DEMO.client_secret)
    page.get_by_label("Azure directory (tenant) ID").fill(DEMO.tenant_id)

    page.get_by_role("button", name="Only check").click()
    expect(page.locator("#findings")).to_contain_text("Group.Read.All", timeout=60_000)
    expect(page.locator("#findings")).to_contain_text("Not yet")

    page.get_by_label("Azure application (client) ID").fill(DEMO.client_id)
    page.get_by_role("button", name="Only check").click()
    expect(page.locator("#findings")).to_contain_text("Everything that must hold", timeout=60_000)
    page.get_by_role("button", name="Verify and save").click()

    expect(page.get_by_role("heading", name="Connect Microsoft Entra ID")).to_be_visible()
    expect(page.get_by_label("Credential", exact=True)).to_contain_text("Contoso tenant")
    page.get_by_label("Filter").fill("operatingSystem eq")
    expect(page.locator("#preview pre")).to_contain_text("^", timeout=60_000)
    page.get_by_label("Filter").fill("operatingSystem eq 'Windows'")
    expect(page.locator("#preview")).to_contain_text("match", timeout=60_000)
    page.get_by_label("Filter").fill("")
    page.get_by_role("button", name="Activate the connection").click()

    expect(page.locator("#live tbody")).to_contain_text("processed", timeout=120_000)
    page.get_by_role("link", name=re.compile("ago|just now")).first.click()
    expect(page.get_by_role("heading", name="What it changed")).to_be_visible()
    page.goto("/")
    expect(page.get_by_label("Coverage: areas")).to_be_visible()
    return page.faults


def test_setting_entra_up_and_seeing_it_sync(connected):
    assert connected == []


def test_what_is_found_is_searched_opened_and_gone_back_to(browse, connected):
    page = browse("/inventory")
    box = page.get_by_role("combobox")
    box.fill("sour")
    expect(page.get_by_role("option").first).to_contain_text("source")
    box.fill("source:azuread AND os:windows")
    box.press("Enter")

    expect(page).to_have_url(re.compile("search=source%3Aazuread"))
    first = page.locator("tbody tr a").first
    name = first.inner_text()
    first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name.strip())
    page.go_back()

    expect(page.locator("tbody tr a").first).to_contain_text(name.strip())
    assert page.faults == []


def test_a_task_is_paused_and_the_pause_taken_back(browse, connected):
    page = browse("/tasks")
    page.locator("tbody a").first.click()

    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Resume")).to_be_visible()
    page.get_by_role("button", name="Undo").click()

    expect(page.get_by_role("button", name="Pause")).to_be_visible()


def test_removing_asks_with_the_number_of_what_it_touches(browse, connected):
    page = browse("/credentials")
    page.locator("tbody a").first.click()

    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_role("dialog")).to_contain_text("1 task uses it")
    page.keyboard.press("Escape")

    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.get_by_role("heading", name="Contoso tenant")).to_be_visible()


def test_the_keyboard_skips_to_the_content_and_opens_menus(browse):
    page = browse("/tasks")

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    page.locator(".account summary").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Profile and sessions")).to_be_visible()
    page.keyboard.press("Escape")

    expect(page.get_by_role("link", name="Profile and sessions")).to_be_hidden()


def test_a_theme_that_was_chosen_stays(browse):
    page = browse("/profile")

    page.locator(".account summary").click()
    page.get_by_role("button", name="Dark").click()
    page.goto("/tasks")

    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"


def test_the_navigation_opens_on_a_narrow_screen(browse):
    page = browse("/tasks", width=390)

    expect(page.get_by_role("link", name="Credentials")).to_be_hidden()
    page.get_by_role("button", name="Open the navigation").click()
    page.get_by_role("link", name="Credentials").click()

    expect(page.get_by_role("heading", name="Credentials")).to_be_visible()
