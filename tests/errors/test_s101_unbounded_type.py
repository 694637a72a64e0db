"""S101: a type without a finite number of values."""

import pytest

from errors.refusals import Refusals, in_action, in_class
from fencepost.model import Specification
from fencepost.model.errors import UnboundedType

RANGE = "write Annotated[int, Range(low, high)]"


@pytest.mark.parametrize(
    ("field", "what", "hint"),
    [
        ("x: «int»", "an int without bounds", RANGE),
        ("x: «int | None»", "an int without bounds", RANGE),
        ("x: «'int'»", "an int without bounds", RANGE),
        ("x: «Seq[Num]»", "a Seq needs a size", 'write Annotated[Seq[T], Size("...")]'),
        ("x: «Bag[Pair]»", "a Bag needs a size", 'write Annotated[Bag[T], Size("...")]'),
        (
            "x: «Set[Annotated[int, Range(0, 999)]]»",
            "a Set of a type with 1000 values needs a size",
            'write Annotated[Set[T], Size("...")]',
        ),
        (
            "x: «Set[Map[Broker, Annotated[int, Range(0, 99_999)]]]»",
            "a Set of a type with over 2**33 values needs a size",
            'write Annotated[Set[T], Size("...")]',
        ),
    ],
)
def test_fields(field: str, what: str, hint: str, refusals: Refusals) -> None:
    error = refusals.refused(UnboundedType, in_class(field))
    assert (error.what, error.hint) == (f"Spec.x: {what}", hint)


@pytest.mark.parametrize(
    ("field", "where"),
    [
        ("x: «Set[int]»", "Spec.x, element"),
        ("x: «Annotated[Seq[int], Size(2)]»", "Spec.x, element"),
        ("x: «Map[int, Num]»", "Spec.x, key"),
        ("x: «Map[Broker, int]»", "Spec.x, value"),
    ],
)
def test_parts_are_named(field: str, where: str, refusals: Refusals) -> None:
    assert refusals.refused(UnboundedType, in_class(field)).what == f"{where}: an int without bounds"


@pytest.mark.parametrize(
    ("key", "what", "hint"),
    [
        (
            "Annotated[int, Range(0, 4096)]",
            "4097 values are too many to be listed",
            "at most 4096 can; narrow the type",
        ),
        (
            "Annotated[Seq[Num], Size(2)]",
            "the values of a Seq[0..3] up to 2 cannot be listed",
            "those of bool, numbers, identities, Enums and structs of them can",
        ),
    ],
)
def test_keys_of_maps_are_listed(key: str, what: str, hint: str, refusals: Refusals) -> None:
    error = refusals.refused(UnboundedType, in_class(f"x: «Map[{key}, bool]»"))
    assert (error.what, error.hint) == (f"Spec.x, key: {what}", hint)


def test_field_of_a_struct(refusals: Refusals) -> None:
    text = "class Wide(Struct):\n    a: Num\n    b: «int»\n\n\n" + in_class("x: Wide")
    assert refusals.refused(UnboundedType, text).what == "Wide.b: an int without bounds"


def test_inherited_field(refusals: Refusals) -> None:
    text = "class Parent(Base):\n    x: «int»\n\n\n" + in_class("y: Num").replace("(Base)", "(Parent)")
    assert refusals.refused(UnboundedType, text).what == "Spec.x: an int without bounds"


def test_struct_made_in_a_method(refusals: Refusals) -> None:
    text = "class Wide(Struct):\n    b: «int»\n\n\n" + in_action("x = Wide(1)")
    assert refusals.refused(UnboundedType, text).what == "Wide.b: an int without bounds"


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        ("int", "members() of an int without bounds"),
        ("Annotated[int, Range(0, 10**6)]", "members(): 1000001 values are too many to be listed"),
        ("Annotated[Seq[Num], Size(1)]", "members(): the values of a Seq[0..3] up to 1 cannot be listed"),
    ],
)
def test_members(kind: str, what: str, refusals: Refusals) -> None:
    text = f"x = self.members(«{kind}»)"
    assert refusals.refused(UnboundedType, in_action(text)).what == what
    executed = in_action(f"x = «self.members({kind})»")
    assert refusals.stopped(UnboundedType, executed, translated=False).context == ["in action act(who=b1, k=0)"]


def test_bounds_make_it_right(refusals: Refusals) -> None:
    fields = ["x: Num", "y: Annotated[Seq[Num], Size(2)]", "z: Map[Broker, Annotated[Bag[Pair], Size(1)]]"]
    Specification(refusals.load(in_class("\n".join(fields))).Spec)
