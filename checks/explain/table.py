"""From a request to an explanation: asks for the fewest failures in every configuration, and about every claim."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from ...model.lang.specification import Specification
from .claims import CLAIMS, LOSS, Claim, Reading
from .evidence import Evidence, Searching
from .explanation import Answer, Asked, Cell, Explanation
from .failures import Combination, combinations
from .grid import Grid, Setting
from .kernel import Kernel, Question

if TYPE_CHECKING:
    from ..loading import Found


@dataclass(frozen=True)
class Request:
    """What to explain: a specification with constants other than those of the grid, and up to how many failures."""

    found: Found
    constants: Mapping[str, Any]
    grid: Grid
    failures: int
    searching: Searching
    claims: tuple[Claim, ...] = CLAIMS


class Table:
    """Answers a request. What is found for a cell is used for claims as well. An interruption leaves the rest open.

    Raises what finding out about a specification raises: UnknownConstant, ConstantOutOfRange, UnknownProperty.
    """

    def __init__(self, request: Request) -> None:
        self.request = request
        properties = list(dict.fromkeys([LOSS, *(claim.property_name for claim in request.claims)]))
        grid = request.grid
        settings = [*grid.settings(), *(one for claim in request.claims for one in claim.settings(grid))]
        self.kernels: dict[tuple[int, bool], Kernel] = {}
        for setting in settings:
            if _kernel(setting) not in self.kernels:
                kernel = Kernel(request.found, request.constants, setting, properties, request.failures)
                self.kernels[_kernel(setting)] = kernel
        self._known: dict[tuple[Setting, str], Evidence] = {}

    def evidence(self, setting: Setting, property_name: str = LOSS) -> Evidence:
        """What is known of a property in a configuration."""
        key = setting, property_name
        if key not in self._known:
            kernel = self.kernels[_kernel(setting)]
            self._known[key] = Evidence(kernel, setting, property_name, self.request.searching)
        return self._known[key]

    def explain(self) -> Explanation:
        """All cells, then all claims."""
        from .. import __version__

        started = time.perf_counter()
        request = self.request
        cells = [self.cell(setting) for setting in request.grid.settings()]
        claims = [self.asked(claim) for claim in request.claims]
        return Explanation(
            model=request.found.name,
            constants=self._constants(),
            given=tuple(request.constants),
            defaults=Specification(request.found.model).constants,
            kinds=next(iter(self.kernels.values())).kinds,
            failures=request.failures,
            states=request.searching.states,
            seconds=request.searching.seconds,
            left_out=request.grid.left_out(),
            cells=cells,
            claims=claims,
            tool=__version__,
            took=time.perf_counter() - started,
        )

    def _constants(self) -> dict[str, int | bool]:
        """The constants that are the same in every search."""
        searched = [kernel.specification.constants for kernel in self.kernels.values()]
        setting, kernel = self.request.grid.settings()[0], next(iter(self.kernels.values()))
        bound = kernel.bound(Question(setting, LOSS, Combination())).constants
        return {
            name: value for name, value in bound.items() if all(name in one and one[name] == value for one in searched)
        }

    def cell(self, setting: Setting) -> Cell:
        """The fewest failures that lose something, up to the number that was asked for."""
        evidence = self.evidence(setting)
        cell = Cell(setting)
        for total in range(self.request.failures + 1):
            found, finished = evidence.ask(combinations(evidence.kernel.kinds, total))
            cell = replace(cell, findings=(*cell.findings, *found), finished=finished)
            if cell.losses or not finished:
                break
        return cell

    def asked(self, claim: Claim) -> Asked:
        """A claim with its answers."""
        rows = []
        for setting in claim.settings(self.request.grid):
            answer = partial(self.answer, self.evidence(setting, claim.property_name))
            rows.append(tuple(map(answer, claim.readings)))
        return Asked(claim, tuple(rows))

    def answer(self, evidence: Evidence, reading: Reading) -> Answer:
        """Whether a reading is true in a configuration."""
        wanted = reading.combinations(evidence.kernel.kinds, self.request.failures)
        return Answer(evidence.setting, reading, *evidence.ask(wanted, first=True))


def _kernel(setting: Setting) -> tuple[int, bool]:
    """What the configurations of one kernel have in common."""
    return setting.replication_factor, setting.eligible_leader_replicas
