"""U113: a scenario with a step that the specification does not have."""

import pytest

from fencepost.checks import Scenario
from fencepost.model.errors import EXIT_USAGE, UnknownAction


@pytest.mark.parametrize(
    ("action", "arguments", "what", "hint"),
    [
        ("leader_writes", {}, "has no action or initialiser 'leader_writes'", "did you mean leader_write?"),
        ("leader_write", {}, "leader_write() is not how leader_write is called", "name each of its parameters: leader"),
        ("leader_write", {"broker": "b1"}, "leader_write(broker=b1) is not how", "parameters: leader"),
    ],
)
def test_every_way(action: str, arguments: dict[str, str], what: str, hint: str) -> None:
    with pytest.raises(UnknownAction) as caught:
        Scenario("kip-101").step(action, **arguments)
    assert str(caught.value).startswith("error U113: ")
    assert what in str(caught.value)
    assert hint in str(caught.value)
    assert caught.value.exit_code == EXIT_USAGE


def test_an_initialiser() -> None:
    with pytest.raises(UnknownAction, match="'everyone'"):
        Scenario("kip-101").start("everyone")
