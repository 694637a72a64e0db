"""What there is to know about a specification, in parts, as `fencepost show` and `fencepost list` print it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, get_args

from . import catalogue, loading, terminal
from .api import layout
from .screen import Line

if TYPE_CHECKING:
    from ..model.lang.specification import Action, Parameter, Property, Specification


def sections(found: loading.Found, specification: Specification) -> Iterator[tuple[str, list[Line]]]:
    """What there is to know about a specification, in parts."""
    constants = [
        [(f"  {name} = {terminal.shown(value)}", ""), (_allowed(specification, name), "dim")]
        for name, value in specification.constants.items()
    ]
    yield "Constants", constants or [[("  none", "")]]
    parts = layout(specification)
    rows = [
        (
            part.path,
            f"{part.bits} x {part.copies}" if part.copies > 1 else f"{part.bits}",
            f"{part.type}, auxiliary" if part.is_auxiliary else part.type,
        )
        for part in parts
    ]
    yield f"State, {specification.state_type.width} bits", list(terminal.columns(("part", "bits", "values"), rows))
    yield (
        "Initial states",
        [_described(one.name, one) for one in specification.inits] or [[("  the fields' defaults", "")]],
    )
    yield "Actions", [_described(_signature(one), one) for one in specification.actions]
    kinds = {"invariant": "in every state", "step_invariant": "on every step", "witness": "in some state"}
    properties: list[Line] = [
        [(f"  {one.name}", "bold"), (f" ({kinds[one.kind]}{when}): {one.words}", "")]
        for some, when in ((specification.properties, ""), (_on_request(specification), "; on request"))
        for one in some
    ]
    if specification.deadlock_is_violation:
        properties.append([("  deadlock", "bold"), (" (in every state): Some step is possible.", "")])
    yield "Properties", properties or [[("  none", "")]]
    if specification.left_out:
        lines: list[Line] = [
            [(f"  {name}", "bold"), (f": needs {marker.needs}", "")] for name, marker in specification.left_out.items()
        ]
        yield "Left out under these constants", lines
    if specification.constraints:
        yield "State constraints", [[(f"  {one.name}: {one.words}", "")] for one in specification.constraints]
    if found.entry is not None and found.entry.configurations:
        yield "Pinned configurations, where they differ from the defaults", list(configurations(found.entry))


def _on_request(specification: Specification) -> tuple[Property, ...]:
    """The properties that are checked only when they are named, or that only proofs take."""
    from ..model.lang.declarations import marked_methods

    known = {one.name for one in specification.properties} | specification.left_out.keys()
    names = [name for name, _, marker in marked_methods(specification.source) if marker.on_request]
    others = [name for name in names if name not in known]
    return type(specification)(specification.source, specification.constants, others).properties


def _signature(action: Action) -> str:
    return f"{action.name}({', '.join(f'{one.name}: {_range(one)}' for one in action.parameters)})"


def _range(parameter: Parameter) -> str:
    from ..model.lang.types import Domain

    kind = parameter.type
    if parameter.path is not None:
        return f"in {'.'.join(parameter.path)}"
    return f"{kind.show(0)}..{kind.show(kind.size - 1)}" if isinstance(kind, Domain) else str(kind)


def _described(what: str, action: Action) -> Line:
    words = (action.function.__doc__ or "").strip().split("\n")[0]
    return [(f"  {what}", "bold"), (" (fault)" if action.fault else "", ""), (f": {words}" if words else "", "")]


def _allowed(specification: Specification, name: str) -> str:
    """The values a constant can have, as far as its annotation says."""
    from ..model.lang.annotations import Range, evaluate_bound

    for marker in get_args(specification.hints[name])[1:]:
        if isinstance(marker, Range):
            bounds = (evaluate_bound(bound, specification.constants, name) for bound in (marker.low, marker.high))
            return "  ({}..{})".format(*bounds)
    return ""


def configurations(entry: catalogue.Entry) -> Iterator[Line]:
    """The configurations of a shipped specification with what is pinned. Constants that follow others are left out."""
    from ..model.lang.specification import Specification

    defaults = Specification(loading.find(entry.name).model)
    usual = {name: value for name, value in defaults.constants.items() if name not in defaults.derived}
    rows = []
    for one in entry.configurations:
        unusual = {name: value for name, value in one.constants.items() if name in usual and usual[name] != value}
        constants = " ".join(f"{name}={terminal.shown(value)}" for name, value in unusual.items()) or "the defaults"
        pins = one.pins or catalogue.Pins()
        counts = [f"{count:,}" if count is not None else "-" for count in (pins.distinct, pins.depth)]
        how = ["symmetry"] * one.symmetry + ["view"] * one.view
        how += [f"only {', '.join(one.properties)}"] if one.properties else []
        rows.append((constants, *counts, f"{one.tier:5}  {pins.verdict or 'not pinned':12}  {', '.join(how)}"))
    yield from terminal.columns(("configuration", "distinct", "depth", "tier   verdict"), rows)


def known_bugs() -> Iterator[Line]:
    """The known bugs that shipped specifications show: reference, specification, property, length, and the cure."""
    from .catalogue.bugs import BUGS

    head = ("bug", "shown by", "violates", "states", "mended in")
    rows = [head, *((bug.reference, bug.shown_by, bug.shows, f"{bug.states:>6}", bug.mended) for bug in BUGS)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        yield [(line, "bold" if row is head else "")]
