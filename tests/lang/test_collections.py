"""Sets, sequences, bags and maps: their operators and methods, comprehensions, and the functions that consume them."""

from fencepost.model import Bag, Seq, action, copy_of, replace, require
from lang.everything import Color, Everything, Inner, Outer, Peer, assert_all_taken


class Sets(Everything):
    @action
    def operators(self) -> None:
        self.small = ((self.small | {1}) & ({0, 1, 2} ^ self.small)) - {3}

    @action
    def augmented(self) -> None:
        self.small |= {1}
        self.small -= {2}
        self.small &= {0, 1, 3}
        self.small ^= {0}

    @action
    def inclusion(self) -> None:
        self.flag = self.small < {0, 1, 2, 3} or self.small >= {1, 2} or {1} <= self.small or self.wide > self.small

    @action
    def inclusion_by_name(self) -> None:
        self.flag = self.small.issubset(self.wide) or self.wide.issuperset({1, 2}) or {1}.issubset(self.small)

    @action
    def methods(self) -> None:
        self.small.add(self.outer.n)
        self.wide.discard(self.p.v)
        self.small.update({0, 3})

    @action
    def remove(self) -> None:
        require(1 in self.small)
        self.small.remove(1)

    @action
    def remove_what_may_be_missing(self) -> None:
        self.small.remove(2)

    @action
    def clear(self) -> None:
        self.few.clear()

    @action
    def membership(self) -> None:
        self.flag = (self.n in self.small) == (self.k not in self.wide)

    @action
    def membership_of_what_cannot_be_inside(self) -> None:
        self.flag = 99 in self.small or self.maybe in self.small or {7} in [self.small] or None in self.bag

    @action
    def of_structs(self) -> None:
        self.flag = self.p in self.few or Inner(0) in self.few
        self.few.discard(Inner(1, {Color.RED}))

    @action
    def more_structs_than_fit(self) -> None:
        self.few.add(self.p)

    @action
    def all_values(self) -> None:
        self.peer_set = self.members(Peer) - {self.peer}
        self.n = len(self.members(Color))

    @action
    def local(self) -> None:
        found = {1, 2}
        found.add(self.k % 4)
        found.discard(2)
        found -= {0}
        others = found | {self.outer.n}
        others &= {0, 1, 2}
        self.small = others

    @action
    def local_from_the_state(self) -> None:
        found = self.small - {0}
        found.add(2)
        copied = set(self.small)
        copied.add(3)
        self.n = len(found) * 10 + len(copied)

    @action
    def of_sets(self) -> None:
        self.n = len({frozenset({1}), frozenset({self.k % 2})}) + len({self.small, self.sets[Color.RED]})


class Sequences(Everything):
    @action
    def methods(self) -> None:
        require(len(self.seq) < 4)
        self.seq.append(1)
        self.inner_seq.clear()
        self.outer.numbers.extend([])

    @action
    def more_than_fit(self) -> None:
        self.seq.append(3)
        self.inner_seq.append(self.p)

    @action
    def pop(self) -> None:
        first = self.seq.pop(0)
        self.seq.append(first)
        self.n = self.seq.pop()

    @action
    def extend(self) -> None:
        self.seq.extend(self.outer.numbers)
        self.seq.extend(x for x in self.small if x > 1)

    @action
    def truncate(self) -> None:
        self.seq.truncate(2)

    @action
    def items(self) -> None:
        self.seq[0] = 3
        self.seq[-1] -= 1

    @action
    def index(self) -> None:
        self.n = self.seq[-1] + self.seq[self.k % 5 - 2]

    @action
    def slices(self) -> None:
        self.seq = (self.seq[-2:] + self.seq[: self.n % 3 - 1])[:4]

    @action
    def slices_clamp(self) -> None:
        self.seq = self.seq[self.n : self.k]

    @action
    def concatenation(self) -> None:
        self.seq = ([0] + self.seq + [1] + self.outer.numbers)[1:4]

    @action
    def count_and_membership(self) -> None:
        self.n = self.seq.count(2) + self.seq.count(99) + self.bag.count(Color.RED)
        self.flag = self.p in self.inner_seq or self.maybe_inner in self.inner_seq or 7 in self.seq

    @action
    def local(self) -> None:
        found = []
        found.append(self.outer.n)
        found += [1, 2]
        found[0] = 3
        found.extend(self.outer.numbers)
        self.n = found.pop(0) + len(found)

    @action
    def local_of_the_class(self) -> None:
        found: Seq[int] = Seq()
        for x in self.small:
            found.append(x)
        self.seq = found

    @action
    def local_slice(self) -> None:
        found = self.seq[1:]
        found.append(2)
        self.n = len(found)

    @action
    def in_order(self) -> None:
        self.seq = sorted(self.seq, reverse=True)
        self.n = sorted(x + 1 for x in self.wide | {0})[0]

    @action
    def optional_elements(self) -> None:
        found = [None, self.maybe, 1]
        self.maybe = found[self.k % 3]

    @action
    def of_lists(self) -> None:
        found = [[1], [2, 3], []]
        self.n = len(found[self.k % 3])


class Bags(Everything):
    @action
    def methods(self) -> None:
        require(len(self.bag) < 3)
        self.bag.add(self.color)
        self.bag.discard(Color.BLUE)

    @action
    def remove(self) -> None:
        self.bag.remove(Color.RED)

    @action
    def more_than_fit(self) -> None:
        self.bag.add(self.color)

    @action
    def iteration(self) -> None:
        for x in self.numbers:
            self.n = self.n // 2 + x

    @action
    def local(self) -> None:
        found: Bag[Color] = Bag()
        found.add(Color.RED)
        found.add(self.color)
        self.n = found.count(Color.RED)
        self.bag = found


class Maps(Everything):
    @action
    def entries(self) -> None:
        self.table[self.color][self.flag] = 3
        self.by_peer[self.peer] = self.table[Color.BLUE][self.flag]

    @action
    def rows(self) -> None:
        row = self.table[self.color]
        row[False] = 1
        self.table[Color.RED] = row

    @action
    def of_collections(self) -> None:
        self.sets[self.color].add(1)
        self.sets[Color.RED] |= self.sets[Color.BLUE]

    @action
    def of_structs(self) -> None:
        self.inners[self.color].colors.add(Color.RED)
        self.inners[Color.RED] = self.inners[self.color]
        self.inners[Color.BLUE] = Inner(1)

    @action
    def whole(self) -> None:
        self.sets = {color: {1} if color == Color.RED else set() for color in Color}
        self.by_peer = {peer: self.outer.n for peer in self.by_peer}

    @action
    def views(self) -> None:
        self.n = sum(inner.v for inner in self.inners.values()) + len(self.inners)
        for color, inner in self.inners.items():
            if color in self.colors:
                self.k = inner.v
        self.flag = any(self.by_peer[peer] > 1 for peer in self.by_peer.keys())

    @action
    def of_values(self) -> None:
        self.n = {color: self.k for color in Color}[self.color] + copy_of(self.table)[Color.RED][self.flag]

    @action
    def local(self) -> None:
        found = {color: 0 for color in Color}
        found[self.color] = 2
        self.n = sum(found.values())


class Folds(Everything):
    @action
    def sums(self) -> None:
        self.n = sum(self.wide) + sum(1 for x in self.wide if x > 1) + sum(x > 1 for x in self.seq)

    @action
    def extremes(self) -> None:
        self.n = min((x for x in self.wide if x > 0), default=-1) + max(self.numbers, default=self.two)

    @action
    def default_is_always_evaluated(self) -> None:
        self.n = max((x for x in self.wide), default=self.seq[2])

    @action
    def quantifiers(self) -> None:
        self.flag = any(x > 1 for x in self.wide) and all(self.seq)

    @action
    def quantifiers_stop_early(self) -> None:
        self.flag = any(6 // x == 2 for x in self.seq) or all(6 // x == 2 for x in self.numbers)

    @action
    def nested(self) -> None:
        self.n = sum(a * b for a in self.small for b in self.seq if a < b) % 50

    @action
    def later_loops_depend_on_earlier_ones(self) -> None:
        self.n = sum(x for color in self.colors for x in self.sets[color] if x != self.k)

    @action
    def inside_each_other(self) -> None:
        self.flag = all(any(x == y for y in self.wide) for x in self.small)

    @action
    def set_comprehensions(self) -> None:
        self.small = {x % 4 for x in self.wide if x}
        self.few = {replace(inner, v=0) for inner in self.few}

    @action
    def list_comprehensions(self) -> None:
        self.seq = [x // 2 for x in self.seq if x > 0]
        self.inner_seq = [replace(inner, v=1) for inner in self.inner_seq]

    @action
    def conversions(self) -> None:
        self.seq = list(self.small)[:4]
        self.small = set(self.outer.numbers)

    @action
    def lengths(self) -> None:
        self.n = len(self.seq) + len(self.small) + len(self.bag) + len((1, 2)) + len([x for x in self.wide])

    @action
    def structs(self) -> None:
        self.outer = Outer(self.p, 1, [self.q], numbers=[x for x in self.small if x > 2])


def test_sets() -> None:
    assert_all_taken(Sets, states=100)


def test_sequences() -> None:
    assert_all_taken(Sequences, states=150)


def test_bags() -> None:
    assert_all_taken(Bags, states=100)


def test_maps() -> None:
    assert_all_taken(Maps, states=100)


def test_folds() -> None:
    assert_all_taken(Folds, states=100)
