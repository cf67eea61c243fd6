"""The app as a server: health, a graceful stop, and what the container holds."""

import json
import re
import shlex
import signal
import subprocess
import sys
import time
import tomllib
import urllib.request

import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from tests import ROOT
from tests.browser.driver import free_port


def test_server_tells_its_health_and_stops_when_asked(tmp_path):
    port = free_port()
    log = tmp_path / "log"
    with log.open("w") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}"],
            cwd=ROOT,
            stdout=output,
            stderr=output,
        )
    try:
        assert health(f"http://127.0.0.1:{port}/_stcore/health") == b"ok"
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=20) == 0
    finally:
        server.kill()
    assert "Traceback" not in log.read_text()


def health(address):
    deadline = time.monotonic() + 60
    while True:
        try:
            return urllib.request.urlopen(address, timeout=2).read()
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.2)


def test_container_copies_what_there_is_and_what_the_build_is_given():
    lines = (ROOT / "deploy" / "Containerfile").read_text().splitlines()
    copies = [shlex.split(line)[1:-1] for line in lines if line.startswith("COPY ")]
    copied = {name for names in copies for name in names}
    given = set(re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE))
    assert copied == given
    assert all((ROOT / path).exists() for path in copied)
    # whatever of the project the app imports must be among them
    besides = {"tests", "benchmarks", "scripts"}
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - besides
    assert packages <= copied
    assert "USER 10001" in lines


def test_container_can_do_without_what_it_is_told():
    text = (ROOT / "deploy" / "Containerfile").read_text()
    (pattern,) = re.findall(r'sed -E "(.+?)" requirements.lock', text)
    lock = (ROOT / "requirements.lock").read_text()
    for without in ("nothing", "tensorflow", "tensorflow|plotly"):
        words = ["sed", "-E", pattern.replace("${WITHOUT}", without)]
        wanted = subprocess.run(words, input=lock, capture_output=True, text=True, check=True)
        names = re.findall(r"^([\w-]+)==", lock, re.MULTILINE)
        kept = re.findall(r"^([\w-]+)==", wanted.stdout, re.MULTILINE)
        assert kept == [name for name in names if name not in without.split("|")]
        assert "hash" in wanted.stdout.splitlines()[-1]


def test_all_are_told_the_same_libraries():
    libraries = (ROOT / "packages.txt").read_text().split()
    assert libraries
    told = {
        name: re.findall(r"apt-get install (?:-\S+ )*([a-z0-9 .-]+[a-z0-9])", text)
        for name in (
            "deploy/Containerfile",
            ".ci/system-libraries",
            ".github/workflows/test.yml",
            "README.md",
        )
        if (text := (ROOT / name).read_text())
    }
    for name, lists in told.items():
        assert [words.split()[:2] for words in lists] == [libraries], name


def test_all_are_started_alike_and_with_a_python_that_is_supported():
    container = (ROOT / "deploy" / "Containerfile").read_text()
    makefile = (ROOT / "Makefile").read_text()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    (command,) = re.findall(r"^CMD (\[.+\])$", container, re.MULTILINE)
    assert json.loads(command)[1:5] == ["-m", "streamlit", "run", "app.py"]
    assert "-m streamlit run app.py --server.port" in makefile
    python = SpecifierSet(project["requires-python"])
    serving = (ROOT / "docs" / "serving.md").read_text()
    named = re.findall(r"FROM python:(3\.\d+)", container) + re.findall(r"Python (3\.\d+)", serving)
    assert len(named) == 2
    assert all(python.contains(version) for version in named)


def test_requirements_hold_what_a_host_installs_and_the_app_imports():
    """A host that knows nothing of extras installs requirements.txt alone."""
    wanted = [Requirement(line) for line in (ROOT / "requirements.txt").read_text().splitlines()]
    named = {each.name for each in wanted}
    locked = dict(
        re.findall(r"^([\w-]+)==([\w.]+)", (ROOT / "requirements.lock").read_text(), re.MULTILINE)
    )
    assert {each.name: locked[each.name] in each.specifier for each in wanted} == dict.fromkeys(
        named, True
    )
    assert "streamlit" in named
    serving = (ROOT / "docs" / "serving.md").read_text()
    assert "take the line `tensorflow` out of `requirements.txt`" in serving
    assert "tensorflow" in named


def test_space_is_told_the_container_s_port():
    container = (ROOT / "deploy" / "Containerfile").read_text()
    header = yaml.safe_load((ROOT / "deploy" / "space" / "README.md").read_text().split("---")[1])
    assert header["sdk"] == "docker"
    assert f"EXPOSE {header['app_port']}" in container
    assert len(header["short_description"]) <= 60
