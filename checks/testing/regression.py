"""A counterexample as a plain pytest function: its steps by name, taken again in CPython."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

from ...traces.trace import Trace, TraceStep
from ..report import PropertyReport


def test_source(trace: Trace, prop: PropertyReport, tool: str, folder: Path) -> str:
    """The source of a test file in that folder.

    The test passes when the run is not possible any more or does not violate the property; for a property that is
    expected to be violated, as long as the run violates it.
    """
    expected = prop.expected == "violated"
    model, by_file = _model(trace.model, folder)
    constants = "".join(f", {name}={value}" for name, value in trace.constants.items())
    what = f"{trace.states} state{'s' if trace.states != 1 else ''}"
    lines = [
        f'"""A run of {_in_docstring(trace.model)} to {trace.property_name}, found by fencepost {tool}."""',
        "",
        *(["from pathlib import Path", ""] if by_file else []),
        "from fencepost.checks import Scenario",
        "",
        "",
        f"def test_{trace.property_name}() -> None:",
        f'    """{_in_docstring(prop.words)}',
        "",
        f"    {'Passes' if expected else 'Fails'} as long as these {what} are a run that violates it.",
        '    """',
        f"    run = Scenario({model}{constants})",
        *(f"    {line}" for line in _calls(trace)),
        f"    run.assert_{'shown' if expected else 'prevented'}({_literal(trace.property_name)})",
    ]
    return "\n".join(lines) + "\n"


def _model(name: str, folder: Path) -> tuple[str, bool]:
    """The specification as an expression; a file is named from the folder of the test, wherever that is run."""
    path, _, class_name = name.rpartition(":")
    if not path.endswith(".py"):
        return _literal(name), False
    relative = Path(os.path.relpath(Path(path).resolve(), folder.resolve())).as_posix()
    rest = f"{relative}:{class_name}".replace("{", "{{").replace("}", "}}")
    return f'f"{{Path(__file__).parent}}/{_literal(rest)[1:]}', True


def _calls(trace: Trace) -> Iterator[str]:
    first, *steps = trace.steps
    yield f"run.start({', '.join([_literal(first.action), *_arguments(first)] if first.action else [])})"
    for step in steps:
        yield f"run.step({', '.join([_literal(step.action), *_arguments(step)])})"


def _arguments(step: TraceStep) -> Iterator[str]:
    for argument in step.arguments:
        yield f"{argument.name}={_literal(argument.text)}"
    if step.choices:
        yield f"choosing=({', '.join(map(_literal, step.choices))},)"


def _literal(text: str) -> str:
    """A string in double quotes: what JSON escapes, Python reads."""
    return json.dumps(text, ensure_ascii=not text.isprintable())


def _in_docstring(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
