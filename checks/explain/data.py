"""An explanation as JSON data. `docs/explain.schema.json` describes it; a change of it raises VERSION."""

from __future__ import annotations

import json
from typing import Any

from ..report_json import trace_json
from . import words
from .evidence import Finding
from .explanation import Answer, Cell, Explanation
from .grid import Setting

FORMAT = "fencepost-explanation"
VERSION = 1


def write(explanation: Explanation) -> str:
    """The JSON text."""
    return json.dumps(to_json(explanation), indent=2, ensure_ascii=False) + "\n"


def to_json(explanation: Explanation) -> dict[str, Any]:
    """The explanation as plain JSON data; `counterexample` is a number in the list of counterexamples, from 1."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "tool": {"name": "fencepost", "version": explanation.tool},
        "model": explanation.model,
        "constants": dict(explanation.constants),
        "failures": explanation.failures,
        "limits": {"states": explanation.states, "seconds": explanation.seconds},
        "kinds": [{"constant": kind.constant, "name": kind.one, "words": kind.words} for kind in explanation.kinds],
        "complete": explanation.is_complete,
        "exit_code": explanation.exit_code,
        "left_out": [
            {"replication_factor": factor, "min_insync_replicas": least} for factor, least in explanation.left_out
        ],
        "cells": [_cell(cell, explanation) for cell in explanation.cells],
        "claims": [
            {
                "sentence": asked.claim.sentence,
                "words": asked.claim.words,
                "property": asked.claim.property_name,
                "answers": [_answer(one, explanation) for one in asked.answers],
            }
            for asked in explanation.claims
        ],
        "counterexamples": [
            _counterexample(number, one, explanation) for number, one in enumerate(explanation.counterexamples, start=1)
        ],
    }


def _setting(setting: Setting) -> dict[str, Any]:
    return {**vars(setting), "acks": setting.acks_word}


def _cell(cell: Cell, explanation: Explanation) -> dict[str, Any]:
    return {
        "configuration": _setting(cell.setting),
        "verdict": cell.verdict,
        "fewest": cell.is_fewest if cell.losses else None,
        "losses": [_loss(one, explanation) for one in cell.losses],
        "states": cell.states,
        "searches": [_search(one) for one in cell.findings],
        "text": "".join(text for text, _ in words.cell_words(cell, explanation)),
    }


def _answer(answer: Answer, explanation: Explanation) -> dict[str, Any]:
    found = answer.counterexample
    return {
        "configuration": _setting(answer.setting),
        "reading": answer.reading.words,
        "verdict": answer.verdict,
        "loss": None if found is None else _loss(found, explanation),
        "states": answer.states,
        "searches": [_search(one) for one in answer.findings],
    }


def _loss(finding: Finding, explanation: Explanation) -> dict[str, Any]:
    assert finding.trace is not None
    return {
        "failures": finding.failures.parts(),
        "states": finding.trace.states,
        "counterexample": explanation.number(finding),
    }


def _search(finding: Finding) -> dict[str, Any]:
    return {
        "failures": finding.failures.parts(),
        "verdict": finding.verdict,
        "distinct": finding.distinct,
        "stopped": finding.stopped or None,
    }


def _counterexample(number: int, finding: Finding, explanation: Explanation) -> dict[str, Any]:
    assert finding.trace is not None
    return {
        "number": number,
        "property": finding.trace.property_name,
        "constants": dict(finding.trace.constants),
        "failures": finding.failures.parts(),
        "command": words.command(finding, explanation),
        "trace": trace_json(finding.trace),
    }
