"""From a name on the command line to a specification class, and from a file to a trace.

A name is that of a shipped specification (`kip-320`), a file and a class (`models/mine.py:Mine`; the class may be left
out when the file defines one specification), or a module and a class (`package.module:Mine`). What goes wrong while a
user's file is imported is reported with the place in that file.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import linecache
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from ..model import errors
from . import catalogue
from .api import first_line

if TYPE_CHECKING:
    from ..model.lang.specification import Model, Specification
    from ..traces.trace import Trace

_MACHINERY = ("importlib", "runpy.py", "<frozen ")


@dataclass(frozen=True)
class Found:
    """A specification class, the name it was found by, and its entry in the catalogue if it has one."""

    name: str
    model: type[Model]
    entry: catalogue.Entry | None
    words: str


def find(name: str) -> Found:
    """The specification of that name. Raises UnknownModel, ImportFailed, NotASpecification."""
    entry = catalogue.find(name)
    if entry is not None:
        return Found(name, shipped(entry), entry, entry.words)
    path, _, class_name = name.rpartition(":") if ":" in name else (name, "", "")
    if catalogue.find(path) is not None:
        raise errors.UnknownModel(f"{path} is one specification, without classes to choose from", hint=f"write {path}")
    if path.endswith(".py") or "/" in path:
        module = import_file(path)
    elif path and (class_name or "." in path):
        module = import_module(path)
    else:
        raise errors.UnknownModel(f"no specification named {name!r}", hint=_suggestion(name))
    model = named_class(module, class_name, path) if class_name else only_class(module, path)
    reference = name if class_name else f"{path}:{model.__name__}"
    return Found(reference, model, None, first_line(model))


def load_trace(file: str, name: str | None = None) -> tuple[Trace, Specification]:
    """A trace from an ITF file, and what it is a run of: the specification of that name, or the one the file names.

    The specification has the property that is recorded, even if it is checked on request only. Raises BadTraceFile,
    ForeignTrace, and what `find` raises.
    """
    from ..model.lang.specification import Specification
    from ..traces import itf

    found = itf.load(file)
    if not found.model and name is None:
        raise errors.ForeignTrace(f"{file}: does not name its specification")
    source = find(name or found.model)
    try:
        specification = None
        if found.property_name:
            with contextlib.suppress(errors.UnknownProperty):
                specification = Specification(source.model, found.constants, [found.property_name])
        specification = specification or Specification(source.model, found.constants)
    except errors.UsageError as error:
        raise errors.ForeignTrace(f"{file}: not a trace of {source.name}: {error.what}") from None
    return itf.read(found, specification), specification


def _suggestion(name: str) -> str:
    known = catalogue.names()
    file = Path(f"{name}.py")
    if file.is_file():
        return f"for the file write {file}"
    close = errors.closest(name, known)
    start = f"did you mean {close}?" if close else "`fencepost list` names what is shipped."
    return f"{start} A specification of your own is named path/to/file.py:Class"


def shipped(entry: catalogue.Entry) -> type[Model]:
    """The class of a catalogue entry."""
    module_name, class_name = entry.reference.split(":")
    package = (__package__ or "").rpartition(".")[0]
    return named_class(importlib.import_module(f"{package}.{module_name}"), class_name, entry.reference)


def import_file(path: str) -> ModuleType:
    """Imports a file, which may import its neighbours. Raises UnknownModel, ImportFailed."""
    file = Path(path)
    if not file.is_file():
        what = "is a folder, not a file" if file.is_dir() else "no such file"
        near = errors.nearest(file.name, [one.name for one in file.parent.glob("*.py")]) if file.parent.is_dir() else ""
        raise errors.UnknownModel(f"{path}: {what}", hint=near if near.startswith("did") else "")
    resolved = file.resolve()
    for module in list(sys.modules.values()):
        if getattr(module, "__file__", None) == str(resolved):
            return module
    # Names are looked up in sys.modules when annotations are evaluated, so the module needs one nobody else has.
    name = (
        resolved.stem
        if resolved.stem.isidentifier() and not _is_taken(resolved.stem)
        else f"_fencepost_{resolved.stem}"
    )
    spec = importlib.util.spec_from_file_location(name, resolved)
    if spec is None or spec.loader is None:
        raise errors.UnknownModel(f"{path}: not a Python file", hint="name a file that ends in .py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    _search_in(str(resolved.parent))
    try:
        spec.loader.exec_module(module)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        del sys.modules[name]
        raise _import_failed(error, path, within=str(resolved.parent)) from None
    return module


def _is_taken(name: str) -> bool:
    return name in sys.modules or name in sys.stdlib_module_names


def import_module(name: str) -> ModuleType:
    """Imports a module by its dotted name, from the current folder too. Raises UnknownModel, ImportFailed."""
    _search_in("")
    try:
        return importlib.import_module(name)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        if isinstance(error, ModuleNotFoundError) and error.name and f"{name}.".startswith(f"{error.name}."):
            raise errors.UnknownModel(
                f"no module named {error.name!r}", hint=f"for a file write {name.replace('.', '/')}.py:Class"
            ) from None
        raise _import_failed(error, name, within=str(Path.cwd())) from None


def _search_in(folder: str) -> None:
    if folder not in sys.path:
        sys.path.insert(0, folder)


def _import_failed(error: BaseException, name: str, within: str) -> errors.FencepostError:
    """What a user's file raised while it was imported, with the place in it: that of the innermost frame of theirs."""
    if isinstance(error, errors.FencepostError) and error.at is not None:
        return error
    last = " ".join(traceback.format_exception_only(error)[-1].split())
    if isinstance(error, SystemExit):
        last = f"it called sys.exit({error.code!r})"
    at = None
    if isinstance(error, SyntaxError) and error.filename:
        column = error.offset or 1
        at = errors.Location(
            error.filename,
            error.lineno or 1,
            column,
            max(error.end_offset or 0, column + 1),
            (error.text or "").rstrip(),
        )
    else:
        frames = [one for one in traceback.extract_tb(error.__traceback__) if not _is_machinery(one.filename)]
        theirs = [one for one in frames if one.filename.startswith(within)]
        if theirs:
            frame = theirs[-1]
            line = linecache.getline(frame.filename, frame.lineno or 1).rstrip("\n")
            column = (frame.colno or 0) + 1
            at = errors.Location(frame.filename, frame.lineno or 1, column, (frame.end_colno or column) + 1, line)
    if isinstance(error, errors.FencepostError):
        error.at = at
        return error
    return errors.ImportFailed(f"{name} could not be imported: {last}", at=at, hint=_import_hint(error, name))


def _import_hint(error: BaseException, name: str) -> str:
    """What to do about an import that failed."""
    if isinstance(error, ModuleNotFoundError) and error.name:
        return f"install {error.name}, or name its folder in PYTHONPATH"
    if isinstance(error, ImportError) and "relative import" in str(error):
        return "give an importable name, package.module:Class"
    if isinstance(error, SystemExit):
        return 'guard what only a script does with if __name__ == "__main__"'
    if isinstance(error, SyntaxError):
        return "correct the line"
    return f"correct the line, or see all of it with: python {name if name.endswith('.py') else f'-m {name}'}"


def _is_machinery(filename: str) -> bool:
    return filename == __file__ or any(part in filename for part in _MACHINERY)


def named_class(module: ModuleType, name: str, where: str) -> type[Model]:
    """The class of that name in a module. Raises UnknownModel, NotASpecification."""
    found = getattr(module, name, None)
    if found is None:
        raise errors.UnknownModel(f"{where} has no class {name!r}", hint=errors.nearest(name, _specifications(module)))
    if not _is_specification(found):
        raise errors.NotASpecification(
            f"{name} in {where} is not a specification", hint="a specification is a subclass of fencepost.model.Model"
        )
    model: type[Model] = found
    return model


def only_class(module: ModuleType, where: str) -> type[Model]:
    """The one specification that a module defines. Raises NotASpecification."""
    names = _specifications(module)
    if len(names) == 1:
        model: type[Model] = getattr(module, names[0])
        return model
    if names:
        raise errors.NotASpecification(
            f"{where} defines {len(names)} specifications",
            hint=f"write {where}:{names[0]}, or with {', '.join(names[1:])}",
        )
    raise errors.NotASpecification(
        f"{where} defines no specification", hint="a specification is a subclass of fencepost.model.Model"
    )


def _specifications(module: ModuleType) -> list[str]:
    """The names of the specifications that a module defines itself."""
    return [
        name
        for name, found in vars(module).items()
        if _is_specification(found) and found.__module__ == module.__name__ and found.__name__ == name
    ]


def _is_specification(found: Any) -> bool:
    from ..model.lang.specification import Model

    return isinstance(found, type) and issubclass(found, Model) and found is not Model
