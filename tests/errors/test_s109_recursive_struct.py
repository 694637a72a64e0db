"""S109: a struct that contains itself has no finite size."""

import pytest

from errors.refusals import Refusals, in_class
from fencepost.model.errors import RecursiveStruct

HINT = "refer to other structs by an identity, and keep them in a Map"


@pytest.mark.parametrize(
    "text",
    [
        "class Node(Struct):\n    value: Num\n    next: «'Node'»\n",
        "class Node(Struct):\n    next: «'Node | None'»\n",
        "class Node(Struct):\n    others: «'Set[Node]'»\n",
        "class Node(Struct):\n    others: «'Map[Broker, Node]'»\n",
        "class Other(Struct):\n    node: «'Node'»\n\n\nclass Node(Struct):\n    other: 'Other | None'\n",
    ],
)
def test_every_way(text: str, refusals: Refusals) -> None:
    error = refusals.refused(RecursiveStruct, text + "\n\n" + in_class("x: Node"))
    assert (error.what, error.hint) == ("Node contains itself, so it has no finite size", HINT)
