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
        if not isinstance(thing, type):
            yield from _describe(f"## `{name}{_signature(thing)}`", thing)
            continue
        yield from _describe(f"## `{name}`", thing)
        for below, member in vars(thing).items():
            if below.startswith("_") or not inspect.getdoc(member):
                continue
            if isinstance(member, property):
                yield from _describe(f"### `{name}.{below}`", member)
            elif inspect.isfunction(member):
                yield from _describe(f"### `{name}.{below}{_signature(member)}`", member)


def _signature(function: Any) -> str:
    """The parameters as the source has them, which no library's version writes otherwise."""
    (node,) = ast.parse(textwrap.dedent(inspect.getsource(function))).body
    assert isinstance(node, ast.FunctionDef)
    node.args.args = [argument for argument in node.args.args if argument.arg != "self"]
    for default in node.args.defaults:
        if isinstance(default, ast.Name):  # a constant tells more by its value
            default.id = repr(function.__globals__[default.id])
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    return f"({ast.unparse(node.args)}){returns}"


def _describe(heading: str, thing: Any) -> Iterator[str]:
    text, *sections = SECTION.split(_code(inspect.getdoc(thing) or ""))
    yield from ("", heading, "", *text.strip().splitlines())
    for title, body in zip(sections[::2], sections[1::2], strict=True):
        yield from ("", f"**{title}**", "")
        yield from _list(body.strip())


def _list(body: str) -> Iterator[str]:
    """The entries of a section, each with what is said of it, as a list; prose as it is."""
    for entry in re.split(r"\n(?=\S)", body):
        term, _, about = entry.partition("\n")
        names, named, kind = term.partition(" : ")
        words = " ".join(about.split())
        item = f"- `{names}` ({kind})" if named else f"- {term}"
        yield f"{item}: {words}" if words else item


def _code(text: str) -> str:
    """Markdown's way to mark code, where reStructuredText doubles the marks."""
    return text.replace("``", "`")
