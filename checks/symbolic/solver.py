"""Z3: terms as bit-vectors of the smallest width, questions, and answers.

Everything in a specification is finite, so that Z3 decides every question in the end; it may not do so in time.
"""

from __future__ import annotations

import math
import signal
import time
from collections.abc import Callable, Mapping
from typing import Any

from ...model import errors
from .terms import Assignment, Bool, BoolTerm, IntTerm, Meaning, evaluate, in_order


def load_z3() -> Any:
    """The module `z3`. Raises MissingExtra."""
    try:
        import z3
    except ImportError as error:
        hint = "pip install 'fencepost[prove]'"
        raise errors.MissingExtra(f"proofs need Z3: {error}", hint=hint) from None
    return z3


def _width(low: int, high: int) -> tuple[int, bool]:
    """The bits of a bit-vector for a range, and whether it has a sign."""
    if low >= 0:
        return max(high.bit_length(), 1), False
    return max(high.bit_length(), (-low - 1).bit_length()) + 1, True


class Translator:
    """Terms as expressions of Z3. What is shared, also between solvers, is translated once.

    `ranges` says between which numbers the variables are; that of a bit-vector may be wider.
    """

    def __init__(self) -> None:
        self.z3 = load_z3()
        self.known: dict[Any, Any] = {}
        self.variables: dict[str, Any] = {}
        self.ranges: list[Any] = []

    def condition(self, term: Bool) -> Any:
        """A boolean term."""
        if isinstance(term, bool):
            return self.z3.BoolVal(term)
        for part in in_order([term], self.known):
            self.known[part] = self._translated(part)
        return self.known[term]

    def _translated(self, term: BoolTerm | IntTerm) -> Any:
        if isinstance(term, IntTerm):
            return self._int(term)
        z3, args = self.z3, term.args
        match term.op:
            case "variable":
                found = self.variables[args[0]] = z3.Bool(args[0])
                return found
            case "equal":
                left, right, _ = self._comparable(*args)
                return left == right
            case "less":
                left, right, signed = self._comparable(*args)
                return left < right if signed else z3.ULT(left, right)
        parts = [z3.BoolVal(part) if isinstance(part, bool) else self.known[part] for part in args]
        match term.op:
            case "not":
                return z3.Not(parts[0])
            case "and":
                return z3.And(*parts)
            case "or":
                return z3.Or(*parts)
            case "if":
                return z3.If(*parts)
            case "same":
                return parts[0] == parts[1]
        raise AssertionError(term.op)

    def _comparable(self, left: Any, right: Any) -> tuple[Any, Any, bool]:
        least, greatest = _hull(left, right)
        width, signed = _width(least, greatest)
        return self._sized(left, width), self._sized(right, width), signed

    def _sized(self, value: Any, width: int) -> Any:
        """An integer as a bit-vector of some width, modulo its range."""
        z3 = self.z3
        if isinstance(value, int):
            return z3.BitVecVal(value, width)
        found = self.known[value]
        have, signed = _width(value.low, value.high)
        if have == width:
            return found
        if have > width:
            return z3.Extract(width - 1, 0, found)
        return z3.SignExt(width - have, found) if signed else z3.ZeroExt(width - have, found)

    def _int(self, term: IntTerm) -> Any:
        z3, args = self.z3, term.args
        width, signed = _width(term.low, term.high)
        match term.op:
            case "variable":
                found = self.variables[args[0]] = z3.BitVec(args[0], width)
                if term.high - term.low + 1 < 1 << width:
                    least, greatest = self._sized(term.low, width), self._sized(term.high, width)
                    lower = least <= found if signed else z3.ULE(least, found)
                    upper = found <= greatest if signed else z3.ULE(found, greatest)
                    self.ranges += [lower, upper]
                return found
            case "narrowed":
                return self._sized(args[0], width)
            case "if":
                return z3.If(self.known[args[0]], self._sized(args[1], width), self._sized(args[2], width))
            case "//" | "%":
                return self._division(term, width)
        left, right = (self._sized(part, width) for part in args)
        match term.op:
            case "+":
                return left + right
            case "-":
                return left - right
            case "*":
                return left * right
        raise AssertionError(term.op)

    def _division(self, term: IntTerm, width: int) -> Any:
        """Floor division: Z3's own rounds towards zero."""
        z3, (left, right) = self.z3, term.args
        least, greatest = _hull(left, right, term)
        room, signed = _width(least, greatest)
        room += 1  # The quotient of the least number and -1.
        first, second = self._sized(left, room), self._sized(right, room)
        if not signed:
            result = z3.UDiv(first, second) if term.op == "//" else z3.URem(first, second)
        else:
            quotient, remainder = first / second, z3.SRem(first, second)
            apart = z3.And(remainder != 0, (remainder < 0) != (second < 0))
            if term.op == "//":
                result = z3.If(apart, quotient - 1, quotient)
            else:
                result = z3.If(apart, remainder + second, remainder)
        return z3.Extract(width - 1, 0, result) if room > width else result


def _hull(*values: Any) -> tuple[int, int]:
    lows = [value.low if isinstance(value, IntTerm) else value for value in values]
    highs = [value.high if isinstance(value, IntTerm) else value for value in values]
    return min(lows), max(highs)


class Solver:
    """Questions about terms. `check` answers "sat", "unsat" or "unknown"; after "sat", `meaning` gives values.

    A translator that several solvers are given spares all but the first of them the work. Raises MissingExtra.
    """

    def __init__(self, seconds: float | None = None, translator: Translator | None = None) -> None:
        self.translator = translator or Translator()
        self.z3 = self.translator.z3
        self.solver = self.z3.SolverFor("QF_FD")
        self.solver.set("ctrl_c", signal.getsignal(signal.SIGINT) is not signal.SIG_IGN)
        self._ranges = 0
        if seconds is not None:
            self.limit(seconds)

    def limit(self, seconds: float) -> None:
        """Bounds the time of each question."""
        self.solver.set("timeout", max(math.ceil(seconds * 1000), 1))

    def add(self, *conditions: Bool) -> None:
        """Conditions that hold from now on."""
        for condition in conditions:
            self.solver.add(self.translator.condition(condition))

    def check(self, *assumptions: Bool) -> str:
        """Whether all that was added, and the assumptions, can hold together. Ctrl-C raises KeyboardInterrupt."""
        return self._answer([self.translator.condition(one) for one in assumptions])

    def _answer(self, assumptions: list[Any]) -> str:
        self.solver.add(*self.translator.ranges[self._ranges :])
        self._ranges = len(self.translator.ranges)
        answer = str(self.solver.check(*assumptions))
        if answer == "unknown" and "interrupted" in self.reason():
            raise KeyboardInterrupt
        return answer

    def reason(self) -> str:
        """Why the last answer was "unknown"."""
        return str(self.solver.reason_unknown())

    @property
    def version(self) -> str:
        """That of Z3."""
        return str(self.z3.get_version_string())

    def check_named(self, parts: Mapping[str, Bool]) -> tuple[str, tuple[str, ...]]:
        """The same with assumptions that have names; after "unsat", the names of those that it took."""
        literals = {name: self.z3.Bool(f"assumed {name}") for name in parts}
        for name, part in parts.items():
            self.solver.add(self.z3.Implies(literals[name], self.translator.condition(part)))
        started = time.perf_counter()
        answer = self._answer(list(literals.values()))
        if answer != "unsat":
            return answer, ()
        core = {literal.get_id() for literal in self.solver.unsat_core()}
        names = [name for name, literal in literals.items() if literal.get_id() in core]
        # Each is left out in turn, and stays out if the rest is found to be enough in a time like that of the answer.
        self.limit(max(2 * (time.perf_counter() - started), 0.1))
        for name in list(names):
            rest = [other for other in names if other != name]
            if self._answer([literals[other] for other in rest]) == "unsat":
                names = rest
        return answer, tuple(names)

    def assignment(self) -> Assignment:
        """The values of variables in the last answer."""
        model, result = self.solver.model(), dict[str, Any]()
        for name, variable in self.translator.variables.items():
            value = model.eval(variable, model_completion=True)
            is_bool = self.z3.is_bool(variable)
            result[name] = self.z3.is_true(value) if is_bool else value.as_long()
        return result

    def meaning(self) -> Callable[[Any], Any]:
        """The values of terms in the last answer."""
        assignment, known = self.assignment(), Meaning()
        return lambda term: evaluate(term, assignment, known)
