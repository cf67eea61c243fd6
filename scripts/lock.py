"""Write requirements.lock anew: ``python -m scripts.lock``.

One exact version of every package, for each Python that the project supports, as the package index
would have them installed today on this kind of machine. Needs those Pythons and the network;
installs nothing.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests import ROOT

FILE = ROOT / "requirements.lock"
PYTHONS = ("3.11", "3.12")
HEAD = """\
# The versions that were installed together when `make lock` was last run, for those who want the
# same again: `make app LOCKED=1`, or `pip install -r requirements.txt -c requirements.lock`.
"""


def resolve(python: str) -> dict[str, str]:
    """Version by name of all that requirements-test.txt installs under one Python."""
    program = shutil.which(f"python{python}")
    if program is None:
        sys.exit(f"Expected python{python} on the PATH, and it is not there: install it.")
    with tempfile.TemporaryDirectory() as scratch:
        subprocess.run([program, "-m", "venv", scratch], check=True)
        report = Path(scratch) / "report.json"
        words = [f"{scratch}/bin/python", "-m", "pip", "install", "--disable-pip-version-check"]
        words += ["--quiet", "--dry-run", "--ignore-installed", "--report", str(report)]
        words += ["-r", str(ROOT / "requirements-test.txt")]
        subprocess.run(words, check=True)
        packages = json.loads(report.read_text())["install"]
    found = (package["metadata"] for package in packages)
    return {about["name"].lower().replace("_", "-"): about["version"] for about in found}


def lines_of(versions: dict[str, dict[str, str]]) -> list[str]:
    """Lines of the file from the versions by name, by Python; one where all Pythons agree."""
    lines = []
    for name in sorted(set().union(*versions.values())):
        by_python = {python: found.get(name) for python, found in versions.items()}
        if len(set(by_python.values())) == 1:
            lines.append(f"{name}=={by_python[PYTHONS[0]]}")
            continue
        lines += [
            f'{name}=={version} ; python_version == "{python}"'
            for python, version in by_python.items()
            if version is not None
        ]
    return lines


def main() -> int:
    """Write the file."""
    lines = lines_of({python: resolve(python) for python in PYTHONS})
    FILE.write_text(HEAD + "\n".join(lines) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
