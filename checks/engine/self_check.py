"""The self-check of symmetry reduction on a model's kernels: the same sample as in CPython, thousands of times faster.

Words are compared with words. Where they differ, CPython is asked for the same state: it says in which way.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...model.lang.specification import Specification
from .. import self_check
from ..native.codec import Codec
from ..native.symmetry import Symmetry, swapping
from ..outcome import Disagreement
from .library import Library
from .memory import Words, address

#: Successors, and for each what is known of the step: its action first.
Steps = tuple[Words, list[tuple[int, ...]]]


class NativeSelfCheck:
    """The self-check of one search, called with the states of the sample; `states` counts them."""

    def __init__(self, specification: Specification, codec: Codec, library: Library) -> None:
        self.specification, self.kind, self.codec = specification, specification.state_type, codec
        self.library, self.shape = library, library.shape
        self.states = 0
        self._turns = self._paths()
        self._out: Words = np.zeros((max(self.shape.max_successors, 1), self.shape.words), np.int64)
        self._actions = np.zeros(len(self._out), np.int32)
        self._result: Words = np.zeros(4, np.int64)

    def _paths(self) -> Iterator[list[tuple[Symmetry, list[int]]]]:
        """The renamings to try, each with the numbers of the swaps that it is made of."""
        for renamings in self_check.turns(self.kind):
            yield [(renaming, swapping(self.kind, renaming)) for renaming in renamings]

    def sample(self, states: Words) -> None:
        """Checks the states of the sample, one after the other. Raises NotSymmetric."""
        for row in states:
            self.states += 1
            state = row.reshape(1, -1)
            answers, steps = self._answers(state), self._steps(state)
            for renaming, path in next(self._turns):
                twin = self._renamed(state, path)
                if answers != self._answers(twin) or self._images(steps, path) != self._images(self._steps(twin), []):
                    self_check.SelfCheck(self.specification).compare(self.codec.decode(row), renaming)
                    raise self._disagreement()

    def _renamed(self, states: Words, path: list[int]) -> Words:
        """A copy of states with identities exchanged."""
        copy = states.copy()
        for swap in path:
            self.library.transpose(address(copy), len(copy), swap)
        return copy

    def _answers(self, state: Words) -> tuple[int, ...] | None:
        """What `check` says about a state; None when a property fails to evaluate."""
        status = self.library.check(address(state), address(self._result))
        return tuple(self._result.tolist()) if status == 0 else None

    def _steps(self, state: Words) -> Steps | None:
        """The successors of a state, and for each its action and what `check_step` says; None when an action fails."""
        made = self.library.make_successors(address(state), address(self._out), address(self._actions))
        if made < 0:
            return None
        after = self._out[:made].copy()
        notes: list[tuple[int, ...]] = [(action,) for action in self._actions[:made].tolist()]
        if self.shape.step_invariants:
            notes = [(*note, *self._step_answers(state, row)) for note, row in zip(notes, after, strict=True)]
        return after, notes

    def _step_answers(self, state: Words, after: Words) -> tuple[int, ...]:
        status = self.library.check_step(address(state), address(after), address(self._result))
        return tuple(self._result[:2].tolist()) if status == 0 else ()

    def _images(self, steps: Steps | None, path: list[int]) -> set[tuple[int, ...]] | None:
        """The steps with identities exchanged in the states they lead to, in no order."""
        if steps is None:
            return None
        after, notes = steps
        return {(*note, *row) for note, row in zip(notes, self._renamed(after, path).tolist(), strict=True)}

    def _disagreement(self) -> Disagreement:
        return Disagreement(f"{self.specification.name} is symmetric in CPython, and not in native code")
