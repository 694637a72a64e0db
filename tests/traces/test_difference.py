"""What changed between two values: exact lines for chosen values, and for random ones that nothing is missed."""

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fencepost.checks.outcome import Run
from fencepost.model import Model, Set, Specification
from fencepost.traces.difference import Change, difference, parts
from fencepost.traces.trace import build

relaxed = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None, max_examples=40
)


def changes(specification: Specification, change: Callable[[Any], None], start: Any = None) -> list[str]:
    """The lines for what a function does to a state."""
    before = start or specification.blank()
    after = specification.state(specification.key(before))
    change(after)
    return [one.show() for one in difference(specification.state_type, before, after)]


def message(everything: Specification, sender: int, offset: int | None) -> Any:
    return everything.state_type.field["network"].element.make(  # type: ignore[attr-defined]
        everything.state_type.field["network"].element,  # type: ignore[attr-defined]
        {"sender": sender, "offset": offset, "tags": (), "inner": everything.blank().variant},
    )


def test_a_path_goes_down_to_what_changed(everything: Specification) -> None:
    def change(state: Model | Any) -> None:
        state.table[1][True] = 2
        state.variant.value = -1

    assert changes(everything, change) == ["variant.value: 0 -> -1", "table[b2][True]: 0 -> 2"]


def test_elements_of_sequences_are_compared_by_position(everything: Specification) -> None:
    start = everything.blank()
    start.log.append(message(everything, 0, 1))

    def append(state: Any) -> None:
        state.log.append(message(everything, 1, None))

    def replace_offset(state: Any) -> None:
        state.log.clear()
        state.log.append(message(everything, 0, 2))

    shown = "Message(sender=b2, offset=None, tags={}, inner=Variant(tag=RED, value=0))"
    assert changes(everything, append, start) == [f"log[1]: added {shown}"]
    assert changes(everything, replace_offset, start) == ["log[0].offset: 1 -> 2"]
    before = everything.state(everything.key(start))
    append(before)
    assert changes(everything, lambda state: state.log.pop(), before) == [f"log[1]: removed {shown}"]


def test_a_sequence_that_moves_up_says_what_it_loses(everything: Specification) -> None:
    start = everything.blank()
    start.log.extend([message(everything, 0, 1), message(everything, 1, 1)])
    [line] = changes(everything, lambda state: state.log.pop(0), start)
    assert line.startswith("log[0]: removed Message(sender=b1")


def test_sets_of_scalars_are_shown_whole_and_larger_elements_one_by_one(everything: Specification) -> None:
    def change(state: Any) -> None:
        state.members = Set([0, 2])
        state.network.add(message(everything, 0, 0))
        state.network.add(message(everything, 0, 0))

    lines = changes(everything, change)
    assert lines[0] == "members: {} -> {b1, b3}"
    assert [line.split("(")[0] for line in lines[1:]] == ["network: added Message", "network: added Message"]


def test_an_optional_that_stays_is_compared_inside(everything: Specification) -> None:
    start = everything.blank()
    start.maybe = message(everything, 0, 1)

    def change(state: Any) -> None:
        state.maybe = message(everything, 2, 1)

    assert changes(everything, change, start) == ["maybe.sender: b1 -> b3"]
    [line] = changes(everything, lambda state: setattr(state, "maybe", None), start)
    assert line.startswith("maybe: Message(") and line.endswith(" -> None")


@relaxed
@given(data=st.data())
def test_a_difference_is_empty_exactly_between_equal_values(typed_values: Any, data: st.DataObject) -> None:
    kind, value = data.draw(typed_values)
    other = data.draw(st.sampled_from([value, kind.default()]))
    found = list(difference(kind, value, other, "root"))
    assert (found == []) == (value == other)
    assert all(change.path.startswith("root") and change.before != change.after for change in found)
    back = [Change(change.path, change.after, change.before) for change in difference(kind, other, value, "root")]
    assert sorted(map(str, back)) == sorted(map(str, found))


@relaxed
@given(data=st.data())
def test_steps_of_a_run_say_all_that_changed(specification: Specification, walk: Any, data: st.DataObject) -> None:
    """The parts of a state that no change names are as they were."""
    trace = build(specification, walk(specification, data, 6))
    for before, after in zip(trace.steps, trace.steps[1:], strict=False):
        old, new = (dict(parts(specification.state_type, step.state)) for step in (before, after))
        touched = [change.path for change in after.changes]
        for path in old:
            named = any(change == path or change.startswith((f"{path}.", f"{path}[")) for change in touched)
            assert named == (old[path] != new[path]), path


def test_a_step_that_changes_nothing_has_no_changes(everything: Specification) -> None:
    state = everything.initial_states()[0]
    trace = build(everything, Run(everything.key(state), ()))
    assert trace.steps[0].changes == () and trace.states == 1
