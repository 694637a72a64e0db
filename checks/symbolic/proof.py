"""A whole proof by induction: the beginning, every step, whether the hypothesis says anything; and what follows.

Questions to Z3 are answered in processes of their own, several at a time. Each invariant that an answer used must
itself be proved, so that what *holds* is the largest set of clauses that prove each other.
"""

from __future__ import annotations

import multiprocessing
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from .. import outcome
from ..outcome import Outcome
from .bounded import BoundedCheck
from .induction import NO_BOUND, NO_ERROR, Answer, Induction, Obligation

Kind = Literal["state", "action", "premise", "step"]
_POLL_SECONDS = 0.1


class Question(NamedTuple):
    """Something to ask Z3: whether there is a state, whether an action is possible, a premise is met, a step proved."""

    kind: Kind
    name: str = ""
    obligation: Obligation | None = None


@dataclass
class Proof:
    """What is known of a proof. `stopped` says why questions were left open, and is empty when none was."""

    induction: Induction
    base: Outcome | None = None
    answers: list[Answer] = field(default_factory=list)
    open: list[Obligation] = field(default_factory=list)
    impossible: list[str] = field(default_factory=list)
    without_premise: list[str] = field(default_factory=list)
    is_empty: bool = False
    stopped: str = ""
    seconds: float = 0.0

    @property
    def refuted(self) -> list[Answer]:
        """The steps that do not keep their clause."""
        return [one for one in self.answers if one.verdict == "refuted"]

    @property
    def begins(self) -> bool:
        """Whether the invariants hold at the beginning."""
        found = self.base
        return found is not None and found.stopped == f"limit of {self.induction.k:,} levels" and not self.violated

    @property
    def violated(self) -> list[str]:
        """The invariants that are false at the beginning."""
        return [one.name for one in self.base.properties if one.run is not None] if self.base else []

    def proved(self) -> set[str]:
        """The clauses that hold in all reachable states: those that are kept, given only others of them."""
        found = {NO_ERROR, NO_BOUND, *self.induction.invariants, *self.induction.step_invariants}
        if not self.begins or self.is_empty:
            return set()
        found -= {one.clause for one in self.open}
        found -= {one.obligation.clause for one in self.answers if one.verdict != "proved"}
        while lost := {one.obligation.clause for one in self.answers if not found.issuperset(one.used)} & found:
            found -= lost
        # Past a bound of the search nothing is known.
        return found if NO_BOUND in found else set()

    def unused(self) -> list[str]:
        """The helper invariants that no proof of another clause used."""
        used = {name for one in self.answers for name in one.used if name != one.obligation.clause}
        helpers = [one.name for one in self.induction.specification.properties if one.helper]
        return [name for name in helpers if name not in used]


@dataclass
class Prover:
    """Runs a proof.

    `seconds` limits all of it, `each` every question. `said` is told each answer as it comes, `interrupted` asked
    several times a second whether to stop.
    """

    induction: Induction
    workers: int = 1
    seconds: float | None = None
    each: float | None = None
    said: Callable[[Answer], None] = lambda _: None
    interrupted: Callable[[], bool] = lambda: False

    def run(self) -> Proof:
        """The proof as far as it came. Raises SpecificationError for an error at the beginning, and Disagreement."""
        started = time.perf_counter()
        self.deadline = None if self.seconds is None else started + self.seconds
        proof = Proof(self.induction)
        for one in self.induction.steps():
            proof.open.append(one)
            if self.interrupted():
                proof.stopped, proof.seconds = outcome.INTERRUPTED, time.perf_counter() - started
                return proof
        steps = list(proof.open)
        questions = [Question("state"), *(Question("step", obligation=one) for one in steps)]
        questions += [Question("action", action.name) for action in self.induction.specification.actions]
        names = (*self.induction.invariants, *self.induction.step_invariants)
        questions += [Question("premise", name) for name in names]
        with _Processes(self.induction, self.workers) as processes:
            proof.base = BoundedCheck(self.induction.specification, self.induction.k, self.seconds, True).run()
            if proof.base.stopped != outcome.INTERRUPTED:
                proof.stopped = self._ask(questions, processes, proof)
            else:
                proof.stopped = outcome.INTERRUPTED
        proof.seconds = time.perf_counter() - started
        return proof

    def _ask(self, questions: Sequence[Question], processes: _Processes, proof: Proof) -> str:
        """Asks all questions; why some were left open."""
        for question, found in processes.answers(questions, self.each, self.deadline):
            if self.interrupted():
                return outcome.INTERRUPTED
            if question is None:
                if self.deadline is not None and time.perf_counter() > self.deadline:
                    return f"limit of {self.seconds:g} s"
                continue
            if question.obligation is None:
                self._possible(question, found, proof)
                continue
            proof.open.remove(question.obligation)
            proof.answers.append(self.induction.answer(question.obligation, found))
            self.said(proof.answers[-1])
        return ""

    def _possible(self, question: Question, found: str, proof: Proof) -> None:
        if found != "unsat":
            return
        if question.kind == "state":
            proof.is_empty = True
        elif question.kind == "action":
            proof.impossible.append(question.name)
        else:
            proof.without_premise.append(question.name)


# Processes. What they share is copied when they are forked, which is why they are started before anything is asked:
# Z3 has threads of its own, and threads are not copied.

_induction: Induction | None = None


def _begin(induction: Induction) -> None:
    global _induction  # noqa: PLW0603  # one a process
    _induction = induction
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the business of who started it, and so is its end.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _reply(question: Question, each: float | None, deadline: float | None) -> Any:
    assert _induction is not None
    left = None if deadline is None else max(deadline - time.perf_counter(), 0.001)
    seconds = min((limit for limit in (each, left) if limit is not None), default=None)
    match question.kind:
        case "state":
            return _induction.is_possible(seconds=seconds)
        case "action":
            return _induction.is_possible(question.name, seconds)
        case "premise":
            return _induction.has_premise(question.name, seconds)
    assert question.obligation is not None
    return _induction.ask(question.obligation, seconds)


def _numbered(task: tuple[int, Question, float | None, float | None]) -> tuple[int, Any]:
    number, question, each, deadline = task
    return number, _reply(question, each, deadline)


class _Processes:
    """Processes that answer questions; where they cannot be forked, this one does."""

    def __init__(self, induction: Induction, workers: int) -> None:
        self.induction, self.workers = induction, workers
        self.pool: Any = None

    def __enter__(self) -> _Processes:
        if "fork" in multiprocessing.get_all_start_methods():
            context = multiprocessing.get_context("fork")
            self.pool = context.Pool(self.workers, _begin, (self.induction,))
        return self

    def __exit__(self, *unused: object) -> None:
        if self.pool is not None:
            self.pool.terminate()
            self.pool.join()

    def answers(
        self, questions: Sequence[Question], each: float | None, deadline: float | None
    ) -> Iterator[tuple[Question | None, Any]]:
        """Questions with their answers as they come, and None several times a second while there is none."""
        tasks = [(number, question, each, deadline) for number, question in enumerate(questions)]
        if self.pool is None:
            global _induction  # noqa: PLW0603  # one a process
            _induction = self.induction
            for task in tasks:
                yield None, None
                yield task[1], _numbered(task)[1]
            return
        results = self.pool.imap_unordered(_numbered, tasks)
        for _ in tasks:
            while True:
                try:
                    number, found = results.next(timeout=_POLL_SECONDS)
                except multiprocessing.TimeoutError:
                    yield None, None
                    continue
                yield questions[number], found
                break
