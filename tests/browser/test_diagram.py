"""Space-time diagrams in a browser: words stand apart from each other and from arrows, inside the picture."""

from pathlib import Path

import pytest

from fencepost.checks.state_graph import dot, picture, state_graph
from fencepost.model import Specification
from fencepost.model.two_phase_commit import TwoPhaseCommit
from fencepost.traces import space_time
from models import runs

OVERLAPS = """() => {
    const view = document.documentElement.getBoundingClientRect();
    const boxes = [...document.querySelectorAll("text")].map((one) => [one.textContent, one.getBoundingClientRect()]);
    const found = [];
    boxes.forEach(([text, a], index) => {
        if (a.left < view.left || a.right > view.right || a.bottom > view.bottom) found.push(`${text} is cut off`);
        for (const [other, b] of boxes.slice(index + 1)) {
            const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
            const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
            if (wide > 1 && high > 4) found.push(`${text} over ${other}`);
        }
    });
    return found;
}"""


ARROWS_THROUGH_WORDS = """() => {
    const boxes = [...document.querySelectorAll("text")].map((one) => [one.textContent, one.getBBox()]);
    const found = [];
    for (const arrow of document.querySelectorAll(".arrow")) {
        for (let at = 0; at <= arrow.getTotalLength(); at += 2) {
            const { x, y } = arrow.getPointAtLength(at);
            for (const [text, box] of boxes) {
                const inside = x > box.x && x < box.x + box.width && y > box.y + 3 && y < box.y + box.height - 2;
                if (inside) found.push(`${arrow.parentNode.textContent} through ${text}`);
            }
        }
    }
    return found;
}"""

GALLERY = sorted((Path(__file__).parents[2] / "docs" / "gallery").glob("*.svg"))


@pytest.mark.parametrize(
    "make", [runs.truncation, runs.pinging, runs.failing, runs.sharded], ids=lambda make: make.__name__
)
def test_no_words_overlap(make, watched, tmp_path):
    file = tmp_path / "run.svg"
    file.write_text(space_time.write(make()))
    watched.page.goto(f"file://{file}")
    assert watched.page.evaluate(OVERLAPS) == []
    assert watched.page.evaluate(ARROWS_THROUGH_WORDS) == []
    assert watched.complaints == []


@pytest.mark.parametrize("file", GALLERY, ids=lambda file: file.stem)
def test_no_words_overlap_in_the_gallery(file, watched):
    watched.page.goto(f"file://{file}")
    assert watched.page.evaluate(OVERLAPS) == []
    assert watched.page.evaluate(ARROWS_THROUGH_WORDS) == []
    assert watched.page.evaluate("document.documentElement.getBoundingClientRect().width") < 1000
    assert watched.complaints == []


def test_a_state_graph_opens(watched, tmp_path):
    file = tmp_path / "states.svg"
    graph = state_graph(Specification(TwoPhaseCommit, {"resource_managers": 1}))
    file.write_bytes(picture(dot(graph), "svg"))
    watched.page.goto(f"file://{file}")
    assert watched.page.locator("g.node").count() == len(graph)
    assert watched.page.evaluate(OVERLAPS) == []
    assert watched.complaints == []
