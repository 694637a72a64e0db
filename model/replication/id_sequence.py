"""Numbers given out one after the other: the smallest module of the family, and the smallest specification we have.

From `IdSequence` in hachikuji/kafka-specification. Record ids and leader epochs are such sequences.
"""

from typing import Annotated

from .. import Constant, Model, Range, action, require, step_invariant


class IdSequence(Model):
    """The ids from 0 to `max_id`, each given out once."""

    max_id: Annotated[Constant[int], Range(0, 100)] = 3

    next_id: Annotated[int, Range(0, "max_id + 1")]

    @action
    def take_next_id(self) -> None:
        """Gives out an id. `NextId`."""
        require(self.next_id <= self.max_id)
        self.next_id += 1

    @step_invariant
    def ids_increase_by_one(self, after: "IdSequence") -> bool:
        """No id is given out twice, and none is left out."""
        return after.next_id == self.next_id + 1
