"""Small specifications for random walks."""

from typing import Annotated

from fencepost.model import Model, Range, action, constraint, invariant, require, step_invariant, witness


class FourWays(Model):
    """One step by one of four actions, one of which has six successors; a fifth is never possible."""

    taken: Annotated[int, Range(0, 9)]

    @action
    def never(self) -> None:
        require(self.taken > 9)

    @action
    def north(self) -> None:
        self.taken = 7

    @action
    def east(self, value: Annotated[int, Range(1, 6)]) -> None:
        self.taken = value

    @action
    def south(self) -> None:
        self.taken = 8

    @action
    def west(self) -> None:
        self.taken = 9

    @witness
    def east_1(self) -> bool:
        return self.taken == 1

    @witness
    def east_2(self) -> bool:
        return self.taken == 2

    @witness
    def east_3(self) -> bool:
        return self.taken == 3

    @witness
    def east_4(self) -> bool:
        return self.taken == 4

    @witness
    def east_5(self) -> bool:
        return self.taken == 5

    @witness
    def east_6(self) -> bool:
        return self.taken == 6


class Moves(Model):
    """Up and down between 0 and 9; subclasses fail where it is at 5."""

    at: Annotated[int, Range(0, 9)]

    @action
    def up(self) -> None:
        require(self.at < 9)
        self.at += 1

    @action
    def down(self) -> None:
        require(self.at > 0)
        self.at -= 1


class FailsInInvariant(Moves):
    @invariant
    def not_five(self) -> bool:
        return 10 // (5 - self.at) != 99


class FailsInStepInvariant(Moves):
    @step_invariant
    def not_to_five(self, after: "FailsInStepInvariant") -> bool:
        return 10 // (5 - after.at) != 99


class FailsInConstraint(Moves):
    @constraint
    def not_five(self) -> bool:
        return 10 // (5 - self.at) != 99


class FailsInAction(Moves):
    @action
    def divide(self) -> None:
        require(self.at > 4)
        self.at = 10 // (self.at - 5)
