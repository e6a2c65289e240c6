"""What every finding says to do, read from the code that makes it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import jupyter_distill
from jupyter_distill.findings import CODES, SEVERITY

PACKAGE = Path(jupyter_distill.__file__).parent
LEFT_OUT = "\N{HORIZONTAL ELLIPSIS}"  # what only the figures at hand can fill in
GAP = re.compile(r"\{\w*\}|\N{HORIZONTAL ELLIPSIS}{2,}")  # of a format, or one behind another
DEEP = 6  # steps from name to name


@dataclass(frozen=True)
class Code:
    """The package's syntax trees, in which names are looked up."""

    modules: tuple[ast.Module, ...]

    @classmethod
    def of_package(cls) -> Code:
        """Read all modules in which findings of a distillation may be made."""
        folders = ("checks", "distillation", "audits")
        paths = [p for folder in folders for p in sorted((PACKAGE / folder).rglob("*.py"))]
        return cls(tuple(ast.parse(path.read_text(encoding="utf-8")) for path in paths))

    @cached_property
    def functions(self) -> dict[str, list[tuple[ast.FunctionDef, ast.Module]]]:
        """Every function by its name, with its module."""
        found: dict[str, list[tuple[ast.FunctionDef, ast.Module]]] = {}
        for module in self.modules:
            for node in ast.walk(module):
                if isinstance(node, ast.FunctionDef):
                    found.setdefault(node.name, []).append((node, module))
        return found

    def made(self) -> Iterator[tuple[str, list[str]]]:
        """Yield the code and the remedies of everything that is found somewhere."""
        for several in self.functions.values():
            for function, module in several:
                for node in ast.walk(function):
                    if not (isinstance(node, ast.Call) and _named(node.func) == "Finding"):
                        continue
                    where = (function, module)
                    code, remedy = node.args[0], node.args[3]
                    for one in self.texts(code, where):
                        yield one, self.texts(remedy, where, key=one)

    def texts(
        self,
        node: ast.AST,
        where: tuple[ast.AST, ast.Module],
        depth: int = 0,
        key: str | None = None,
    ) -> list[str]:
        """Return the texts that an expression may be; `key` is what subscripts mean."""
        if depth > DEEP:
            return []
        match node:
            case ast.Constant(value=str(text)):
                return [text]
            case ast.JoinedStr(values=parts):
                said = [p.value if isinstance(p, ast.Constant) else LEFT_OUT for p in parts]
                return ["".join(map(str, said))]
            case ast.IfExp(body=first, orelse=second):
                return [t for n in (first, second) for t in self.texts(n, where, depth + 1, key)]
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                ends = self.texts(right, where, depth + 1, key) or [LEFT_OUT]
                begins = self.texts(left, where, depth + 1, key) or [LEFT_OUT]
                return [begin + end for begin in begins for end in ends]
            case ast.Dict(keys=keys, values=values):
                pairs = zip(keys, values, strict=True)
                named = {k.value: v for k, v in pairs if isinstance(k, ast.Constant)}
                if key is None:
                    return [str(name) for name in named]  # walked through: its keys
                return self.texts(named[key], where, depth + 1) if key in named else []
            case ast.Subscript(value=ast.Name() as several):
                return self.texts(several, where, depth + 1, key)
            case ast.Name(id=name):
                held = _set_to(name, *where)
                return [t for value in held for t in self.texts(value, where, depth + 1, key)]
            case ast.Call(func=ast.Attribute(value=text, attr="format" | "items")):
                return self.texts(text, where, depth + 1, key)
            case ast.Call(func=ast.Name(id=name)):
                return [
                    text
                    for called in self.functions.get(name, [])
                    for given in ast.walk(called[0])
                    if isinstance(given, ast.Return) and given.value is not None
                    for text in self.texts(given.value, called, depth + 1, key)
                ]
        return []


def table() -> list[tuple[str, str, list[str]]]:
    """Return code, severity and remedies of every finding, in the order of the package.

    Raises
    ------
    LookupError
        If a finding is made nowhere, or none of its remedies can be read.
    """
    found: dict[str, list[str]] = {code: [] for code in CODES}
    for code, remedies in Code.of_package().made():
        if code in found:
            said = [GAP.sub(LEFT_OUT, one) for one in remedies if one]
            found[code] += [one for one in said if one not in found[code]]
    missing = [code for code, remedies in found.items() if not remedies]
    if missing:
        raise LookupError(
            f"Expected a remedy of every finding in the code. Got none of {', '.join(missing)}. "
            "Write it as a text, or a name that is set to one, where the Finding is made."
        )
    return [(code, SEVERITY[code], found[code]) for code in CODES]


def _named(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def _set_to(name: str, *where: ast.AST) -> list[ast.AST]:
    """Return what a name is set to, in the function first, then in the module."""
    for place in where:
        values: list[ast.AST] = []
        for node in ast.walk(place):
            match node:
                case ast.Assign(targets=[target], value=value):
                    values += _parts(name, target, value)
                case ast.AugAssign(target=ast.Name(id=one), value=value) if one == name:
                    values.append(value)
                case ast.For(target=target, iter=looped):
                    first = target.elts[0] if isinstance(target, ast.Tuple) else target
                    values += [looped] if _named(first) == name else []
        if values:
            return values
    return []


def _parts(name: str, target: ast.AST, value: ast.AST) -> list[ast.AST]:
    if _named(target) == name:
        return [value]
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        return [v for t, v in zip(target.elts, value.elts, strict=True) if _named(t) == name]
    return []
