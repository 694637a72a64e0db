"""U104: what is named is not a specification."""

from pathlib import Path
from typing import Any


def test_classes_that_a_file_does_not_have(run: Any, complained: Any, small: Any, tmp_path: Path) -> None:
    complained(run("check", small("Contour")), "has no class 'Contour'", "did you mean Counter?")
    complained(run("check", small("Annotated")), "Annotated in", "is not a specification", "subclass of")
    complained(
        run("check", small("Counter").partition(":")[0]),
        "defines 14 specifications",
        "small.py:Counter, or with Overrun, Vacuous",
    )
    (tmp_path / "empty.py").write_text("from fencepost.model import Model\n")
    complained(run("check", tmp_path / "empty.py"), "defines no specification")
