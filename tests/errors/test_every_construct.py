"""Every construct of Python's grammar, in every place: accepted, or refused with its place. Never a stack trace."""

import ast
import itertools
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import indent
from typing import Any

import pytest

from errors.refusals import Refusals
from fencepost.model import Specification, errors
from fencepost.model.lang.lower import lower


def packed(text: str) -> list[str]:
    """What is written line by line with ` ; ` between."""
    return [part.replace(" && ", "\n") for line in text.strip().splitlines() for part in line.split(" ; ")]


EXPRESSIONS = packed("""
k ; who ; self ; unheard_of ; WORDS ; FLOAT ; Color ; Pair ; twice ; len ; math ; Any ; Base ; 1 ; True ; None
'text' ; b'bytes' ; 1.5 ; 2j ; ... ; 10**30 ; (1, 2) ; (1, None) ; () ; [] ; [1, 2] ; [k, who] ; [None]
[[1], []] ; {1} ; {who} ; {(1, 2)} ; {} ; {1: 2} ; {**self.m} ; f'{k}' ; f'{k!r:>{k}}' ; 'a' 'b' ; [*self.q]
(*self.q, 1) ; {*self.q} ; self.n ; self.flag ; self.color ; self.slot ; self.opt ; self.whom ; self.pair
self.optpair ; self.m ; self.pairs ; self.s ; self.ints ; self.q ; self.qp ; self.bag ; self.limit ; self.fast
self.more ; self.plus ; self.nothing ; self._n ; self.pair.double ; self.pair.nothing ; Color.RED ; Color.GREEN
self.color.value ; self.n.real ; None.x ; self.s.add ; self.__class__ ; self.__dict__ ; math.pi ; self.q[0]
self.q[-1:] ; self.q[::2] ; self.q[k:k] ; self.qp[0].a ; self.m[who] ; self.m[k] ; self.m[0] ; self.m[self.whom]
self.pairs[who].b ; self.s[0] ; self[0] ; k[0] ; (1, 2)[0] ; (1, 2)[k] ; [1][0] ; twice(k) ; twice()
twice(*self.q) ; twice(**self.m) ; twice(x=1) ; self.plus(1) ; self.plus() ; self() ; self.set_n(1)
self.pair.plus(1) ; self.pair.grow() ; self.members(Broker) ; self.members(int) ; super() ; super().plus(1)
super().nothing ; Pair(1) ; Pair() ; Pair(9, who) ; Color(1) ; 1 .real() ; k() ; len(self.s) ; len(k) ; len()
range(3) ; range(k, 0, -1) ; range() ; range(0, 3, k) ; abs(k) ; bool(k) ; any(y for y in self.q)
all(y == who for y in self.s) ; any(k) ; sum(self.q) ; sum(self.s) ; min(1, k) ; min() ; max(self.q, default=0)
max(self.q, default=None) ; max(self.qp) ; sorted(self.ints) ; sorted(k) ; sorted(self.q, key=abs)
sorted(self.q, reverse=k) ; enumerate(self.q) ; enumerate() ; reversed(self.q) ; reversed(self.s) ; set()
set(self.q) ; set([set()]) ; frozenset([1]) ; Set() ; list(self.s) ; tuple(k) ; Seq() ; Bag() ; Bag([1])
copy_of(self.pair) ; replace(self.pair, a=1) ; replace(k, a=1) ; cast(int, k) ; cast(int)
implies(self.flag, k > 1) ; implies(k, k) ; require(True) ; choose(self.s) ; print(k) ; str(k)
isinstance(k, int) ; zip(self.q, self.q) ; map(twice, self.q) ; functools.partial(twice, 1) ; type(self)
self.s.add(who) ; self.s.union(self.s) ; self.s.issubset(self.s) ; self.q.append(1) ; self.q.pop()
self.q.count(1) ; self.bag.count(Pair(1)) ; self.m.keys() ; self.m.items() ; self.m.get(who) ; k + 1 ; k - 1
k * 2 ; k / 2 ; k // 0 ; k % 2 ; k ** 2 ; k @ k ; k << 1 ; k >> 1 ; k & 1 ; k | 1 ; k ^ 1 ; ~k ; -k ; +k ; not k
-self.s ; who + 1 ; self.s | {who} ; self.s & self.s ; self.s - {who} ; self.s ^ self.s ; self.q + [1]
self.q * 2 ; self.flag + 1 ; 'a' + 'b' ; '%d' % k ; k == 1 ; k != None ; k < 2 ; k <= who ; k > self.color
who >= who ; 1 < k < 3 ; 1 < k in self.q ; k is None ; k is not None ; k is k ; self.color is Color.RED
k in self.q ; k not in (1, 2) ; k in k ; who in self.m ; k in range(3) ; k in range(0, 9, 2)
self.pair == Pair(1) ; self.s <= self.s ; self == self ; self.flag and k ; self.s or self.q
self.flag and not self.flag ; 1 if self.flag else None ; 1 if who else 2
self.pair if self.flag else self.pairs[who] ; (y := k) ; lambda: 1 ; lambda *a, b=1, **c: a ; (yield)
(yield k) ; (yield from self.q) ; [y for y in self.q] ; [y for y in self.q if y if k]
[y + z for y in self.q for z in self.q] ; (y for y in k) ; {y for y in self.q} ; {b: 1 for b in self.m}
{b: 1 for b in self.s} ; [a for a, b in self.m.items()] ; [a for a, b in self.q] ; [self.n for self.n in self.q]
[y for y in range(9999)] ; {y: y for y in Color}
""")

#: Where an expression can stand. `X` is the expression; ` && ` begins a new line.
PLACES = packed("""
X ; x = X ; x: Num = X ; self.n = X ; self.flag = X ; self.color = X ; self.opt = X ; self.pair = X ; self.s = X
self.q = X ; self.m = X ; self.bag = X ; self.m[who] = X ; self.q[X] = 1 ; self.n += X ; x, y = X ; x = y = X
require(X) ; assert X ; if X: self.n = 1 ; for x in X: self.n = x ; return X ; self.set_n(X) ; self.s.add(X)
self.q.extend(X) ; x = Pair(X) ; x = choose(X) ; x = [X, 1] ; x = {X} ; x = [y for y in X]
x = {y: X for y in self.m} ; x = sum(X) ; x = max(X) ; x = self.q[X] ; x = self.m[X] ; x = X + 1 ; x = X == X
x = X < 1 ; x = X in self.s ; x = 1 in X ; x = X is None ; x = X and X ; x = -X ; x = X if self.flag else 1
x = X && x.add(1) ; x = X && x.a = 1 ; x = [] && x.append(X) ; x = X && x = 1 && self.n = x
""")

STATEMENTS = packed("""
pass ; return ; return 1 ; 'doc' ; import math ; from math import pi ; import math as m ; del self.n ; del k
del self.q[0] ; raise ValueError ; raise ValueError('x') from None ; raise ; x: int ; x: int = 1 ; x: 'Num' = 1
x: list[int] = [] ; x: unheard_of = 1 ; x: 5 = 1 ; self.n: int = 1 ; x, *y = self.q ; *x, y = 1, 2
(x, [y, z]) = (1, (2, 3)) ; x, y = y, x ; self.n, self.opt = 1, None
self.pair, self.pairs[who] = self.pairs[who], self.pair ; self.q[0:1] = [1] ; self.s[0] += 1 ; x += 1
self.n **= 2 ; self.n /= 2 ; self.n //= 2 ; self.n %= 2 ; self.n @= 2 ; self.n <<= 1 ; self.n >>= 1
self.n &= 1 ; self.n ^= 1 ; self.s |= {who} ; self.q += [1] ; self = 1 ; who = 1 ; self.limit = 1
for self.n in self.q: pass ; for x, y in self.m.items(): pass ; for x in {1, 2}: pass
for x in self.q: self.q.append(x) ; while self.flag: pass ; for y in self.q: x = choose(self.q)
""")
STATEMENTS += """
global k_
k_ = 1

for x in self.q:
    break
else:
    pass

for x in self.q:
    continue

while True:
    break
else:
    pass

if self.flag: pass
elif k: pass
else: pass

try:
    pass
except ValueError as e:
    pass
else:
    pass
finally:
    pass

try:
    pass
except* ValueError:
    pass

with open('x') as f, open('y'):
    pass

match k:
    case 1 | 2: pass
    case None: pass
    case [1, *rest]: pass
    case _: pass

match self.pair:
    case Pair(a=1, b=x) if x: pass
    case {1: y, **z}: pass
    case Color.RED as c: pass

def inner(a, /, b, *c, d=1, **e) -> int:
    nonlocal k
    return a

@twice
def inner(): pass

async def inner():
    async for x in k: await x
    async with k as y: pass
    return [z async for z in y]

class Inner(Base, metaclass=type):
    x: int = 1

x = self.pair
x = self.pairs[who]

x = 1
x = who

x = self.q
x.append(1)

x = [Pair(1)]
x[0].a = 2

x = [1]
y = x
y.append(2)

x = None
x = [x]

if self.flag: x = 1
self.n = x

for x in self.q: pass
self.n = x

x = 0
for y in self.q: x += 1
z = [x]

x = []
for y in self.q: x.append(x)

x = [2]
for y in self.q: x = [1] + x
""".strip().split("\n\n")
if sys.version_info >= (3, 12):
    STATEMENTS += ["type Alias[T: int, *Ts, **P] = int", "def inner[T](x: T) -> T: return x", "class Inner[T]: pass"]

#: Where a statement can stand: the declarations of a class, with the statement in place of `BODY`.
_WAIT = "@action\ndef wait(self) -> None:\n    pass\n"
METHODS = {
    "action": "@action\ndef act(self, who: Broker, k: Num) -> None:\nBODY",
    "initialiser": _WAIT + "@init\ndef start(self, who: Broker, k: Num) -> None:\nBODY",
    "invariant": _WAIT + "@invariant\ndef prop(self) -> bool:\n    k = self.n\nBODY",
    "step invariant": _WAIT + "@step_invariant\ndef prop(self, after) -> bool:\n    k = after.n\nBODY",
    "helper": "@action\ndef act(self, who: Broker) -> None:\n    x = self.help(who, 1)\ndef help(self, who, k):\nBODY",
    "property": "@action\ndef act(self) -> None:\n    x = self.help\n@property\ndef help(self):\n    k = self.n\nBODY",
}


def snippets(method: str) -> Iterator[str]:
    """Texts of one or more statements. Of all pairs of places and expressions, those in actions are a third."""
    few = ["X", "x = X\nreturn True", "return X", "if X: return True\nreturn False"]
    pairs = itertools.product(enumerate(PLACES if method == "action" else few), enumerate(EXPRESSIONS))
    for (row, place), (column, expression) in pairs:
        if method != "action" or (row + column) % 3 == 0:
            yield place.replace("X", f"({expression})")
    yield from STATEMENTS
    for statement, prefix in itertools.product(STATEMENTS, ("if self.flag:\n", "for _ in self.q:\n")):
        yield prefix + indent(statement, "    ")


def is_python(text: str) -> bool:
    try:
        compile(f"def f(self, k, who):\n{indent(text, '    ')}", "snippet", "exec")
    except SyntaxError:
        return False
    return True


def outcome(model: type[Any], file: str) -> str:
    """What is wrong with how a specification is treated; empty when it is accepted or refused properly."""
    try:
        lower(Specification(model))
    except errors.SpecificationError as error:
        at = error.at
        if at is None or at.file != file or not at.text.strip():
            return f"without place: {error}"
        if not 1 <= at.column < at.end_column <= len(at.text) + 1:
            return f"without column: {error}"
        if "<" in error.what and " at 0x" in error.what:
            return f"an address: {error}"
        return "" if error.hint or " takes " in error.what else f"without advice: {error}"
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""


@pytest.mark.filterwarnings("ignore::SyntaxWarning", "ignore::DeprecationWarning")
@pytest.mark.parametrize("method", METHODS)
def test_every_snippet(method: str, refusals: Refusals) -> None:
    tried = [text for text in dict.fromkeys(snippets(method)) if is_python(text)]
    found = {}
    for start in range(0, len(tried), 200):
        part = tried[start : start + 200]
        bodies = [METHODS[method].replace("BODY", indent(text, "    ")) for text in part]
        classes = [f"class Spec{number}(Base):\n{indent(body, '    ')}\n" for number, body in enumerate(bodies)]
        module = refusals.load("\n\n".join(classes))
        for number, text in enumerate(part):
            wrong = outcome(getattr(module, f"Spec{number}"), str(module.__file__))
            if wrong:
                found[text] = wrong
    assert not found, "\n\n".join(f"{text}\n-> {wrong}" for text, wrong in list(found.items())[:20])
    assert len(tried) > 300


#: Classes of syntax trees that no text gives any more, or that only stand at the top.
_GONE = "Num Str Bytes NameConstant Ellipsis Index ExtSlice Suite AugLoad AugStore Param"
_ROOTS = (
    *(ast.stmt, ast.expr, ast.expr_context, ast.boolop, ast.operator, ast.unaryop, ast.cmpop, ast.pattern),
    *(ast.excepthandler, getattr(ast, "type_param", ast.excepthandler)),
)
_SINGLES = {ast.comprehension, ast.arguments, ast.arg, ast.keyword, ast.alias, ast.withitem, ast.match_case}


@pytest.mark.filterwarnings("ignore::SyntaxWarning")
def test_the_whole_grammar_is_covered() -> None:
    seen: set[type[ast.AST]] = set()
    for text in [*EXPRESSIONS, *STATEMENTS, "assert k"]:
        if is_python(text):
            seen |= {type(node) for node in ast.walk(ast.parse(f"def f(self, k):\n{indent(text, '    ')}"))}
    wanted = {cls for root in _ROOTS for cls in root.__subclasses__() if cls.__name__ not in _GONE.split()} | _SINGLES
    assert not {cls.__name__ for cls in wanted - seen}


@pytest.mark.parametrize(
    "body",
    [
        "self.n = " + " + ".join(["self.n"] * 1500),
        "self.flag = " + "not " * 1500 + "self.flag",
        "self.n = self" + ".pair" * 1200,
        "if k == 0: pass\n" + "".join(f"elif k == {number}: pass\n" for number in range(1200)),
        "self.n = " + "(" * 80 + "1" + ")" * 80 + " / 2",
    ],
)
def test_deep_nesting(body: str, refusals: Refusals) -> None:
    if not is_python(body):
        pytest.skip("this Python's own limit comes first")
    text = METHODS["action"].replace("BODY", indent(body, "    "))
    module = refusals.load(f"class Spec(Base):\n{indent(text, '    ')}\n")
    assert outcome(module.Spec, str(module.__file__)) == ""
    with pytest.raises(errors.SpecificationError):
        lower(Specification(module.Spec))


DECLARATIONS = packed(r"""
x: int ; x: str ; x: list[Num] ; x: Set ; x: Num | Color ; x: 'Nothing' ; x: 'Set[' ; x: 5 ; x: (lambda: 1)
x: Annotated[int, Range(1, 0)] ; x: Annotated[int, Range(None, [])] ; x: Annotated[int, Range] ; x: Any
x: Annotated[int, Domain('')] ; x: Annotated[Seq[Num], Size(1.5)] ; x: Annotated[int, Range(0, '9' * 5000)]
x: Annotated[int, Range(0, '(' * 5000)] ; x: Annotated[int, Range(0, 'a\0')] ; x: Num = 9 ; x: Num = object()
x: Map[Broker, Num] = {'a': 1} ; x: Set[Num] = [[]] ; c: Constant[int] ; c: Constant = 1 ; c: Constant[str] = ''
c: Annotated[Constant[int], Range('c', 0)] = 1 ; def __init__(self): pass
def __getattr__(self, name): return 1 ; wait = 3 ; wait = property() ; def wait(self, x: int): pass
""")
DECLARATIONS += """
@init
def a(self, x): pass

@init
def a(): pass

@init
async def a(self): pass

@init
def a(self): yield

@init
def a(self, *x: Num): pass

@init
def a(self, x: 'Set['): pass

@init
def a(self, x: In): pass

@init
def a(self, x: Annotated[Num, In(5)]): pass

@init
def a(self, x: Annotated[Num, In('n.n')]): pass

@invariant
def a(self, x): return True

@invariant
def a(self) -> int: return 1

@invariant
def a(self): pass

@property
@init
def a(self): pass

@staticmethod
@init
def a(self): pass

@invariant
def a(self):
    return self.a()

def set_n(self): pass
n = 1
""".strip().split("\n\n")


@pytest.mark.parametrize("text", DECLARATIONS)
def test_every_declaration(text: str, refusals: Refusals) -> None:
    wait = "class Parent(Base):\n    @action\n    def wait(self) -> None:\n        pass\n\n\n"
    module = refusals.load(f"{wait}class Spec(Parent):\n{indent(text, '    ')}\n")
    assert outcome(module.Spec, str(Path(str(module.__file__)))) == ""
