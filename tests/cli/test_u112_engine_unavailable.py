"""U112: the native engine cannot be loaded."""

import sys
from typing import Any

import pytest


@pytest.mark.skipif(sys.platform != "linux", reason="limits on memory are kept by Linux only")
def test_llvm_that_cannot_be_loaded(limited: Any, small: Any) -> None:
    code, err, [found, other] = limited("", 48, small("Counter"), small("NoAction"))
    assert (code, found["verdict"], found["error"]["code"]) == (4, "error", "U112")
    assert other["error"]["code"] == "S105"
    assert "error U112: LLVM cannot be loaded: " in err and "--engine python needs neither" in err
