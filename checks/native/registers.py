"""How values live in registers.

| type                           | register                                                  |
|--------------------------------|-----------------------------------------------------------|
| Int, Integer                   | i64, the number itself, signed                            |
| Bool                           | i1                                                        |
| Enum, Domain, Option of scalar | i64, the code                                             |
| collection in memory           | the address of the N words of the code, [N x i64]*        |
| everything else                | iN, the code; N is the type's width, at least 1           |

Values never change, so what an address stands for is not written to while the register is in use.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir as llvm

from ...model import errors
from ...model.lang import types
from ...model.lang.types import Type
from .codes import HIGHEST, LOWEST, WORD, in_memory, is_code_number, is_number, width

I1 = llvm.IntType(1)
I8 = llvm.IntType(8)
I32 = llvm.IntType(32)
I64 = llvm.IntType(64)


def register_type(kind: Type) -> Any:
    """The LLVM type of a register, or of what it is the address of.

    Raises UnsupportedType for integers that 64 bits cannot hold.
    """
    if isinstance(kind, types.Int) and not LOWEST <= kind.low <= kind.high <= HIGHEST:
        raise errors.UnsupportedType(f"integers {kind} do not fit into 64 bits", hint="use smaller bounds")
    if is_number(kind) or is_code_number(kind):
        return I64
    return words_type(width(kind)) if in_memory(kind) else code_type(kind)


def code_type(kind: Type) -> Any:
    """The LLVM type of a code."""
    return llvm.IntType(max(1, width(kind)))


def words_type(bits: int) -> Any:
    """The LLVM type of the words in memory that so many bits take."""
    return llvm.ArrayType(I64, -(-bits // WORD))
