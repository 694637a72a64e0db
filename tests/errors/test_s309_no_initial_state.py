"""S309: the initialisers allow no state at all."""

import pytest

from errors.refusals import Refusals, in_class
from fencepost.model.errors import NoInitialState


@pytest.mark.parametrize(
    "body",
    [
        "@init\ndef «start»(self) -> None:\n    require(self.flag)",
        "@init\ndef «start»(self) -> None:\n    x = choose(self.q)\n    self.n = x",
        "@init\ndef «start»(self, x: Annotated[Num, In('q')]) -> None:\n    self.n = x",
        "@init\ndef «start»(self, x: Num) -> None:\n    require(x > 3)\n@init\ndef b(self):\n    require(False)",
    ],
)
def test_every_way(body: str, refusals: Refusals) -> None:
    error = refusals.stopped(NoInitialState, in_class(body))
    assert error.what == "Spec: no initialiser allows any state"
    assert error.hint == "a require() or an empty choose() stops every @init: weaken it"
