"""One compiled search for many configurations, and all combinations of failures.

What a table varies are constants of the specification. Compiling it again for each of them would take longer than all
searches, so it is compiled with these constants as fields of the state, which no action changes: a search begins in a
state in which they have the wanted values. Of failures there is room for as many of each kind as will be asked for, and
a search with fewer begins in a state in which the others have been used up. What is possible then is what is possible
under these constants. A run that is found is taken again in CPython under them, by the specification as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any

from ...model import Model, Range, errors
from ...model.lang import values
from ...model.lang.specification import Specification
from ...model.lang.types import Int
from ...traces.trace import Trace, build
from ..outcome import Disagreement, Limits, Outcome, Progress, ProgressCallback, Run
from .failures import KINDS, Combination
from .grid import Setting

if TYPE_CHECKING:
    from ..engine.run import Prepared
    from ..loading import Found

#: The parts of a configuration that are fields of the compiled specification. Types depend on how many replicas there
#: are, and other constants on whether there are eligible leader replicas; these two stay constants.
_FIELDS = ("min_insync_replicas", "acks", "unclean_leader_election")

#: Room that two failures of any kind need, of specifications that have these constants. Where it does not suffice, a
#: search stops and says so.
ROOM = {"max_lag": 12, "max_in_flight": 8}


@dataclass(frozen=True)
class Question:
    """Whether some failures are enough to violate a property in a configuration."""

    setting: Setting
    property_name: str
    failures: Combination


class _Varied(Specification):
    """A specification whose initial states have some fields set before they are made."""

    preset: Mapping[str, Any] = {}

    def blank(self) -> Any:
        state = super().blank()
        for name, value in self.preset.items():
            setattr(state, name, value)
        return state


class Kernel:
    """The searches of a specification with a number of replicas, with or without eligible leader replicas.

    `most` is how many failures will be asked for at most. Raises what finding out about a specification raises:
    UnknownConstant, ConstantOutOfRange, UnknownProperty.
    """

    def __init__(
        self, found: Found, constants: Mapping[str, Any], setting: Setting, properties: Sequence[str], most: int
    ) -> None:
        self.found, self.most = found, most
        given = Specification(found.model).constants
        for name in vars(Setting()):
            if name not in given:
                hint = "name a specification that has the constants of kafka"
                raise errors.UnknownConstant(f"{found.model.__name__} has no constant {name!r}", hint=hint)
        self.kinds = tuple(kind for kind in KINDS if kind.constant in given)
        replicas = setting.replication_factor
        room = {name: size for name, size in ROOM.items() if name in given}
        self.constants = {**room, **constants, "replication_factor": replicas}
        self.constants["eligible_leader_replicas"] = setting.eligible_leader_replicas
        if "brokers" in given and "brokers" not in constants:
            self.constants["brokers"] = replicas
        budgets = {kind.constant: most for kind in self.kinds}
        self.specification = _Varied(_varied(found.model, replicas), {**self.constants, **budgets}, properties)
        self._check_counters()
        self._self_checked: set[Combination] = set()

    def _check_counters(self) -> None:
        """Raises UnknownConstant unless every budget has its counter."""
        fields = dict(self.specification.state_type.fields)
        for kind in self.kinds:
            if fields.get(kind.counter) != Int(0, self.most):
                raise errors.UnknownConstant(
                    f"{self.specification.name}: {kind.constant} is not the bound of a field {kind.counter}",
                    hint=f'declare what it counts: {kind.counter}: Annotated[int, Range(0, "{kind.constant}")]',
                )

    # Searching.

    def search(
        self, question: Question, limits: Limits, workers: int, progress: ProgressCallback | None = None
    ) -> Outcome:
        """The outcome of a search for a violation of the property in question, and of no other.

        Whether identities are interchangeable is tested once for every combination of failures.
        """
        from ..engine.run import Settings, search_prepared

        prepared = self._prepared(progress)
        if progress is not None:
            progress(Progress("search", 0, 0, 0, 0, 0, 0.0, 0, 0.0))
        settings = Settings(
            workers,
            prepared.symmetric,
            limits=limits,
            stop_at=[question.property_name],
            self_check=question.failures not in self._self_checked,
        )
        self._self_checked.add(question.failures)
        return search_prepared(prepared, settings, progress, self._initial(question))

    def _prepared(self, progress: ProgressCallback | None) -> Prepared:
        if progress is not None and "prepared" not in vars(self):
            progress(Progress("compile", 0, 0, 0, 0, 0, 0.0, 0, 0.0))
        return self.prepared

    @cached_property
    def prepared(self) -> Prepared:
        """The specification, compiled."""
        from ...model.lang.lower import lower
        from ..engine.run import Settings, prepare

        settings = Settings(symmetry=bool(self.specification.symmetric_domains))
        return prepare(self.specification, lower(self.specification), settings)

    def _initial(self, question: Question) -> list[Any]:
        """The initial states of a configuration, with all but these failures used up."""
        budgets = question.failures.budgets(self.kinds)
        used = {kind.counter: self.most - budgets[kind.constant] for kind in self.kinds}
        self.specification.preset = {name: getattr(question.setting, name) for name in _FIELDS} | used
        return self.specification.initial_states()

    # What was found, as a run of the specification as it is.

    def bound(self, question: Question) -> Specification:
        """The specification under the constants of a question."""
        constants = {**self.constants, **vars(question.setting), **question.failures.budgets(self.kinds)}
        return Specification(self.found.model, constants, [question.property_name])

    def trace(self, question: Question, run: Run) -> Trace:
        """A run that was found, in CPython. Raises Disagreement if it is none there, or violates nothing."""
        from .. import __version__

        number = [self.specification.key(one) for one in self._initial(question)].index(run.initial)
        specification = self.bound(question)
        [prop] = specification.properties
        trace = build(
            specification,
            Run(specification.key(specification.initial_states()[number]), run.positions),
            model=self.found.name,
            property_name=prop.name,
            kind=prop.kind,
            verdict="violated",
            engine="native",
            tool=__version__,
        )
        states = [values.thaw(step.state) for step in trace.steps[-2:]]
        if specification.holds(prop, *(states if prop.kind == "step_invariant" else states[-1:])):
            raise Disagreement(f"{specification.name}: {prop.name} holds at the end of a run that was found")
        return trace

    def used(self, trace: Trace) -> Combination:
        """The failures of a run."""
        return Combination.of({kind.constant: getattr(trace.last.state, kind.counter) for kind in self.kinds})


def _varied(model: type[Model], replicas: int) -> type[Model]:
    """The specification with constants as fields."""
    kinds: Sequence[Any] = (Annotated[int, Range(1, replicas)], Annotated[int, Range(-1, 1)], bool)
    usual = (1, -1, False)
    members = {"__annotations__": dict(zip(_FIELDS, kinds, strict=True)), **dict(zip(_FIELDS, usual, strict=True))}
    return type(model.__name__, (model,), {**members, "__module__": model.__module__, "__doc__": model.__doc__})


#: Is told what is being searched, and how far it is.
Told = Callable[[Question, Progress], None]
