"""The commands of `fencepost`: check, list, show, replay. Options become plans here, and results become output."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from typer.core import TyperCommand, TyperGroup

from ..model import errors
from . import (
    __version__,
    agree_command,
    catalogue,
    explain_command,
    graph_command,
    loading,
    mutate_command,
    prove_command,
    simulate_command,
    trace_commands,
)
from .api import ENGINES
from .description import configurations, known_bugs, sections
from .screen import Screen
from .session import Request, Session
from .settings import FILE, Project, constants_of, load, size
from .settings import options as search_options

if TYPE_CHECKING:
    pass

_TYPER_INTERRUPTED = 130
_EXIT_CODES = """Exit codes: 0 as expected, 1 not as expected, 2 inconclusive, 3 error in the specification, 4 usage."""


class _Command(TyperCommand):
    """A command whose help groups options under the titles given as `rich_help_panel`."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        groups: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None:
                is_argument = parameter.param_type_name == "argument"
                panel = "Arguments" if is_argument else getattr(parameter, "rich_help_panel", None) or "Options"
                groups.setdefault(panel, []).append(record)
        for name in sorted(groups, key=lambda name: (name != "Arguments", name == "Options")):
            with formatter.section(name):
                formatter.write_dl(groups[name])


class _Group(TyperGroup):
    """Lists commands in the order they are defined, not by the alphabet."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(self.commands)


_SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 110}
app = typer.Typer(
    name="fencepost",
    cls=_Group,
    help="Checks specifications of replication protocols: explores every reachable state, and shows the shortest run "
    "to each violated property.",
    epilog=_EXIT_CODES,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings=_SETTINGS,
)


def run(arguments: list[str]) -> int:
    """Runs one command line and returns its exit code. Mistakes in it are raised as errors.BadOption."""
    try:
        code = app(arguments, prog_name="fencepost", standalone_mode=False)
    except typer.Exit as stop:
        return stop.exit_code
    except typer.Abort:
        raise KeyboardInterrupt from None
    except Exception as error:
        message = getattr(error, "format_message", None)
        if message is None:
            raise
        context = getattr(error, "ctx", None)
        names = [command.name or command.callback.__name__ for command in app.registered_commands if command.callback]
        known = f" {arguments[0]}" if arguments and arguments[0] in names else ""
        hint = f"see: fencepost{known} --help"
        if context is not None and not arguments:
            print(context.get_help())
            return errors.EXIT_USAGE
        raise errors.BadOption(message().rstrip("."), hint=hint) from None
    if code == _TYPER_INTERRUPTED:
        raise KeyboardInterrupt
    return code if isinstance(code, int) else errors.EXIT_AS_EXPECTED


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"fencepost {__version__}")
        raise typer.Exit


@app.callback()
def _common(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


# check


def _option(panel: str, *names: str, **settings: Any) -> Any:
    """An option that its help lists under a title."""
    return typer.Option(*names, rich_help_panel=panel, **{"show_default": False} | settings)


_SPECIFICATION, _TRACE = "Of a specification", "Of a trace"
_WHOSE = "The specification it is a run of."
_TRACES_END = "a name that ends in .json is that of a trace"
_WHAT, _HOW, _LIMITS, _OUTPUT = "What to check", "How to search", "Limits", "Output"

Names = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[NAME]...",
        show_default=False,
        help="Shipped specifications (see `fencepost list`), or your own as path/to/file.py:Class or "
        "package.module:Class. Without any, what [tool.fencepost] in pyproject.toml names, or the whole catalogue.",
    ),
]
Settings = Annotated[
    list[str] | None,
    _option(_WHAT, "--set", metavar="CONSTANT=VALUE", help="Set a constant, and check that one configuration."),
]
Tier = Annotated[
    str | None,
    _option(_WHAT, "--tier", metavar="quick|full", show_default="quick", help="What takes seconds, or everything."),
]
Engine = Annotated[
    str | None,
    _option(
        _HOW, "--engine", metavar="|".join(ENGINES), show_default="native", help="Compiled, or CPython: slow, obvious."
    ),
]
Workers = Annotated[
    int | None,
    _option(
        _HOW, "--workers", metavar="N", show_default="all processors", help="Threads. Results do not depend on it."
    ),
]
Symmetry = Annotated[
    bool | None,
    _option(
        _HOW,
        "--symmetry/--no-symmetry",
        show_default="as the configuration says",
        help="Take states that differ in interchangeable identities as one.",
    ),
]
View = Annotated[
    bool | None,
    _option(
        _HOW,
        "--view/--no-view",
        show_default="as the configuration says",
        help="Take states that differ in auxiliary fields as one.",
    ),
]
Properties = Annotated[
    list[str] | None,
    _option(_WHAT, "--property", metavar="NAME", help="Check this property only; may be given several times."),
]
Exact = Annotated[bool, _option(_HOW, "--exact", help="Compare whole states, not 64-bit fingerprints.")]
Continue = Annotated[bool, _option(_HOW, "--continue", help="Go on after a violation, and find all that are violated.")]
MaxStates = Annotated[
    int | None, _option(_LIMITS, "--max-states", metavar="N", help="Stop at so many distinct states.")
]
MaxDepth = Annotated[
    int | None,
    _option(_LIMITS, "--max-depth", metavar="N", help="Stop at this depth; the initial states have depth 1."),
]
MaxMemory = Annotated[str | None, _option(_LIMITS, "--max-memory", metavar="SIZE", help="Stop at so much, such as 4G.")]
MaxSeconds = Annotated[
    float | None,
    _option(_LIMITS, "--max-seconds", metavar="SECONDS", help="Stop each configuration after so long."),
]
Json = Annotated[
    str | None, _option(_OUTPUT, "--json", metavar="FILE", help="Write the report as JSON; - for standard output.")
]
TraceFile = Annotated[
    str | None, _option(_OUTPUT, "--trace", metavar="FILE", help="Write the shortest counterexample as an ITF file.")
]
TestFile = Annotated[
    str | None,
    _option(_OUTPUT, "--save-test", metavar="FILE", help="Write the shortest counterexample as a pytest function."),
]
JUnit = Annotated[str | None, _option(_OUTPUT, "--junit", metavar="FILE", help="Write the outcomes as JUnit XML.")]
Sarif = Annotated[str | None, _option(_OUTPUT, "--sarif", metavar="FILE", help="Write what is unexpected as SARIF.")]
GitHub = Annotated[
    bool, _option(_OUTPUT, "--github", help="In GitHub Actions: annotations at the lines, and a summary of the job.")
]
Quiet = Annotated[bool, _option(_OUTPUT, "--quiet", "-q", help="Only the last line.")]
Verbose = Annotated[
    bool, _option(_OUTPUT, "--verbose", "-v", help="All runs, and counts for every action and property.")
]


@app.command(
    cls=_Command, epilog=_EXIT_CODES, context_settings=_SETTINGS, short_help="Explore all states, check all properties."
)
def check(  # noqa: PLR0913, PLR0917  # one parameter an option
    names: Names = None,
    settings: Settings = None,
    tier: Tier = None,
    engine: Engine = None,
    workers: Workers = None,
    symmetry: Symmetry = None,
    view: View = None,
    properties: Properties = None,
    exact: Exact = False,
    keep_going: Continue = False,
    max_states: MaxStates = None,
    max_depth: MaxDepth = None,
    max_memory: MaxMemory = None,
    max_seconds: MaxSeconds = None,
    json_file: Json = None,
    trace_file: TraceFile = None,
    test_file: TestFile = None,
    junit_file: JUnit = None,
    sarif_file: Sarif = None,
    github: GitHub = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> int:
    """Explores all states and checks every property.

    A shipped configuration has a known result, and is as expected when all of it comes out again; anything else is
    expected to hold, unless pyproject.toml says otherwise.
    """
    if tier is not None and tier not in catalogue.TIERS:
        raise errors.BadOption(f"there is no tier {tier!r}", hint="tiers are quick and full")
    if not names and properties:
        raise errors.BadOption("--property needs the name of the specification that has the property")
    if not names and settings:
        raise errors.BadOption("--set needs the name of the specification that has the constant")
    files = {"--json": json_file, "--trace": trace_file, "--save-test": test_file}
    _check_distinct(files | {"--junit": junit_file, "--sarif": sarif_file})
    given = {
        "engine": None if engine is None else _engine(engine),
        "workers": workers,
        "symmetry": symmetry,
        "view": view,
        "exact": exact or None,
        "continue": keep_going or None,
        "max-states": max_states,
        "max-depth": max_depth,
        "max-memory": _size(max_memory),
        "max-seconds": max_seconds,
    }
    given = {key: value for key, value in given.items() if value is not None}
    request = Request(
        tuple(names or ()),
        constants_of(settings or []),
        search_options(given).validated(),
        symmetry,
        view,
        tuple(dict.fromkeys(properties)) if properties else None,
        tier or "quick",
        json_file,
        trace_file,
        test_file,
        junit_file,
        sarif_file,
        github,
        quiet,
        verbose,
    )
    project = None if names else load(Path.cwd())
    return Session(request if project is None else _of_project(request, project, given, tier)).run()


def _of_project(request: Request, project: Project, given: dict[str, Any], tier: str | None) -> Request:
    """The request with the checks of a project; what was given on the command line has the last word."""
    tier = tier or project.tier
    checks = []
    for one in project.checks:
        if one.tier == "quick" or tier == "full":
            search = {**one.search, **given}
            options = search_options(search).validated()
            check = replace(
                request,
                names=(one.name,),
                settings=one.constants,
                options=options,
                symmetry=search.get("symmetry"),
                view=search.get("view"),
                properties=one.properties,
                tier=tier,
                expect=one.expect,
            )
            checks.append(check)
    if not checks:
        raise errors.BadOption(f"no check of {FILE} is of the quick tier", hint="give --tier full")
    return replace(request, checks=tuple(checks))


def _check_distinct(files: dict[str, str | None]) -> None:
    """Raises BadOption if two options name one file."""
    options: dict[str, str] = {}
    for option, file in files.items():
        if file is not None and file in options:
            raise errors.BadOption(f"{options[file]} and {option} both name {file}", hint="name two files")
        if file is not None:
            options[file] = option


def _engine(name: str) -> Literal["native", "python"]:
    for engine in ENGINES:
        if name == engine:
            return engine
    raise errors.BadOption(f"there is no engine {name!r}", hint=f"engines are {' and '.join(ENGINES)}")


def _size(text: str | None) -> int | None:
    """A number of bytes from text such as 4G or 512M."""
    found = None if text is None else size(text)
    if text is not None and found is None:
        raise errors.BadOption(f"--max-memory {text}: not a size", hint="write it like 4G or 512M")
    return found


# list


@app.command("list", short_help="List the shipped specifications.", cls=_Command, context_settings=_SETTINGS)
def list_(
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="All configurations with what is pinned.")] = False,
    bugs: Annotated[bool, typer.Option("--bugs", help="Known bugs instead, and where each is mended.")] = False,
) -> None:
    """Lists the shipped specifications, or the known bugs that they show."""
    screen = Screen()
    if bugs:
        screen.print(known_bugs())
        return
    width = max(map(len, catalogue.names()))
    for entry in catalogue.ENTRIES:
        quick = sum(one.tier == "quick" for one in entry.configurations)
        count = f"{quick} quick, {len(entry.configurations) - quick} full"
        screen.print([[(f"{entry.name:{width}}", "bold"), (f"  {entry.words}", ""), (f"  ({count})", "dim")]])
        if verbose:
            screen.print([*configurations(entry), [("", "")]])


# show


def _show_formats(wanted: bool) -> None:
    if wanted:
        from ..traces.formats import FORMATS

        width = max(map(len, FORMATS))
        Screen().print([[(f"{name:{width}}", "bold"), (f"  {one.words}", "")] for name, one in FORMATS.items()])
        raise typer.Exit


@app.command(short_help="Show a specification, or a trace in any format.", cls=_Command, context_settings=_SETTINGS)
def show(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME|TRACE", help="A specification, named as for `check`, or an ITF file written by it."
        ),
    ],
    settings: Annotated[
        list[str] | None,
        _option(_SPECIFICATION, "--set", metavar="CONSTANT=VALUE", help="Set a constant; sizes follow."),
    ] = None,
    ir: Annotated[
        bool, _option(_SPECIFICATION, "--ir", help="Print the intermediate representation, and nothing else.")
    ] = False,
    format_name: Annotated[
        str | None, _option(_TRACE, "--format", metavar="NAME", show_default="text", help="How to write it.")
    ] = None,
    formats: Annotated[
        bool, _option(_TRACE, "--formats", callback=_show_formats, is_eager=True, help="List the formats.")
    ] = False,
    output: Annotated[
        str | None, _option(_TRACE, "--output", "-o", metavar="FILE", help="Write a file, not to standard output.")
    ] = None,
    model: Annotated[
        str | None,
        _option(_TRACE, "--model", metavar="NAME", show_default="the one the file names", help=_WHOSE),
    ] = None,
    views: Annotated[
        list[str] | None,
        _option(_TRACE, "--view", metavar="NAME", help="A property or method to show the values of."),
    ] = None,
) -> None:
    """Shows a specification (its constants, the layout of its state, its actions and properties), or a trace.

    A trace is shown as its file has it; `replay` says whether it is a run.
    """
    if _is_trace(name):
        if settings or ir:
            raise errors.BadOption(
                f"{'--set' if settings else '--ir'} is about specifications, and {name} is a trace", hint=_TRACES_END
            )
        trace_commands.show(name, format_name or "text", output, model, views or [])
        return
    for option, value in (("--format", format_name), ("--output", output), ("--model", model), ("--view", views)):
        if value is not None:
            raise errors.BadOption(f"{option} is about traces, and {name} is none", hint=_TRACES_END)
    _show_specification(name, settings or [], ir)


def _is_trace(name: str) -> bool:
    """Whether a name is that of a trace and not of a specification."""
    if name.endswith(".json"):
        return True
    return not name.endswith(".py") and catalogue.find(name) is None and Path(name).is_file()


def _show_specification(name: str, settings: list[str], ir: bool) -> None:
    from ..model.lang.specification import Specification

    found = loading.find(name)
    specification = Specification(found.model, constants_of(settings))
    screen = Screen()
    if ir:
        from ..model.lang.dump import dump
        from ..model.lang.lower import lower

        screen.write(dump(lower(specification)).rstrip("\n"))
        return
    screen.print([[(found.name, "bold"), (f": {found.words}" if found.words else "", "")]])
    for title, lines in sections(found, specification):
        screen.print([[("", "")], [(title, "bold")], *lines])


# replay, diff, shrink, simulate, graph, mutate and others

for command, words in (
    (trace_commands.replay, "Execute a trace again."),
    (trace_commands.diff, "Show where two traces part."),
    (trace_commands.shrink, "Make a trace smaller."),
    (simulate_command.simulate, "Take random walks, and check properties on them."),
    (graph_command.graph, "Draw the states of a small specification."),
    (agree_command.agree, "Ask all engines, and compare what they say."),
    (mutate_command.mutate, "See which checks notice when a guard is taken out."),
    (explain_command.explain, "Say what a configuration of Kafka promises, and after which failures it does not."),
    (prove_command.prove, "Prove invariants with Z3, or look for violations within a bound."),
):
    app.command(short_help=words, cls=_Command, epilog=_EXIT_CODES, context_settings=_SETTINGS)(command)
