"""Traces as ITF files, the JSON format that Apalache, Quint and the VS Code trace viewer share. Nothing is lost.

`write` and `read` are inverse: `read(parse(write(trace)), specification) == trace`. The text is the same every time.
What ITF has no place for is kept in `#meta` under names that begin with `x-`, every entry a string:

| where | entries |
|-------|---------|
| file  | `x-model`, `x-params` (JSON), `x-property`, `x-kind`, `x-verdict`, `x-engine`, `x-tool-version` |
| state | `x-action`, `x-action-args` (JSON of values), `x-choices` (JSON), `x-process`, `x-fault`, `x-changed` |
| first state | `x-assumed`: nobody says that it can be reached (see `TraceStep`) |

Of a step, the entries stand at the state it leads to. With `mbt=True` the action is also written as Quint's variables
`mbt::actionTaken` and `mbt::nondetPicks`, which viewers show.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..model import errors
from ..model.lang import types
from ..model.lang.specification import Action, Specification
from .difference import difference
from .itf_values import (
    UNIT,
    BadValue,
    decode,
    decode_constant,
    encode,
    encode_constant,
    shown,
    type_text,
)
from .trace import Argument, Trace, TraceStep

FORMAT_DESCRIPTION = "https://apalache-mc.org/docs/adr/015adr-trace.html"
#: Larger files are refused: no run that people look at comes near it.
MAX_FILE_BYTES = 256 * 1024 * 1024
_ACTION_TAKEN, _PICKS = "mbt::actionTaken", "mbt::nondetPicks"


# Writing.


def write(trace: Trace, *, mbt: bool = False) -> str:
    """The trace as ITF JSON, one state a line."""
    kind: types.Struct = trace.last.state._type
    picked = {argument.name: argument.type for step in trace.steps for argument in step.arguments}
    typed = {name: type_text(part) for name, part in kind.fields}
    if mbt:
        picks = ", ".join(f"{name}: {type_text(types.Option(part))}" for name, part in picked.items())
        typed |= {_ACTION_TAKEN: "Str", _PICKS: f"{{ {picks} }}" if picks else "UNIT"}
    head = {
        "#meta": _trace_meta(trace, typed),
        "params": list(trace.constants),
        "vars": list(typed),
        **({"loop": trace.loop} if trace.loop is not None else {}),
    }
    lines = [f"  {_dump(name)}: {_dump(value)}," for name, value in head.items() if value != []]
    states = []
    for index, step in enumerate(trace.steps):
        state: dict[str, Any] = {"#meta": _state_meta(step, index)}
        if index == 0:
            state |= {name: encode_constant(value) for name, value in trace.constants.items()}
        state |= {name: encode(part, step.state._values[name]) for name, part in kind.fields}
        if mbt:
            state |= {_ACTION_TAKEN: step.action, _PICKS: _picks(step, list(picked))}
        states.append(f"    {_dump(state)}")
    return "\n".join(["{", *lines, '  "states": [', ",\n".join(states), "  ]", "}", ""])


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(", ", ": "))


def _trace_meta(trace: Trace, typed: dict[str, str]) -> dict[str, Any]:
    entries = {
        "x-model": trace.model,
        "x-params": _dump(dict(trace.constants)),
        "x-property": trace.property_name,
        "x-kind": trace.kind,
        "x-verdict": trace.verdict,
        "x-engine": trace.engine,
        "x-tool-version": trace.tool,
    }
    return {
        "format": "ITF",
        "format-description": FORMAT_DESCRIPTION,
        "description": f"A run of {trace.model}, written by fencepost.",
        "varTypes": typed,
        **{name: text for name, text in entries.items() if text},
    }


def _state_meta(step: TraceStep, index: int) -> dict[str, Any]:
    arguments = {argument.name: encode(argument.type, argument.value) for argument in step.arguments}
    changed = dict.fromkeys(change.field for change in step.changes)
    entries = {
        "x-action": step.action,
        "x-action-args": _dump(arguments) if arguments else "",
        "x-choices": _dump(list(step.choices)) if step.choices else "",
        "x-process": step.process,
        "x-fault": "true" if step.fault else "",
        "x-changed": ",".join(changed),
        "x-assumed": "true" if step.assumed else "",
    }
    return {"index": index, **{name: text for name, text in entries.items() if text}}


def _picks(step: TraceStep, names: list[str]) -> dict[str, Any]:
    """A record of optionals, as Quint writes it: every name in it, most of them None."""
    given = {argument.name: encode(argument.type, argument.value) for argument in step.arguments}
    return {
        name: {"tag": "Some", "value": given[name]} if name in given else {"tag": "None", "value": UNIT}
        for name in names
    } or UNIT


# Reading.


@dataclass(frozen=True)
class ItfFile:
    """A file whose outer form is right; its states are still value expressions."""

    name: str
    meta: dict[str, Any]
    variables: tuple[str, ...]
    states: tuple[dict[str, Any], ...]
    loop: int | None
    constants: dict[str, int | bool]

    @property
    def model(self) -> str:
        """The specification the file names; empty when another tool wrote it."""
        return _text(self.meta, "x-model")

    @property
    def property_name(self) -> str:
        """The property that the run says something about; empty when none is recorded."""
        return _text(self.meta, "x-property")


def load(path: str | Path) -> ItfFile:
    """Reads and parses a file. Raises errors.BadTraceFile."""
    file = Path(path)
    try:
        if not file.is_file():
            raise errors.BadTraceFile(f"{path}: {'not a file' if file.exists() else 'no such file'}")
        if file.stat().st_size > MAX_FILE_BYTES:
            raise errors.BadTraceFile(f"{path}: larger than {MAX_FILE_BYTES >> 20} MiB, no trace of ours")
        return parse(file.read_bytes().decode("utf-8-sig"), str(path))
    except OSError as error:
        raise errors.BadTraceFile(f"{path}: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise errors.BadTraceFile(f"{path}: not a text file in UTF-8") from None


def parse(text: str, name: str = "trace") -> ItfFile:
    """Checks the outer form of an ITF file. Raises errors.BadTraceFile."""
    try:
        found = json.loads(text, object_pairs_hook=_object, parse_constant=_no_constant)
        if not isinstance(found, dict) or "vars" not in found or "states" not in found:
            raise BadValue('not an ITF file: no object with "vars" and "states"')
        variables, parameters = (_names(found.get(key) or [], key) for key in ("vars", "params"))
        repeated = sorted({one for one in variables + parameters if (variables + parameters).count(one) > 1})
        if repeated or "#meta" in variables + parameters:
            raise BadValue(f"the name {(repeated or ['#meta'])[0]!r} cannot be declared, or not twice")
        states = _states(found["states"], variables, parameters)
        loop = found.get("loop")
        if loop is not None and (type(loop) is not int or not 0 <= loop < len(states)):
            raise BadValue(f'"loop" is {shown(loop)}, not the index of a state')
        meta = found.get("#meta") or {}
        if not isinstance(meta, dict):
            raise BadValue('"#meta" is not an object')
        constants = {name: decode_constant(states[0][name], f"states[0].{name}") for name in parameters}
    except json.JSONDecodeError as error:
        raise errors.BadTraceFile(f"{name}: not JSON: {error}") from None
    except (BadValue, ValueError) as error:
        raise errors.BadTraceFile(f"{name}: {error}") from None
    except RecursionError:
        raise errors.BadTraceFile(f"{name}: nested too deeply") from None
    return ItfFile(name, meta, tuple(variables), tuple(states), loop, constants)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        names = [name for name, _ in pairs]
        raise BadValue(f"the key {next(name for name in names if names.count(name) > 1)!r} occurs twice in one object")
    return result


def _no_constant(text: str) -> Any:
    raise BadValue(f"{text} is not JSON")


def _names(found: Any, key: str) -> list[str]:
    if not isinstance(found, list) or not all(isinstance(name, str) for name in found):
        raise BadValue(f'"{key}" is not a list of names')
    return found


def _states(found: Any, variables: list[str], parameters: list[str]) -> list[dict[str, Any]]:
    if not isinstance(found, list) or not found:
        raise BadValue('"states" is not a list of at least one state')
    for index, state in enumerate(found):
        if not isinstance(state, dict) or not isinstance(state.get("#meta", {}), dict):
            raise BadValue(f"states[{index}] is not an object")
        wanted = {*variables, *(parameters if index == 0 else ())}
        for name in sorted(wanted - state.keys()):
            raise BadValue(f"states[{index}] has no value for {name!r}")
        for name in sorted(state.keys() - wanted - {"#meta"}):
            raise BadValue(f"states[{index}] has a value for {name!r}, which is not declared")
    return found


def read(file: ItfFile, specification: Specification) -> Trace:
    """The trace in a file. Raises errors.ForeignTrace, or errors.BadTraceFile for values that are not of their type.

    Whether the states are a run of the specification is another question, which `replay` answers.
    """
    fields = specification.state_type.field
    ours = {name for name in file.variables if not name.startswith("mbt::")}
    if ours != set(fields):
        strange = sorted(ours ^ set(fields))
        raise errors.ForeignTrace(
            f"{file.name}: not a trace of {specification.name}: {', '.join(strange)} "
            f"{'is' if len(strange) == 1 else 'are'} a variable of only one of them"
        )
    if file.constants and file.constants != specification.constants:
        raise errors.ForeignTrace(f"{file.name}: a trace of {specification.name} with other constants")
    steps: list[TraceStep] = []
    try:
        for index in range(len(file.states)):
            steps.append(_read_step(file, index, specification, steps[-1].state if steps else None))
    except (BadValue, RecursionError) as error:
        raise errors.BadTraceFile(f"{file.name}: {error or 'nested too deeply'}") from None
    return Trace(
        model=file.model or specification.name,
        constants=dict(specification.constants),
        property_name=file.property_name,
        kind=_text(file.meta, "x-kind"),
        verdict=_text(file.meta, "x-verdict"),
        steps=tuple(steps),
        loop=file.loop,
        engine=_text(file.meta, "x-engine"),
        tool=_text(file.meta, "x-tool-version"),
    )


def _read_step(file: ItfFile, index: int, specification: Specification, before: Any) -> TraceStep:
    kind, found, path = specification.state_type, file.states[index], f"states[{index}]"
    meta = found.get("#meta", {})
    stored = {name: decode(part, found[name], f"{path}.{name}") for name, part in kind.fields}
    state = kind.make(kind, stored)
    name = _text(meta, "x-action")
    known = {action.name: action for action in (specification.actions if index else specification.inits)}
    return TraceStep(
        process=_text(meta, "x-process"),
        action=name,
        arguments=_read_arguments(known.get(name), meta, path),
        choices=tuple(str(choice) for choice in _json(meta, "x-choices", path, [])),
        fault=_text(meta, "x-fault") == "true",
        code=kind.code(state),
        changes=tuple(difference(kind, before, state)) if before is not None else (),
        state=state,
        assumed=index == 0 and _text(meta, "x-assumed") == "true",
    )


def _read_arguments(action: Action | None, meta: dict[str, Any], path: str) -> tuple[Argument, ...]:
    given = _json(meta, "x-action-args", path, {})
    if action is None:
        return ()
    names = [parameter.name for parameter in action.parameters]
    if given.keys() - set(names) or set(names) - given.keys():
        raise BadValue(f"{path}, x-action-args: {action.name} takes {', '.join(names) or 'no arguments'}")
    return tuple(
        Argument(
            parameter.name, parameter.type, decode(parameter.type, given[parameter.name], f"{path}, {parameter.name}")
        )
        for parameter in action.parameters
    )


def _json(meta: dict[str, Any], key: str, path: str, default: Any) -> Any:
    """A `#meta` entry that is JSON in a string, of the type of its default."""
    if key not in meta:
        return default
    try:
        found = json.loads(_text(meta, key), object_pairs_hook=_object, parse_constant=_no_constant)
    except ValueError:
        found = None
    if not isinstance(found, type(default)):
        raise BadValue(f"{path}, {key}: {shown(meta[key])} is not the JSON text it should be")
    return found


def _text(meta: dict[str, Any], key: str) -> str:
    value = meta.get(key, "")
    return value if isinstance(value, str) else ""
