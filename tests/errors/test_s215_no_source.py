"""S215: a function whose source text cannot be read."""

import pytest

from errors.refusals import Refusals, in_action, in_class
from fencepost.model import Specification
from fencepost.model.errors import NoSource
from fencepost.model.lang.lower import lower

HINT = "define it in a file, not at a prompt or through exec()"


def test_helper_from_exec(refusals: Refusals) -> None:
    text = "exec('def made(x): return x')\n\n\n" + in_action("self.n = «made(k)»")
    error = refusals.refused(NoSource, text)
    assert (error.what, error.hint) == ("the source of made cannot be read", HINT)


def test_method_from_exec(refusals: Refusals) -> None:
    text = in_class("exec('def made(self, x): return x')\n@action\ndef act(self) -> None:\n    self.n = «self.made(1)»")
    assert refusals.refused(NoSource, text).what == "the source of made cannot be read"


def test_action_from_exec(refusals: Refusals) -> None:
    module = refusals.load(in_class("exec('@action\\ndef made(self) -> None:\\n    pass')"))
    with pytest.raises(NoSource) as caught:
        lower(Specification(module.Spec))
    assert str(caught.value) == f"<string>:1:1: error S215: the source of made cannot be read\n  {HINT}"


def test_file_that_is_gone(refusals: Refusals) -> None:
    module = refusals.load(in_class("@action\ndef act(self) -> None:\n    self.n = 1"))
    assert module.__file__ is not None
    with open(module.__file__, "w", encoding="utf-8") as file:
        file.write("\n")
    with pytest.raises(NoSource) as caught:
        lower(Specification(module.Spec))
    assert caught.value.what == "the source of Spec.wait cannot be read"


@pytest.mark.parametrize(
    "body",
    [
        '"""A text\nat the margin."""\nself.n = 1',
        "self.n = 1\n# a comment\nself.n = 2",
        "größe = 1; self.n = größe",
    ],
)
def test_odd_sources_can_be_read(body: str, refusals: Refusals) -> None:
    margin = "class Spec(Base):\n    @action\n    def act(self) -> None:\n"
    rows = [row if row.startswith(("at", "#")) else " " * 8 + row for row in body.split("\n")]
    lower(Specification(refusals.load(margin + "\n".join(rows) + "\n").Spec))


def test_columns_count_characters(refusals: Refusals) -> None:
    from fencepost.model.errors import UnknownName

    refusals.refused(UnknownName, in_action("größe = 1; self.n = «unheard_of»"))
