"""S306: a set, sequence or bag grew over its declared size."""

import pytest

from errors.refusals import Refusals, in_class
from fencepost.model.errors import CollectionFull

FIELDS = """\
few: Annotated[Set[Num], Size(1)]
row: Annotated[Seq[Num], Size(1)]
heap: Annotated[Bag[Num], Size(1)]
@action
def act(self) -> None:
"""


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ("self.few.add(0); «self.few.add(1)»", "Spec.few: 2 elements in a set of at most 1"),
        ("self.few.add(0); «self.few.update({1})»", "Spec.few: 2 elements in a set of at most 1"),
        ("«self.few» = {0, 1}", "Spec.few: 2 elements in a set of at most 1"),
        ("«self.few» |= {0, 1}", "Spec.few: 2 elements in a set of at most 1"),
        ("«self.few» = self.members(Num)", "Spec.few: 4 elements in a set of at most 1"),
        ("self.row.append(0); «self.row.append(1)»", "Spec.row: 2 elements in a sequence of at most 1"),
        ("«self.row.extend([0, 1])»", "Spec.row: 2 elements in a sequence of at most 1"),
        ("«self.row» = [0, 1]", "Spec.row: 2 elements in a sequence of at most 1"),
        ("«self.row» += [0, 1]", "Spec.row: 2 elements in a sequence of at most 1"),
        ("self.heap.add(0); «self.heap.add(0)»", "Spec.heap: 2 elements in a bag of at most 1"),
    ],
)
def test_every_way(body: str, what: str, refusals: Refusals) -> None:
    error = refusals.stopped(CollectionFull, in_class(f"{FIELDS}    {body}"))
    hint = "raise its Size, or disable the action with require() before"
    assert (error.what, error.hint, error.context) == (what, hint, ["in action act()"])
