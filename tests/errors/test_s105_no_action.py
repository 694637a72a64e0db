"""S105: a specification without any action."""

import pytest

from errors.refusals import Refusals
from fencepost.model.errors import NoAction


@pytest.mark.parametrize(
    "text",
    [
        "class «Spec»(Base):\n    pass\n",
        "class «Spec»(Model):\n    pass\n",
        "class «Spec»(Base):\n    @init\n    def start(self) -> None:\n        pass\n",
        "class «Spec»(Base):\n    def act(self) -> None:\n        self.n = 1\n",
        (
            "class Parent(Base):\n    @action\n    def act(self) -> None:\n        pass\n\n\n"
            "class «Spec»(Parent):\n    act = None\n"
        ),
    ],
)
def test_every_way(text: str, refusals: Refusals) -> None:
    error = refusals.refused(NoAction, text)
    assert (error.what, error.hint) == ("Spec has no action", "mark at least one method with @action")
