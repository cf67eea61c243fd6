"""The package as others get it: what it needs, what it carries, what it says when more is asked.

`pip install .` in an empty environment is tried by the slow test at the end.
"""

import ast
import json
import re
import subprocess
import sys
import tomllib
import venv
import zipfile

import pytest
from packaging.requirements import Requirement

import xray_core
from tests import ROOT
from xray_core.__main__ import COMMANDS, main
from xray_core.commands import app, bench
from xray_core.datasets import catalogue
from xray_core.extras import EXTRAS, explain_missing

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRA = PROJECT["optional-dependencies"]
MOST = 16_000_000  # bytes of the wheel
# What requirements.txt sets up, and what requirements-test.txt adds to it.
FOR_USE, FOR_TESTS = ("app", "train", "measure", "parquet"), ("cluster", "dev")


def listed(file):
    lines = (ROOT / file).read_text().splitlines()
    return sorted(line for line in lines if not line.startswith("-r"))


def declared(extras):
    lists = (EXTRA[name] for name in extras)
    lines = [line for lines in lists for line in lines if not line.startswith("radiolucent")]
    return list(dict.fromkeys(lines))  # two extras may need the same


def locked(lock, python):
    """Version by name that a lock file has for one Python, each with its hashes."""
    text = (ROOT / lock).read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert all(re.search(r"--hash=sha256:[0-9a-f]{64}", line) for line in lines)
    held = [Requirement(line.partition(" --hash")[0].strip()) for line in lines]
    here = {"python_version": python, "python_full_version": f"{python}.5"}
    here |= {"sys_platform": "linux", "platform_machine": "x86_64"}
    held = [line for line in held if line.marker is None or line.marker.evaluate(here)]
    versions = {line.name: str(line.specifier) for line in held}
    assert len(versions) == len(held)
    return {name: version.removeprefix("==") for name, version in versions.items()}


class TestDependencies:
    def test_requirements_are_those_of_the_package_and_its_extras(self):
        assert listed("requirements.txt") == sorted(PROJECT["dependencies"] + declared(FOR_USE))
        assert listed("requirements-test.txt") == sorted(declared(FOR_TESTS))
        assert {*FOR_USE, *FOR_TESTS} == set(EXTRA)

    @pytest.mark.parametrize("line", PROJECT["dependencies"] + declared(EXTRA))
    def test_dependency_has_a_lower_and_an_upper_bound(self, line):
        assert re.search(r">=\d", line)
        assert re.search(r"<\d", line)

    @pytest.mark.parametrize("python", ["3.11", "3.12"])
    @pytest.mark.parametrize("asked", ["requirements.txt", "requirements-test.txt"])
    def test_lock_names_a_version_within_the_bounds_and_its_hashes(self, asked, python):
        versions = locked(asked.replace(".txt", ".lock"), python)
        wanted = listed("requirements.txt") + (listed(asked) if "test" in asked else [])
        for line in map(Requirement, wanted):
            assert line.specifier.contains(versions[line.name])

    @pytest.mark.parametrize("python", ["3.11", "3.12"])
    def test_app_has_the_versions_that_are_tested(self, python):
        tested = locked("requirements-test.lock", python)
        assert locked("requirements.lock", python).items() <= tested.items()

    @pytest.mark.parametrize("lock", ["requirements.lock", "requirements-test.lock"])
    def test_lock_names_no_index(self, lock):
        assert "://" not in (ROOT / lock).read_text()

    def test_base_images_and_actions_are_named_by_digest(self):
        images = (ROOT / "deploy" / "Containerfile").read_text()
        images += (ROOT / "deploy" / "compose.yaml").read_text()
        named = re.findall(r"^(?:FROM| +image:) (?!radiolucent)(\S+)$", images, re.MULTILINE)
        assert len(named) == 2
        assert all(re.search(r"@sha256:[0-9a-f]{64}$", image) for image in named)
        workflow = (ROOT / ".github" / "workflows" / "test.yml").read_text()
        actions = re.findall(r"uses: (\S+)", workflow)
        assert actions
        assert all(re.search(r"@[0-9a-f]{40}$", action) for action in actions)

    def test_every_missing_package_names_an_extra_that_there_is(self):
        assert set(EXTRAS.values()) < set(EXTRA)


@pytest.fixture
def film(sample_films, tmp_path):
    """A film of a child with pneumonia, alone in a folder."""
    path = tmp_path / "films" / "film.jpeg"
    path.parent.mkdir()
    path.write_bytes(sample_films[-1].read())
    return path


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel as it would be published, built without a network."""
    hatchling = pytest.importorskip("hatchling.build")
    folder = tmp_path_factory.mktemp("wheel")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        return folder / hatchling.build_wheel(str(folder))


class TestWheel:
    def test_is_small(self, wheel):
        assert wheel.stat().st_size < MOST
        assert wheel.name.startswith(f"radiolucent-{xray_core.__version__}-")

    def test_carries_every_tracked_file_of_the_package_the_app_and_the_models(self, wheel):
        if not (ROOT / ".git").exists():
            pytest.skip("needs git to tell which files belong to the project")
        with zipfile.ZipFile(wheel) as archive:
            carried = set(archive.namelist())
        places = ("xray_core", "app.py", "pages", ".streamlit", "models")
        tracked = subprocess.run(
            ["git", "ls-files", "-z", *places], cwd=ROOT, capture_output=True, text=True, check=True
        )
        for name in tracked.stdout.split("\0")[:-1]:
            beside = not name.startswith("xray_core/")
            assert (f"xray_core/project/{name}" if beside else name) in carried
        assert not [name for name in carried if "__pycache__" in name or "/tests/" in name]


class TestMissing:
    def test_command_without_an_extra_says_what_to_install(
        self, film, tmp_path, monkeypatch, capsys
    ):
        monkeypatch.setitem(sys.modules, "keras", None)
        words = ["explain", str(film), "--out", str(tmp_path / "o.png"), "--method", "layer_cam"]
        assert main(words) == 2
        error = capsys.readouterr().err
        assert "Traceback" not in error
        assert "Expected the package keras for this" in error
        assert '`pip install "radiolucent[train]"`' in error

    @pytest.mark.parametrize("package", EXTRAS)
    def test_any_package_of_an_extra_is_named_with_it(self, package):
        error = ModuleNotFoundError(f"No module named '{package}.a'", name=f"{package}.a")
        sentence = str(explain_missing(error))
        assert f"the package {package} " in sentence
        assert f"radiolucent[{EXTRAS[package]}]" in sentence

    def test_app_without_streamlit_says_what_to_install(self, monkeypatch, capsys):
        monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
        assert main(["app"]) == 2
        assert 'pip install "radiolucent[app]"' in capsys.readouterr().err

    def test_system_library_is_named(self):
        message = "libGL.so.1: cannot open shared object file: No such file or directory"
        assert "the system library libGL.so.1" in str(explain_missing(ImportError(message)))

    @pytest.mark.parametrize(
        "error",
        [
            ImportError("cannot import name 'a' from 'keras'", name="keras"),
            ModuleNotFoundError("No module named 'xray_core.nothing'", name="xray_core.nothing"),
        ],
    )
    def test_a_bug_is_none_of_it(self, error, monkeypatch):
        assert explain_missing(error) is None
        monkeypatch.setattr("xray_core.__main__._run", _raise(error))
        with pytest.raises(ImportError):
            main(["predict", "a.png"])

    def test_speed_is_measured_in_a_checkout_only(self, monkeypatch, capsys):
        monkeypatch.setattr(bench, "INSTALLED", True)
        assert main(["bench", "latency"]) == 2
        assert "run the command in a checkout" in capsys.readouterr().err

    def test_an_answer_needs_no_extra(self, film, tmp_path):
        overlay, report, capture = (str(tmp_path / name) for name in ("o.png", "r.pdf", "c.dcm"))
        files = ("--out", overlay, "--report", report, "--capture", capture)
        calls = [
            ["predict", str(film)],
            ["explain", str(film), *files],
            ["score", str(film.parent), "--out", str(tmp_path / "table.csv")],
        ]
        blocked = [*EXTRAS, "benchmarks", "scripts", "tests"]
        code = (
            f"import sys\nsys.modules.update(dict.fromkeys({blocked!r}))\n"
            "from xray_core.__main__ import main\n"
            f"print([main(words) for words in {calls!r}])"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False
        )
        assert done.stdout.endswith("[0, 0, 0]\n"), done.stderr


def _raise(error):
    def fail(words):
        raise error

    return fail


class TestPlaces:
    def test_app_command_becomes_the_server_of_the_project_s_app(self, monkeypatch):
        started = []
        monkeypatch.setattr("os.execv", lambda program, words: started.append((program, words)))
        main(["app", "--port", "8123"])
        ((program, words),) = started
        assert program == words[0] == sys.executable
        script, port, address = words[-3:]
        assert script == str(ROOT / "app.py")
        assert (port, address) == ("--server.port=8123", "--server.address=127.0.0.1")
        assert app.PROJECT == ROOT

    def test_app_that_lets_others_in_may_have_any_name(self, monkeypatch):
        started = []
        monkeypatch.setattr("os.execv", lambda program, words: started.append(words))
        main(["app", "--address", "0.0.0.0"])
        assert started[0][-2:] == ["--server.address=0.0.0.0", "--server.allowedHosts=*"]

    def test_installed_package_keeps_films_in_the_users_cache(self, monkeypatch, tmp_path):
        monkeypatch.delenv("XRAY_HOME", raising=False)
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
        monkeypatch.setattr(catalogue, "INSTALLED", True)
        assert "radiolucent" in str(catalogue.data_home())
        assert ROOT not in catalogue.data_home().parents
        monkeypatch.setenv("XRAY_HOME", str(tmp_path / "mine"))
        assert catalogue.data_home() == tmp_path / "mine"


class TestPublicNames:
    def test_dir_shows_what_can_be_imported(self):
        assert dir(xray_core) == sorted(xray_core.__all__)
        for name in xray_core.__all__:
            assert getattr(xray_core, name) is not None
        with pytest.raises(AttributeError, match="no attribute 'nothing'"):
            _ = xray_core.nothing

    def test_type_checkers_see_the_same_names(self):
        tree = ast.parse((ROOT / "xray_core" / "__init__.py").read_text())
        (seen,) = (node.body for node in tree.body if isinstance(node, ast.If))
        homes = {alias.name: node.module for node in seen for alias in node.names}
        assert homes == xray_core._HOMES

    def test_version_is_told(self, capsys):
        with pytest.raises(SystemExit) as stopped:
            main(["--version"])
        assert stopped.value.code == 0
        assert capsys.readouterr().out == f"radiolucent {xray_core.__version__}\n"


@pytest.mark.slow
def test_package_answers_in_an_empty_environment_from_any_folder(film, tmp_path):
    """Takes the dependencies from the package index, so it needs the network."""
    venv.create(tmp_path / "venv", with_pip=True)
    programs = tmp_path / "venv" / ("Scripts" if sys.platform == "win32" else "bin")
    install = [programs / "python", "-m", "pip", "install", "--quiet", str(ROOT)]
    subprocess.run(install, check=True)

    def run(*words):
        return subprocess.run(
            [programs / "radiolucent", *words], cwd=tmp_path, capture_output=True, text=True
        )

    answer = run("predict", str(film))
    assert json.loads(answer.stdout)["label"] == "PNEUMONIA"
    words = ("explain", str(film), "--out", "overlay.png", "--method")
    assert run(*words, "beyond_normal").returncode == 0
    for refused, extra in (((*words, "layer_cam"), "train"), (("app",), "app")):
        done = run(*refused)
        assert done.returncode == 2
        assert f"radiolucent[{extra}]" in done.stderr
        assert "Traceback" not in done.stderr
    help_text = run("--help").stdout
    assert help_text.startswith("usage: radiolucent ")
    assert all(command in help_text for command in COMMANDS)
