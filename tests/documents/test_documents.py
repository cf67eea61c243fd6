"""What the documents tell to do can be done: commands, options, links, code."""

import argparse
import ast
import importlib
import importlib.util
import re
import shlex
import tomllib

import pytest
import yaml

from tests import ROOT
from xray_core import __version__
from xray_core.__main__ import COMMANDS
from xray_core.ui.pages import PAGES

DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]
NAMES = [str(path.relative_to(ROOT)) for path in DOCUMENTS]
each_document = pytest.mark.parametrize("document", DOCUMENTS, ids=NAMES)


def code_of(text):
    """Every line of code in a Markdown text: blocks, indented blocks, and what is in backticks."""
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    rest = re.sub(r"^```\w*\n.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    lines += re.findall(r"^ {4}(\S.*)$", rest, re.MULTILINE)
    return lines + re.findall(r"`([^`\n]+)`", rest)


def make_targets(text):
    """Targets that are told to be made."""
    lines = (re.sub(r"^(\w+=\S+ )+", "", line.strip()) for line in code_of(text))
    return [line.split()[1] for line in lines if re.match(r"make [a-z]", line)]


def parser_of(command):
    module = importlib.import_module(f"xray_core.commands.{command.replace('-', '_')}")
    parser = argparse.ArgumentParser()
    module.configure(parser)
    return parser


def options_and_choices(parser):
    """All options of a command and its subcommands, and the names of the latter."""
    options, choices = set(), set()
    for action in parser._actions:
        options.update(action.option_strings)
        if isinstance(action, argparse._SubParsersAction):
            for name, below in action.choices.items():
                choices.add(name)
                options |= options_and_choices(below)[0]
        elif action.choices:
            choices.update(map(str, action.choices))
    return options, choices


def what_is_wrong(line):
    """Say what a line that calls `python -m` names and does not exist; '' where nothing."""
    words = re.split(r"\s+", line.split("#")[0].replace("[", " ").replace("]", " ").strip())
    module, *words = words[words.index("-m") + 1 :]
    if module != "xray_core":
        return "" if module in ("streamlit", "pip") or importlib.util.find_spec(module) else module
    if not words:
        return ""
    command, *words = words
    if command.startswith("<"):
        return ""
    if command not in COMMANDS:
        return command
    options, choices = options_and_choices(parser_of(command))
    for word in words:
        if word.startswith("--") and word.split("=")[0] not in options:
            return word
    if choices and words and re.match(r"[a-z|]+$", words[0]):
        return next((name for name in words[0].split("|") if name not in choices), "")
    return ""


def calls_of(text):
    return [line for line in code_of(text) if re.search(r"\bpython3? -m \w", line)]


@each_document
def test_document_names_make_targets_that_exist(document):
    made = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(make_targets(document.read_text())) <= made


@each_document
def test_document_names_commands_and_options_that_exist(document):
    calls = calls_of(document.read_text())
    assert [(call, what_is_wrong(call)) for call in calls if what_is_wrong(call)] == []


def test_the_readme_s_commands_are_found():
    text = (ROOT / "README.md").read_text()
    assert {"app", "test"} <= set(make_targets(text))
    assert len(calls_of(text)) > 8


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("python -m xray_core predict a.jpeg", ""),
        ("python -m xray_core predicct a.jpeg", "predicct"),
        ("python -m xray_core explain FILE --out A.png [--reprot B.pdf]", "--reprot"),
        ("python -m xray_core data samples|fetch", ""),
        ("python -m xray_core data samples|eat", "eat"),
        ("python -m tests.nothing", "tests.nothing"),
        ("python -m scripts.screenshots", ""),
    ],
)
def test_what_is_wrong_finds_what_does_not_exist(line, wrong):
    assert what_is_wrong(line) == wrong


def slugs(text):
    """The anchors that a Markdown page's headings get."""
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def broken_links(document, text):
    """Links and pictures that lead nowhere inside the repository."""
    targets = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'(?:src|href)="([^"]+)"', text)
    broken = []
    for target in targets:
        path, _, anchor = target.partition("#")
        if path.startswith(("http://", "https://")):
            continue
        file = (document.parent / path).resolve() if path else document
        known = not anchor or (file.suffix == ".md" and anchor in slugs(file.read_text()))
        if not file.exists() or not file.is_relative_to(ROOT) or not known:
            broken.append(target)
    return broken


@each_document
def test_document_s_links_lead_somewhere(document):
    assert broken_links(document, document.read_text()) == []


def test_broken_links_are_found():
    text = "[a](nothing.md) ![b](docs/no.png) [c](README.md#nowhere) [d](#limits) <img src='x'>"
    found = broken_links(ROOT / "README.md", text + '<img src="no.webp"> [e](LICENSE) #')
    assert found[:3] == ["nothing.md", "docs/no.png", "README.md#nowhere"]
    assert found[-1] == "no.webp"
    assert "LICENSE" not in found


PLACES = ("xray_core", "tests", "benchmarks", "scripts", "pages", "docs", "deploy", ".github")


def missing_files(text):
    """Files and folders of the project that a text names in backticks and that do not exist."""
    named = re.findall(r"`([\w.*/-]+)`", text)
    inside = [name for name in named if name.split("/")[0] in PLACES and "/" in name]
    return [name for name in inside if not list(ROOT.glob(name.rstrip("/")))]


@each_document
def test_document_names_files_that_exist(document):
    assert missing_files(document.read_text()) == []


def test_missing_files_are_found():
    text = "`xray_core/io/` `docs/*.md` `tests/nothing.py` `xray_core/io/nowhere/` `s3://a/b`"
    assert missing_files(text) == ["tests/nothing.py", "xray_core/io/nowhere/"]


def python_blocks(text):
    return re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


@each_document
def test_document_s_python_is_python(document):
    for block in python_blocks(document.read_text()):
        ast.parse(block)


def test_readme_s_python_answers_for_a_film(sample_films, tmp_path, monkeypatch, capsys):
    (block,) = python_blocks((ROOT / "README.md").read_text())
    (tmp_path / "film.jpeg").write_bytes(sample_films[-1].read())
    monkeypatch.chdir(tmp_path)
    exec(block, {})
    probability, *shape = capsys.readouterr().out.split(maxsplit=1)
    assert 0.5 < float(probability) <= 1
    assert shape


def test_lesson_names_pages_that_exist():
    text = (ROOT / "docs" / "teaching.md").read_text()
    pages = set(re.findall(r"pages? \*([^*]+)\*", text))
    assert pages
    assert pages <= {page.title for page in PAGES}


def test_citation_has_what_the_format_requires():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert {"cff-version", "message", "title", "authors"} <= set(citation)
    assert citation["cff-version"] == "1.2.0"
    assert all({"name", "family-names"} & set(author) for author in citation["authors"])
    for reference in citation["references"]:
        assert {"type", "title", "authors", "doi"} <= set(reference)
        assert reference["doi"] in (ROOT / "README.md").read_text()
    assert citation["version"] == __version__
    assert citation["license"] in (ROOT / "LICENSE").read_text()
    assert f"## {citation['version']}" in (ROOT / "CHANGELOG.md").read_text()


def test_workflow_makes_what_the_ci_script_makes():
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "test.yml").read_text())
    (job,) = workflow["jobs"].values()
    runs = [shlex.split(step["run"]) for step in job["steps"] if "run" in step]
    script = (ROOT / ".ci" / "run").read_text().splitlines()
    assert shlex.split(script[-1]) in runs
    python = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]
    assert [f">={job['strategy']['matrix']['python'][0]}", "<3.13"] == python.split(",")
