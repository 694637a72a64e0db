"""U102: a constant that the specification does not have. Nothing in the specification is wrong: there is no place."""

import pytest

from errors.refusals import Refusals, in_action
from fencepost.model import Specification
from fencepost.model.errors import EXIT_USAGE, UnknownConstant


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("limits", "did you mean limit?"),
        ("n", "there is: fast, limit, replicas"),
        ("whatever", "there is: fast, limit, replicas"),
    ],
)
def test_every_way(name: str, hint: str, refusals: Refusals) -> None:
    model = refusals.load(in_action("self.n = k")).Spec
    for bind in (lambda: Specification(model, {name: 1}), lambda: model(**{name: 1})):
        with pytest.raises(UnknownConstant) as caught:
            bind()
        assert str(caught.value) == f"error U102: Spec has no constant {name!r}\n  {hint}"
        assert caught.value.exit_code == EXIT_USAGE


def test_without_any(refusals: Refusals) -> None:
    model = refusals.load("class Spec(Model):\n    @action\n    def act(self) -> None:\n        pass\n").Spec
    with pytest.raises(UnknownConstant) as caught:
        Specification(model, {"n": 1})
    assert caught.value.hint == "there is none"
