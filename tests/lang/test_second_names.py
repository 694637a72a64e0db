"""Value semantics: values are copied when they are stored and referenced when they are read, in all executions.

Here is every way to have a second name for something that changes. Either all executions agree on what the second
name sees, or the specification is refused.
"""

from pathlib import Path

import pytest

from fencepost.model import Specification, errors
from fencepost.model.lang.lower import lower
from lang.everything import assert_all_taken
from lang.modules import example, load, method

AGREED = {
    # Places of the state: a name for a struct or map is the place itself.
    "name_of_a_place": "me = self.p\nme.v = 1\nself.n = self.p.v",
    "name_of_an_entry": "me = self.inners[self.color]\nme.v = 1\nself.n = self.inners[self.color].v",
    "name_of_a_row": "row = self.table[self.color]\nself.table[self.color][True] = 2\nself.n = row[True]",
    "place_overwritten": "me = self.p\nself.p = self.q\nself.n = me.v",
    "key_changes_later": """
        color = Color.RED
        me = self.inners[color]
        color = Color.BLUE
        me.v = 1
    """,
    "name_bound_again": """
        me = self.inners[Color.RED]
        me = self.inners[self.color]
        me.v = 1
    """,
    "names_exchanged": """
        a, b = self.inners[Color.RED], self.inners[self.color]
        a, b = b, a
        a.v, b.v = 1, 2
    """,
    "place_in_a_tuple": """
        color = Color.RED
        pair = (self.inners[color], 1)
        color = Color.BLUE
        self.inners[Color.RED].v = 2
        self.n = pair[0].v
    """,
    "two_names_of_a_place": "a = b = self.p\na.v = 1\nself.n = b.v",
    "annotated_name": "me: Inner = self.p\nme.v = 1\nself.n = self.p.v",
    # Stores copy.
    "two_fields_from_one_local": """
        x = Inner(1)
        self.p = x
        self.q = x
        self.p.v = 2
        self.n = self.q.v + x.v
    """,
    "field_from_field": "self.p = self.q\nself.q.v = 2\nself.n = self.p.v",
    "entry_from_entry": "self.inners[Color.RED] = self.inners[self.color]\nself.inners[Color.RED].v = 1",
    "onto_itself": "self.table[Color.RED] = self.table[Color.RED]\nself.p = self.p",
    "local_changes_after_store": """
        x = Inner(1)
        self.inners[self.color] = x
        x.v = 3
        self.n = self.inners[self.color].v
    """,
    "local_changes_after_it_went_into_a_set": """
        x = Inner(1)
        self.few = {x}
        x.v = 3
        self.n = sum(y.v for y in self.few)
    """,
    "local_changes_after_it_went_into_a_struct": """
        x = Inner(1)
        y = Outer(x, 1, [x], [])
        x.v = 3
        self.n = y.inner.v + y.items[0].v
    """,
    "list_stored_twice": """
        x = [1]
        self.seq = x
        self.outer.numbers = x
        self.seq.append(2)
        self.n = len(self.outer.numbers) + len(x)
    """,
    "list_changes_after_store": "x = [1]\nself.seq = x\nx.append(2)\nself.n = len(self.seq)",
    # Reading a collection, an optional or an element gives the value of that moment.
    "set_kept": "x = self.small\nself.small.add(1)\nself.n = len(x)",
    "set_bound_again": "x = self.small\nself.small = {0}\nself.n = len(x)",
    "nested_set_kept": "x = self.sets[self.color]\nself.sets[self.color] = set()\nself.n = len(x)",
    "element_kept": "require(self.inner_seq)\nx = self.inner_seq[0]\nself.inner_seq.pop(0)\nself.n = x.v",
    "element_of_a_set_kept": """
        for x in self.few:
            self.few.remove(x)
            self.n = x.v
            break
    """,
    "optional_kept": """
        x = self.maybe_inner
        self.maybe_inner = Inner(3)
        self.n = -1 if x is None else x.v
    """,
    "set_in_place_or_anew": "x = self.small\nx |= {1}\nself.n = len(x) - len(self.small)",
    "collection_of_a_local_struct": """
        x = Outer(Inner(1), 0, [], [1])
        y = x.numbers
        x.numbers.append(2)
        self.n = len(y) * 10 + len(x.numbers)
    """,
    # Copies.
    "copy_of_a_struct": "x = copy_of(self.p)\nself.p.v = 1\nx.v = 4\nself.n = self.p.v * 10 + x.v",
    "copy_of_a_map": "x = copy_of(self.inners)\nx[Color.RED].v = 1\nself.n = self.inners[Color.RED].v",
    "copy_of_a_set": "x = copy_of(self.small)\nx.add(2)\nself.n = len(x) - len(self.small)",
    "copy_of_a_list": "x = [1]\ny = copy_of(x)\nx.append(2)\ny.append(3)\nself.n = len(y)",
    "copy_of_a_list_of_places": "x = copy_of([self.p, self.q])\nself.p.v = 1\nself.n = x[0].v",
    "replaced": "x = replace(self.p, v=3)\nself.p.v = 1\nx.v = 4\nself.n = self.p.v * 10 + x.v",
    "list_of_a_list": "x = [1]\ny = list(x)\nx.append(2)\nself.n = len(y)",
    "set_of_a_field": "x = set(self.small)\nx.add(2)\ny = Set(self.small)\ny.add(3)\nself.n = len(x) + len(y)",
    "computed_set": "x = self.small | {1}\nx.add(2)\nself.n = len(x) - len(self.small)",
    "slice": "x = self.seq[1:]\nx.append(2)\nself.n = len(x) - len(self.seq)",
    # Calls: a struct or map is passed as it is, and so is a collection that the function changes.
    "argument": "self.fill(self.p)\nself.n = self.p.v\n---\ndef fill(self, inner):\n    inner.v = 2",
    "local_argument": "x = Inner(1)\nself.fill2(x)\nself.n = x.v\n---\ndef fill2(self, inner):\n    inner.v = 2",
    "list_argument": "x = [1]\nself.grow(x)\nself.grow(x)\nself.n = len(x)\n---\ndef grow(self, xs):\n    xs.append(2)",
    "collection_argument": "self.grow2(self.small)\n---\ndef grow2(self, xs):\n    xs.add(2)\n    xs.discard(1)",
    "one_thing_as_two_arguments": """
        x = Inner(3)
        self.both(x, x)
        self.both(self.p, self.p)
        ---
        def both(self, a, b):
            a.v = 1
            self.n = b.v
    """,
    "parameter_bound_again": """
        x = [3]
        self.other(x)
        self.n = len(x)
        ---
        def other(self, xs):
            xs = [1, 2]
            self.k = len(xs)
    """,
    "default_argument": """
        self.n = self.added() + self.added(2)
        ---
        def added(self, number=5):
            number += 1
            return number
    """,
    "result_is_a_place": "self.place().v = 3\n---\ndef place(self):\n    return self.p",
    "result_is_a_collection": "self.names().add(3)\n---\ndef names(self):\n    return self.sets[self.color]",
    "result_is_kept": """
        x = self.names2()
        self.sets[self.color] = set()
        self.n = len(x)
        ---
        def names2(self):
            return self.sets[self.color]
    """,
    "result_belongs_to_the_caller": """
        x = self.made()
        x.append(1)
        self.n = len(x)
        ---
        def made(self):
            xs = [2]
            if self.flag:
                return xs
            xs.append(3)
            return xs
    """,
    "something_new_as_argument": """
        self.n = self.bumped(Inner(1)) + self.bumped(copy_of(self.p)) + self.longer([1]) + self.longer(list(self.seq))
        ---
        def bumped(self, inner):
            inner.v = 2
            inner.bump()
            return inner.v

        def longer(self, xs):
            xs.append(2)
            return len(xs)
    """,
    "something_new_comes_back": """
        x = self.filled(Inner(1))
        x.v = 4
        self.n = x.v
        ---
        def filled(self, inner):
            inner.v = 2
            return inner
    """,
    # Loops.
    "loop_variable_is_an_entry": "for color, inner in self.inners.items():\n    inner.v = 2\n    self.n = inner.v",
    "built_one_by_one": """
        found = []
        for i in range(3):
            x = Inner(i)
            x.v += 1
            found.append(x)
        self.n = found[0].v * 10 + found[2].v
    """,
    "collected_places_that_do_not_change": """
        found = []
        for color in Color:
            found.append(self.inners[color])
        self.n = found[1].v
    """,
    # Parts of locals.
    "part_of_a_local": "x = Outer(Inner(1), 0, [], [1])\nx.inner.v = 2\nx.numbers[0] += 1\nself.outer = x",
    "part_of_a_local_changes_itself": "x = Outer(Inner(1), 0, [], [1])\nx.inner.bump()\nself.n = x.inner.v",
    "unrelated_part": "x = Outer(Inner(1), 0, [], [1])\ny = x.inner\nx.n = 3\nself.n = y.v",
}

REFUSED = {
    errors.AliasedWrite: {
        "name_of_a_collection": "x = self.small\nx.add(1)",
        "name_of_a_list": "x = [1]\ny = x\ny.append(2)",
        "list_with_two_names": "x = [1]\ny = x\nx.append(2)\nself.n = len(y)",
        "list_bound_to_two_names": "x = y = [1]\nx.append(2)\nself.n = len(y)",
        "list_extended_in_place": "x = [1]\ny = x\nx += [2]\nself.n = len(y)",
        "set_changed_in_place": "x = {1}\ny = x\nx |= {2}\nself.n = len(y)",
        "parameter_changed_in_place": "x = [1]\nself.f(x)\nself.n = len(x)\n---\ndef f(self, xs):\n    xs += [2]",
        "struct_with_two_names": "x = Inner(1)\ny = x\nx.v = 2\nself.n = y.v",
        "struct_in_a_list": "x = Inner(1)\nxs = [x]\nx.v = 3\nself.n = xs[0].v",
        "struct_in_a_set": "x = Inner(1)\nxs = {x}\nx.v = 3\nself.n = len(xs)",
        "struct_in_a_tuple": "x = Inner(1)\npair = (x, 1)\nx.v = 3\nself.n = pair[0].v",
        "list_in_a_list": "xs = [1]\nys = [xs]\nxs.append(2)\nself.n = len(ys[0])",
        "list_in_a_comprehension": "xs = [1]\nys = [xs for _ in range(2)]\nxs.append(2)\nself.n = len(ys[1])",
        "list_in_a_sum": "xs = [1]\nys = [xs] + [[2]]\nxs.append(2)\nself.n = len(ys[0])",
        "list_in_a_slice": "xs = [1]\nys = [xs][:]\nxs.append(2)\nself.n = len(ys[0])",
        "list_in_a_copy": "xs = [1]\nys = list([xs])\nxs.append(2)\nself.n = len(ys[0])",
        "set_in_a_map": "xs = {1}\nd = {color: xs for color in Color}\nxs.add(2)\nself.n = len(d[Color.RED])",
        "struct_appended": "x = Inner(1)\nxs = []\nxs.append(x)\nx.v = 3\nself.n = xs[0].v",
        "struct_as_item": "x = Inner(1)\nxs = [Inner(2)]\nxs[0] = x\nx.v = 3\nself.n = xs[0].v",
        "part_of_a_local": "x = Outer(Inner(1), 0, [], [])\ny = x.inner\nx.inner.v = 4\nself.n = y.v",
        "part_of_a_local_changed_there": "x = Outer(Inner(1), 0, [], [])\ny = x.inner\ny.v = 2",
        "place_in_a_list": "xs = [self.p]\nself.p.v = 3\nself.n = xs[0].v",
        "place_in_a_comprehension": """
            xs = [self.inners[color] for color in Color]
            self.inners[Color.RED].v = 1
            self.n = xs[0].v
        """,
        "place_in_a_map": "xs = {color: self.p for color in Color}\nself.p.v = 1\nself.n = xs[Color.RED].v",
        "place_in_a_map_changed_there": "xs = {color: self.p for color in Color}\nxs[Color.RED].v = 1",
        "one_of_two_places": "x = self.p if self.flag else self.q\nself.p.v = 3\nself.n = x.v",
        "one_of_two_places_changed_there": "x = self.p if self.flag else self.q\nx.v = 1",
        "one_of_two_places_as_argument": """
            self.f(self.p if self.flag else self.q)
            ---
            def f(self, inner):
                self.p.v = 3
                self.n = inner.v
        """,
        "place_appended_by_a_function": """
            xs = []
            self.f(xs, self.p)
            self.p.v = 1
            self.n = xs[0].v
            ---
            def f(self, xs, x):
                xs.append(x)
        """,
        "place_chosen": "x = choose([self.p, self.q])\nself.p.v = 1\nself.n = x.v",
        "places_looped_over": "for x in [self.p, self.q]:\n    self.p.v = 1\n    self.n = x.v",
        "list_changed_while_looped_over": """
            xs = [1]
            for x in xs:
                if len(xs) < 3:
                    xs.append(x)
        """,
        "second_name_of_an_earlier_round": """
            xs = [0]
            ys = [9]
            for i in range(3):
                xs.append(i)
                self.n = len(ys)
                ys = xs
        """,
        "field_changed_beside_the_parameter": """
            self.f(self.small)
            ---
            def f(self, xs):
                xs.add(1)
                self.small.add(2)
                self.n = len(xs)
        """,
        "result_is_the_argument": "x = [1]\ny = self.f(x)\nx.append(2)\nself.n = len(y)\n---\ndef f(self, x):\n    return x",
        "result_that_is_kept_elsewhere": """
            xs = []
            x = self.f(xs)
            x.v = 3
            self.n = xs[0].v
            ---
            def f(self, xs):
                made = Inner(1)
                xs.append(made)
                return made
        """,
        "place_in_an_argument": """
            self.n = self.f([self.p])
            ---
            def f(self, xs):
                self.p.v = 1
                return xs[0].v
        """,
        "exchange_of_structs": "self.p, self.q = self.q, self.p",
    },
    errors.FrozenWrite: {
        "element_of_a_sequence": "require(self.inner_seq)\nself.inner_seq[0].v = 1",
        "loop_variable_over_a_set": "for x in self.few:\n    x.v = 1",
        "optional": "require(self.maybe_inner is not None)\nself.maybe_inner.v = 1",
    },
    errors.AmbiguousReference: {
        "different_places": "if self.flag:\n    x = self.p\nelse:\n    x = self.q\nx.v = 1",
        "place_or_value": "x = self.p\nx = Inner(1)\nself.n = x.v",
        "parameter_bound_again": "self.f(self.p)\n---\ndef f(self, inner):\n    inner = Inner(1)\n    self.n = inner.v",
    },
    errors.UnorderedIteration: {
        "built_in_set": "for x in {3, self.k, 2}:\n    self.n = x",
        "local_set": "xs = {3}\nxs.add(self.k)\nfor x in xs:\n    self.n = x",
        "set_of_two_origins": "for x in ({1, self.k} if self.flag else self.small):\n    self.n = x",
        "list_of_a_set": "self.n = list({3, self.k, 2})[0]",
        "comprehension_over_a_set": "self.n = [x for x in {3, self.k, 2}][0]",
        "argument": "self.f({3, self.k, 2})\n---\ndef f(self, xs):\n    for x in xs:\n        self.n = x",
        "choice": "x = choose({3, self.k, 2})\nself.n = x",
        "set_of_a_field": "for x in set(self.wide):\n    self.n = x",
        "frozenset_of_a_field": "for x in frozenset(self.wide):\n    self.n = x",
        "set_of_all": "xs = set(self.members(Small))\nfor x in xs:\n    self.n = x",
        "list_of_a_set_of_a_field": "self.n = list(set(self.wide))[0]",
        "choice_from_a_set_of_a_field": "x = choose(set(self.wide))\nself.n = x",
        "set_in_a_map": "d = {c: set(self.wide) for c in Color}\nfor x in d[Color.RED]:\n    self.n = x",
        "set_put_into_a_map": """
            d = {c: self.wide for c in Color}
            d[Color.RED] = set(self.wide)
            for x in d[Color.RED]:
                self.n = x
        """,
        "result": "for x in self.f():\n    self.n = x\n---\ndef f(self):\n    return set(self.wide)",
        "local_bag": "xs = Bag()\nxs.add(3)\nxs.add(self.p.v)\nfor x in xs:\n    self.n = x",
    },
}
CASES = [(error, what, body) for error, cases in REFUSED.items() for what, body in cases.items()]


def test_what_is_agreed(tmp_path: Path) -> None:
    text = example(*(method(what, body) for what, body in AGREED.items()))
    assert_all_taken(load(text, tmp_path).Example)


@pytest.mark.parametrize(("error", "what", "body"), CASES, ids=[what for _, what, _ in CASES])
def test_what_is_refused(error: type[errors.SpecificationError], what: str, body: str, tmp_path: Path) -> None:
    specification = Specification(load(example(method("act", body)), tmp_path).Example)
    with pytest.raises(error) as found:
        lower(specification)
    assert found.value.at is not None and found.value.hint


def test_computed_sets_have_an_order(tmp_path: Path) -> None:
    body = """
        for x in self.small - {1}:
            self.n = x
        for x in {3, -1, 7} - self.wide:
            self.k = x
        for x in self.small | {-1, self.k}:
            self.p.v = x % 4
        xs = copy_of(self.wide)
        xs.add(9)
        xs.add(-9)
        for x in xs:
            self.k = x
        ys = Set(self.wide)
        ys.discard(0)
        for x in ys:
            self.q.v = x
    """
    assert_all_taken(load(example(method("act", body)), tmp_path).Example, states=150)
