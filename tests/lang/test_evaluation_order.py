"""Operands, arguments and keys are evaluated from left to right, also where a call among them changes the state.

What CPython reads as a value is read then; a struct or map is the place itself, and what changes in it later shows.
"""

from pathlib import Path

import pytest

from fencepost.model import Specification, errors
from fencepost.model.lang.lower import lower
from lang.everything import assert_all_taken
from lang.modules import example, load, method

HELPERS = """
def poke(self):
    self.k = (self.k + 7) % 50
    self.small = {1, 2}
    self.seq = [3, 1]
    self.p.v = 3
    self.maybe_inner = Inner(4)
    self.sets[Color.RED] = {3}
    self.table[Color.RED][True] = 2
    return 1

def poke_color(self):
    self.poke()
    return Color.RED

def mixed(self, a, b, c=0):
    return (a * 7 + b * 3 + c) % 60

def sizes(self, a, b, c):
    return len(a) * 10 + len(c) + b

def of_struct(self, a, b):
    return a.v * 10 + b

def of_view(self, pairs, b):
    return sum(x for _, x in pairs) + b

def both(self, a, b):
    a.v = 1
    b.v = 2
    return a.v

def hundred(self, low, wanted):
    return 100 if low < wanted < 50 else 0
"""

AGREED = {
    "augmented_field": "self.n = 3\nself.n += self.poke() + self.k % 5",
    "augmented_entry": "self.table[Color.RED][True] += self.poke()",
    "augmented_set": "self.small |= {self.poke()}",
    "slice_start": "self.n = sum(self.seq[self.poke() :])",
    "slice_both": "self.n = sum(self.seq[self.k % 3 : self.poke()])",
    "index": "require(len(self.seq) > 1)\nself.n = self.seq[self.poke()]",
    "entry_of_an_optional": "require(self.maybe_inner is not None)\nself.n = self.mixed(self.maybe_inner.v, self.poke())",
    "set_argument": "self.n = self.sizes(self.small, self.poke(), self.small)",
    "entry_argument": "self.n = self.sizes(self.sets[Color.RED], self.poke(), self.sets[Color.RED])",
    "struct_argument": "self.n = self.of_struct(self.p, self.poke())",
    "struct_of_an_optional": "require(self.maybe_inner is not None)\nself.n = self.maybe_inner.plus(self.poke())",
    "named_arguments": "self.n = self.mixed(b=self.k, a=self.poke(), c=self.k)",
    "view_as_argument": "self.n = self.of_view(self.table[Color.RED].items(), self.poke())",
    "receiver_of_count": "self.n = self.seq.count(self.poke())",
    "receiver_of_issubset": "self.flag = self.small.issubset({self.poke(), 2})",
    "membership": "self.flag = self.k in [self.poke() * 9, self.k]",
    "comparison": "self.flag = self.k < self.k + self.poke() * 8 < self.k * 2",
    "list_display": "self.seq = [self.k % 4, self.poke(), self.k % 4]",
    "tuple_display": "a, b, c = self.k, self.poke(), self.k\nself.n = a - c + b",
    "struct_display": "self.outer = Outer(self.p, self.poke(), [], [])",
    "struct_in_a_list_display": "xs = [self.p, Inner(self.poke())]\nself.n = xs[0].v",
    "replaced": "self.p = replace(self.p, colors={self.color} if self.poke() > 0 else set())",
    "lazily": "self.outer = Outer(self.p, 1 if self.flag and self.poke() > 0 else 0, [], [])",
    "and_": "self.flag = self.k > 20 and self.poke() == 1 and self.k > 30",
    "stored_place": "self.inners[self.poke_color()] = self.p",
    "two_keys": "self.n = self.both(self.inners[self.poke_color()], self.inners[self.color])",
    "chained_comparison_of_arguments": "self.n = self.hundred(self.k, self.k + self.poke()) % 60",
    "targets_from_left_to_right": "require(len(self.seq) > 1)\nself.n, self.seq[self.n % 2] = 1, 2",
    "value_before_target": "self.table[self.poke_color()][True] = self.k % 4",
    # Views of maps go with the map, and keep the key they were made with.
    "view_is_kept": """
        color = Color.RED
        pairs = self.table[color].items()
        color = Color.BLUE
        self.table[Color.RED][True] = 3
        self.n = sum(x for _, x in pairs)
    """,
    "view_in_a_tuple": """
        pair = (self.table[self.color].values(), self.color)
        self.color = Color.RED
        self.n = sum(pair[0])
    """,
    # Names of comprehensions are their own.
    "comprehension_beside_a_global": """
        xs = [Color for Color in self.seq]
        self.n = len(xs) + (1 if self.color == Color.RED else 0)
    """,
    "comprehension_over_its_own_name": "x = self.k % 4\nself.n = sum(x for x in range(x)) + x",
    "comprehension_beside_a_parameter": """
        self.n = self.shadowed(self.p)
        ---
        def shadowed(self, x):
            found = sum(x for x in self.seq)
            x.v = 3
            return found
    """,
    # No name of the author's is one of ours.
    "locals_named_after_states": """
        after = [1]
        after.append(self.k % 4)
        self.n = len(after) + after[1]
    """,
    "a_struct_named_after_a_state": "after = Inner(1)\nother = copy_of(after)\nafter.v = 3\nself.n = after.v - other.v",
    # Numbers are compared as they are.
    "optional_and_large_number": "self.flag = self.maybe == self.k * 10_000_000_000 or self.k * 5_000_000_000 == self.maybe",
}

REFUSED = {
    errors.AliasedWrite: {
        "choice_of_places": "self.outer = Outer(self.p if self.flag else self.q, self.poke(), [], [])",
        "choice_of_places_in_a_tuple": "a, b = (self.p if self.flag else self.q), self.poke()\nself.n = a.v + b",
        "item_changed_meanwhile": "self.seq[self.poke()] += 1",
    },
    errors.UnsupportedExpression: {
        "iterator_kept": "pairs = enumerate(self.seq)\nself.seq = []\nself.n = sum(x for _, x in pairs)",
        "iterator_passed": "self.n = self.of_view(enumerate(self.seq), 1)",
        "iterator_in_a_tuple": "pair = (reversed(self.seq), 1)\nself.n = pair[1]",
        "default_with_effects": "self.n = max(self.seq, default=self.poke())",
    },
    errors.MaybeUnassigned: {
        "name_of_a_later_loop": "x = 2\nself.n = sum(x for y in self.seq if y > x for x in range(y))",
        "only_without_break": """
            for x in self.seq:
                if x == 1:
                    break
            else:
                y = 3
            self.n = y
        """,
    },
    errors.TypeMismatch: {
        "list_and_tuple": "xs = [1, self.k]\nself.flag = xs == (1, 2)",
        "tuple_and_list": "self.flag = tuple(self.seq) == [1, 2]",
        "list_of_lists_and_of_tuples": "xs, ys = [(1, 2)], [[1, self.k]]\nself.flag = xs == ys",
        "tuple_in_lists": "self.flag = (1, self.k) in [[1, 2], [2, 3]]",
        "list_in_tuples": "xs = []\nxs.append((1, self.k))\nself.flag = [1, 2] in xs",
        "count_of_tuples": "self.n = [[1, self.k], [3]].count((1, 2))",
        "list_plus_tuple": "xs = [1] + (2, 3)\nself.n = len(xs)",
    },
}
CASES = [(error, what, body) for error, cases in REFUSED.items() for what, body in cases.items()]


def text_of(cases: dict[str, str]) -> str:
    return example(*(method(what, body) for what, body in cases.items()), HELPERS)


def test_what_is_agreed(tmp_path: Path) -> None:
    assert_all_taken(load(text_of(AGREED), tmp_path).Example)


@pytest.mark.parametrize(("error", "what", "body"), CASES, ids=[what for _, what, _ in CASES])
def test_what_is_refused(error: type[errors.SpecificationError], what: str, body: str, tmp_path: Path) -> None:
    specification = Specification(load(text_of({what: body}), tmp_path).Example)
    with pytest.raises(error) as found:
        lower(specification)
    assert found.value.at is not None and found.value.hint


def test_sequences_equal_lists_and_tuples(tmp_path: Path) -> None:
    body = "self.flag = self.seq == (1, 2) or self.seq == [2] or list(self.seq) == [1] or (3,) + self.seq == (3, 2)"
    assert_all_taken(load(example(method("act", body)), tmp_path).Example, states=150)


@pytest.mark.parametrize("name", ["self", "after"])
def test_names_of_roots_are_free(name: str, tmp_path: Path) -> None:
    text = example(f"@action\ndef act(this):\n    {name} = [1]\n    {name}.append(2)\n    this.n = len({name})")
    assert_all_taken(load(text, tmp_path).Example)
