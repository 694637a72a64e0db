"""U105: files that cannot be imported."""

from pathlib import Path
from typing import Any

import pytest

IMPORT_FAILURES = {
    "syntax": ("class Broken(:\n", ["bad.py:1:", "SyntaxError", "correct the line"]),
    "name": (
        "import math\n\nmath.floor(nothing)\n",
        ["bad.py:3:12", "NameError: name 'nothing' is not defined", "python "],
    ),
    "module": (
        "import nonexistent_module\n",
        ["bad.py:1:1", "No module named 'nonexistent_module'", "install nonexistent_module"],
    ),
    "deep": ("import json\n\njson.loads('{')\n", ["bad.py:3:1", "JSONDecodeError"]),
    "exit": ("import sys\n\nsys.exit(7)\n", ["bad.py:3:1", "sys.exit(7)", "__main__"]),
    "raise": ("raise BaseException('no')\n", ["bad.py:1:1", "BaseException: no"]),
}


@pytest.mark.parametrize("case", IMPORT_FAILURES)
def test_a_file_that_cannot_be_imported(run: Any, complained: Any, tmp_path: Path, case: str) -> None:
    content, parts = IMPORT_FAILURES[case]
    (tmp_path / "bad.py").write_text(content)
    complained(run("check", f"{tmp_path}/bad.py:Model"), "could not be imported", *parts)
