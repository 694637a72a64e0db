"""Decorators of the author's own: what they make is translated as it runs, or refused."""

from errors.refusals import Refusals, in_class
from fencepost.model import Specification
from fencepost.model.lang.dump import dump
from fencepost.model.lang.lower import lower

TWICE = """\
def doubled(function):
    @functools.wraps(function)
    def wrapper(self, x):
        return function(self, x) + function(self, x)
    return wrapper


"""


def test_the_wrapper_is_what_runs(refusals: Refusals) -> None:
    body = "@doubled\ndef grown(self, x):\n    return x + 1\n@action\ndef act(self):\n    self.n = self.grown(0)"
    specification = Specification(refusals.load(TWICE + in_class(body)).Spec)
    [step] = [found for found in specification.successors(specification.blank()) if found.action.name == "act"]
    assert step.state.n == 2
    assert "self.n := 2" in dump(lower(specification))


def test_a_wrapped_action(refusals: Refusals) -> None:
    text = """\
    def guarded(function):
        @functools.wraps(function)
        def wrapper(self, x: Num) -> None:
            require(x > 1)
            function(self, x)
        return wrapper
    @action
    @guarded
    def act(self, x: Num) -> None:
        self.n = x
    """
    specification = Specification(refusals.load(in_class(text)).Spec)
    reached = {found.state.n for found in specification.successors(specification.blank()) if found.action.name == "act"}
    assert reached == {2, 3}
    assert "require (x'in > 1)" in dump(lower(specification))
