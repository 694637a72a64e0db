"""The messages of a run: who sent each, in which step, and what became of it.

A message is an element of a bag or set of structs in the state, or of a map of channels, `Map[P, Map[P, Seq[M]]]`. It
is sent by the step that puts it there. It is received by a step that has it as an argument, or takes it out. A fault
that takes it out loses it, and so does a step that receives another one, or of a process that it is from or not meant
for; a fault that puts a copy beside it duplicates it. Where equal messages are in flight, the one that was sent first
is taken to be the one that is received. A bag stands for what is in flight; a set of the same
messages then only remembers them, and is left out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..model.lang import types
from .lanes import EPOCHS

if TYPE_CHECKING:
    from .trace import Argument, Trace, TraceStep

#: Fields of a message that name the process it is from, and the one it is sent to.
_SOURCES = ("source", "sender")
_TARGETS = ("target", "destination", "receiver")


@dataclass(frozen=True)
class Message:
    """A message. Steps are numbered as in the trace, from 0, where 0 is the initial state.

    `source` is the process that sent it: as the message says, or else the one that took the step; empty for one that
    was there at the beginning. `target` is the one it is meant for, as far as the message says so. A set lets a message
    be received more than once. `lost` is the step that lost it; `duplicated` says that it is a copy which a fault made.
    `epoch` is that of the message, if it has one, and `identities` are those it names besides its ends, as a partition.
    """

    name: str
    text: str
    sent: int
    source: str
    target: str
    epoch: int | None = None
    identities: tuple[str, ...] = ()
    received: tuple[int, ...] = ()
    lost: int | None = None
    duplicated: bool = False

    @property
    def in_flight(self) -> bool:
        """Whether it is neither received nor lost at the end."""
        return not self.received and self.lost is None


@dataclass(frozen=True)
class _Place:
    """What is in flight: a message in a collection, with the ends of its channel if the collection says them."""

    kind: types.Type = field(compare=False)
    value: Any
    is_set: bool
    source: str = ""
    target: str = ""


@dataclass(eq=False)
class _Open:
    """A message as the run goes on."""

    place: _Place
    sent: int
    source: str
    duplicated: bool = False
    received: list[int] = field(default_factory=list)
    lost: int | None = None


def messages(trace: Trace) -> tuple[Message, ...]:
    """The messages of a run, in the order of sending."""
    found: list[_Open] = []
    in_flight: defaultdict[_Place, list[_Open]] = defaultdict(list)
    remembered = _only_remembered(trace.steps[0].state._type)
    before: Counter[_Place] = Counter()
    for number, step in enumerate(trace.steps):
        after = Counter(_in_flight(step.state._type, step.state, remembered))
        found += _follow(in_flight, number, step, before, after)
        before = after
    return tuple(_closed(one) for one in found)


def _follow(
    in_flight: defaultdict[_Place, list[_Open]],
    number: int,
    step: TraceStep,
    before: Counter[_Place],
    after: Counter[_Place],
) -> Iterator[_Open]:
    """One step: which messages it took, lost and copied, and those it sent."""
    named = [argument.value for argument in step.arguments]
    removed = before - after
    taken = removed
    if not step.fault:
        taken = removed | Counter({place: 1 for place in before if not removed[place] and place.value in named})
    receives = any(place.value in named for place in before)
    for place, copies in taken.items():
        is_received = not step.fault and (place.value in named or (not receives and _is_for(place, step.process)))
        for _ in range(copies):
            one = _oldest(in_flight[place])
            if is_received:
                one.received.append(number)
            else:
                one.lost = number
            if removed[place]:
                in_flight[place].remove(one)
    for place in (after - before).elements():
        copied = step.fault and place.value in named and place in before
        source = _oldest(in_flight[place]).source if copied else place.source or _end(place, _SOURCES) or step.process
        one = _Open(place, number, source if number else "", copied)
        in_flight[place].append(one)
        yield one


def _oldest(equal: list[_Open]) -> _Open:
    """Of equal messages in flight the one that was sent first; any that was received already comes after."""
    return next((one for one in equal if not one.received), equal[-1])


def _is_for(place: _Place, process: str) -> bool:
    """Whether a process can be the one that receives a message, as far as that says where it comes from and goes."""
    source, target = place.source or _end(place, _SOURCES), place.target or _end(place, _TARGETS)
    return not process or target == process or (not target and source != process)


def _end(place: _Place, names: tuple[str, ...]) -> str:
    """The process that a message names in one of these fields, if it does."""
    struct = _struct(place)
    fields = struct.field if struct is not None else {}
    named = next((name for name in names if name in fields and place.value._values[name] is not None), "")
    return fields[named].show(place.value._values[named]) if named else ""


def _struct(place: _Place) -> types.Struct | None:
    kind = place.kind
    struct = kind.members[kind.position(place.value)] if isinstance(kind, types.Union) else kind
    return struct if isinstance(struct, types.Struct) else None


def _closed(one: _Open) -> Message:
    value, struct = one.place.value, _struct(one.place)
    fields = struct.field if struct is not None else {}
    epoch = next((value._values[name] for name in EPOCHS if name in fields), None)
    return Message(
        name=struct.cls.__name__ if struct is not None else "",
        text=one.place.kind.show(value),
        sent=one.sent,
        source=one.source,
        target=one.place.target or _end(one.place, _TARGETS),
        epoch=epoch if isinstance(epoch, int) else None,
        identities=tuple(
            kind.show(value._values[name])
            for name, kind in fields.items()
            if isinstance(kind, types.Domain) and name not in _SOURCES + _TARGETS
        ),
        received=tuple(one.received),
        lost=one.lost,
        duplicated=one.duplicated,
    )


# Where messages are in a state.


def _only_remembered(kind: types.Type) -> frozenset[types.Type]:
    """The messages that bags hold: sets of the same are no networks."""
    return frozenset(part.element for part in _collections(kind) if isinstance(part, types.Bag))


def _collections(kind: types.Type) -> Iterator[types.Set | types.Bag]:
    match kind:
        case types.Set() | types.Bag():
            yield kind
        case types.Struct():
            for _, part in kind.fields:
                yield from _collections(part)
        case types.Map():
            yield from _collections(kind.element)


def _in_flight(kind: types.Type, value: Any, remembered: frozenset[types.Type]) -> Iterator[_Place]:
    """Every message in a state, as often as there are copies of it."""
    match kind:
        case types.Set() | types.Bag() if isinstance(kind.element, types.Struct | types.Union):
            is_set = isinstance(kind, types.Set)
            if not (is_set and kind.element in remembered):
                yield from (_Place(kind.element, item, is_set) for item in value)
        case types.Struct():
            for name, part in kind.fields:
                yield from _in_flight(part, value._values[name], remembered)
        case types.Map(
            key=types.Domain() as sources,
            element=types.Map(key=types.Domain() as targets, element=types.Seq(element=element)),
        ):
            for source, row in zip(sources.values(), value._values, strict=True):
                for target, channel in zip(targets.values(), row._values, strict=True):
                    ends = sources.show(source), targets.show(target)
                    yield from (_Place(element, item, False, *ends) for item in channel)
        case types.Map() if not types.is_scalar(kind.element):
            for item in value._values:
                yield from _in_flight(kind.element, item, remembered)


def argument_words(argument: Argument) -> str:
    """An argument in a few words: of a message, what its arrow does not say."""
    kind, value = argument.type, argument.value
    struct = kind.members[kind.position(value)] if isinstance(kind, types.Union) else kind
    if not isinstance(struct, types.Struct):
        return f"{argument.name}={argument.text}"
    fields = ((name, part) for name, part in struct.fields if name not in ("source", "target"))
    return ", ".join(f"{name}={part.show(value._values[name])}" for name, part in fields)
