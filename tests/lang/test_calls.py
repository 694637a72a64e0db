"""Calls: methods, properties, functions, arguments, results, and inheritance."""

from typing import cast

from fencepost.model import Set, action, choose, require
from lang.everything import Color, Everything, Inner, Outer, Small, assert_all_taken

LIMIT = 3


def twice(number: int) -> int:
    return number * 2


def first_above(numbers: Set[int], bound: int = LIMIT) -> int | None:
    for number in numbers:
        if number > bound:
            return number
    return None


class Methods(Everything):
    @action
    def functions(self) -> None:
        self.n = twice(self.outer.n) + twice(number=2)
        found = first_above(self.wide)
        self.k = -5 if found is None else found
        self.maybe = first_above(self.small, bound=1)

    @action
    def of_structs(self) -> None:
        self.p.bump()
        self.n = self.p.double + self.q.plus(3) + self.outer.of(number=1)

    @action
    def of_entries(self) -> None:
        self.inners[self.color].bump()
        self.outer.inner.bump()

    @action
    def of_values(self) -> None:
        require(self.maybe_inner is not None)
        self.n = cast(Inner, self.maybe_inner).double + sum(inner.plus(1) for inner in self.inner_seq)

    @action
    def early_results(self) -> None:
        self.n = self.search(self.k)

    def search(self, wanted: int) -> int:
        for x in self.seq:
            if x == wanted % 4:
                return x + 10
        if wanted > 3:
            return -1
        return wanted

    @action
    def nothing_or_something(self) -> None:
        found = self.nearly(self.k)
        if found is not None:
            self.n = found

    def nearly(self, number: int) -> int | None:
        if number > 3:
            return None
        if number < -3:
            return None
        return number

    @action
    def the_end_is_not_reached(self) -> None:
        self.n = self.small_or_large(self.k)

    def small_or_large(self, number: int) -> int:
        if number < 3:
            return 1
        if number >= 3:
            return 2
        assert False  # noqa: B011, PT015  # not stripped: the language has no `raise`

    @action
    def early_end(self) -> None:
        if self.flag:
            self.n = 1
            return
        self.n = 2

    @action
    def properties_and_static_methods(self) -> None:
        self.n = self.total + self.increased(3) + Methods.increased(1)

    @property
    def total(self) -> int:
        result = 0
        for x in self.seq:
            result += x
        return result

    @staticmethod
    def increased(number: int) -> int:
        return number + 1

    @action
    def chains_of_calls(self) -> None:
        self.n = self.whole(1).of(2) + self.whole(2).of(self.whole(0).inner.double)

    def whole(self, number: int) -> Outer:
        self.k = number
        return self.outer

    @action
    def a_result_can_be_a_place(self) -> None:
        self.at(self.color).v = 1
        self.names(self.color).add(2)
        a, b = self.at(Color.RED), self.at(Color.BLUE)
        a.v, b.v = 3, 4

    def at(self, color: Color) -> Inner:
        found = color
        return self.inners[found]

    def names(self, color: Color) -> Set[Small]:
        return self.sets[color]

    @action
    def arguments_can_be_places(self) -> None:
        self.fill(self.p, self.small)
        self.fill(self.inners[self.color], self.sets[Color.RED])

    def fill(self, inner: Inner, numbers: Set[Small]) -> None:
        inner.v = 2
        numbers.add(1)
        numbers.discard(2)
        inner.colors |= {Color.RED}

    @action
    def arguments_are_evaluated_in_order(self) -> None:
        self.n = self.difference(b=self.changed(), a=self.k)

    def difference(self, a: int, b: int = 3, *, c: int = 4) -> int:
        return (a - b + c) % 60

    def changed(self) -> int:
        self.k = 7
        return 1

    @action
    def results_can_be_tuples(self) -> None:
        a, b = self.pair()
        self.n = a - b

    def pair(self) -> tuple[int, int]:
        return self.outer.n, 2

    @action
    def what_is_not_needed_is_not_called(self) -> None:
        if self.flag and self.changed() > 0:
            self.n = 3
        self.p.v = self.changed() if self.n > 0 else 2

    @action
    def require_in_a_call(self) -> None:
        if self.flag and self.positive():
            self.k = 1

    def positive(self) -> bool:
        require(self.n > 0)
        return self.k > 0

    @action
    def choose_in_a_call(self) -> None:
        if self.flag and self.drawn() == 1:
            self.n = 3

    def drawn(self) -> int:
        number = choose([1, 2])
        return number


class ChoicesInLoops(Everything):
    @action
    def one_for_each_key(self) -> None:
        for color in self.inners:
            drawn = choose([self.n, 2])
            self.inners[color].v = drawn

    @action
    def one_for_some_keys_in_a_call(self) -> None:
        for color in self.inners:
            if color == self.color:
                continue
            self.draw_for(color)
            if self.flag:
                break
        else:
            self.n = 1

    def draw_for(self, color: Color) -> None:
        if self.inners[color].v == 0:
            drawn = choose(range(1, 3))
            self.inners[color].v = drawn

    @action
    def one_for_each_pair(self) -> None:
        for number, color in enumerate(Color):
            for flag, size in self.table[color].items():
                if size == number:
                    drawn = choose([0, size])
                    self.table[color][flag] = drawn


class Base(Everything):
    @action
    def step(self) -> None:
        require(self.allowed())
        self.n = self.amount(2)

    def allowed(self) -> bool:
        return self.k > 0

    def amount(self, number: int) -> int:
        return number

    @action
    def given_up(self) -> None:
        self.n = 0

    @action
    def extended(self) -> None:
        self.filled_in()
        self.k = 1

    def filled_in(self) -> None: ...


class Derived(Base):
    """Overrides rules, an action without repeating the decorator, and takes one action out."""

    given_up = None  # type: ignore[assignment]  # how a method is removed

    def allowed(self) -> bool:
        return super().allowed() or self.flag

    def amount(self, number: int) -> int:
        return super().amount(number + 1) * 2

    def extended(self) -> None:
        super().extended()
        self.n = self.k

    def filled_in(self) -> None:
        self.flag = True


def test_methods() -> None:
    assert_all_taken(Methods, states=100)


def test_choices_in_loops() -> None:
    assert_all_taken(ChoicesInLoops)


def test_inheritance() -> None:
    assert_all_taken(Base)
    assert_all_taken(Derived)


def test_an_override_keeps_its_place_and_its_decorator() -> None:
    from fencepost.model import Specification

    assert [found.name for found in Specification(Base).actions] == ["step", "given_up", "extended"]
    assert [found.name for found in Specification(Derived).actions] == ["step", "extended"]
