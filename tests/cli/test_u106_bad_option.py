"""U106: options that make no sense."""

from typing import Any

import pytest

from fencepost.model import errors

OPTIONS = {
    "workers": (["--workers", "0"], "0 workers: from 1 to"),
    "negative workers": (["--workers", "-2"], "-2 workers"),
    "no states": (["--max-states", "0"], "a limit of 0 on states"),
    "no depth": (["--max-depth", "0"], "a limit of 0 on depth"),
    "no time": (["--max-seconds", "0"], "a limit of 0.0 on seconds"),
    "endless time": (["--max-seconds", "nan"], "a limit of nan on seconds"),
    "no memory": (["--max-memory", "0"], "--max-memory 0: not a size"),
    "memory in words": (["--max-memory", "lots"], "write it like 4G"),
    "states in words": (["--max-states", "many"], "'many' is not a valid int"),
    "endless": (["--max-seconds", "inf"], "a limit of inf on seconds is none"),
    "one file for two things": (["--json", "x", "--trace", "x"], "--json and --trace both name x"),
    "unknown engine": (["--engine", "steam"], "there is no engine 'steam'"),
    "unknown tier": (["--tier", "slow"], "tiers are quick and full"),
    "unknown option": (["--wrokers", "2"], "--wrokers"),
    "memory of python": (["--engine", "python", "--max-memory", "4G"], "limit the states instead"),
}


@pytest.mark.parametrize("case", OPTIONS)
def test_options_that_make_no_sense(run: Any, complained: Any, small: Any, case: str) -> None:
    options, says = OPTIONS[case]
    complained(run("check", small("Counter"), *options), says)


def test_commands_that_do_not_exist(run: Any, complained: Any) -> None:
    complained(run("chekc"), "chekc")
    complained(run("check", "--set", "top=3"), "--set needs the name")
    complained(run("show"), "NAME", "fencepost show --help")
    done = run()
    assert (done.code, done.err) == (errors.EXIT_USAGE, "") and "Usage: fencepost" in done.out
