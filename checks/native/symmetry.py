"""What permuting the values of an interchangeable domain does to a value, in Python.

The `canonicalise` kernel does the same to the words of a state, by transpositions of neighbouring values. This is
its twin for tests and for rebuilding traces, and what the kernel is made from.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from ...model import errors
from ...model.lang import types
from ...model.lang.types import Domain, Type

MAX_PERMUTATIONS = 5040

#: One permutation for each domain: the value v of the domain becomes `permutation[v]`.
Symmetry = tuple[tuple[Domain, tuple[int, ...]], ...]


def permute(kind: Type, value: Any, domain: Domain, permutation: Sequence[int]) -> Any:
    """A stored value with every identity v of a domain replaced by `permutation[v]`; states may be mutable."""
    if isinstance(kind, Domain):
        return permutation[value] if kind == domain else value
    if isinstance(kind, types.Option):
        return None if value is None else permute(kind.inner, value, domain, permutation)
    if isinstance(kind, types.Struct):
        parts = {name: permute(part, value._values[name], domain, permutation) for name, part in kind.fields}
        return kind.make(kind, parts)
    if isinstance(kind, types.Union):
        return permute(kind.members[kind.position(value)], value, domain, permutation)
    if isinstance(kind, types.Map):
        items: list[Any] = [None] * kind.key.count
        for key, item in zip(kind.key.values(), value._values, strict=True):
            rank = kind.key.rank(permute(kind.key, key, domain, permutation))
            items[rank] = permute(kind.element, item, domain, permutation)
        return kind.make(kind, items)
    if isinstance(kind, (types.Set, types.Bag, types.Seq)):
        found = [permute(kind.element, item, domain, permutation) for item in value]
        return tuple(found) if isinstance(kind, types.Seq) else tuple(sorted(found, key=kind.element.code))
    return value


def apply(kind: Type, value: Any, symmetry: Symmetry) -> Any:
    """A value with the identities of several domains permuted."""
    for domain, permutation in symmetry:
        value = permute(kind, value, domain, permutation)
    return value


def domains(kind: Type) -> tuple[Domain, ...]:
    """The symmetric domains of a type that have something to permute, in a fixed order."""
    found = (domain for domain in types.symmetric_domains(kind) if domain.size > 1)
    return tuple(sorted(found, key=lambda domain: (domain.name, domain.prefix, domain.size)))


def symmetries(kind: Type) -> Iterator[Symmetry]:
    """Every combination of permutations of the symmetric domains of a type, the identity first."""
    each = [[(domain, order) for order in itertools.permutations(range(domain.size))] for domain in domains(kind)]
    return itertools.product(*each)


def count_permutations(kind: Type) -> int:
    """How many combinations of permutations of symmetric domains there are; 1 without such domains."""
    return math.prod(math.factorial(domain.size) for domain in domains(kind))


def permutation_count(kind: Type) -> int:
    """The same, when all of them are to be tried. Raises StateTooLarge for more than MAX_PERMUTATIONS."""
    count = count_permutations(kind)
    if count > MAX_PERMUTATIONS:
        names = ", ".join(f"{domain.name} ({domain.size})" for domain in domains(kind))
        raise errors.StateTooLarge(
            f"the symmetric domains {names} have {count} permutations; at most {MAX_PERMUTATIONS} are tried",
            hint="use smaller constants, or switch symmetry off",
        )
    return count


#: A transposition: the values v and v + 1 of a domain change places.
Swap = tuple[Domain, int]


def swaps(kind: Type) -> list[Swap]:
    """All transpositions of neighbours; a swap's number is its place among them."""
    return [(domain, low) for domain in domains(kind) for low in range(domain.size - 1)]


def swapping(kind: Type, symmetry: Symmetry) -> list[int]:
    """The numbers of swaps that, applied one after the other, are a symmetry."""
    numbers = {swap: number for number, swap in enumerate(swaps(kind))}
    found = []
    for domain, permutation in symmetry:
        # Sorting the images by swaps of neighbours takes back what swaps of neighbouring values do.
        order = list(permutation)
        for end in range(domain.size - 1, 0, -1):
            for low in range(end):
                if order[low] > order[low + 1]:
                    order[low], order[low + 1] = order[low + 1], order[low]
                    found.append(numbers[domain, low])
    return found


def inverse(symmetry: Symmetry) -> Symmetry:
    """The symmetry that takes another one back."""
    return tuple((domain, tuple(map(order.index, range(domain.size)))) for domain, order in symmetry)


def walk(kind: Type) -> list[Swap]:
    """Transpositions that, applied one after the other, lead through all symmetries but the identity."""
    steps: list[Swap] = []
    for domain in reversed(domains(kind)):
        inner = steps
        steps = list(inner)
        for value in plain_changes(domain.size):
            steps += [(domain, value), *inner]
    return steps


def plain_changes(size: int) -> list[int]:
    """The neighbours to swap, one pair after the other, to go through all orders of `size` things once."""
    if size < 2:
        return []
    changes: list[int] = []
    down = True
    for inner in [*plain_changes(size - 1), None]:
        changes += range(size - 2, -1, -1) if down else range(size - 1)
        if inner is not None:
            changes.append(inner + (1 if down else 0))
        down = not down
    return changes


@cache
def has_domain(kind: Type, domain: Domain) -> bool:
    """Whether a type has identities of a domain in it."""
    return domain in types.symmetric_domains(kind)


@cache
def rank_pairs(kind: Type, swap: Swap) -> tuple[tuple[int, int], ...]:
    """The pairs of ranks, the smaller first, of values of a type that a transposition exchanges."""
    domain, low = swap
    order = list(range(domain.size))
    order[low], order[low + 1] = low + 1, low
    if not has_domain(kind, domain):
        return ()
    pairs = []
    for rank in range(kind.count):
        image = _image(kind, rank, domain, order)
        if rank < image and _image(kind, image, domain, order) == rank:
            pairs.append((rank, image))
    return tuple(pairs)


def _image(kind: Type, rank: int, domain: Domain, order: list[int]) -> int:
    """The rank of the permuted value; -1 for ranks that no value has, which collections leave between their codes."""
    try:
        value = kind.unrank(rank)
        return kind.rank(permute(kind, value, domain, order)) if kind.rank(value) == rank else -1
    except (ValueError, IndexError):
        return -1
