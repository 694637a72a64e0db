"""What the checker knows and CPython does not: the two limits that docs/language.md names."""

from fencepost.model import Specification, action
from lang.everything import Everything, Small, random_state
from lang.executions import compared


class Annotated(Everything):
    @action
    def promise(self) -> None:
        x: Small = self.n
        self.k = x


class Wide(Everything):
    @action
    def more_than_64_bits(self) -> None:
        x = 1
        for _ in range(60):
            x = x * 3
        self.n = x % 50


class WideOptional(Everything):
    @action
    def more_than_32_bits(self) -> None:
        x = None if self.flag else self.k
        for _ in range(60):
            if x is not None:
                x = x * 3 + 1
        self.n = 0 if x is None else x % 50


def failures(model: type[Everything], **fields: object) -> list[bool]:
    """Which executions fail: CPython, the interpreter, native code."""
    import random

    these = compared(model)
    state = random_state(these, random.Random(0))
    for name, value in fields.items():
        setattr(state, name, value)
    return [bool(execution.successors(state).failed) for execution in these.executions]


def test_an_annotated_local_is_held_to_its_bounds() -> None:
    assert failures(Annotated, n=3) == [False, False, False]
    assert failures(Annotated, n=4) == [False, True, True]


def test_local_integers_have_64_bits() -> None:
    assert failures(Wide) == [False, False, True]


def test_optional_local_integers_have_32_bits() -> None:
    assert failures(WideOptional, flag=True, k=1) == [False, False, False]
    assert failures(WideOptional, flag=False, k=1) == [False, True, True]


def test_a_subclass_may_change_defaults() -> None:
    class Sub(Everything):
        n = 7
        nodes = 2
        seq = [1, 2]

        @action
        def act(self) -> None:
            self.n = self.n + self.nodes + len(self.seq)

    specification = Specification(Sub)
    [step] = specification.successors(specification.blank())
    assert (specification.constants["nodes"], step.state.n) == (2, 11)
    assert failures(Sub) == [False, False, False]
