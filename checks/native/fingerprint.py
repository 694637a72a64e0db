"""A text that determines the kernels of a program, the same in every process: the key of its compiled object."""

from __future__ import annotations

import dataclasses
from typing import Any

from ...model.lang import ir, types
from .codes import constant_number


def program_text(program: ir.Program) -> str:
    """Everything about a program that kernels depend on: its representation, with types spelled out."""
    writer = _Writer()
    writer.add(program)
    return "".join(writer.parts)


class _Writer:
    def __init__(self) -> None:
        self.parts: list[str] = []
        self.types: dict[types.Type, str] = {}
        self.fields: dict[type, tuple[str, ...]] = {}

    def add(self, node: Any) -> None:
        """Writes a node and everything below it."""
        if isinstance(node, types.Type):
            self.parts.append(self.type(node))
        elif isinstance(node, ir.Const):
            self.parts.append(f"Const({constant_number(node.type, node.value)}:{self.type(node.type)})")
        elif isinstance(node, tuple):
            self.parts.append("(")
            for part in node:
                self.add(part)
                self.parts.append(",")
            self.parts.append(")")
        elif isinstance(node, dict):
            self.add(tuple(node.items()))
        elif dataclasses.is_dataclass(node):
            kind = type(node)
            if kind not in self.fields:
                self.fields[kind] = tuple(found.name for found in dataclasses.fields(node))
            self.parts.append(f"{kind.__name__}(")
            for name in self.fields[kind]:
                self.add(getattr(node, name))
                self.parts.append(",")
            self.parts.append(")")
        else:
            self.parts.append(repr(node))

    def type(self, kind: types.Type) -> str:
        """A short name of a type, which is spelled out at its first use."""
        name = self.types.get(kind)
        if name is None:
            definition = self.definition(kind)
            name = self.types[kind] = f"t{len(self.types)}"
            self.parts.append(f"[{name}={definition}]")
        return name

    def definition(self, kind: types.Type) -> str:
        """A type in terms of its parts."""
        label = type(kind).__name__
        match kind:
            case types.Struct(fields=fields):
                parts = [f"{name}:{self.type(part)}" for name, part in fields]
            case types.Union(members=members):
                parts = [self.type(member) for member in members]
            case types.Map(key=key, element=element):
                parts = [self.type(key), self.type(element)]
            case types.Set(element=element, size=size):
                parts = [self.type(element), str(size)]
            case types.Seq(element=element, size=size) | types.Bag(element=element, size=size):
                parts = [self.type(element), str(size)]
            case types.Option(inner=inner):
                parts = [self.type(inner)]
            case types.Enum(members=members):
                parts = [str(member.name) for member in members]
            case _:
                parts = [str(getattr(kind, found.name)) for found in dataclasses.fields(kind)]
        return f"{label}({', '.join(parts)})"
