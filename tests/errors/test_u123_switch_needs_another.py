"""U123: a switch that is set on while another one is off without which it means nothing."""

import pytest

from errors.refusals import Refusals, in_class
from fencepost.model import Specification
from fencepost.model.errors import EXIT_USAGE, BadConstant, SwitchNeedsAnother

SWITCHES = """\
elections: Constant[bool] = True
unclean: Annotated[Constant[bool], Needs("elections")] = True
quick: Annotated[Constant[bool], Needs("unclean")] = True
@action
def act(self) -> None:
    pass
"""


def test_what_is_said(refusals: Refusals) -> None:
    model = refusals.load(in_class(SWITCHES)).Spec
    with pytest.raises(SwitchNeedsAnother) as caught:
        Specification(model, {"elections": False, "unclean": "true"})
    assert str(caught.value) == (
        "error U123: unclean = true needs elections, which is false\n  leave unclean out, or set elections = true"
    )
    assert caught.value.exit_code == EXIT_USAGE
    # Also where the other one is off because it follows a third.
    with pytest.raises(SwitchNeedsAnother, match="quick = true needs unclean, which is false"):
        Specification(model, {"elections": False, "quick": True})


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({}, (True, True, True)),
        ({"elections": False}, (False, False, False)),
        ({"unclean": False}, (True, False, False)),
        ({"elections": False, "unclean": False}, (False, False, False)),
        ({"elections": True, "quick": False}, (True, True, False)),
    ],
)
def test_a_switch_that_is_left_out_follows(
    given: dict[str, bool], found: tuple[bool, bool, bool], refusals: Refusals
) -> None:
    constants = Specification(refusals.load(in_class(SWITCHES)).Spec, given).constants
    assert (constants["elections"], constants["unclean"], constants["quick"]) == found


def needing(what: str) -> str:
    return f"""\
size: Constant[int] = 1
sure: Constant[bool] = True
on: Annotated[Constant[bool], Needs({what})] = True
@action
def act(self) -> None:
    pass
"""


def test_a_number_can_be_needed(refusals: Refusals) -> None:
    model = refusals.load(in_class(needing('"size", 2'))).Spec
    assert [Specification(model, {"size": size}).constants["on"] for size in (1, 2, 3)] == [False, True, True]
    with pytest.raises(SwitchNeedsAnother) as caught:
        Specification(model, {"on": True})
    assert str(caught.value) == "error U123: on = true needs size, which is 1\n  leave on out, or set size = 2"


@pytest.mark.parametrize(
    ("needs", "words"),
    [
        ('"size"', "on needs size, which is not another switch"),
        ('"nothing"', "on needs nothing, which is not another switch"),
        ('"sure", 2', "on needs sure, which is not another number"),
    ],
)
def test_what_is_needed_is_a_constant_of_the_kind(needs: str, words: str, refusals: Refusals) -> None:
    with pytest.raises(BadConstant, match=words):
        Specification(refusals.load(in_class(needing(needs))).Spec, {})
