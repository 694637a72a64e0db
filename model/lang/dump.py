"""The intermediate representation as readable text: what `fencepost show NAME --ir` prints."""

from __future__ import annotations

from collections.abc import Iterator

from . import ir, types

_INDENT = "  "


def dump(program: ir.Program) -> str:
    """A whole program. Equal programs give equal text, and text that is equal means the same."""
    lines = [f"specification {program.name}", "", "state"]
    lines += [f"{_INDENT}{name}: {describe(kind)}" for name, kind in program.state.fields]
    for title, routines in (("init", program.inits), ("action", program.actions)):
        for routine in routines:
            lines += ["", *_routine(title, routine)]
    for condition in (*program.properties, *program.constraints):
        lines += ["", f"{condition.kind} {condition.name}", f"{_INDENT}value {show(condition.value)}"]
        lines += [f"{_INDENT}premise {show(condition.premise)}"]
    return "\n".join(lines) + "\n"


def describe(kind: types.Type) -> str:
    """A type with all its parts."""
    if isinstance(kind, types.Struct):
        return f"{kind.cls.__name__}({', '.join(f'{name}: {describe(part)}' for name, part in kind.fields)})"
    if isinstance(kind, types.Union):
        return " | ".join(map(describe, kind.members))
    if isinstance(kind, types.Map):
        return f"Map[{describe(kind.key)}, {describe(kind.element)}]"
    if isinstance(kind, types.Option):
        return f"{describe(kind.inner)} | None"
    if isinstance(kind, types.Enum):
        return f"{kind.cls.__name__}({', '.join(member.name for member in kind.members)})"
    if isinstance(kind, (types.Set, types.Seq, types.Bag)):
        size = "" if kind.size is None else f", up to {kind.size}"
        return f"{type(kind).__name__}[{describe(kind.element)}{size}]"
    return str(kind)


def _routine(title: str, routine: ir.Routine) -> Iterator[str]:
    inputs = ", ".join(
        f"{item.name}: {item.type}" + (f" in {show_place(item.collection)}" if item.collection else "")
        for item in routine.inputs
    )
    choices = f" choosing {routine.choices}" if routine.choices else ""
    yield f"{title} {routine.name}({inputs}){choices}"
    for name, kind in routine.locals.items():
        if all(name != item.name for item in routine.inputs):
            yield f"{_INDENT}local {name}: {kind}"
    yield from _block(routine.body, 1)


def _block(body: tuple[ir.Stmt, ...], depth: int) -> Iterator[str]:
    for statement in body:
        yield from _statement(statement, depth)


def _statement(statement: ir.Stmt, depth: int) -> Iterator[str]:
    margin = _INDENT * depth
    match statement:
        case ir.Assign(name=name, value=value):
            yield f"{margin}{name} = {show(value)}"
        case ir.Store(place=place, value=value):
            yield f"{margin}{show_place(place)} := {show(value)}"
        case ir.If(test=test, then=then, otherwise=otherwise):
            yield f"{margin}if {show(test)}"
            yield from _block(then, depth + 1)
            if otherwise:
                yield f"{margin}else"
                yield from _block(otherwise, depth + 1)
        case ir.For(name=name, source=source, body=body, next_label=label):
            yield f"{margin}for {name} in {show_source(source)} [{label}]"
            yield from _block(body, depth + 1)
        case ir.Block(label=label, body=body):
            yield f"{margin}block [{label}]"
            yield from _block(body, depth + 1)
        case ir.Exit(label=label):
            yield f"{margin}exit [{label}]"
        case ir.Require(test=test):
            yield f"{margin}require {show(test)}"
        case ir.Assert(test=test):
            yield f"{margin}assert {show(test)}"
        case ir.Choose(site=site, name=name, source=source):
            yield f"{margin}choose#{site} {name} in {show_source(source)}"


def show_place(place: ir.Place) -> str:
    """A place as a path: `self.replica[leader].hw`."""
    text = place.root
    for step in place.steps:
        text += f".{step.name}" if isinstance(step, ir.FieldStep) else f"[{show(step.key)}]"
    return text


def show_source(source: ir.Source) -> str:
    """What a loop runs over."""
    match source:
        case ir.Numbers(start=start, stop=stop, step=step):
            return f"range({show(start)}, {show(stop)}, {step})"
        case ir.Values(type=kind, index=index):
            return f"all {kind}" + (f" with {index}" if index else "")
        case ir.Elements(collection=collection, index=index, reverse=reverse):
            return ("reversed " if reverse else "") + show(collection) + (f" with {index}" if index else "")


def show(value: ir.Expr) -> str:  # noqa: C901, PLR0911, PLR0912  # one line a construct
    """An expression."""
    match value:
        case ir.Const(value=constant, type=kind):
            return "None" if isinstance(kind, ir.Nothing) or constant is None else kind.show(constant)
        case ir.Local(name=name):
            return name
        case ir.Load(place=place):
            return show_place(place)
        case ir.GetField(struct=struct, name=name):
            return f"{show(struct)}.{name}"
        case ir.GetEntry(map=map_, key=key):
            return f"{show(map_)}[{show(key)}]"
        case ir.MakeStruct(fields=fields, type=kind):
            return f"{kind}({', '.join(map(show, fields))})"
        case ir.MakeMap(items=items) | ir.MakeSet(items=items) | ir.MakeSeq(items=items):
            return f"{value.type}({', '.join(map(show, items))})"
        case ir.Unwrap(option=option):
            return f"unwrap({show(option)})"
        case ir.IsNone(option=option):
            return f"({show(option)} is None)"
        case ir.Narrow(union=union, type=kind):
            return f"({show(union)} as the {kind})"
        case ir.IsInstance(union=union, member=member):
            return f"({show(union)} is a {member})"
        case ir.Convert(value=inner, type=kind):
            return f"({show(inner)} as {describe(kind)})"
        case ir.Arithmetic(op=op, left=left, right=right) | ir.Compare(op=op, left=left, right=right):
            return f"({show(left)} {op} {show(right)})"
        case ir.SetOperation(op=op, left=left, right=right):
            return f"({show(left)} {op} {show(right)})"
        case ir.Not(value=inner):
            return f"not {show(inner)}"
        case ir.And(parts=parts):
            return "(" + " and ".join(map(show, parts)) + ")"
        case ir.Or(parts=parts):
            return "(" + " or ".join(map(show, parts)) + ")"
        case ir.IfElse(test=test, then=then, otherwise=otherwise):
            return f"({show(then)} if {show(test)} else {show(otherwise)})"
        case ir.Fold():
            return _show_fold(value)
        case ir.Do(body=body, value=result):
            lines = "; ".join(line.strip() for line in _block(body, 0))
            return f"{{{lines}; {show(result)}}}"
    return _show_collection(value)


def _show_collection(value: ir.Expr) -> str:
    """The operations of collections, written as calls."""
    name = type(value).__name__.lower()
    parts = []
    for attribute in ("collection", "seq", "item", "left", "right", "index", "start", "stop", "length"):
        part = getattr(value, attribute, None)
        if part is not None:
            parts.append(show(part))
    for flag in ("strict", "reverse"):
        if getattr(value, flag, False):
            parts.append(flag)
    return f"{name}({', '.join(parts)})"


def _show_fold(value: ir.Fold) -> str:
    loops = " ".join(
        f"for {loop.name} in {show_source(loop.source)}" + "".join(f" if {show(test)}" for test in loop.conditions)
        for loop in value.generators
    )
    default = f" default {show(value.default)}" if value.default is not None else ""
    return f"{value.kind}({show(value.body)} {loops}{default})"
