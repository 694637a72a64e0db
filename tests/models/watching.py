"""Every state that the native search visits, to look at."""

from typing import Any

import numpy as np

from fencepost.checks.engine.found import Options
from fencepost.checks.engine.run import Settings, packed, prepare
from fencepost.checks.engine.search import Search
from fencepost.checks.engine.workers import Workers
from fencepost.model import Model, Specification
from fencepost.model.lang.lower import lower


class Watching(Search):
    """A search that remembers the states it expands, but for the bits that nobody asks for."""

    def watch(self, masks: Any) -> None:
        self.masks = masks
        self.rows = np.empty((0, len(masks)), np.uint64)

    def _expand_level(self) -> None:
        rows = np.array(self.level.rows(range(self.level.count))).view(np.uint64) & self.masks
        self.rows = np.unique(np.concatenate([self.rows, rows]), axis=0)
        super()._expand_level()


def visited(
    model: type[Model], constants: dict[str, Any], fields: tuple[str, ...] = ("",), *, symmetry: bool = False
) -> list[Any]:
    """The states that are reachable, each once as far as fields with these beginnings tell them apart."""
    spec = Specification(model, constants)
    prepared = prepare(spec, lower(spec), Settings(symmetry=symmetry))
    codec = prepared.codec
    masks = np.zeros(codec.layout.words, np.uint64)
    for array in codec.layout.arrays:
        if array.name.startswith(fields):
            for word, mask in array.bits():
                masks[word] |= np.uint64(mask)
    with Workers(1) as pool:
        search = Watching(prepared.library, Options(), None, pool)
        search.watch(masks)
        found = search.run(packed(codec, spec.initial_states()))
    assert found.distinct > 0 and not found.stopped
    return [codec.decode(row) for row in search.rows.tolist()]
