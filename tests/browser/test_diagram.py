"""Space-time diagrams in a browser: words stand apart from each other, and inside the picture."""

import pytest

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


@pytest.mark.parametrize("make", [runs.truncation, runs.pinging, runs.failing], ids=lambda make: make.__name__)
def test_no_words_overlap(make, watched, tmp_path):
    file = tmp_path / "run.svg"
    file.write_text(space_time.write(make()))
    watched.page.goto(f"file://{file}")
    assert watched.page.evaluate(OVERLAPS) == []
    assert watched.complaints == []
