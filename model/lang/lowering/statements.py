"""Statements: control flow, and what decides whether a step is possible."""

from __future__ import annotations

import ast

from ... import errors
from .. import ir, specification
from .assignments import Assignments
from .conversions import TRUE
from .folds import Iteration
from .scope import Value

#: A loop in which something is chosen is written out so often at most.
_MOST_UNROLLED = 8

_ATOMIC = "actions are atomic steps"
_METHODS = "write a method or a module function"
_IMPORTS = "import at the top of the module"
_UNSUPPORTED: dict[str, tuple[str, str]] = {
    "While": ("`while`", "write a for over a range: every loop has a bound"),
    "Try": ("`try`", "test for the condition instead"),
    "TryStar": ("`try`", "test for the condition instead"),
    "With": ("`with`", _ATOMIC),
    "AsyncWith": ("`async with`", _ATOMIC),
    "AsyncFor": ("`async for`", _ATOMIC),
    "Raise": ("`raise`", "use assert for what must hold, require() for when a step is possible"),
    "FunctionDef": ("a function inside a method", _METHODS),
    "AsyncFunctionDef": ("a function inside a method", _METHODS),
    "ClassDef": ("a class inside a method", "define it in the module"),
    "TypeAlias": ("a type inside a method", "define it in the module"),
    "Match": ("`match`", "write if and elif"),
    "Global": ("`global`", "all state is in the fields of the specification"),
    "Nonlocal": ("`nonlocal`", "all state is in the fields of the specification"),
    "Import": ("`import`", _IMPORTS),
    "ImportFrom": ("`import`", _IMPORTS),
    "Delete": ("`del`", "use remove(), discard(), pop() or truncate()"),
}


class Statements(Assignments):
    """Translates statements."""

    def body(self, statements: list[ast.stmt]) -> None:
        """A block. Statements that cannot be reached are left out."""
        for statement in statements:
            if self.reachable:
                self.statement(statement)

    def statement(self, node: ast.stmt) -> None:
        """One statement. Raises UnsupportedStatement and others."""
        match node:
            case ast.Pass():
                pass
            case ast.Expr(value=value):
                self._expression_statement(value, node)
            case ast.Assign(targets=targets, value=value):
                self.assign(targets, value, node)
            case ast.AnnAssign():
                self.annotated(node)
            case ast.AugAssign():
                self.augmented(node)
            case ast.If():
                self._if(node)
            case ast.For():
                self._for(node)
            case ast.Return():
                self._return(node)
            case ast.Break() | ast.Continue():
                self._leave_loop(node)
            case ast.Assert(test=test):
                self._assert(self.truth(test))
            case _:
                what, hint = _UNSUPPORTED.get(type(node).__name__, (type(node).__name__, ""))
                self.fail(errors.UnsupportedStatement, node, f"{what} is not part of the language", hint)

    def _expression_statement(self, value: ast.expr, node: ast.stmt) -> None:
        if isinstance(value, ast.Constant):
            return  # A docstring, or the dots of a body that a subclass fills in.
        if isinstance(value, ast.Call):
            called = self.called(value)
            if called is specification.require:
                self._require(value)
                return
            if called is specification.choose:
                self.choice(None, value, node)
                return
        meaning = self.consumed(self.expression(value), value)
        # What is not kept still has to be evaluated: it may fail.
        if isinstance(meaning, Value) and not isinstance(meaning.expr, (ir.Const, ir.Local)):
            self.temporary(meaning.expr, node)

    def _assert(self, test: ir.Expr) -> None:
        self.emit(ir.Assert(test))
        if isinstance(test, ir.Const) and not test.value:
            self.reachable = False

    def _require(self, node: ast.Call) -> None:
        if self.is_property:
            self.fail(errors.ImpureProperty, node, "require() in a property", specification.PURE_HINT)
        if len(node.args) != 1 or node.keywords:
            self.fail(errors.WrongArguments, node, "require() takes one condition")
        condition = self.truth(node.args[0])
        at = self.location(node)
        if self.specification.without == (at.file, at.line):
            # It is evaluated as before, since that can fail.
            self.emit(ir.Require(ir.Or((condition, TRUE))))
            return
        self.specification.guards.add(at)
        self.emit(ir.Require(condition))
        if isinstance(condition, ir.Const) and not condition.value:
            self.reachable = False

    # Control flow.

    def _if(self, node: ast.If) -> None:
        test = self.truth(node.test)
        if isinstance(test, ir.Const):
            self.body(node.body if test.value else node.orelse)
            return
        frame, before = self.frame, set(self.frame.assigned)
        branches, ends = [], []
        for statements in (node.body, node.orelse):
            frame.assigned, self.reachable = set(before), True
            with self.collecting() as produced:
                self.body(statements)
            branches.append(tuple(produced))
            ends.append((frame.assigned, self.reachable))
        (first, first_reachable), (second, second_reachable) = ends
        self.reachable = first_reachable or second_reachable
        if first_reachable and second_reachable:
            frame.assigned = first & second
        else:
            frame.assigned = first if first_reachable else second
        self.forget_unreadable()
        self.emit(ir.If(test, branches[0], branches[1]))

    def _for(self, node: ast.For) -> None:
        meaning = self.consumed(self.expression(node.iter), node.iter)
        iteration = self.iteration(meaning, node.iter)
        if not iteration.ordered:
            self.unordered_iteration(node.iter)
        if node in self.unrolled:
            self._unroll(node, iteration)
            return
        frame = self.frame
        before = set(frame.assigned)
        leave, again = self.fresh_name("break"), self.fresh_name("continue")
        frame.loops.append((leave, again, 0))
        self.multiplicity.append(max(ir.source_limit(iteration.source), 1))
        self.rolled.append(node if _is_short(iteration.source) else None)
        element = self.fresh_name("item")
        self.element(element, iteration)
        over = iteration.source.collection if isinstance(iteration.source, ir.Elements) else None
        with self.looping(over, node.iter), self.collecting() as produced:
            self.bind_target(node.target, iteration.parts(ir.Local(element, iteration.type)), node.target)
            self.body(node.body)
        _, _, breaks = frame.loops.pop()
        self.multiplicity.pop()
        self.rolled.pop()
        frame.assigned, self.reachable = set(before), True
        loop = ir.For(element, iteration.type, iteration.source, tuple(produced), again)
        with self.collecting() as after:
            self.body(node.orelse)
        if breaks:
            self.emit(ir.Block(leave, (loop, *after)))
            self.reachable = True
            frame.assigned = before
        else:
            self.emit(loop)
            self.out.extend(after)
        self.forget_unreadable()

    def _unroll(self, node: ast.For, iteration: Iteration) -> None:
        """A loop over all values of a type, once for each of them: what is chosen in it has a site for each."""
        source, frame = iteration.source, self.frame
        assert isinstance(source, ir.Values)
        before = set(frame.assigned)
        leave, breaks = self.fresh_name("break"), 0
        with self.collecting() as produced:
            for number, value in enumerate(source.type.values()):
                element, again = self.fresh_name("item"), self.fresh_name("continue")
                self.element(element, iteration)
                self.emit(ir.Assign(element, ir.Const(value, source.type)))
                if source.index is not None:
                    self.emit(ir.Assign(source.index, ir.Const(number, self.locals[source.index])))
                frame.loops.append((leave, again, breaks))
                with self.collecting() as body:
                    self.bind_target(node.target, iteration.parts(ir.Local(element, iteration.type)), node.target)
                    self.body(node.body)
                self.emit(ir.Block(again, tuple(body)))
                breaks = frame.loops.pop()[2]
                frame.assigned, self.reachable = set(before), True
                self.forget_unreadable()
            self.body(node.orelse)
        self.emit(ir.Block(leave, tuple(produced)))
        if breaks:
            frame.assigned, self.reachable = before, True
        self.forget_unreadable()

    def _leave_loop(self, node: ast.stmt) -> None:
        leave, again, breaks = self.frame.loops[-1]
        if isinstance(node, ast.Break):
            self.frame.loops[-1] = (leave, again, breaks + 1)
            self.emit(ir.Exit(leave))
        else:
            self.emit(ir.Exit(again))
        self.reachable = False

    def _return(self, node: ast.Return) -> None:
        frame = self.frame
        value = node.value
        if value is None and _gives_value(frame.source.tree):
            value = ast.copy_location(ast.Constant(None), node)
        if value is not None:
            self.returning(node)
            meaning = self.given_away(self.consumed(self.expression(value), value))
            saved = dict(frame.names), set(frame.assigned)
            if frame.result is not None:
                frame.names["return"] = frame.result
            self.bind_target(ast.Name("return", ast.Store()), meaning, node)
            frame.result = frame.names["return"]
            frame.names, frame.assigned = saved
        frame.exits += 1
        self.emit(ir.Exit(frame.label))
        self.reachable = False

    def returning(self, node: ast.Return) -> None:
        """A hook for what else a return decides: properties note whether their premise held."""

    def choice(self, target: ast.expr | None, node: ast.Call, at: ast.stmt) -> None:
        if self.is_property:
            self.fail(
                errors.MisplacedChoice,
                node,
                f"choose() in {errors.with_article(self.purpose)}",
                "properties look at one state; use any() or all()",
            )
        if self.folds or None in self.rolled:
            hint = f"loop over all of at most {_MOST_UNROLLED} values, choose before the loop, or make it a parameter"
            self.fail(errors.MisplacedChoice, node, "choose() inside a loop", hint)
        if self.rolled:
            # In the next pass they are unrolled.
            self.unrolled.update(loop for loop in self.rolled if loop is not None)
            self.changed = True
        if len(node.args) != 1 or node.keywords:
            self.fail(errors.WrongArguments, node, "choose() takes one collection")
        meaning = self.consumed(self.expression(node.args[0]), node.args[0])
        iteration = self.iteration(meaning, node.args[0])
        if not iteration.ordered:
            self.fail(
                errors.UnorderedIteration,
                node,
                "choose() from a built-in set, whose order is not defined",
                "choose from sorted(...), or from a Set field of the state",
            )
        self.check_size(ir.source_limit(iteration.source), node)
        site, name = len(self.choices), self.fresh_name("choice")
        self.choices.append(max(ir.source_limit(iteration.source), 1))
        self.element(name, iteration)
        self.emit(ir.Choose(site, name, iteration.type, iteration.source))
        if target is not None:
            self.bind_target(target, iteration.parts(ir.Local(name, iteration.type)), at)


def _is_short(source: ir.Source) -> bool:
    """Whether a loop can be unrolled: it goes through all values of a small type, whatever the state is."""
    return isinstance(source, ir.Values) and source.type.count <= _MOST_UNROLLED


def _gives_value(tree: ast.FunctionDef) -> bool:
    """Whether a function returns something somewhere."""
    return any(isinstance(node, ast.Return) and node.value is not None for node in ast.walk(tree))
