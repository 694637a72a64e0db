"""S203: a name that is not defined."""

import pytest

from errors.refusals import Refusals, in_action
from fencepost.model.errors import UnknownName

NAME_A_TYPE = "name a type of the module, or leave the annotation out"
DID_YOU_MEAN_K = "did you mean k?"


@pytest.mark.parametrize(
    ("source", "what", "hint"),
    [
        ("self.n = «limitt»", "limitt is not defined", "did you mean self.limit?"),
        ("self.n = «twicee»(k)", "twicee is not defined", "did you mean twice?"),
        ("self.n = «unheard_of»", "unheard_of is not defined", "assign it, or define it in the module"),
        ("x: «Nunn» = 1", "this annotation cannot be evaluated: name 'Nunn' is not defined", NAME_A_TYPE),
        ("«kk».append(1)", "kk is not defined", DID_YOU_MEAN_K),
        ("self.n = «kk» + 1", "kk is not defined", DID_YOU_MEAN_K),
        ("for y in «kk»:\n    pass", "kk is not defined", DID_YOU_MEAN_K),
    ],
)
def test_names(source: str, what: str, hint: str, refusals: Refusals) -> None:
    error = refusals.refused(UnknownName, in_action(source))
    assert (error.what, error.hint) == (what, hint)
