"""What each process is in each state of a run, as far as pictures show it: leader of an epoch, its log, up or down.

Nothing in a specification says that a field is a log. Names do, the usual ones of the field, in the structs or values
of maps whose keys are processes, and in structs inside them. A map in there whose keys are identities of another kind,
such as partitions, has several of them: each is a replica with a leader and a log of its own, and its key is its label.

| what                      | a field of a process                                    |
|---------------------------|---------------------------------------------------------|
| epoch                     | `leader_epoch`, `epoch`, `term`, `current_term`         |
| leader                    | an Enum with a member LEADER; `leader` is the process   |
| log                       | `log`, `records`, `entries`: a sequence of structs      |
| high watermark            | `high_watermark`, `commit_offset`, `commit_index`       |
| in-sync replicas          | `isr`                                                   |

and in the state as a whole: `down`, a set of processes, and `unheard_by`, a map from processes to sets of them, as
`model/faults/` has them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..model.lang import types

if TYPE_CHECKING:
    from .trace import Trace

EPOCHS = ("leader_epoch", "epoch", "term", "current_term")
HIGH_WATERMARKS = ("high_watermark", "commit_offset", "commit_index")
LOGS = ("log", "records", "entries")

#: A field of a process: its type and its value.
Attributes = dict[str, tuple[types.Type, Any]]


@dataclass(frozen=True)
class Cell:
    """A record of a log: the epoch it was written in, the rest of it in a few letters, and all of it."""

    epoch: int | None
    short: str
    text: str


@dataclass(frozen=True)
class Replica:
    """What a process is of a partition, or of the only thing that is replicated, which has no label.

    None and "" for what it does not have.
    """

    label: str = ""
    epoch: int | None = None
    role: str = ""
    leads: bool = False
    log: tuple[Cell, ...] | None = None
    high_watermark: int | None = None
    in_sync: str = ""


@dataclass(frozen=True)
class Process:
    """A process in one state, with the replicas of which anything is known."""

    replicas: tuple[Replica, ...] = ()
    down: bool = False
    unheard_by: tuple[str, ...] = ()

    def replica(self, label: str) -> Replica:
        """The replica with a label, of which maybe nothing is known."""
        return next((one for one in self.replicas if one.label == label), Replica(label))


@dataclass(frozen=True)
class Lane:
    """A process through a run, one entry a state. `active`: something in it changes, or it is sent something."""

    name: str
    states: tuple[Process, ...]
    active: bool

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """The labels of its replicas."""
        return tuple(dict.fromkeys(one.label for state in self.states for one in state.replicas))


def lanes(trace: Trace, first: int = 0) -> tuple[Lane, ...]:
    """The processes of a run: all of a kind if one of them acts, in their order, then others as they come.

    Of the states before the `first` nothing is said.
    """
    acting = _acting(trace)
    active = {*acting, *(message.target for message in trace.messages)}
    found: list[Lane] = []
    for domain in sorted(_domains(trace.last.state._type), key=lambda one: (one.name, one.prefix)):
        names = [domain.show(value) for value in domain.values()]
        if not acting.keys().isdisjoint(names):
            for value, name in enumerate(names):
                states = tuple(_process(step.state, domain, value) for step in trace.steps[first:])
                states = (Process(),) * first + states
                found.append(Lane(name, states, name in active or len(set(states[first:])) > 1))
    known = {lane.name for lane in found}
    others = [name for name in acting if name not in known]
    return (*found, *(Lane(name, (Process(),) * trace.states, True) for name in others))


def _acting(trace: Trace) -> dict[str, None]:
    """Who takes steps, in order; not those whose steps are faults only, such as a network."""
    return dict.fromkeys(step.process for step in trace.steps if step.process and not step.fault)


def _domains(kind: types.Type) -> set[types.Domain]:
    match kind:
        case types.Map(key=types.Domain() as key):
            return {key} | _domains(kind.element)
        case types.Map() | types.Set() | types.Seq() | types.Bag():
            return _domains(kind.element)
        case types.Struct():
            return set[types.Domain]().union(*(_domains(part) for _, part in kind.fields))
        case types.Union():
            return set[types.Domain]().union(*map(_domains, kind.members))
        case types.Option():
            return _domains(kind.inner)
        case types.Domain():
            return {kind}
    return set()


def _process(state: Any, domain: types.Domain, value: int) -> Process:
    own = dict(_attributes(state, domain, value))
    replicas = (_replica(label, found, value) for label, found in {"": own, **_partitioned(own, domain)}.items())
    return Process(
        replicas=tuple(one for one in replicas if one != Replica(one.label)),
        down=_is_down(state, domain, value),
        unheard_by=_unheard_by(state, domain, value),
    )


def _partitioned(own: Attributes, domain: types.Domain) -> dict[str, Attributes]:
    """What the fields of a process that are maps have for each identity of another kind."""
    found = defaultdict[str, Attributes](dict)
    for name, (kind, value) in own.items():
        if isinstance(kind, types.Map) and isinstance(kind.key, types.Domain) and kind.key != domain:
            for key, part in zip(kind.key.values(), value._values, strict=True):
                found[kind.key.show(key)].update(_parts(name, kind.element, part))
    return found


def _replica(label: str, attributes: Attributes, value: int) -> Replica:
    epoch = _first(attributes, EPOCHS)
    watermark = _first(attributes, HIGH_WATERMARKS)
    role, leads = _role(attributes, value)
    isr = attributes.get("isr")
    return Replica(
        label=label,
        epoch=epoch if isinstance(epoch, int) else None,
        role=role,
        leads=leads,
        log=next((cells for name in LOGS if (cells := _log(attributes.get(name))) is not None), None),
        high_watermark=watermark if isinstance(watermark, int) else None,
        in_sync=isr[0].show(isr[1]) if isr is not None and isr[1] is not None else "",
    )


def _attributes(state: Any, domain: types.Domain, value: int) -> Iterator[tuple[str, tuple[types.Type, Any]]]:
    """The fields of a process, of every map in the state whose keys are processes."""
    for name, kind in state._type.fields:
        if not isinstance(kind, types.Map) or kind.key != domain:
            continue
        element, found = kind.element, state._values[name]._values[value]
        yield from _parts(name, element, found)


def _parts(name: str, kind: types.Type, value: Any) -> Iterator[tuple[str, tuple[types.Type, Any]]]:
    """The fields of a struct and of the structs in it, the outer ones last; anything else, and a log, as it is.

    A map with one key, as that of the only partition of a broker, is what is in it.
    """
    if isinstance(kind, types.Map) and kind.key.count == 1:
        yield from _parts(name, kind.element, value._values[0])
        return
    if not isinstance(kind, types.Struct) or name in LOGS:
        yield name, (kind, value)
        return
    for field, part in sorted(kind.fields, key=lambda one: not isinstance(one[1], types.Struct | types.Map)):
        yield from _parts(field, part, value._values[field])


def _first(attributes: Attributes, names: tuple[str, ...]) -> Any:
    return next((attributes[name][1] for name in names if name in attributes), None)


def _role(attributes: Attributes, value: int) -> tuple[str, bool]:
    """The role of a process, and whether it takes itself to be leader."""
    for kind, role in attributes.values():
        if isinstance(kind, types.Enum) and "LEADER" in kind.cls.__members__:
            return role.name, role.name == "LEADER"
    leader = attributes.get("leader")
    return "", leader is not None and leader[1] == value and isinstance(_inner(leader[0]), types.Domain)


def _inner(kind: types.Type) -> types.Type:
    return kind.inner if isinstance(kind, types.Option) else kind


def _log(found: tuple[types.Type, Any] | None) -> tuple[Cell, ...] | None:
    """The records of a log: a sequence of structs, or a struct around one."""
    if found is None:
        return None
    kind, value = found
    if isinstance(kind, types.Struct):
        parts = ((part, value._values[name]) for name, part in kind.fields)
        return next((cells for part in parts if (cells := _log(part)) is not None), None)
    if not isinstance(kind, types.Seq) or not isinstance(kind.element, types.Struct | types.Union):
        return None
    return tuple(_cell(kind.element, record) for record in value)


def _cell(kind: types.Type, record: Any) -> Cell:
    struct = kind.members[kind.position(record)] if isinstance(kind, types.Union) else kind
    assert isinstance(struct, types.Struct)
    epoch = next((record._values[name] for name in EPOCHS if name in struct.field), None)
    rest = [part.show(record._values[name]) for name, part in struct.fields if name not in EPOCHS]
    return Cell(epoch if isinstance(epoch, int) else None, ",".join(rest) or struct.cls.__name__, kind.show(record))


def _is_down(state: Any, domain: types.Domain, value: int) -> bool:
    kind = state._type.field.get("down")
    return isinstance(kind, types.Set) and kind.element == domain and value in state._values["down"]


def _unheard_by(state: Any, domain: types.Domain, value: int) -> tuple[str, ...]:
    kind = state._type.field.get("unheard_by")
    if not isinstance(kind, types.Map) or kind.key != domain or not isinstance(kind.element, types.Set):
        return ()
    return tuple(kind.element.element.show(other) for other in state._values["unheard_by"]._values[value])
