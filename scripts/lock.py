"""Write the lock files anew: ``python -m scripts.lock``.

One exact version of every package, for each Python that the project supports and every system,
with the hash of each of its files: what is installed tomorrow is what was tested today, or nothing.
Needs the network; installs nothing but uv, which resolves, into a folder that is thrown away.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests import ROOT

LOCKS = {"requirements-test.txt": "requirements-test.lock", "requirements.txt": "requirements.lock"}
"""What is asked for, and what holds it fast; the second takes its versions from the first."""
OLDEST = "3.11"
BOUNDS = "backports-strenum<1.3\n"
"""What uv does not see: later ones are for Pythons before 3.11 only."""
HEAD = """\
# Written by `make lock`. `make {target}` installs these files and no other, by their hashes;
# `make {target} LATEST=1` takes what the index has today within the bounds of {source}.
"""


def resolve(source: str, lock: str, home: str) -> None:
    """Write one lock file."""
    words = [f"{home}/bin/uv", "pip", "compile", source, "--universal", "--generate-hashes"]
    words += ["--python-version", OLDEST, "--no-header", "--no-annotate", "--quiet", "--upgrade"]
    words += ["--constraint", f"{home}/bounds.txt"]
    if lock != LOCKS["requirements-test.txt"]:
        words += ["--constraint", LOCKS["requirements-test.txt"]]
    # by path, since uv brings its own list of authorities
    trusted = {"SSL_CERT_FILE": os.environ["PIP_CERT"]} if "PIP_CERT" in os.environ else {}
    done = subprocess.run(
        words, cwd=ROOT, env=os.environ | trusted, check=True, stdout=subprocess.PIPE, text=True
    )
    target = "test" if "test" in source else "app"
    (ROOT / lock).write_text(HEAD.format(target=target, source=source) + done.stdout)


def main() -> int:
    """Write the files."""
    with tempfile.TemporaryDirectory() as home:
        install = [sys.executable, "-m", "pip", "install", "--quiet", "--prefix", home]
        subprocess.run([*install, "--disable-pip-version-check", "uv>=0.8,<1"], check=True)
        Path(home, "bounds.txt").write_text(BOUNDS)
        for source, lock in LOCKS.items():
            resolve(source, lock, home)
    return 0


if __name__ == "__main__":
    sys.exit(main())
