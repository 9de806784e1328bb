"""The equations of the healing model as formulas, read from the text of the functions that state them.

So they are written once. What is read: the unpacking of an argument, an assignment, the tuple that is returned; in them
arithmetic, `max`, `min`, numbers and names. Anything else is refused with its line, so that no formula can be wrong
in silence.
"""

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from needlewise.errors import HealingError, Problem

ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow)
CALLS = ("max", "min")
_EXPECTED = "unpacking, assignments of arithmetic, max and min, and a tuple returned"


@dataclass(frozen=True, slots=True)
class Equations:
    """A function taken apart: the quantities in between with their formulas, in order, and the formulas of its results."""

    between: Mapping[str, str]
    results: tuple[str, ...]


def inlined(function: Callable[..., Any], *arguments: Iterable[str] | str) -> tuple[str, ...]:
    """The results of a function as formulas of its arguments alone.

    Each argument is a formula, or the formulas of the items it is unpacked into. Multiplying by 0 or 1 and adding 0 are
    carried out. Raises `HealingError` for text that cannot be read.
    """
    return tuple(map(ast.unparse, map(_plain, _Reader(function, arguments, None).results)))


def stated(function: Callable[..., Any], *arguments: Iterable[str] | str, taken: Iterable[str] = ()) -> Equations:
    """The same with quantities in between under names of their own; one that is `taken` gets the function's name too."""
    reader = _Reader(function, arguments, set(taken))
    return Equations(
        {name: ast.unparse(formula) for name, formula in reader.between.items()},
        tuple(map(ast.unparse, reader.results)),
    )


class _Reader:
    """Goes through a function once, from its top to what it returns."""

    def __init__(
        self, function: Callable[..., Any], arguments: tuple[Iterable[str] | str, ...], taken: set[str] | None
    ) -> None:
        self.name = function.__name__
        self.taken = taken
        self.known: dict[str, ast.expr] = {}
        self.between: dict[str, ast.expr] = {}
        self.results: tuple[ast.expr, ...] = ()
        definition = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
        if not isinstance(definition, ast.FunctionDef) or len(definition.args.args) != len(arguments):
            raise self._refused(definition, f"not a function of {len(arguments)}")
        self.tuples: dict[str, tuple[str, ...]] = {}
        for argument, given in zip(definition.args.args, arguments, strict=True):
            if isinstance(given, str):
                self.known[argument.arg] = _parsed(given)
            else:
                self.tuples[argument.arg] = tuple(given)
        for statement in definition.body[1:] if ast.get_docstring(definition) else definition.body:
            self._read(statement)
        if not self.results:
            raise self._refused(definition, "nothing is returned")

    def _read(self, statement: ast.stmt) -> None:
        match statement:
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Name(id=argument)) if argument in self.tuples:
                given = self.tuples[argument]
                if len(names) != len(given):
                    raise self._refused(statement, f"{len(names)} names for {len(given)} items of `{argument}`")
                for name, formula in zip(names, given, strict=True):
                    self.known[self._name(name)] = _parsed(formula)
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)) if len(names) == len(values):
                translated = [self._translated(value) for value in values]
                for target, worked_out in zip(names, translated, strict=True):
                    self._state(self._name(target), worked_out, statement)
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                self._state(name, self._translated(value), statement)
            case ast.Return(value=ast.Tuple(elts=values)):
                self.results = tuple(map(self._translated, values))
            case _:
                raise self._refused(statement, f"`{ast.unparse(statement).splitlines()[0]}`")

    def _name(self, target: ast.expr) -> str:
        if not isinstance(target, ast.Name):
            raise self._refused(target, f"`{ast.unparse(target)}`")
        return target.id

    def _state(self, name: str, formula: ast.expr, at: ast.AST) -> None:
        if name in self.known:
            raise self._refused(at, f"`{name}` gets a second value")
        if self.taken is None:
            self.known[name] = formula
            return
        own = f"{name}_{self.name}" if name in self.taken else name
        self.taken.add(own)
        self.between[own] = formula
        self.known[name] = ast.Name(own)

    def _translated(self, node: ast.expr) -> ast.expr:
        match node:
            case ast.Constant(value=int() | float()):
                return node
            case ast.Name(id=name) if name in self.known:
                return self.known[name]
            case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=operand):
                return ast.UnaryOp(node.op, self._translated(operand))
            case ast.BinOp(op=operation) if isinstance(operation, ARITHMETIC):
                left, right = self._translated(node.left), self._translated(node.right)
                if isinstance(operation, ast.Pow):
                    return ast.Call(ast.Name("pow"), [left, right], [])
                return ast.BinOp(left, operation, right)
            case ast.Call(func=ast.Name(id=name), args=given, keywords=[]) if name in CALLS and len(given) > 1:
                return ast.Call(ast.Name(name), [self._translated(one) for one in given], [])
            case _:
                raise self._refused(node, f"`{ast.unparse(node)}`")

    def _refused(self, node: ast.AST, found: str) -> HealingError:
        where = f"{self.name}, line {getattr(node, 'lineno', 1)}"
        return HealingError(Problem(where, found, _EXPECTED, "write the equation with these alone"))


def _parsed(formula: str) -> ast.expr:
    return ast.parse(formula, mode="eval").body


def _plain(node: ast.expr) -> ast.expr:
    """The same without terms that do nothing. Only for quantities that are finite."""
    if isinstance(node, ast.Call):
        return ast.Call(node.func, [_plain(one) for one in node.args], [])
    if isinstance(node, ast.UnaryOp):
        return ast.UnaryOp(node.op, _plain(node.operand))
    if not isinstance(node, ast.BinOp):
        return node
    left, right = _plain(node.left), _plain(node.right)
    match node.op, _number(left), _number(right):
        case (ast.Mult(), 0, _) | (ast.Mult(), _, 0):
            return ast.Constant(0)
        case (ast.Mult(), 1, _) | (ast.Add(), 0, _):
            return right
        case (ast.Mult() | ast.Div(), _, 1) | (ast.Add() | ast.Sub(), _, 0):
            return left
    return ast.BinOp(left, node.op, right)


def _number(node: ast.expr) -> float | None:
    return float(node.value) if isinstance(node, ast.Constant) and isinstance(node.value, int | float) else None
