"""The intermediate representation: what a specification's methods mean, typed and without calls.

Lowering inlines every method and function, resolves every reference to a *place* of the state, and gives every
local its own name. What is left is small enough to be compiled, interpreted and translated to a solver.

Values are immutable. A place is a root (the state, the state after a step, or a local) and a path of struct fields
and map keys; it is the only thing that is written. Partial operations (an index, a conversion to a bounded type,
`Unwrap` of None, division, the minimum of nothing) fail when they are undefined: the specification is then wrong in
that state, and the CPython execution says how. Evaluation is left to right, `And`, `Or` and `IfElse` are lazy.

Types are those of `types`, and `Integer` for locals without known bounds.
"""

# Everything is used by its name in this package: `ir.Fold`.
from .expressions import *  # noqa: F403
from .statements import *  # noqa: F403
