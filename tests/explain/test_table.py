"""Cells and claims against a search in CPython for each combination of failures, under the very constants."""

import itertools
from functools import cache

import pytest

from explain.cluster import Cluster
from fencepost.checks import check
from fencepost.checks.explain.claims import CLAIMS, ELECTION, LOSS
from fencepost.checks.explain.evidence import Finding
from fencepost.checks.explain.explanation import Cell
from fencepost.checks.explain.failures import Combination, combinations
from fencepost.checks.explain.grid import Grid, Setting, variants
from fencepost.checks.explain.words import cell_words
from fencepost.model import Specification, errors
from fencepost.traces.replay import replay

FAILURES = ("max_crashes", "max_power_losses", "max_isr_shrinks")


def constants(setting, counts):
    return {**vars(setting), "brokers": setting.replication_factor, **dict(zip(FAILURES, counts, strict=True))}


@cache
def shortest(setting, counts, name=LOSS):
    """The length of the shortest run in which these failures violate a property; None if there is none."""
    specification = Specification(Cluster, constants(setting, counts), [name])
    [prop] = specification.properties
    level = {specification.key(state): state for state in specification.initial_states()}
    seen, depth = set(level), 1
    while level:
        if not all(specification.holds(prop, state) for state in level.values()):
            return depth
        following = (step.state for state in level.values() for step in specification.successors(state))
        level = {key: state for state in following if (key := specification.key(state)) not in seen}
        seen, depth = seen | set(level), depth + 1
    return None


def every(total):
    return [counts for counts in itertools.product(range(total + 1), repeat=3) if sum(counts) == total]


def counts_of(combination):
    return tuple(combination.parts().get(name, 0) for name in FAILURES)


def test_all_configurations_are_there(explained):
    settings = [cell.setting for cell in explained.cells]
    assert len(settings) == len(set(settings)) == 24


def test_a_cell_has_the_fewest_failures(explained):
    for cell in (one for one in explained.cells if one.setting.replication_factor == 2 or one.setting.acks == 1):
        for total in range(3):
            lost = {counts: length for counts in every(total) if (length := shortest(cell.setting, counts))}
            if lost:
                break
        assert {counts_of(one.failures): one.trace.states for one in cell.losses} == lost
        assert cell.verdict == ("lost" if lost else "kept")
        assert cell.is_fewest
        assert cell.excluded == (total - 1 if lost else 2)


def test_what_is_kept_was_searched_to_the_end(explained):
    """And is the space under these constants, state for state."""
    found = [(cell.setting, one) for cell in explained.cells for one in cell.findings if one.verdict == "kept"]
    assert len(found) > 50
    for setting, one in found[::16]:
        usual = constants(setting, counts_of(one.failures))
        report = check(Cluster, usual, properties=[LOSS], engine="python", symmetry=True).report
        assert (report.distinct, report.named(LOSS).failures) == (one.distinct, 0)


def test_a_run_is_one_under_these_constants(explained):
    assert len(explained.counterexamples) > 10
    for one in explained.counterexamples:
        trace = one.trace
        assert one.failures == Combination.of({name: trace.constants[name] for name in FAILURES})
        result = replay(trace, Specification(Cluster, trace.constants, [trace.property_name]))
        assert result.confirmed, result


@pytest.mark.parametrize("place", [0, 1, 3])
def test_a_claim_is_true_where_none_of_its_failures_loses_anything(explained, place):
    expected = {
        0: [
            [(2, 0, 0)],
            [(1, 1, 0)],
            [(0, 2, 0)],
            [counts for total in (1, 2) for counts in every(total) if counts[0] + counts[1] > 0],
        ],
        1: [[(1, 0, 0)], [(0, 1, 0)], [(1, 0, 1), (0, 1, 1)]],
        3: [[(1, 0, 0)], [(0, 1, 0)]],
    }[place]
    asked = explained.claims[place]
    verdicts = set()
    settings = [row[0].setting for row in asked.rows]
    small = [one.replication_factor == 2 or (one.acks == -1 and one.unclean_leader_election) for one in settings]
    for row in itertools.compress(asked.rows, small):
        for answer, wanted in zip(row, expected, strict=True):
            lost = [counts for counts in wanted if shortest(answer.setting, counts)]
            assert answer.verdict == ("false" if lost else "true")
            verdicts.add(answer.verdict)
    assert verdicts == {"true", "false"}


def test_who_is_elected_depends_on_two_switches(tabled):
    [*rows] = tabled(Grid((2,), (1, 2), (1, -1))).asked(CLAIMS[2]).rows
    assert [row[0].setting for row in rows] == variants(Setting(2, 2))
    for [answer] in rows:
        lost = any(shortest(answer.setting, counts, ELECTION) for total in range(3) for counts in every(total))
        assert answer.verdict == ("false" if lost else "true")


def test_what_follows_is_not_searched_again(tabled):
    asked = []
    evidence = tabled(told=lambda question, _: asked.append(question.failures)).evidence(Setting(2, 1, 1))
    both, crash = (Combination.of(counts) for counts in ({"max_crashes": 2}, {"max_crashes": 1}))
    lost = evidence.finding(crash)
    assert lost.verdict == "lost" and evidence.finding(both) is lost
    shrinks = [Combination.of({"max_isr_shrinks": number}) for number in (2, 1, 0)]
    kept = [evidence.finding(one) for one in shrinks]
    assert kept[0].verdict == "kept" and kept == [kept[0]] * 3
    assert set(asked) == {crash, shrinks[0]}


def test_combinations_are_all_ways_to_distribute_failures(tabled):
    kinds = tabled().evidence(Setting(2)).kernel.kinds
    assert [kind.constant for kind in kinds] == list(FAILURES)
    for total in range(5):
        found = list(combinations(kinds, total))
        assert sorted(map(counts_of, found)) == sorted(every(total))
        assert len(found) == len(set(found))


# What stops early.


def test_a_limit_leaves_cells_open(tabled):
    found = tabled(Grid((3,), (2,), (-1,), (False,)), states=30).explain()
    [cell] = found.cells
    assert cell.verdict == "open" and {one.stopped for one in cell.open} == {"limit of 30 states"}
    assert cell.excluded == 0
    [(said, _)] = cell_words(cell, found)
    assert "searches ended, those with up to 0 failures among them (limit of 30 states)" in said
    assert not found.is_complete and found.exit_code == 2


def test_others_are_not_excluded_where_a_search_stopped(tabled, explained):
    [cell] = tabled(Grid((2,), (1,), (-1,), (False,)), states=40).explain().cells
    assert cell.losses and cell.open and cell.is_fewest and not cell.is_settled
    [(words, _)] = cell_words(cell, explained)[-1:]
    assert words == "; other combinations are not excluded (limit of 40 states)"


def test_fewer_failures_are_not_excluded_where_a_search_stopped(explained):
    stopped = Finding(Combination.of({"max_crashes": 1}), "open", 7, "limit of 7 states")
    cell = Cell(Setting(2, 1), (stopped, *explained.cells[0].losses), finished=True)
    assert not cell.is_fewest and not cell.is_settled
    [(words, _)] = cell_words(cell, explained)[-1:]
    assert words == "; fewer failures are not excluded (limit of 7 states)"


def test_time_that_is_up_leaves_the_rest_open(tabled):
    found = tabled(Grid((3,), (2,), (-1,), (False,)), seconds=1e-9).explain()
    [cell] = found.cells
    assert cell.verdict == "open" and {one.stopped for one in cell.open} == {"limit of 1e-09 s"}


def test_an_interruption_keeps_what_is_computed(tabled):
    def stop(question, _):
        if question.setting == Setting(2, 1, 1) and question.failures.total == 1:
            raise KeyboardInterrupt

    found = tabled(Grid((2,), (1,)), told=stop).explain()
    verdicts = [cell.verdict for cell in found.cells]
    assert verdicts == ["lost", "lost", "open", *["not computed"] * 3]
    assert found.cells[2].findings[-1].stopped == "interrupted"
    assert [cell.excluded for cell in found.cells] == [1, 1, 0, None, None, None]
    answers = [answer.verdict for asked in found.claims for answer in asked.answers]
    assert set(answers) == {"not computed"}
    assert found.exit_code == 2


# What cannot be asked.


def test_a_specification_without_the_constants(tabled):
    from fencepost.checks.explain.kernel import Kernel
    from fencepost.checks.loading import find

    with pytest.raises(errors.UnknownConstant, match="no constant 'replication_factor'"):
        Kernel(find("two-phase-commit"), {}, Setting(), [LOSS], 1)


def test_a_budget_that_nothing_counts(tabled):
    from fencepost.checks.explain.kernel import Kernel
    from fencepost.checks.loading import Found
    from fencepost.model import Constant

    class Uncounted(Cluster):
        max_suspicions: Constant[int] = 0

    with pytest.raises(errors.UnknownConstant, match="max_suspicions is not the bound of a field suspicions"):
        Kernel(Found("uncounted", Uncounted, None, ""), {}, Setting(2), [LOSS], 1)


def test_what_takes_more_failures_is_not_asked(tabled):
    found = tabled(Grid((2,), (1,), (-1,), (False,)), failures=1).explain()
    assert [answer.verdict for answer in found.claims[1].answers] == ["true", "true", "not asked"]
    assert found.is_complete
