"""Numbers and truth: arithmetic, comparisons, boolean operators, conditional expressions."""

from fencepost.model import Map, Model, action, implies, invariant, require, witness
from lang.everything import Color, Everything, Number, assert_all_taken


class Arithmetic(Everything):
    @action
    def operators(self) -> None:
        self.n = self.outer.n * self.p.v - self.outer.n + self.k // 2

    @action
    def division_rounds_down(self) -> None:
        require(self.k != 0)
        self.n = self.n // self.k

    @action
    def modulo_has_the_sign_of_the_divisor(self) -> None:
        require(self.k != 0)
        self.n = self.n % self.k

    @action
    def signs(self) -> None:
        self.n = -self.k
        self.k = abs(self.n) - +self.k

    @action
    def extremes(self) -> None:
        self.n = min(self.n, self.k, 3) + max(self.p.v, self.two)

    @action
    def bool_as_number(self) -> None:
        self.n = self.flag + (self.k > 0) * 2 + int(self.flag)

    @action
    def identity_as_number(self) -> None:
        self.n = self.node + 1
        self.node = (self.node + 1) % self.nodes

    @action
    def augmented(self) -> None:
        self.n += 1
        self.k -= self.outer.n
        self.p.v *= 1
        self.outer.n //= 2
        self.q.v %= 3

    @action
    def large_intermediate_results(self) -> None:
        x = 1
        for _ in range(20):
            x = x * 3
        self.n = x % 50


class Failing(Everything):
    """Every one of these is an error in some states."""

    @action
    def by_zero(self) -> None:
        self.n = self.n // (self.k % 3)

    @action
    def past_the_bounds(self) -> None:
        self.p.v += 3

    @action
    def past_the_bounds_of_an_entry(self) -> None:
        self.table[self.color][True] += 2

    @action
    def of_none(self) -> None:
        self.n = self.maybe + 1  # type: ignore[operator]  # an error where it is None

    @action
    def attribute_of_none(self) -> None:
        self.n = self.maybe_inner.v  # type: ignore[union-attr]  # an error where it is None

    @action
    def least_of_nothing(self) -> None:
        self.n = min(self.wide)

    @action
    def assertion(self) -> None:
        assert self.n > -50, "this text is for people"
        self.k = self.n


class Truth(Everything):
    @action
    def comparisons(self) -> None:
        self.flag = (self.n < self.k) == (self.n <= 3) or self.n >= 40 or self.k > 50

    @action
    def chains(self) -> None:
        self.flag = -10 < self.n <= self.k != 7

    @action
    def chains_stop_early(self) -> None:
        self.flag = 0 < self.n < 100 // self.n

    @action
    def operators_stop_early(self) -> None:
        self.flag = self.n == 0 or (self.k != 0 and 100 // self.k > 3 // self.n)

    @action
    def negation(self) -> None:
        self.flag = not (not self.flag) and not self.seq

    @action
    def numbers_and_collections(self) -> None:
        if self.n and self.seq:
            self.k = 1 if self.small else 2

    @action
    def optional_numbers(self) -> None:
        self.k = 5 if self.maybe else 6

    @action
    def identity(self) -> None:
        self.flag = self.color is Color.RED or self.maybe is None or self.maybe_inner is not None

    @action
    def equality_of_everything(self) -> None:
        self.flag = (
            self.p == self.q
            or self.maybe == self.outer.n
            or self.seq == [1, 2]
            or self.inner_seq == [self.p]
            or self.small == {1, 2}
            or self.table[Color.RED] == self.table[Color.BLUE]
            or self.inners == {color: self.p for color in Color}
            or self.bag == self.bag
        )

    @action
    def booleans(self) -> None:
        self.flag = (self.n > 0) is not (self.k > 0)

    @action
    def conversions(self) -> None:
        self.flag = bool(self.seq) != bool(self.n)

    @action
    def implication(self) -> None:
        self.flag = implies(self.n > 0, self.k > 0)

    @action
    def implication_evaluates_both(self) -> None:
        self.flag = implies(self.maybe is not None, self.maybe > 1)  # type: ignore[operator]  # see the name

    @action
    def conditional_expression(self) -> None:
        self.n = self.k if self.flag else (1 if self.k > 0 else 2)

    @action
    def conditional_expression_evaluates_one(self) -> None:
        self.n = 100 // self.k if self.k > 10 else self.p.v

    @action
    def conditional_optional(self) -> None:
        x = None if self.flag else self.n
        self.k = 0 if x is None else x


def test_arithmetic() -> None:
    assert_all_taken(Arithmetic)


def test_failures() -> None:
    assert_all_taken(Failing, states=150)


def test_truth() -> None:
    assert_all_taken(Truth)


class Table(Model):
    """Quotients and remainders of small numbers, one entry a dividend."""

    quotient: Map[Number, Number]
    remainder: Map[Number, Number]

    @action
    def fill(self, divisor: Number) -> None:
        require(divisor != 0)
        for dividend in self.quotient:
            self.quotient[dividend] = dividend // divisor
            self.remainder[dividend] = dividend % divisor

    @invariant
    def small(self) -> bool:
        return all(-60 <= x <= 60 for x in self.quotient.values())

    @witness
    def negative(self) -> bool:
        return self.quotient[7] == -4 and self.remainder[7] == -1


def test_division_by_hand() -> None:
    from fencepost.model import Specification

    specification = Specification(Table)
    [step] = specification.fire(specification.actions[0], specification.blank(), (-2,))
    assert (step.state.quotient[7], step.state.remainder[7]) == (-4, -1)
    assert (step.state.quotient[-7], step.state.remainder[-7]) == (3, -1)
    assert all(specification.holds(prop, step.state) for prop in specification.properties)


def test_division_everywhere() -> None:
    assert_all_taken(Table, states=1)
