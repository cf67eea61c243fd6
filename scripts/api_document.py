"""The reference of the public names, made from their docstrings for `docs/api.md`."""

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator
from typing import Any

import xray_core

HEAD = """\
# The Python interface

What `import xray_core` offers, made from the docstrings by `make docs`. Arrays are NumPy's; shapes
are (rows, columns). Whatever a person can put right is told by an `XrayError` in one sentence.
"""
SECTION = re.compile(r"^(\w[\w ]*)\n-{3,}\n", re.MULTILINE)


def describe_api() -> Iterator[str]:
    """Yield the lines of the document."""
    yield from HEAD.splitlines()
    for name in xray_core._HOMES:
        thing = getattr(xray_core, name)
        yield from _describe(f"## {name}", thing)
        if not isinstance(thing, type):
            continue
        for below, member in vars(thing).items():
            described = isinstance(member, property) or inspect.isfunction(member)
            if described and not below.startswith("_") and inspect.getdoc(member):
                yield from _describe(f"### {name}.{below}", member)


def _signature(function: Any) -> str:
    """The first line as the source has it, which no library's version writes otherwise."""
    (node,) = ast.parse(textwrap.dedent(inspect.getsource(function))).body
    assert isinstance(node, ast.FunctionDef)
    node.args.args = [argument for argument in node.args.args if argument.arg != "self"]
    for default in node.args.defaults:
        if isinstance(default, ast.Name):  # a constant tells more by its value
            default.id = repr(function.__globals__[default.id])
    node.body, node.decorator_list = [ast.Expr(ast.Constant(...))], []
    return ast.unparse(node).replace(":\n    ...", ": ...")


def _describe(heading: str, thing: Any) -> Iterator[str]:
    text, *sections = SECTION.split(_code(inspect.getdoc(thing) or ""))
    yield from ("", heading, "")
    if inspect.isfunction(thing):
        yield from ("```python", _signature(thing), "```", "")
    yield from text.strip().splitlines()
    fields = _fields(thing) if isinstance(thing, type) else {}
    for title, body in zip(sections[::2], sections[1::2], strict=True):
        yield from ("", f"**{title}**", "")
        for entry in re.split(r"\n(?=\S)", body.strip()):
            yield _item(entry, title in ("Parameters", "Attributes"), fields)


def _item(entry: str, named: bool, fields: dict[str, str]) -> str:
    """One entry of a section as an item of a list, with what is said of it."""
    term, _, about = entry.partition("\n")
    if named:
        name, _, kind = term.partition(" : ")
        kind = kind or fields.get(name, "")
        term = f"`{name}` ({kind})" if kind else f"`{name}`"
    words = " ".join(about.split())
    return f"- {term}: {words}" if words else f"- {term}"


def _fields(kind: type) -> dict[str, str]:
    """Types of a class's fields as the source has them."""
    (node,) = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    assert isinstance(node, ast.ClassDef)
    found = (line for line in node.body if isinstance(line, ast.AnnAssign))
    return {ast.unparse(line.target): ast.unparse(line.annotation) for line in found}


def _code(text: str) -> str:
    """Markdown's way to mark code, where reStructuredText doubles the marks."""
    return text.replace("``", "`")
