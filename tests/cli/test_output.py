"""What people see: plain text in a file, colours on a terminal, and how long they wait for it."""

import fcntl
import math
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fencepost.checks import check as api
from fencepost.checks import terminal
from fencepost.checks.screen import Line, wrapped
from fencepost.checks.session import Request, plan
from fencepost.model import Specification, errors

ESCAPE = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


def on_a_terminal(*arguments: object, columns: int = 160, **environment: str) -> tuple[int, str]:
    """Runs a command whose output is a terminal; what it wrote there, stderr included."""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    inherited = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "COLUMNS", "TERM")}
    process = subprocess.Popen(
        [sys.executable, "-m", "fencepost.checks", *map(str, arguments)],
        stdin=follower, stdout=follower, stderr=follower, close_fds=True,
        env=inherited | {"TERM": "xterm-256color", "PYTHONUTF8": "1"} | environment,
    )  # fmt: skip
    os.close(follower)
    found = b""
    while True:
        try:
            part = os.read(leader, 65536)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        found += part
    os.close(leader)
    return process.wait(timeout=300), found.decode()


def test_output_that_is_no_terminal_is_plain_ascii(run: Any, small: Any) -> None:
    for arguments in (["check", small("Overrun"), "-v"], ["list", "-v"], ["show", "kip-320"], ["check", "--help"]):
        done = run(*arguments)
        assert done.out.isascii() and "\x1b" not in done.out
        assert not any(line != line.rstrip() for line in done.out.splitlines())


def test_a_terminal_gets_colours_and_unicode(small: Any) -> None:
    code, found = on_a_terminal("check", small("Overrun"), "--engine", "python")
    assert code == 1
    assert "\x1b[31mviolated" in found and "at: 1 \u2192 2" in found


def test_colour_carries_nothing_alone(small: Any) -> None:
    """Without colours a terminal shows the same text."""
    _, coloured = on_a_terminal("check", small("Overrun"), "--engine", "python")
    _, bare = on_a_terminal("check", small("Overrun"), "--engine", "python", NO_COLOR="1")
    assert "\x1b[3" not in bare
    times = re.compile(r"[\d,.]+ s +[\d,]+")

    def words(text: str) -> list[str]:
        shown = [line.rpartition("\r")[2] for line in ESCAPE.sub("", text).replace("\r\n", "\n").split("\n")]
        return [times.sub("", line).rstrip() for line in shown]

    assert words(coloured) == words(bare)


@pytest.mark.parametrize("columns", [100, 80, 60])
def test_a_narrow_terminal_breaks_no_row(columns: int) -> None:
    _, found = on_a_terminal("check", "finite-replicated-log", columns=columns, NO_COLOR="1")
    lines = [line.rpartition("\r")[2] for line in ESCAPE.sub("", found).replace("\r\n", "\n").split("\n")]
    assert max(map(len, lines)) <= columns
    [head] = [line for line in lines if "verdict" in line]
    for part in ("verdict", "pins", "distinct", "depth", "time"):
        assert part in head
    assert ("generated" in head, "states/s" in head) == (columns >= 80, columns >= 80)
    assert sum(line.count("holds") for line in lines) == 3  # "3 hold" in the last line is none of them


@given(st.lists(st.tuples(st.text("ab  ", max_size=12), st.sampled_from(["", "bold"])), max_size=6), st.integers(4, 30))
def test_lines_are_broken_between_words_and_lose_nothing(line: Line, width: int) -> None:
    pieces = list(wrapped(line, width))
    for piece in pieces:
        text = "".join(part for part, _ in piece).rstrip()
        assert len(text) <= width or len(text.split()) == 1, "only a word that is longer may be longer"
    assert [letter for piece in pieces for letter in styled(piece)] == list(styled(line))
    words = [word for piece in pieces for word in "".join(part for part, _ in piece).split()]
    assert words == "".join(part for part, _ in line).split()


def styled(line: Line) -> Iterator[tuple[str, str]]:
    """The letters of a line with their styles."""
    return ((letter, style) for part, style in line for letter in part if letter != " ")


def test_a_stream_that_cannot_show_a_character_is_no_crash(tmp_path: Path) -> None:
    (tmp_path / "umlaut.py").write_text(
        "from fencepost.model import Model, action, invariant\n\n\nclass Umlaut(Model):\n    up: bool\n\n"
        "    @action\n    def flip(self) -> None:\n        self.up = not self.up\n\n"
        '    @invariant\n    def down(self) -> bool:\n        """Up \u2209 down."""\n        return not self.up\n'
    )
    command = [sys.executable, "-m", "fencepost.checks", "check", "umlaut.py", "--engine", "python"]
    environment = os.environ | {"PYTHONIOENCODING": "ascii"}
    done = subprocess.run(command, check=False, capture_output=True, cwd=tmp_path, env=environment, text=True)
    assert (done.returncode, done.stderr) == (1, "")
    assert "Up \\u2209 down." in done.stdout


def test_progress_is_shown_on_a_terminal_only(small: Any, run: Any) -> None:
    _, found = on_a_terminal("check", small("Wide"), "--max-seconds", 1)
    line = next(part for part in found.split("\r") if "frontier" in part)
    for part in ("Wide: ", "depth ", "distinct ", "generated ", "states/s"):
        assert part in line
    assert "left" not in line
    assert "frontier" not in run("check", small("Wide"), "--max-seconds", 0.5).err


def test_how_long_it_will_take_is_said_where_the_number_of_states_is_known() -> None:
    constants = ("--set", "replicas=2", "--set", "max_leader_epoch=3")
    _, found = on_a_terminal("check", "kip-101", *constants, "--engine", "python", "--max-seconds", 2)
    shares = re.findall(r"distinct ([\d,]+) \((\d+)%\).*?, about [\dm. ]+s left", found)
    assert shares
    for distinct, share in shares:
        assert int(share) == round(int(distinct.replace(",", "")) / 53_413 * 100)


def test_the_table_says_what_is_held_constant_and_what_differs(run: Any) -> None:
    done = run("check", "finite-replicated-log")
    first, _, head, *_ = done.out.splitlines()
    assert first.startswith("Held constant: log_records = 2; native engine, ")
    assert head.split() == [
        "finite-replicated-log",
        "verdict",
        "pins",
        "distinct",
        "generated",
        "depth",
        "time",
        "states/s",
    ]
    assert "replicas=3 log_size=2  holds         agree           343" in done.out
    assert done.out.splitlines()[-1] == "3 configurations: 3 hold; as expected."


@pytest.mark.parametrize("names", [("kafka",), ("kafka", "two-phase-commit", "kraft-restart")])
def test_rows_say_what_is_unusual_and_leave_nothing_out(names: tuple[str, ...]) -> None:
    """Together with what is above them. Most rows of `kafka` differ in thirty constants that follow one another."""
    planned = [one.report for one in plan(Request(names, tier="full"))]
    table = terminal.Table(planned, None, terminal.ASCII)
    shared = dict(re.findall(r"(\w+) ?= ?([\w-]+)", terminal.held_constant(planned)))
    group: dict[str, str] = {}
    for one in planned:
        *above, row = ["".join(text for text, _ in line) for line in table.row(one)]
        label = row.split("  holds")[0] if row.strip() else above.pop()
        if above and above[0].split()[0] in names:
            group = dict(re.findall(r"(\w+)=([\w-]+)", above.pop(0)))
        found = dict(re.findall(r"(\w+)=([\w-]+)", " ".join([*above, label])))
        said = shared | group | found
        independent = {name: value for name, value in one.constants.items() if name not in one.derived}
        assert {name: said[name] for name in independent} == {
            name: terminal.shown(value) for name, value in independent.items()
        }
        assert one.name != "kafka" or len(found) < 12


def test_quiet_is_one_line_and_verbose_counts_everything(run: Any, small: Any) -> None:
    quiet = run("check", small("Overrun"), "-q").out.strip()
    assert quiet == "1 configuration: 1 violated; not as expected."
    verbose = run("check", small("Exchange"), "-v", "--continue", "--engine", "python").out
    assert re.search(r"mark +\d+ +\d+ +\d+ +reachable", verbose)
    assert re.search(r"not_all +\d+ +\d+ +4 +violated", verbose)
    assert "environment: crash(node=n1) (fault)" not in verbose  # it is not on a shortest run
    assert "n1: mark(node=n1), choosing 0" in verbose


def test_a_run_that_several_properties_share_is_shown_once(run: Any, small: Any) -> None:
    done = run("check", small("Overrun"), "--engine", "python")
    assert done.out.count("Shortest run, 3 states:") == 1
    assert "Shortest run: that of below_two, 3 states." in done.out


def test_show_tells_all_there_is(run: Any, small: Any) -> None:
    found = run("show", small("Exchange"), "--set", "nodes=5").out
    for part in (
        "nodes = 5", "careful = false", "State, 10 bits", "ticks[*]  1 x 5  0..1",
        "marked        5  Set[nodes(5, symmetric)]",
        "mark(node: n1..n5)", "crash(node: n1..n5) (fault)", "nobody", "not_all (in every state): Somebody is left.",
    ):  # fmt: skip
        assert part in found
    assert "(1..5000)" in run("show", small("Counter")).out
    assert "deadlock (in every state)" in run("show", small("Stuck")).out
    assert "1  bool, auxiliary" in run("show", small("TwoWays")).out
    assert "low: Below two." in run("show", small("Bounded")).out
    assert "action mark(" in run("show", small("Exchange"), "--ir").out


def test_list_names_every_specification(run: Any) -> None:
    from fencepost.checks import catalogue

    assert [line.split()[0] for line in run("list").out.splitlines()] == catalogue.names()


def test_help_says_what_the_options_are(run: Any) -> None:
    text = run("check", "--help").out
    wanted = (
        "set engine workers symmetry view exact continue json trace tier max-states max-depth max-memory max-seconds"
    )
    for option in (*(f"--{name}" for name in wanted.split()), "-q", "-v"):
        assert option in text
    assert "Exit codes: 0 as expected, 1 not as expected, 2 inconclusive" in " ".join(text.split())
    assert run("--version").out == "fencepost 0.1.0\n"


@pytest.mark.parametrize(
    ("arguments", "most"),
    [(["--help"], 0.3), (["list"], 0.3), (["check", "two-phase-commit", "--set", "resource_managers=3", "-q"], 0.5)],
    ids=["help", "list", "check"],
)
def test_nobody_waits_for_the_start(arguments: list[str], most: float, tmp_path: Path) -> None:
    """The best of several tries in processor time, since other work on the machine only ever makes it slower.

    Python may keep what it compiled, as it does wherever it is not told otherwise.
    """
    command = [sys.executable, "-m", "fencepost.checks", *arguments]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = str(tmp_path)
    best = math.inf
    for _ in range(8):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0
        best = min(best, usage.ru_utime + usage.ru_stime)
        if best < most:
            return
    raise AssertionError(f"{best:.2f} s")


def test_what_is_not_needed_is_not_imported() -> None:
    for arguments in ("['list']", "['show', 'kip-320']", "['check', '--help']"):
        script = (
            "import contextlib, io, sys\nfrom fencepost.checks.cli import main\n"
            f"with contextlib.redirect_stdout(io.StringIO()): assert main({arguments}) == 0\n"
            "print(*[name for name in ('numpy', 'llvmlite', 'rich', 'hypothesis') if name in sys.modules])"
        )
        done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
        assert done.stdout.strip() == ""


# The Python API.


def test_the_function_check_gives_a_result(small: Any) -> None:
    result = api(small("Overrun"), {"top": 5}, engine="python", keep_going=True)
    assert (result.verdict, result.exit_code, result.report.distinct) == ("violated", 1, 6)
    trace = result.trace("below_two")
    assert trace is not None and [step.state.at for step in trace.steps] == [0, 1, 2]
    assert result.trace("never_negative") is None
    assert result.report.selected is None
    assert api(small("Overrun"), properties=["below_two"], engine="python").report.selected == ("below_two",)
    assert "below_two is violated" in str(result) and "at: 1 -> 2" in str(result)
    with pytest.raises(KeyError):
        result.trace("nothing")


def test_the_function_takes_classes_and_specifications() -> None:
    from fencepost.checks import Limits
    from fencepost.model.two_phase_commit import TwoPhaseCommit

    assert api(TwoPhaseCommit, {"resource_managers": 2}, engine="python").verdict == "holds"
    bound = Specification(TwoPhaseCommit, {"resource_managers": 2})
    result = api(bound, engine="python", limits=Limits(states=5))
    assert (result.verdict, result.report.stopped) == ("inconclusive", "limit of 5 states")
    for named in ("two-phase-commit", TwoPhaseCommit, Specification(TwoPhaseCommit)):
        found = api(named, engine="python").report
        assert (found.name, found.as_expected) == ("two-phase-commit", True)
    with pytest.raises(errors.UnknownConstant):
        api(TwoPhaseCommit, {"managers": 2})
    with pytest.raises(errors.BadOption):
        api(TwoPhaseCommit, workers=0)


def test_a_specification_in_an_interactive_session_is_told_what_it_needs(tmp_path: Path) -> None:
    """Source text is needed for translation; without it the error says so."""
    script = (
        "from fencepost.checks import check\nfrom fencepost.model import Model, action\n"
        "source = 'class Flag(Model):\\n  up: bool\\n  @action\\n  def flip(self): self.up = not self.up'\n"
        "exec(source)\n"
        "try:\n  check(Flag)\nexcept Exception as error:\n  print(type(error).__name__)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=tmp_path, check=True)
    assert done.stdout.strip() == "NoSource"
