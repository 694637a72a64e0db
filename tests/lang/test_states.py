"""Initial states, parameters, choices, and what is asked of states and steps."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import pytest

from fencepost.model import (
    Bag,
    Constant,
    Domain,
    In,
    Map,
    Model,
    Range,
    Seq,
    Set,
    Size,
    Specification,
    Struct,
    action,
    choose,
    constraint,
    implies,
    init,
    invariant,
    require,
    step_invariant,
    witness,
)
from lang.everything import Color, Everything, Inner, Outer, Small, agreement, assert_all_taken
from lang.executions import assert_agreement, compared, initial_disagreement, premises

Account = Annotated[int, Domain("accounts", prefix="a")]
Amount = Annotated[int, Range(0, "most")]


class Kind(Enum):
    PAY = "pay"
    ASK = "ask"


class Message(Struct):
    kind: Kind
    amount: Amount
    to: Account | None = None


class Box(Struct):
    messages: Annotated[Bag[Message], Size(2)]
    last: Annotated[Seq[Amount], Size("accounts")]


class Bank(Model):
    """Several initialisers, choices in them, parameters of all sorts, and every kind of property."""

    accounts: Annotated[Constant[int], Range(1, 4)] = 2
    most: Constant[int] = 2
    strict: Constant[bool] = False

    balance: Map[Account, Amount]
    box: Box
    open: Set[Account]
    steps: Annotated[int, Range(0, 9)]

    @init
    def everybody_is_rich(self) -> None:
        for account in self.balance:
            self.balance[account] = self.most
        self.open = self.members(Account)

    @init
    def one_is_rich(self, rich: Account, poor: Account) -> None:
        require(rich != poor)
        self.balance[rich] = self.most
        some = choose([{rich}, {rich, poor}])
        self.open = some
        if len(self.open) == 1:
            amount = choose(range(1, self.most + 1))
            self.balance[poor] = amount

    @action
    def send(self, account: Annotated[Account, In("open")], kind: Kind) -> None:
        require(self.balance[account] > 0 and len(self.box.messages) < 2)
        amount = choose(range(1, self.balance[account] + 1))
        to = choose(self.members(Account) - {account} if kind == Kind.PAY else self.members(Account))
        self.balance[account] -= amount
        self.box.messages.add(Message(kind, amount, None if to == account else to))
        self.steps += 1

    @action
    def receive(self, message: Annotated[Message, In("box.messages")]) -> None:
        require(message.to is not None)
        assert message.to is not None
        self.balance[message.to] += message.amount
        self.box.messages.remove(message)
        if len(self.box.last) < self.accounts:
            self.box.last.append(message.amount)

    @action
    def forget(self, amount: Annotated[Amount, In("box.last")], also: Amount | None, quick: bool) -> None:
        require(quick or also == amount)
        self.box.last = [kept for kept in self.box.last if kept != amount]

    @invariant
    def no_money_is_made(self) -> bool:
        in_flight = sum(message.amount for message in self.box.messages)
        return sum(self.balance.values()) + in_flight <= self.most * self.accounts

    @invariant
    def closed_accounts_keep_still(self) -> bool:
        return all(implies(account not in self.open, self.balance[account] <= self.most) for account in self.balance)

    @witness
    def two_messages(self) -> bool:
        return len(self.box.messages) == 2

    @step_invariant
    def steps_are_counted(self, after: Bank) -> bool:
        if after.steps == self.steps:
            return True
        return after.steps == self.steps + 1 and len(after.box.messages) > len(self.box.messages)

    @step_invariant
    def the_open_stay_open(self, after: Bank) -> bool:
        return self.open <= after.open

    @constraint
    def few_steps(self) -> bool:
        return self.steps < 2

    @constraint
    def never_closed(self) -> bool:
        return not self.strict or len(self.open) > 0


class Choices(Everything):
    """`choose` from everything it takes, at several sites, some of which are not always reached."""

    @action
    def from_collections(self) -> None:
        x = choose(self.wide)
        self.n = x
        color = choose(Color)
        self.color = color

    @action
    def from_a_bag_with_duplicates(self) -> None:
        x = choose(self.numbers)
        self.n = x

    @action
    def from_a_map(self) -> None:
        color = choose(self.inners)
        self.inners[color].v = 1

    @action
    def from_pairs(self) -> None:
        pair = choose(enumerate(self.wide))
        self.n = pair[0] * 10 + pair[1]

    @action
    def from_a_range(self) -> None:
        x = choose(range(self.p.v, self.q.v))
        self.n = x

    @action
    def from_a_generator(self) -> None:
        x = choose(y + 1 for y in self.small if y != 1)
        self.n = x

    @action
    def some_sites_are_not_reached(self) -> None:
        x = choose(self.wide)
        if x > 0:
            y = choose([0, 1])
            self.k = y
        self.n = x
        z = choose([True, False])
        self.flag = z

    @action
    def some_choices_are_not_possible(self) -> None:
        x = choose(self.wide)
        require(x > 0)
        y = choose(range(x))
        require(y != 1)
        self.n = x * 10 + y

    @action
    def for_its_number_only(self) -> None:
        choose([1, 2])
        self.n = 1


class Parameters(Everything):
    """Parameters of every type that can be enumerated, and elements of collections."""

    @action
    def of_scalars(self, x: Small, flag: bool, color: Color, maybe: Small | None) -> None:
        require(flag or maybe == x)
        self.n, self.color = x, color

    @action
    def of_structs(self, inner: Inner | None) -> None:
        self.maybe_inner = inner

    @action
    def of_sets(self, xs: Set[Color]) -> None:
        require(len(xs) == 2)
        self.colors = xs

    @action
    def of_maps(self, row: Map[bool, Small]) -> None:
        self.table[self.color] = row

    @action
    def elements(self, x: Annotated[Small, In("seq")], inner: Annotated[Inner, In("outer.items")]) -> None:
        self.n = x
        self.p = inner

    @action
    def duplicates(self, x: Annotated[Color, In("bag")], y: Annotated[Inner, In("few")]) -> None:
        self.color, self.q = x, y

    @action
    def assigned(self, x: Small) -> None:
        x += 1
        if x > 2:
            x = 0
        self.n = x


@pytest.mark.parametrize("constants", [{}, {"strict": True}, {"accounts": 3}, {"accounts": 1, "most": 1}])
def test_bank(constants: dict[str, int]) -> None:
    assert not initial_disagreement(compared(Bank, **constants))
    if constants.get("accounts") != 1:
        assert assert_agreement(Bank, limit=200, **constants) > 20


def test_initial_states_come_in_order_and_once() -> None:
    specification = Specification(Bank)
    states = [(list(state.balance.values()), list(state.open)) for state in specification.initial_states()]
    assert states == [
        ([2, 2], [0, 1]),
        ([2, 1], [0]),
        ([2, 2], [0]),
        ([2, 0], [0, 1]),
        ([1, 2], [1]),
        ([2, 2], [1]),
        ([0, 2], [0, 1]),
    ]


def test_choices() -> None:
    assert_all_taken(Choices, states=80)


def test_parameters() -> None:
    assert_all_taken(Parameters, states=25)


class Premises(Everything):
    """What counts as a premise, by the words of the properties' names."""

    @action
    def nothing(self) -> None:
        pass

    @invariant
    def always(self) -> bool:
        return self.n <= 60

    @invariant
    def implication(self) -> bool:
        return implies(self.n > 0, self.k <= 60)

    @invariant
    def negation_first(self) -> bool:
        return not self.flag or self.k <= 60

    @invariant
    def over_all_elements(self) -> bool:
        return all(x < 9 for x in self.wide)

    @invariant
    def over_some_elements(self) -> bool:
        return all(implies(x > 3, x < 9) for x in self.wide if x > 0)

    @invariant
    def over_all_keys(self) -> bool:
        return all(inner.v < 9 for inner in self.inners.values())

    @invariant
    def no_element(self) -> bool:
        return not any(x > 9 for x in self.wide if x > 2)

    @invariant
    def either(self) -> bool:
        return implies(self.n > 0, True) and implies(self.k > 0, True)

    @invariant
    def early_return(self) -> bool:
        if not self.flag:
            return True
        return self.n < 61

    @invariant
    def early_return_over_elements(self) -> bool:
        for x in self.wide:
            if x > 9:
                return False
        return all(x < 9 for x in self.small)


def test_premises_by_hand() -> None:
    these = compared(Premises)
    state = these.specification.blank()
    names = {prop.name for prop in these.specification.properties}
    assert names - premises(these, state) == {
        "implication", "negation_first", "over_all_elements", "over_some_elements", "no_element", "either",
        "early_return", "early_return_over_elements",
    }  # fmt: skip
    state.n, state.flag, state.wide, state.small = 1, True, {1, 3}, {0}
    assert names - premises(these, state) == {"over_some_elements"}
    state.wide = {4}
    assert names == premises(these, state)


def test_premises_agree() -> None:
    agreement(Premises)


__all__ = ["Outer"]
