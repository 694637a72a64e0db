"""S102: an annotation that the language does not have."""

import pytest

from errors.refusals import Refusals, in_action, in_class
from fencepost.model.errors import UnsupportedType

WRITE_SETOF = "write Set[T]"
TYPES = "types are bool, bounded int, Enum, identities, T | None, Struct, A | B of structs, Set, Seq, Bag and Map"
APART = "put it into a Struct of its own"
TOLD = ": only structs, which say what they are, can be told apart"
ONLY_FIELDS = "Auxiliary marks whole fields of a specification, and nothing else"
WHOLE_FIELD = "write it first in the annotation of the field: Auxiliary[T]"


@pytest.mark.parametrize(
    ("source", "what", "hint"),
    [
        ("x: «str»", "Spec.x: str is not a type of the language", "write an Enum"),
        ("x: «float»", "Spec.x: float is not a type of the language", "write Annotated[int, Range(low, high)]"),
        ("x: «list[Num]»", "Spec.x: list is not a type of the language", 'write Annotated[Seq[T], Size("...")]'),
        ("x: «tuple[Num, Num]»", "Spec.x: tuple is not a type of the language", "write a Struct"),
        ("x: «set[Num]»", "Spec.x: set is not a type of the language", WRITE_SETOF),
        ("x: «frozenset[Num]»", "Spec.x: frozenset is not a type of the language", WRITE_SETOF),
        ("x: «dict[Broker, Num]»", "Spec.x: dict is not a type of the language", "write Map[K, T]"),
        ("x: «None»", "Spec.x: None is not a type of the language", TYPES),
        ("x: «Any»", "Spec.x: Any is not a type of the language", TYPES),
        ("x: «Base»", "Spec.x: Base is not a type of the language", TYPES),
        ("x: «5»", "Spec.x: 5 is not a type of the language", TYPES),
        ("x: «print»", "Spec.x: print is not a type of the language", TYPES),
        ("x: «Set»", "Spec.x: a Set of what?", WRITE_SETOF),
        ("x: «Map»", "Spec.x: a Map of what?", "write Map[K, T]"),
        ("x: «Seq»", "Spec.x: a Seq of what?", "write Seq[T]"),
        ("x: «Num | Color»", f"Spec.x: 0..3 in a union{TOLD}", APART),
        ("x: «Pair | Color | None»", f"Spec.x: Color in a union{TOLD}", APART),
        (
            "x: «Annotated[Num | None, 'again'] | None»",
            "Spec.x: None twice, in an optional of an optional",
            "leave one out",
        ),
        (
            "x: «'Undefined'»",
            "Spec.x: the annotation names 'Undefined', which its module does not define",
            "annotations are looked up in the module: define the type there, above the class",
        ),
        (
            "x: «'Set['»",
            ("Spec.x: the annotation Set[ cannot be evaluated: Forward reference must be an expression -- got 'Set['"),
            TYPES,
        ),
        (
            "x: «'math.nothing'»",
            "Spec.x: the annotation math.nothing cannot be evaluated: module 'math' has no attribute 'nothing'",
            TYPES,
        ),
        ("from typing import Final\nx: «Final» = 3", "Spec.x: Final is not a type of the language", TYPES),
        ("from typing import Literal\nx: «Literal[1, 2]»", "Spec.x: Literal is not a type of the language", TYPES),
        (
            "import enum\nclass Bits(enum.Flag):\n    ONE = 1\n    TWO = 2\nx: «Bits»",
            "Spec.x: Bits is a Flag, whose members combine",
            "write a Set of an Enum",
        ),
        ("x: «Annotated[bool, Range(0, 1)]»", "Spec.x: Range narrows an int, not bool", TYPES),
        ("x: «Annotated[Pair, Range(0, 1)]»", "Spec.x: Range narrows an int, not Pair", TYPES),
        ("x: «Annotated[Set[Num], Domain(2)]»", "Spec.x: Domain narrows an int, not Set", TYPES),
        ("x: «Annotated[int, Size(2)]»", "Spec.x: Size narrows a Set, Seq or Bag, not int", TYPES),
        ("x: «Annotated[int, Range]»", "Spec.x: Range without its bounds", "write Range(...)"),
        (
            "x: «Annotated[int, Range(0, 1), Domain(2)]»",
            "Spec.x: Range and Domain at once",
            "one of Range, Domain and Size narrows a type",
        ),
        (
            "x: «Annotated[Num, In('s')]»",
            "Spec.x: Range and In at once",
            "one of Range, Domain and Size narrows a type",
        ),
        ("x: «Annotated[Set[Num], In('s')]»", "Spec.x: In narrows a parameter of an action, not Set", TYPES),
        (
            "x: «Annotated[int, Range(0, 10**30)]»",
            "Spec.x: numbers up to 1000000000000000000000000000000 do not fit into 64 bits",
            "narrow it",
        ),
        ("x: «Map[Broker, Auxiliary[Num]]»", f"Spec.x, value: {ONLY_FIELDS}", WHOLE_FIELD),
        ("x: «Auxiliary[Num] | None»", f"Spec.x: {ONLY_FIELDS}", WHOLE_FIELD),
        ("class Box(Struct):\n    a: «Auxiliary[Num]»\nx: Box", f"Box.a: {ONLY_FIELDS}", WHOLE_FIELD),
        ("x: «Auxiliary[str]»", "Spec.x: str is not a type of the language", "write an Enum"),
        ("x: «Map[Broker, str]»", "Spec.x, value: str is not a type of the language", "write an Enum"),
    ],
)
def test_fields(source: str, what: str, hint: str, refusals: Refusals) -> None:
    error = refusals.refused(UnsupportedType, in_class(source))
    assert (error.what, error.hint) == (what, hint)


@pytest.mark.parametrize(
    ("source", "what", "hint"),
    [
        (
            "@action\ndef act(self, x: «str») -> None:\n    pass",
            "Spec.act, parameter x: str is not a type of the language",
            "write an Enum",
        ),
        (
            "@action\ndef act(self, x: «Auxiliary[Num]») -> None:\n    pass",
            f"Spec.act, parameter x: {ONLY_FIELDS}",
            WHOLE_FIELD,
        ),
        (
            "@action\ndef act(self, x: «'Undefined'») -> None:\n    pass",
            "Spec.act, x: the annotation names 'Undefined', which its module does not define",
            "annotations are looked up in the module: define the type there, above the class",
        ),
        (
            "@action\ndef act(self, x: «'Set['») -> None:\n    pass",
            (
                "Spec.act, x: the annotation Set[ cannot be evaluated: Forward reference must be an "
                "expression -- got 'Set['"
            ),
            TYPES,
        ),
    ],
)
def test_parameters(source: str, what: str, hint: str, refusals: Refusals) -> None:
    error = refusals.refused(UnsupportedType, in_class(source))
    assert (error.what, error.hint) == (what, hint)


@pytest.mark.parametrize(
    ("source", "what", "hint"),
    [
        ("x: «list» = []", "a local: list is not a type of the language", 'write Annotated[Seq[T], Size("...")]'),
        ("x: «str» = 1", "a local: str is not a type of the language", "write an Enum"),
    ],
)
def test_locals(source: str, what: str, hint: str, refusals: Refusals) -> None:
    error = refusals.refused(UnsupportedType, in_action(source))
    assert (error.what, error.hint) == (what, hint)
