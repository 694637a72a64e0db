"""U114: keys and values that [tool.fencepost] cannot have."""

from pathlib import Path
from typing import Any

import pytest

HEAD = "[tool.fencepost]\n"
CHECK = '[[tool.fencepost.check]]\nname = "id-sequence"\n'


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (HEAD + "max-state = 3\n" + CHECK, ("tool.fencepost has no key 'max-state'", "did you mean max-states?")),
        (CHECK + "constant = {}\n", ("tool.fencepost.check, number 1 has no key 'constant'", "mean constants?")),
        (CHECK + CHECK + "xyz = 1\n", ("number 2 has no key 'xyz'", "there is: ")),
        (HEAD + CHECK.replace("name", "names"), ("has no key 'names'", "did you mean name?")),
        (HEAD, ("names nothing to check", "add a table [[tool.fencepost.check]]")),
        ("[[tool.fencepost.check]]\n", ("number 1 has no name", "write name = ")),
        ("[tool]\nfencepost = 3\n", ("tool.fencepost is 3, not a table", "[tool.fencepost]")),
        ("[tool.fencepost]\ncheck = 3\n", ("check is 3", "[[tool.fencepost.check]]")),
        ("[tool.fencepost\n", ("not TOML", "correct the file")),
        (CHECK + 'tier = "slow"\n', ("tier is 'slow'", "quick, full")),
        (CHECK + 'engine = "c"\n', ("engine is 'c'", "native, python")),
        (CHECK + "max-states = 0\n", ("max-states is 0", "a whole number from 1")),
        (CHECK + "max-seconds = nan\n", ("max-seconds is nan", "a number of seconds")),
        (CHECK + "max-memory = 4\n", ("max-memory is 4", "a size")),
        (CHECK + 'max-memory = "much"\n', ("max-memory is 'much'", "a size")),
        (CHECK + 'exact = "yes"\n', ("exact is 'yes'", "true or false")),
        (CHECK + 'constants = { a = "b" }\n', ("constants is ", "whole numbers")),
        (CHECK + "constants = { a = 1.5 }\n", ("constants is ", "whole numbers")),
        (CHECK + 'properties = "one"\n', ("properties is 'one'", "a list of names")),
        (CHECK + "expect = { one = 1 }\n", ("expect is ", "a table such as")),
        (CHECK + "name = 1\n", ("not TOML", "correct the file")),
    ],
)
def test_every_way(
    text: str, parts: tuple[str, ...], run: Any, complained: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text(text)
    complained(run("check"), "error U114: pyproject.toml: ", *parts)
