"""The report as JSON data. `docs/report.schema.json` describes it; a change of it raises VERSION."""

from __future__ import annotations

import platform
from dataclasses import asdict
from typing import Any

from ..traces.difference import parts
from ..traces.messages import Message
from ..traces.trace import Trace, TraceStep
from .catalogue import Pins
from .report import ConfigurationReport, ErrorReport, PropertyReport, Report

FORMAT = "fencepost-report"
VERSION = 3
FINGERPRINT_BITS = 64


def to_json(report: Report) -> dict[str, Any]:
    """The report as plain JSON data."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "tool": {"name": "fencepost", "version": report.tool},
        "python": platform.python_version(),
        "platform": platform.system(),
        "deterministic": True,
        "exit_code": report.exit_code,
        "seconds": round(report.seconds, 6),
        "configurations": [_configuration_json(one) for one in report.configurations],
    }


def _configuration_json(one: ConfigurationReport) -> dict[str, Any]:
    return {
        "name": one.name,
        "description": one.words,
        "constants": dict(one.constants),
        "engine": one.engine,
        "workers": one.workers,
        "symmetry": one.symmetry,
        "self_checked": one.self_checked,
        "exact": one.exact,
        "view": {"without": list(one.view)} if one.view else None,
        "verdict": one.verdict,
        "expected": one.expected,
        "as_expected": one.as_expected,
        "exit_code": one.exit_code,
        "complete": not one.stopped and one.error is None,
        "stopped": one.stopped or None,
        "limits": {
            "states": one.limits.states,
            "depth": one.limits.depth,
            "memory_bytes": one.limits.memory,
            "seconds": one.limits.seconds,
        },
        "bounds": dict(one.bounds),
        "selected": None if one.selected is None else list(one.selected),
        "left_out": dict(one.left_out),
        "distinct": one.distinct,
        "generated": one.generated,
        "depth": one.depth,
        "levels": list(one.levels),
        "deadlocks": one.deadlocks,
        "seconds": {
            "compile": round(one.compile_seconds, 6),
            "search": round(one.search_seconds, 6),
            "total": round(one.total_seconds, 6),
        },
        "states_per_second": round(one.states_per_second, 1),
        "bytes_per_state": round(one.bytes_per_state, 2),
        "peak_memory_bytes": one.peak_memory_bytes,
        "collisions": {
            "fingerprint_bits": None if one.exact else FINGERPRINT_BITS,
            "expected": one.expected_collisions,
            "observed": one.observed_collisions,
        },
        "actions": [asdict(action) for action in one.actions],
        "properties": [_property_json(prop) for prop in one.properties],
        "failures": list(one.failures),
        "mismatches": list(one.mismatches),
        "undecided": list(one.undecided),
        "pins": _pins_json(one.pins) if one.pins else None,
        "error": _error_json(one.error) if one.error else None,
        "walks": one.walks.to_json() if one.walks else None,
        "details": dict(one.details),
    }


def _property_json(prop: PropertyReport) -> dict[str, Any]:
    return {
        "name": prop.name,
        "kind": prop.kind,
        "description": prop.words,
        "verdict": prop.verdict,
        "expected": prop.expected,
        "premise_count": prop.premise_count,
        "failures": prop.failures,
        "trace_length": prop.trace_length,
        "explanation": list(prop.explanation),
        "trace": trace_json(prop.trace) if prop.trace else None,
    }


def trace_json(trace: Trace) -> dict[str, Any]:
    """The run as people read it. `--trace` writes it without loss."""
    first = trace.steps[0].state
    return {
        "states": trace.states,
        "initial": dict(parts(first._type, first)),
        "steps": [_step_json(step) for step in trace.steps],
        "messages": [_message_json(message) for message in trace.messages],
    }


def _step_json(step: TraceStep) -> dict[str, Any]:
    return {
        "process": step.process,
        "action": step.action,
        "arguments": {argument.name: argument.text for argument in step.arguments},
        "choices": list(step.choices),
        "fault": step.fault,
        "changes": [asdict(change) for change in step.changes],
    }


def _message_json(message: Message) -> dict[str, Any]:
    return {
        "name": message.name,
        "text": message.text,
        "source": message.source,
        "target": message.target,
        "sent": message.sent,
        "received": list(message.received),
        "lost": message.lost,
        "duplicated": message.duplicated,
    }


def _pins_json(pins: Pins) -> dict[str, Any]:
    return {
        "distinct": pins.distinct,
        "depth": pins.depth,
        "violated": None if pins.violated is None else dict(pins.violated),
        "seen": dict(pins.seen),
        "vacuous": sorted(pins.vacuous),
        "unreachable": sorted(pins.unreachable),
    }


def _error_json(error: ErrorReport) -> dict[str, Any]:
    return {
        "code": error.code,
        "message": error.message,
        "text": error.text,
        "trace": trace_json(error.trace) if error.trace else None,
    }
