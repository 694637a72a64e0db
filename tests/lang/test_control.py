"""Statements: assignment, branches, loops and how they are left."""

from fencepost.model import action, require
from lang.everything import Color, Everything, assert_all_taken


class Assignment(Everything):
    @action
    def several_targets(self) -> None:
        self.n = self.k = x = 3
        y = z = self.outer.n
        self.p.v = x - y + z

    @action
    def tuples(self) -> None:
        a, b = 1, self.n
        (c, d), e = (a, b), 3
        self.k = (c - d + e) % 60

    @action
    def exchange(self) -> None:
        self.n, self.k = self.k, self.n

    @action
    def exchange_of_sets(self) -> None:
        self.small, self.sets[self.color] = self.sets[self.color], self.small

    @action
    def exchange_of_names(self) -> None:
        a, b = self.n, self.k
        a, b = b, a
        self.n = a

    @action
    def tuple_kept(self) -> None:
        pair = (self.n, self.k)
        self.n = 0
        self.n = pair[1] - pair[-1] + pair[0]

    @action
    def annotated(self) -> None:
        x: int = self.outer.n
        y: int | None = None
        if self.flag:
            y = x
        self.maybe = y

    @action
    def the_value_comes_before_the_target(self) -> None:
        self.pick().v = self.outer.n

    def pick(self) -> "Inner":
        self.outer.n = 0
        return self.p

    @action
    def entries_and_items(self) -> None:
        self.table[self.color][True], self.n = 2, self.k


class Branches(Everything):
    @action
    def if_elif_else(self) -> None:
        if self.n > 10:
            self.k = 1
        elif self.n > 0:
            self.k = 2
        elif self.flag:
            pass
        else:
            self.k = 3

    @action
    def nested(self) -> None:
        if self.flag:
            if self.n > 0:
                x = 1
            else:
                x = 2
        else:
            x = 3
        self.k = x

    @action
    def constants(self) -> None:
        if self.fast:
            self.k = 1
        else:
            self.k = no_such_name  # type: ignore[name-defined]  # noqa: F821  # never translated

    @action
    def require_in_a_branch(self) -> None:
        if self.flag:
            require(self.n > 0)
        self.k = 1

    @action
    def two_requires(self) -> None:
        require(self.n > 0)
        require(60 // self.n > 2)
        self.k = 0


class Loops(Everything):
    @action
    def ranges(self) -> None:
        x = 0
        for i in range(3):
            for j in range(i, 3):
                for k in range(3, -1, -2):
                    x += i * j - k
        self.n = x

    @action
    def ranges_of_anything(self) -> None:
        x = 0
        for i in range(self.n % 5, self.k % 7, 2):
            x = x * 2 + i
        for i in range(self.n % 5, self.k % 7 - 4, -2):
            x = x * 2 + i
        for i in reversed(range(self.n % 5, self.k % 7)):
            x = x * 2 + i
        self.n = x % 50

    @action
    def collections(self) -> None:
        x = 0
        for i in self.seq:
            x = x * 2 + i
        for j in self.wide:
            x = x * 2 + j
        for k in self.numbers:
            x = x * 2 + k
        for color in Color:
            x += color in self.colors
        for peer in self.by_peer:
            x += self.by_peer[peer]
        for i in reversed(self.seq):
            x = x * 2 + i
        self.n = x % 50

    @action
    def positions(self) -> None:
        for i, x in enumerate(self.seq):
            if x == 2:
                self.n = i
        for i, x in enumerate(self.wide, start=1):
            self.k = i * x
        for i, (color, inner) in enumerate(self.inners.items()):
            if color == self.color:
                self.p.v = (i + inner.v) % 5

    @action
    def leaving(self) -> None:
        x = 0
        for i in self.seq:
            if i == 0:
                continue
            for j in self.small:
                if j == i:
                    break
            else:
                x += 1
                continue
            x += 10
        else:
            x += 1
        self.n = x

    @action
    def leaving_skips_else(self) -> None:
        for x in self.seq:
            if x > 1:
                self.n = x
                break
        else:
            self.n = -1

    @action
    def the_collection_is_taken_at_the_start(self) -> None:
        for x in self.small:
            self.small.discard(x)
            self.small.add((x + 1) % 4)

    @action
    def entries_are_read_as_the_loop_goes(self) -> None:
        for _, x in self.table[self.color].items():
            self.table[self.color][True] = 0
            self.n = x

    @action
    def entries_are_places(self) -> None:
        for color, inner in self.inners.items():
            if color == self.color:
                inner.v = 2

    @action
    def over_generators(self) -> None:
        for x in (y * 2 for y in self.small if y):
            self.n = x

    @action
    def require_in_a_loop(self) -> None:
        for x in self.seq:
            require(x > 0)
        self.n = 7


def test_assignment() -> None:
    assert_all_taken(Assignment)


def test_branches() -> None:
    assert_all_taken(Branches)


def test_loops() -> None:
    assert_all_taken(Loops)


from lang.everything import Inner  # noqa: E402  # a name that only an annotation uses
