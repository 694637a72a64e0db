"""Compiling, and the cache of compiled objects."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from fencepost.checks.native import cache
from fencepost.checks.native import compile as compiling
from fencepost.checks.native.compile import Options, compile_module
from fencepost.checks.native.fingerprint import program_text
from fencepost.model.lang import ir, types
from native.strategies import THREE, map_of, states
from native.support import action, field, number, program

SEVEN = 'define i64 @"seven"() { ret i64 7 }'


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FENCEPOST_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def call(compiled: compiling.Compiled, name: str = "seven") -> int:
    return int(ctypes.CFUNCTYPE(ctypes.c_int64)(compiled.addresses[name])())


def never() -> Any:
    raise AssertionError("built although it is in the cache")


def test_a_second_time_nothing_is_built() -> None:
    first = compile_module("key", lambda: SEVEN, ["seven"])
    second = compile_module("key", never, ["seven"])
    assert (first.cached, second.cached) == (False, True)
    assert call(first) == call(second) == 7
    assert first.notes == second.notes == ()
    assert second.object_bytes == first.object_bytes > 0


def test_other_keys_and_options_are_other_entries(folder: Path) -> None:
    compile_module("key", lambda: SEVEN, ["seven"])
    for key, options in (("other", Options()), ("key", Options(level=1)), ("key", Options(vectorise=True))):
        assert not compile_module(key, lambda: SEVEN, ["seven"], options).cached
    assert len(list(folder.glob("objects/*.o"))) == 4


def test_a_change_of_source_makes_entries_stale(monkeypatch: pytest.MonkeyPatch) -> None:
    compile_module("key", lambda: SEVEN, ["seven"])
    monkeypatch.setattr(cache, "SOURCE_HASH", "another")
    assert not compile_module("key", lambda: SEVEN, ["seven"]).cached


def test_another_processor_needs_other_code(monkeypatch: pytest.MonkeyPatch) -> None:
    key = compiling.entry_key("key", Options())
    monkeypatch.setattr(compiling, "_processor", lambda: ("other", "+feature"))
    assert compiling.entry_key("key", Options()) != key


def flipped(content: bytes) -> bytes:
    return content[:-9] + bytes([content[-9] ^ 1]) + content[-8:]


@pytest.mark.parametrize("damage", [lambda b: b[:-1], flipped, lambda b: b"", lambda b: b + b"x"])
def test_a_damaged_entry_is_compiled_again(folder: Path, damage: Any) -> None:
    compile_module("key", lambda: SEVEN, ["seven"])
    (entry,) = folder.glob("objects/*.o")
    entry.write_bytes(damage(entry.read_bytes()))
    again = compile_module("key", lambda: SEVEN, ["seven"])
    assert not again.cached
    assert call(again) == 7
    assert compile_module("key", never, ["seven"]).cached


def test_without_the_cache_nothing_is_written(folder: Path) -> None:
    for _ in range(2):
        assert not compile_module("key", lambda: SEVEN, ["seven"], Options(cached=False)).cached
    assert not folder.exists()


def test_a_folder_that_cannot_be_made_is_only_noted(folder: Path) -> None:
    folder.write_text("a file where the folder should be")
    compiled = compile_module("key", lambda: SEVEN, ["seven"])
    assert call(compiled) == 7
    (note,) = compiled.notes
    assert "not kept" in note


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_only_noted(folder: Path) -> None:
    (folder / "objects").mkdir(parents=True)
    (folder / "objects").chmod(stat.S_IRUSR | stat.S_IXUSR)
    assert len(compile_module("key", lambda: SEVEN, ["seven"]).notes) == 1


def test_a_full_disk_is_only_noted(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    compiled = compile_module("key", lambda: SEVEN, ["seven"])
    assert call(compiled) == 7
    assert "No space left" in compiled.notes[0]
    assert list((folder / "objects").iterdir()) == []


def test_old_entries_are_forgotten(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "_LIMIT", 3)
    for number_ in range(4):
        cache.write(f"key{number_}", b"content")
        os.utime(cache.entry_path(f"key{number_}"), (1000 + number_, 1000 + number_))
    assert cache.read("key1") == b"content"
    (folder / "objects" / ".left.tmp").write_bytes(b"")
    os.utime(folder / "objects" / ".left.tmp", (1, 1))
    cache.write("key4", b"content")
    assert sorted(path.name for path in (folder / "objects").iterdir()) == ["key1.o", "key3.o", "key4.o"]


def _compile_often(folder: str, rounds: int) -> None:
    os.environ["FENCEPOST_CACHE"] = folder
    for round_ in range(rounds):
        assert call(compile_module(f"key {round_ % 3}", lambda: SEVEN, ["seven"])) == 7


def test_processes_share_a_folder(folder: Path) -> None:
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_compile_often, args=(str(folder), 12)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0, 0]
    assert len(list((folder / "objects").iterdir())) == 3


@pytest.mark.parametrize(
    ("variables", "platform", "expected"),
    [
        ({"FENCEPOST_CACHE": "/x", "XDG_CACHE_HOME": "/y"}, "linux", "/x"),
        ({"XDG_CACHE_HOME": "/y"}, "linux", "/y/fencepost"),
        ({"HOME": "/h"}, "linux", "/h/.cache/fencepost"),
        ({"HOME": "/h"}, "darwin", "/h/Library/Caches/fencepost"),
    ],
)
def test_the_folder_is_the_platforms(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], platform: str, expected: str
) -> None:
    for name in ("FENCEPOST_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", platform)
    assert cache.cache_folder() == Path(expected)


def test_a_missing_function_is_named() -> None:
    with pytest.raises(RuntimeError, match="eight"):
        compile_module("key", lambda: SEVEN, ["seven", "eight"])


def test_code_may_call_the_c_library() -> None:
    text = """
    declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)
    define void @fill(ptr %at, i64 %size) {
      call void @llvm.memset.p0.i64(ptr %at, i8 65, i64 %size, i1 false)
      ret void
    }"""
    compiled = compile_module("key", lambda: text, ["fill"])
    buffer = ctypes.create_string_buffer(100)
    ctypes.CFUNCTYPE(None, ctypes.c_char_p, ctypes.c_int64)(compiled.addresses["fill"])(buffer, 99)
    assert buffer.value == b"A" * 99


def test_importing_does_not_load_llvm() -> None:
    modules = "compile", "codec", "layout", "fingerprint", "symmetry"
    lines = [f"import fencepost.checks.native.{module}" for module in modules]
    code = "\n".join([*lines, "import sys", "print('llvmlite.binding' in sys.modules)"])
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


# The text that stands for a program.


def example(size: int = 3, symmetric: bool = True, value: int = 1) -> ir.Program:
    domain = types.Domain("d", size, symmetric, "d")
    kind = states(map_of(domain, types.Int(0, 3)), THREE)
    target = field(kind, "f0", ir.Const(1, domain))
    return program(kind, action(ir.Store(target, ir.Convert(number(value), types.Int(0, 3)))))


def test_the_text_of_a_program_is_the_same_in_every_process() -> None:
    code = "from native.test_compile import *; print(program_text(example()))"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONHASHSEED": "7"}
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert found.stdout == program_text(example()) + "\n"


def test_the_text_of_a_program_tells_programs_apart() -> None:
    made = [example(), example(size=4), example(symmetric=False), example(value=2)]
    assert len({program_text(one) for one in made}) == len(made)


def test_a_model_of_nine_actions_is_not_much_for_llvm() -> None:
    """How long it takes is for `make bench` to say, on a machine with nothing else to do: a second for these lines."""
    from fencepost.model import Specification
    from fencepost.model.lang.lower import lower
    from fencepost.model.replication.kip_320 import Kip320
    from native.support import Native

    assert Native(lower(Specification(Kip320)), level=3).text.count("\n") < 10_000
