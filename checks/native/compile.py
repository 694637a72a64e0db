"""From llvmlite modules to functions in memory: verified, optimised for this processor, cached on disk, loaded."""

from __future__ import annotations

import hashlib
import mmap
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from ...model import errors
from . import cache as disk

SPARE_BYTES = 128 << 20
"""LLVM ends the process when it finds no memory, so compiling starts only where so much can be had."""


@dataclass(frozen=True)
class Compiled:
    """Loaded code. The functions at `addresses` live as long as this object does.

    `notes` says what went wrong without being an error, such as a cache folder that cannot be written.
    """

    addresses: dict[str, int]
    cached: bool
    seconds: float
    object_bytes: int
    notes: tuple[str, ...]
    engine: Any = field(repr=False)


@dataclass(frozen=True)
class Options:
    """How to compile. The level is LLVM's; `cached` says whether the disk is used."""

    level: int = 3
    cached: bool = True
    vectorise: bool = False


def compile_module(
    key: str, build: Callable[[], Any], symbols: Sequence[str], options: Options | None = None
) -> Compiled:
    """The addresses of functions of the module that `build` returns (an llvmlite module, or LLVM assembly).

    `key` is a text that determines the module, together with the source of this package. When an object for it is in
    the cache, `build` is not called.
    """
    options = options or Options()
    started = time.perf_counter()
    notes: list[str] = []
    digest = entry_key(key, options)
    found = disk.read(digest) if options.cached else None
    engine = None
    if found is not None:
        engine = load_object(found)
    cached = engine is not None
    if engine is None:
        found = object_code(str(build()), options)
        if options.cached:
            note = disk.write(digest, found)
            notes += [note] if note else []
        engine = load_object(found)
        if engine is None:
            raise RuntimeError("LLVM cannot load the object it made")
    assert found is not None
    addresses = {name: int(engine.get_function_address(name)) for name in symbols}
    missing = [name for name, address in addresses.items() if not address]
    if missing:
        raise RuntimeError(f"the module has no function {', '.join(missing)}")
    return Compiled(addresses, cached, time.perf_counter() - started, len(found), tuple(notes), engine)


def entry_key(key: str, options: Options) -> str:
    """The hash under which an object is stored: of all that determines it."""
    binding = _binding()
    parts = [
        key,
        repr((options.level, options.vectorise)),
        disk.SOURCE_HASH,
        _llvmlite_version(),
        repr(binding.llvm_version_info),
        binding.get_process_triple(),
        *_processor(),
    ]
    digest = hashlib.sha256()
    for part in parts:
        digest.update(f"{len(part)}:{part}\n".encode())
    return digest.hexdigest()


@cache
def _binding() -> Any:
    """LLVM, loaded when it is first needed. Raises EngineUnavailable."""
    try:
        from llvmlite import binding

        binding.initialize_native_target()
        binding.initialize_native_asmprinter()
    except (ImportError, OSError) as error:
        raise errors.EngineUnavailable(f"LLVM cannot be loaded: {error}") from None
    return binding


def _llvmlite_version() -> str:
    import llvmlite

    return str(llvmlite.__version__)


@cache
def _processor() -> tuple[str, str]:
    """The name of this machine's processor, and what it can do."""
    binding = _binding()
    try:
        features = binding.get_host_cpu_features().flatten()
    except RuntimeError:  # LLVM does not know this processor's features.
        features = ""
    return binding.get_host_cpu_name(), features


def _target_machine(level: int) -> Any:
    binding = _binding()
    name, features = _processor()
    target = binding.Target.from_triple(binding.get_process_triple())
    return target.create_target_machine(cpu=name, features=features, opt=level, reloc="pic", codemodel="jitdefault")


def object_code(text: str, options: Options | None = None) -> bytes:
    """The object file of LLVM assembly, verified and optimised. Raises MemoryError."""
    options = options or Options()
    _check_memory()
    machine = _target_machine(options.level)
    module = _binding().parse_assembly(text)
    module.triple = _binding().get_process_triple()
    module.data_layout = str(machine.target_data)
    module.verify()
    optimise(module, machine, options)
    return bytes(machine.emit_object(module))


def _check_memory() -> None:
    try:
        mmap.mmap(-1, SPARE_BYTES).close()
    except OSError:
        raise MemoryError(f"no {SPARE_BYTES} bytes to compile with") from None


def optimise(module: Any, machine: Any, options: Options) -> None:
    """Runs LLVM's pipeline on a module."""
    tuning = _binding().create_pipeline_tuning_options(speed_level=options.level)
    tuning.loop_vectorization = options.vectorise
    tuning.slp_vectorization = options.vectorise
    tuning.loop_interleaving = options.vectorise
    builder = _binding().create_pass_builder(machine, tuning)
    builder.getModulePassManager().run(module, builder)


def load_object(content: bytes) -> Any:
    """An execution engine with an object loaded, which owns its memory; None if LLVM does not take the object."""
    binding = _binding()
    empty = binding.parse_assembly("")
    empty.triple = binding.get_process_triple()
    engine = binding.create_mcjit_compiler(empty, _target_machine(2))
    try:
        engine.add_object_file(binding.ObjectFileRef.from_data(content))
        engine.finalize_object()
    except RuntimeError:
        return None
    return engine
