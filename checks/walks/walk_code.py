"""Native code of random walks: `walk` takes a number of walks, one after the other.

Random numbers are those of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014), and every walk has its own sequence, which
begins at a place that its number and the seed give. A number below n is the upper half of the product of a random
number and n: uneven by at most n in 2**64.

A walk draws, in this order: a number below 100, which says whether it is a swarm walk; if it is, for each action a
number below 2, which is 0 when the action is switched off; then one of the initial states.

A step is drawn from a deck of tickets, as many for each action as its weight says. Tickets are drawn and put aside
until there is one of an action that has successors, and one of these is drawn. Then what was put aside goes back. So an
action is taken with the probability that its weight has among those of all actions that are possible, though only those
whose tickets came up were tried; and by an action, every successor with the same probability. To draw a ticket is to
exchange it with the last one that is left, and the deck stays as these exchanges leave it.
"""

from __future__ import annotations

from llvmlite import ir

from ..engine.builder import I32, I64, POINTER, VOID, Array, Function, Value
from ..engine.search_code import copy, kernel
from ..engine.table_code import Identity, fingerprint, mix
from .shape import ENDS, End, Field, WalkShape

GAMMA = 0x9E3779B97F4A7C15
"""The step from one state of a generator to the next."""

PRINT_SEED = 0x9E3779B97F4A7C15
"""Of the fingerprints: the same for all seeds of walks, so that their samples can be put together."""

GOING_ON = len(End)


def add_walk(module: ir.Module, shape: WalkShape) -> None:
    """Adds `void walk(i64* context)` to a module that has the model's kernels, with `act`."""
    _Walk(module, shape).build()


class _Walk:
    """Builds the kernel."""

    def __init__(self, module: ir.Module, shape: WalkShape) -> None:
        self.shape, self.model = shape, shape.model
        self.act = kernel(module, "act", I64, [POINTER, POINTER, POINTER, I64])
        self.check = kernel(module, "check", I64, [POINTER, POINTER])
        self.check_step = kernel(module, "check_step", I64, [POINTER, POINTER, POINTER])
        f = self.f = Function(module, "walk", VOID, [POINTER])
        context = self.context = f.array(f.argument(0))
        self.random, self.number = f.variable(0), f.variable(context[Field.BEGIN])
        self.here, self.there = f.variable(0), f.variable(0)
        self.taken, self.end, self.stop = f.variable(0), f.variable(0), f.variable(0)
        self.deck, self.tickets = f.array(context[Field.DECK]), f.variable(0)
        self.tried = f.array(context[Field.TRIED])
        self.action, self.pick = f.variable(0), f.variable(0)
        self.rows, self.row_count = f.array(context[Field.ROWS]), f.variable(0)
        self.clock, self.steps, self.walks = f.variable(0), f.variable(0), f.variable(0)
        self.status = f.variable(0)
        self.result, self.step_result = f.scratch(4), f.scratch(4)

    def build(self) -> None:
        f, context = self.f, self.context
        with f.forever() as batch:
            batch.leave_if(self.number.value >= context[Field.END])
            batch.leave_if(self.steps.value >= context[Field.BUDGET])
            self._walk()
            self.walks.value += 1
            self.steps.value += self.taken.value
            self.number.value += 1
            (context + ENDS)[self.end.value] += 1
            with f.when(self.taken.value > context[Field.LONGEST]):
                context[Field.LONGEST] = self.taken.value
            batch.leave_if(self.stop.value != 0)
        context[Field.STATUS] = self.status.value
        context[Field.STOPPED], context[Field.LAST] = self.stop.value, self.taken.value
        context[Field.ROW_COUNT] = self.row_count.value
        context[Field.WALKS], context[Field.STEPS] = self.walks.value, self.steps.value
        f.give()

    def _walk(self) -> None:
        f = self.f
        self._begin()
        with f.forever() as walk:
            self._arrive()
            with f.when(self.taken.value >= self.context[Field.DEPTH]), f.when(self.end.value == GOING_ON):
                self.end.value = End.DEPTH
            walk.leave_if(self.end.value != GOING_ON)
            self._step()
            walk.leave_if(self.end.value != GOING_ON)

    # The beginning of a walk.

    def _draw(self) -> Value:
        """The next random number."""
        state = self.random.value + GAMMA
        self.random.value = state
        return mix(state)

    def _below(self, count: Value | int) -> Value:
        """A random number below another."""
        return self._draw().high_product(count if isinstance(count, Value) else self.f.constant(count))

    def _begin(self) -> None:
        f, context, words = self.f, self.context, self.model.words
        self.random.value = mix(context[Field.SEED] + (self.number.value + 1) * GAMMA)
        self.taken.value, self.end.value = 0, GOING_ON
        self._deal()
        initial = f.array(context[Field.INITIAL]) + self._below(context[Field.INITIALS]) * words
        rooms = f.array(context[Field.ROOMS])
        copy(f, initial, rooms, words)
        self.here.value, self.there.value = rooms.address(), (rooms + self.shape.room_words).address()
        self.action.value = self.pick.value = f.constant(0)
        self.step_result[0] = self.step_result[1] = 0

    def _deal(self) -> None:
        """Makes the deck of a walk."""
        f, context = self.f, self.context
        tickets, tried = f.array(context[Field.TICKETS]), self.tried
        is_swarm = self._below(100) < context[Field.SWARM]
        with f.choice(is_swarm) as (some, every):
            with some, f.count(self.model.actions) as action:
                tried[action] = self._below(2)
            with every, f.count(self.model.actions) as action:
                tried[action] = 1
        self.tickets.value = 0
        with f.count(context[Field.TICKET_COUNT]) as index:
            self.deck[self.tickets.value] = tickets[index]
            self.tickets.value += tried[tickets[index]]
        # From here on `tried` has times, which begin at 1 with the first step.
        with f.count(self.model.actions) as action:
            tried[action] = 0
        self.clock.value = 0

    # A state.

    def _arrive(self) -> None:
        """Looks at the state that the walk has come to."""
        f, context = self.f, self.context
        state = f.array(self.here.value)
        with f.when(context[Field.PATH] != 0, likely=False):
            row = f.array(context[Field.PATH]) + self.taken.value * self.shape.path_words
            copy(f, state, row, self.model.words)
            row[self.model.words], row[self.model.words + 1] = self.action.value, self.pick.value
        self._remember(state)
        with f.when(self.status.value == 0, likely=True):
            self.status.value = f.call(self.check, state, self.result)
        with f.choice(self.status.value != 0, likely=False) as (failed, fine):
            with failed:
                self._stop()
            with fine:
                self._count(self.result[0] | self.result[2] | self.step_result[0], self.result[1] | self.step_result[1])
                outside = (self.result[3] == 0) & (self.end.value == GOING_ON)
                self.end.value = f.select(outside, f.constant(End.CONSTRAINT), self.end.value)

    def _remember(self, state: Array) -> None:
        """Keeps the fingerprint of a state, if it belongs to the sample."""
        f = self.f
        print_ = fingerprint(f, self.model, Identity(self.model, state), f.constant(PRINT_SEED))
        print_ = f.select(print_ == 0, f.constant(1), print_)
        row = self.rows + (self.row_count.value << 1)
        row[0], row[1] = print_, self.number.value
        self.row_count.value += (print_ < self.context[Field.LIMIT]).to(I64)

    def _count(self, hits: Value, premises: Value) -> None:
        """Counts failures and premises of properties, and notes where each one failed first."""
        f, context, shape, count = self.f, self.context, self.shape, self.model.properties
        if not count:
            return
        with f.count(count) as index:
            (context + shape.premises)[index] += (premises >> index) & 1
        with f.when(hits != 0, likely=False):
            with f.count(count) as index, f.when(((hits >> index) & 1) != 0):
                (context + shape.failures)[index] += 1
                with f.when(((context[Field.SEEN] >> index) & 1) == 0):
                    (context + shape.first_walk)[index] = self.number.value
                    (context + shape.first_step)[index] = self.taken.value
            context[Field.SEEN] |= hits
            with f.when((hits & context[Field.STOPPING]) != 0):
                self._stop()

    def _stop(self) -> None:
        """Ends everything."""
        self.end.value, self.stop.value = End.STOPPED, 1

    # A step.

    def _step(self) -> None:
        """Takes a step, if one is possible."""
        f = self.f
        here, there = self.here.value, self.there.value
        made = self._try_actions(f.array(here), f.array(there))
        with f.choice(made == 0, likely=False) as (none, some):
            with none:
                self._no_step(f.array(here), f.array(there))
            with some, f.when(self.end.value == GOING_ON, likely=True):
                self.pick.value = self._below(made)
                # The state stays where it was made; the next ones go to the room that this one leaves.
                after = f.array(there) + self.pick.value * self.model.words
                self._take(f.array(here), after)
                room = f.array(self.context[Field.ROOMS])
                other = room + self.shape.room_words
                is_first = there == room.address()
                self.there.value = f.select(is_first, other.address(), room.address())
                self.here.value = after.address()

    def _try_actions(self, here: Array, there: Array) -> Value:
        """Makes the successors by the first action drawn that has any; how many there are."""
        f = self.f
        self.clock.value += 1
        left, made = f.variable(self.tickets.value), f.variable(0)
        actions = f.array(self.context[Field.ACTIONS], I32)
        with f.forever() as loop:
            loop.leave_if(left.value == 0)
            place, last = self._below(left.value), left.value - 1
            action = self.deck[place]
            self.deck[place] = self.deck[last]
            self.deck[last] = action
            left.value = last
            with f.when(self.tried[action] != self.clock.value):
                self.tried[action] = self.clock.value
                self.action.value = action
                made.value = f.call(self.act, here, there, actions, action)
            loop.leave_if(made.value != 0)
        with f.when(made.value.is_negative(), likely=False):
            self.status.value = made.value
            self._stop()
        return made.value

    def _no_step(self, here: Array, there: Array) -> None:
        """Tells a deadlock from a state in which only what is switched off is possible."""
        f, context = self.f, self.context
        self.end.value = End.DEADLOCK
        actions = f.array(context[Field.ACTIONS], I32)
        with f.count(self.model.actions) as action, f.when(self.tried[action] != self.clock.value):
            made = f.call(self.act, here, there, actions, action)
            with f.when(made != 0):
                self.end.value = End.STUCK
        with f.when(self.end.value == End.DEADLOCK):
            with f.when(context[Field.DEADLOCK_WALK] == 0):
                context[Field.DEADLOCK_WALK] = self.number.value + 1
                context[Field.DEADLOCK_STEPS] = self.taken.value
            self.stop.value = context[Field.DEADLOCK_STOPS]

    def _take(self, here: Array, after: Array) -> None:
        f = self.f
        self.taken.value += 1
        (self.context + self.shape.fired)[self.action.value] += 1
        if self.model.step_invariants:
            self.status.value = f.call(self.check_step, here, after, self.step_result)
