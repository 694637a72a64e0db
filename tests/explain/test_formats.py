"""Text, Markdown, JSON and the page say the same, and all of it."""

import itertools
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from referencing import Registry, Resource

from fencepost.checks.cli import main
from fencepost.checks.explain import data, markdown, page, text, words
from fencepost.checks.explain.grid import ACKS, Grid, Setting
from fencepost.checks.explain.rows import merged
from fencepost.traces import itf

DOCS = Path(__file__).parents[2] / "docs"
SCHEMA, REPORT = (json.loads((DOCS / f"{name}.schema.json").read_text()) for name in ("explain", "report"))


def validate(found):
    registry = Registry().with_resource("report.schema.json", Resource.from_contents(REPORT))
    jsonschema.Draft202012Validator(SCHEMA, registry=registry).validate(found)


# Rows.


@given(st.data())
def test_merged_rows_say_the_same_of_every_configuration(drawn):
    settings = Grid((2, 3), (1, 2)).settings()
    answers = {setting: drawn.draw(st.integers(0, 2)) for setting in settings}
    heads, rows = merged([*answers.items()])
    assert len(heads) == 4
    found = {}
    for row in rows:
        for factor, least, acks, unclean in itertools.product(*row.columns):
            setting = Setting(int(factor), int(least), ACKS[acks], unclean == "on")
            assert setting not in found
            found[setting] = row.answer
    assert found == answers


def test_equal_answers_are_one_row():
    _, [row] = merged([(setting, "same") for setting in Grid().settings()])
    assert row.texts == ["2, 3", "1, 2", "all, 1, 0", "off, on"]


def test_eligible_leader_replicas_have_a_column_where_somebody_is_without_them():
    heads, rows = merged([(Setting(eligible_leader_replicas=value), value) for value in (True, False)])
    assert heads[-1] == "eligible leader replicas" and [row.texts[-1] for row in rows] == ["on", "off"]


# Formats.


def test_json_is_as_its_schema_says(explained, tabled):
    validate(data.to_json(explained))
    validate(data.to_json(tabled(Grid((3,), (2, 4), (-1,)), states=20, seconds=60.0).explain()))


def test_the_schema_refuses_what_is_not_described(explained):
    found = data.to_json(explained)
    for change in ({"more": 1}, {"version": 2}, {"cells": []}, {"complete": "yes"}):
        with pytest.raises(jsonschema.ValidationError):
            validate(found | change)


def test_json_has_every_search_and_refers_to_counterexamples(explained):
    found = json.loads(data.write(explained))
    assert [len(one["searches"]) for one in found["cells"]] == [len(one.findings) for one in explained.cells]
    runs = {one["number"]: one for one in found["counterexamples"]}
    assert list(runs) == list(range(1, len(runs) + 1))
    answers = [answer["loss"] for claim in found["claims"] for answer in claim["answers"] if answer["loss"]]
    losses = [loss for cell in found["cells"] for loss in cell["losses"]] + answers
    assert {loss["counterexample"] for loss in losses} == runs.keys()
    for loss in losses:
        run = runs[loss["counterexample"]]
        assert (loss["states"], loss["failures"]) == (run["trace"]["states"], run["failures"])
        assert len(run["trace"]["steps"]) == loss["states"]


def test_text_has_all_cells_and_all_runs(explained):
    found = text.write(explained)
    for cell in explained.cells:
        said = "".join(
            part if number is None else f"{part} [{number}]" for part, number in words.cell_words(cell, explained)
        )
        assert said in found
    for number, one in enumerate(explained.counterexamples, start=1):
        assert f"\n[{number}] {words.loss(one)}: " in found
        assert all(f"  {line}\n" in found for line in words.steps_of(one.trace))
    assert found.isascii()


def test_markdown_links_lead_somewhere_and_tables_are_rectangular(explained):
    found = markdown.write(explained)
    links = set(re.findall(r"\]\(#([\w-]+)\)", found))
    assert len(links) == len(explained.counterexamples)
    assert links == set(re.findall(r'<a id="([\w-]+)">', found))
    tables = re.findall(r"(?:^\|.*\n)+", found, re.MULTILINE)
    assert len(tables) == 1 + len(explained.claims)
    for table in tables:
        assert len({line.count("|") for line in table.splitlines()}) == 1


class Parsed(HTMLParser):
    """Names of elements, links to them, and links to anything else."""

    def __init__(self, found):
        super().__init__()
        self.names, self.links, self.outside = [], set(), []
        self.feed(found)

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name == "id":
                self.names.append(value)
            elif name in ("src", "href") and value.startswith("#"):
                self.links.add(value[1:])
            elif name in ("src", "href"):
                self.outside.append(value)


def test_the_page_needs_nothing_else_and_its_links_lead_somewhere(explained):
    found = Parsed(page.write(explained))
    assert len(found.names) == len(set(found.names))
    assert found.links <= set(found.names)
    assert {f"run-{number}" for number in range(1, len(explained.counterexamples) + 1)} <= found.links
    assert found.outside == []


def test_the_command_of_a_counterexample_finds_it_again(explained, tmp_path):
    for one in [explained.counterexamples[number] for number in (0, 5, -1)]:
        file = tmp_path / "found.itf.json"
        program, *arguments = words.command(one, explained).split()
        assert program == "fencepost"
        main([*arguments, "--engine", "python", "--trace", str(file), "--quiet"])
        assert len(itf.load(str(file)).states) == one.trace.states


def test_a_tally_counts_the_configurations_in_which_a_claim_is_true(explained):
    claim = explained.claims[3]
    true = [[row[place].verdict for row in claim.rows].count("true") for place in (0, 1)]
    assert words.tally(claim) == (
        f"Of 24 configurations it is true in {true[0]} (its process crashes); {true[1]} (its machine loses power)."
    )
    assert all(0 < count < 24 for count in true)
    for write in (text.write, markdown.write, page.write):
        assert words.tally(claim) in write(explained)


def test_a_claim_about_no_configuration_is_not_computed(tabled):
    found = tabled(Grid((2,), (1,), (1,), (False,))).explain()
    for write in (text.write, markdown.write, page.write):
        assert words.NOT_OF_THIS_KIND in write(found)
    assert found.is_complete
