"""The page of a run: stepping, panels, no network, no complaint, and nothing of a run taken for markup."""

import dataclasses

import pytest
from playwright.sync_api import expect

from fencepost.model import Specification
from fencepost.model.replication.truncate_to_high_watermark import TruncateToHighWatermark
from fencepost.traces import page as pages
from models import runs
from models.walks import Failing, Pinging, Sharded

RUNS = {
    "truncation": (runs.truncation, TruncateToHighWatermark),
    "pinging": (runs.pinging, Pinging),
    "failing": (runs.failing, Failing),
    "sharded": (runs.sharded, Sharded),
}


def html(name):
    make, model = RUNS[name]
    trace = make()
    properties = [trace.property_name] if trace.property_name else None
    return pages.write(trace, Specification(model, dict(trace.constants), properties))


@pytest.fixture
def opened(watched, tmp_path, request):
    file = tmp_path / "run.html"
    file.write_text(html(getattr(request, "param", "truncation")))
    watched.page.goto(f"file://{file}")
    yield watched
    assert watched.complaints == []
    assert watched.requests == [f"file://{file}"]


def test_it_begins_with_the_last_state(opened):
    expect(opened.page.locator("#where")).to_have_text("State 9 of 9")
    expect(opened.page.locator("h1")).to_have_text("weak_isr is violated")
    expect(opened.page.locator(".false")).to_contain_text("for leader = b1, member = b2")


def test_keys_step_through_the_states(opened):
    page = opened.page
    for key, number in (
        ("Home", 1),
        ("ArrowRight", 2),
        ("j", 3),
        ("ArrowLeft", 2),
        ("k", 1),
        ("k", 1),
        ("End", 9),
        ("j", 9),
    ):
        page.keyboard.press(key)
        expect(page.locator("#where")).to_have_text(f"State {number} of 9")
        expect(page.locator(".run .row.current")).to_have_attribute("data-state", str(number - 1))
    page.keyboard.press("Home")
    expect(page.locator("#title")).to_have_text("1. initial state")


def test_the_slider_the_buttons_and_the_diagram_do_the_same(opened):
    page = opened.page
    page.get_by_label("First state").click()
    page.get_by_label("Next state").click()
    expect(page.locator("#title")).to_have_text("2. controller: controller_elect_leader")
    page.get_by_label("State", exact=True).fill("5")
    expect(page.locator("#title")).to_have_text("5. b1: leader_write")
    page.get_by_label("State", exact=True).press("ArrowRight")
    expect(page.locator("#where")).to_have_text("State 6 of 9")
    page.locator(".run .row").nth(6).click(position={"x": 5, "y": 5})
    expect(page.locator("#where")).to_have_text("State 7 of 9")


def test_changes_messages_and_logs_of_a_state(opened):
    page = opened.page
    expect(page.locator("#changes li")).to_have_text(
        [
            "− replica[b2].log.records[0]: Record(id=0, epoch=0)",
            "  replica[b2].leader_epoch: 0 → 1",
            "  replica[b2].isr: {b1, b2} → {b1}",
        ]
    )
    expect(page.locator("#messages li")).to_have_text(["received LeaderAndIsr(leader_epoch=1, leader=b1, isr={b1})"])
    expect(page.locator("#processes tbody tr")).to_have_count(2)
    expect(page.locator("#processes tbody tr").first).to_contain_text("0 e0")


@pytest.mark.parametrize("opened", ["sharded"], indirect=True)
def test_replicas_of_a_partition_stand_together(opened):
    page = opened.page
    expect(page.locator("#processes tbody th")).to_have_text(["s1", "n1", "n2", "s2", "n1", "n2"])
    expect(page.locator("#processes tbody").last.locator("tr").last).to_have_text("n2leader10 e10{n2}")


def test_why_an_action_is_not_possible(opened):
    page = opened.page
    page.keyboard.press("Home")
    page.locator("#whynot summary").click()
    refused = page.locator("#disabled dt", has_text="leader_write").locator("xpath=following-sibling::dd[1]")
    expect(refused).to_contain_text("false: self.replica[broker].leader == broker")
    expect(refused).to_contain_text("self.replica[broker].leader is None")
    empty = page.locator("#disabled dt", has_text="become_leader").locator("xpath=following-sibling::dd[1]")
    expect(empty).to_have_text("nothing to take from requests")


def test_the_source_with_the_lines_of_the_action(opened):
    page = opened.page
    page.locator("#source summary").click()
    mark = page.locator("#text mark")
    expect(mark).to_contain_text("def become_follower(")
    expect(mark).to_be_in_viewport()


def test_the_whole_state(opened):
    opened.page.locator("#full summary").click()
    expect(opened.page.locator("#state tr", has_text="next_leader_epoch")).to_contain_text("2")


@pytest.mark.parametrize("opened", ["pinging", "failing"], indirect=True)
def test_other_runs_open_without_complaint(opened):
    for _ in range(9):
        opened.page.keyboard.press("ArrowLeft")
    expect(opened.page.locator("#where")).to_contain_text("State 1 of 9")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 800, 1300])
def test_it_fits(opened, width, scheme):
    """Nothing makes the page itself scroll sideways, on a phone or in the dark."""
    opened.page.emulate_media(color_scheme=scheme)
    opened.page.set_viewport_size({"width": width, "height": 800})
    assert opened.page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_names_are_text(watched, tmp_path):
    trace = runs.truncation()
    hostile = "</script><img src=x onerror=\"document.title='hit'\">{{DATA}}\u2028"
    trace = dataclasses.replace(trace, model=hostile, property_name=hostile)
    steps = tuple(dataclasses.replace(step, process=hostile, choices=(hostile,)) for step in trace.steps)
    file = tmp_path / "run.html"
    file.write_text(
        pages.write(dataclasses.replace(trace, steps=steps), Specification(TruncateToHighWatermark, {"replicas": 2}))
    )
    watched.page.goto(f"file://{file}")
    watched.page.keyboard.press("ArrowLeft")
    expect(watched.page.locator("#title")).to_contain_text("onerror")
    assert watched.page.title().startswith("</script><img")
    assert watched.page.locator("img").count() == 0
    assert watched.complaints == []


def test_the_page_takes_little_room():
    assert len(html("failing")) < 200_000
