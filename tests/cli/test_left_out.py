"""Actions and properties that constants leave out: `needs`."""

from typing import Annotated

import pytest

from fencepost.checks import check
from fencepost.model import Constant, Model, Range, Specification, action, implies, invariant, require, step_invariant
from fencepost.model.errors import NoAction, UnknownConstantInBound, UnknownProperty


class Counting(Model):
    """It counts, and is set back now and then."""

    top: Annotated[Constant[int], Range(0, 3)] = 3
    max_resets: Annotated[Constant[int], Range(0, 2)] = 1
    sure: Constant[bool] = False

    count: Annotated[int, Range(0, "top")]
    resets: Annotated[int, Range(0, "max_resets")]

    @action(needs="top")
    def increase(self) -> None:
        require(self.count < self.top)
        self.count += 1

    @action(fault=True, needs="min(max_resets, 1 - sure)")
    def reset(self) -> None:
        require(self.resets < self.max_resets)
        self.resets += 1
        self.count = 0

    @invariant(needs="max_resets")
    def resets_are_few(self) -> bool:
        return implies(self.resets > 0, self.resets <= self.max_resets)

    @step_invariant(needs="-top + 1")
    def nothing_happens(self, after: "Counting") -> bool:
        return self.count == after.count


class Undeclared(Counting):
    """The same, with nothing said of what is needed."""

    @action(fault=True)
    def reset(self) -> None:
        super().reset()

    @invariant
    def resets_are_few(self) -> bool:
        return implies(self.resets > 0, self.resets <= self.max_resets)


class Inheriting(Counting):
    def reset(self) -> None:
        super().reset()


class Misspelt(Counting):
    @invariant(needs="max_reset")
    def always(self) -> bool:
        return True


def names(model, **constants):
    specification = Specification(model, constants)
    return [one.name for one in specification.actions], [one.name for one in specification.properties]


@pytest.mark.parametrize(
    ("constants", "actions", "properties"),
    [
        ({}, ["increase", "reset"], ["resets_are_few"]),
        ({"max_resets": 0}, ["increase"], []),
        ({"sure": True}, ["increase"], ["resets_are_few"]),
        ({"top": 0}, ["reset"], ["resets_are_few", "nothing_happens"]),
    ],
)
def test_what_needs_something_is_there_with_it_only(constants, actions, properties):
    assert names(Counting, **constants) == (actions, properties)
    assert names(Inheriting, **constants) == (actions, properties)


@pytest.mark.parametrize("engine", ["native", "python"])
def test_what_is_left_out_is_no_failure_and_changes_no_state(engine):
    found, plain = (check(model, {"max_resets": 0}, engine=engine).report for model in (Counting, Undeclared))
    assert (found.verdict, found.distinct, found.generated) == ("holds", plain.distinct, plain.generated)
    assert found.left_out == {
        "reset": "min(max_resets, 1 - sure)",
        "resets_are_few": "max_resets",
        "nothing_happens": "-top + 1",
    }
    assert plain.verdict == "violated"
    assert plain.failures == ("resets_are_few is vacuous: its premise is never met", "reset is never possible")


def test_reports_say_what_is_left_out(run):
    done = run("check", f"{__file__}:Counting", "--set", "max_resets=0", "--set", "sure=true")
    assert (
        "Left out, as these constants give them no room: reset (min(max_resets, 1 - sure)), resets_are_few (max_resets)"
        in done.out
    )
    assert (
        "Left out under these constants\n  nothing_happens: needs -top + 1\n" in run("show", f"{__file__}:Counting").out
    )


def test_a_property_that_is_left_out_cannot_be_asked_for():
    with pytest.raises(UnknownProperty) as caught:
        Specification(Counting, {"max_resets": 0}, ["resets_are_few"])
    assert str(caught.value) == (
        "error U110: under these constants Counting has no property 'resets_are_few': it needs max_resets\n"
        "  that is 0 or less: choose other constants, or leave it out"
    )
    assert Specification(Counting, {"max_resets": 0}, []).properties == ()


def test_what_is_needed_is_an_expression_of_constants():
    with pytest.raises(UnknownConstantInBound, match="Misspelt.always, needs: .* names 'max_reset'") as caught:
        Specification(Misspelt)
    assert caught.value.at is not None and "def always" in caught.value.at.text
    assert "did you mean max_resets?" in str(caught.value)


def test_something_has_to_be_left():
    with pytest.raises(NoAction, match="Counting has no action\n.*\n.*\n  increase needs top; reset needs"):
        Specification(Counting, {"top": 0, "max_resets": 0})
