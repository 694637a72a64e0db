"""The page of an explanation: cells open their runs, a phone shows all of it, and tables stay tables."""

import pytest
from playwright.sync_api import expect

from explain.conftest import table
from fencepost.checks.explain import page as pages
from fencepost.checks.explain.grid import Grid


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    written = tmp_path_factory.mktemp("page") / "promises.html"
    written.write_text(pages.write(table(Grid((2,), (1, 2), (-1,))).explain()), encoding="utf-8")
    return written


@pytest.fixture
def opened(watched, file):
    watched.page.goto(f"file://{file}")
    yield watched.page
    assert watched.complaints == []
    assert set(watched.requests) <= {f"file://{file}"}


def test_a_cell_opens_its_run(opened):
    run = opened.locator("#run-2")
    expect(run.locator("ol")).not_to_be_visible()
    opened.locator("td a[href='#run-2']").first.click()
    expect(run.locator("ol")).to_be_visible()
    expect(run.locator("svg")).to_be_visible()
    expect(run.locator("ol li.fault")).to_have_count(2)


def test_a_link_from_outside_opens_a_run(watched, file):
    watched.page.goto(f"file://{file}#run-3")
    expect(watched.page.locator("#run-3 svg")).to_be_visible()
    assert watched.complaints == []


@pytest.mark.parametrize("width", [1300, 390])
def test_rows_have_heads_at_every_width(opened, width):
    opened.set_viewport_size({"width": width, "height": 800})
    found = opened.get_by_role("table", name="When acknowledged records are lost")
    expect(found.get_by_role("row")).to_have_count(5)
    expect(found.get_by_role("columnheader")).to_have_count(5)
    expect(found.get_by_role("row").nth(3).get_by_role("rowheader")).to_have_text(["2", "2", "all", "off"])
    expect(found.get_by_role("row").nth(3).get_by_role("cell")).to_contain_text("lost after 2 power losses (7 states)")


def test_nothing_is_wider_than_a_phone(opened):
    opened.set_viewport_size({"width": 390, "height": 800})
    for one in opened.locator("details").all():
        one.evaluate("one => one.open = true")
    assert opened.evaluate("document.documentElement.scrollWidth") <= 390


def test_dark_is_dark(opened):
    opened.emulate_media(color_scheme="dark")
    assert opened.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(13, 17, 23)"
    colours = "([...document.querySelectorAll('td')].map(one => getComputedStyle(one).backgroundColor))"
    assert "rgb(255, 241, 240)" not in opened.evaluate(colours)
