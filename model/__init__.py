"""What an author of a specification imports."""

from .lang.annotations import Auxiliary, Constant, Domain, In, Needs, Range, Size
from .lang.decorators import action, constraint, init, invariant, step_invariant, witness
from .lang.specification import Model, Specification, choose, implies, require
from .lang.values import Bag, Map, Seq, Set, Struct, copy_of, replace

__all__ = [
    "Auxiliary",
    "Bag",
    "Constant",
    "Domain",
    "In",
    "Map",
    "Model",
    "Needs",
    "Range",
    "Seq",
    "Set",
    "Size",
    "Specification",
    "Struct",
    "action",
    "choose",
    "constraint",
    "copy_of",
    "implies",
    "init",
    "invariant",
    "replace",
    "require",
    "step_invariant",
    "witness",
]
