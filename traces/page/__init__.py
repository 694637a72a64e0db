"""A run as one HTML file that needs nothing else: no network, no server, any browser."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from html import escape
from importlib import resources
from pathlib import Path
from typing import Any

from ...model.errors import Location, NoSource
from ...model.lang import values
from ...model.lang.explain import explain
from ...model.lang.sources import source_of
from ...model.lang.specification import Action, Property, Specification
from .. import svg
from ..difference import parts
from ..lanes import Lane, Process, lanes
from ..marks import DARK, STYLE
from ..messages import Message
from ..space_time import MAX_STEPS, Diagram
from ..text import conclusion
from ..trace import Trace
from ..why_not import Disabled, why_not


def write(trace: Trace, specification: Specification) -> str:
    """The page: steps with slider and keys, the space-time diagram, logs, changes, the state, why-not, the source.

    Of a run longer than the diagram shows, the page has the end.
    """
    first = max(trace.states - MAX_STEPS, 0)
    files: dict[str, list[str]] = {}
    data = {
        "first": first,
        "states": _states(trace, specification, first),
        "actions": {action.name: _place(action, files) for action in specification.actions},
        "files": files,
    }
    script, style = _file("page.js"), _file("page.css")
    dark = f"@media (prefers-color-scheme: dark) {{{DARK}}}"
    marks = f"{STYLE}{dark}".replace("FONT", svg.FONT)
    fields = {
        "TITLE": escape(f"{trace.model}: {trace.property_name or 'a run'}"),
        "HASH": base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        "STYLE": style + marks,
        "HEAD": "".join(_head(trace, specification)),
        "LAST": str(trace.states),
        "FIRST": str(first + 1),
        "DIAGRAM": Diagram(trace).svg(),
        "DATA": _json(data),
        "SCRIPT": script,
    }
    page = _file("page.html")
    head, *rest = page.split("{{")
    return head + "".join(fields[name] + text for name, _, text in (part.partition("}}") for part in rest))


def _file(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


def _json(data: Any) -> str:
    """JSON that can stand inside a script element."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return svg.plain(text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029"))


def _head(trace: Trace, specification: Specification) -> Iterator[str]:
    """What the run shows, in words."""
    prop = next((one for one in specification.properties if one.name == trace.property_name), None)
    yield f"<h1>{escape(conclusion(trace) or 'A run')}</h1>"
    constants = ", ".join(f"{name} = {str(value).lower()}" for name, value in trace.constants.items())
    yield f"<p class=dim>{escape(trace.model)}{escape(f' ({constants})' if constants else '')}</p>"
    if prop is not None:
        yield f"<p>{escape(prop.words)}</p>"
        lines = _explanation(trace, specification, prop)
        if lines:
            yield f"<pre class=false>{escape(chr(10).join(lines))}</pre>"


def _explanation(trace: Trace, specification: Specification, prop: Property) -> list[str]:
    states = [values.thaw(step.state) for step in trace.steps[-2:]]
    if prop.kind == "witness":
        return []
    return (
        explain(specification, prop, *states)
        if prop.kind == "step_invariant"
        else explain(specification, prop, states[-1])
    )


# What the script shows of each state.


def _states(trace: Trace, specification: Specification, first: int) -> list[dict[str, Any]]:
    every = [lane for lane in lanes(trace, first) if lane.active and any(one != Process() for one in lane.states)]
    labels = dict.fromkeys(label for lane in every for label in lane.labels or ("",))
    shown = [(lane, label) for label in labels for lane in every if label in (lane.labels or ("",))]
    return [
        {
            "title": _title(trace, number),
            "process": step.process,
            "action": step.action if number else "",
            "fault": step.fault,
            "arguments": [f"{one.name} = {one.text}" for one in step.arguments],
            "choices": list(step.choices),
            "changes": [[change.path, change.before, change.after] for change in step.changes],
            "messages": list(_messages(trace.messages, number)),
            "processes": [_process(lane, label, number, first) for lane, label in shown],
            "state": [list(part) for part in parts(step.state._type, step.state)],
            "disabled": [_disabled(one) for one in why_not(specification, step.state)],
        }
        for number, step in enumerate(trace.steps)
        if number >= first
    ]


def _title(trace: Trace, number: int) -> str:
    step = trace.steps[number]
    if number == 0:
        return step.beginning
    return f"{step.process}: {step.call}" if step.process else step.call or "a step"


def _messages(every: tuple[Message, ...], number: int) -> Iterator[list[str]]:
    for message in every:
        if number and message.sent == number:
            yield ["copied" if message.duplicated else "sent", message.text]
        if number in message.received:
            yield ["received", message.text]
        if number == message.lost:
            yield ["lost", message.text]


def _process(lane: Lane, label: str, number: int, first: int) -> dict[str, Any]:
    """A row of the table of processes; `label` is the partition, if they have several."""
    now = lane.states[number].replica(label)
    old = lane.states[number - 1].replica(label).log or () if number > first else ()
    log = [
        [cell.epoch, cell.short, cell.text, number > first and (offset >= len(old) or old[offset] != cell)]
        for offset, cell in enumerate(now.log or ())
    ]
    role = "down" if lane.states[number].down else "leader" if now.leads else now.role.replace("_", " ").lower()
    return {
        "label": label,
        "name": lane.name,
        "role": role,
        "epoch": now.epoch,
        "log": None if now.log is None else log,
        "watermark": now.high_watermark,
        "isr": now.in_sync,
    }


def _disabled(one: Disabled) -> dict[str, Any]:
    refusals = [[each.arguments, each.others, list(each.lines), _short(each.at)] for each in one.refusals]
    return {"action": one.action, "empty": one.empty, "refusals": refusals}


def _short(at: Location | None) -> str:
    return f"{Path(at.file).name}:{at.line}" if at else ""


# Sources.


def _place(action: Action, files: dict[str, list[str]]) -> list[Any] | None:
    """The file of an action and its first and last line; the file's text is added to `files`."""
    try:
        source = source_of(action.function)
    except NoSource:
        return None
    file = Path(source.file)
    name = f"{file.parent.name}/{file.name}"
    if name not in files:
        files[name] = file.read_text(encoding="utf-8").splitlines()
    top = min([source.tree.lineno, *(node.lineno for node in source.tree.decorator_list)])
    return [name, top + source.above, (source.tree.end_lineno or top) + source.above]
