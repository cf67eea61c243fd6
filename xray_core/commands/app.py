"""Start the app."""

import argparse
import os
import sys

from xray_core.extras import require
from xray_core.places import PROJECT

LOCAL = ("127.0.0.1", "::1", "localhost")
SUMMARY = "start the app and print its address"
EXAMPLES = (
    "",
    "--port 8600",
    "--address 0.0.0.0",
)


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=8501, help="default: %(default)s")
    parser.add_argument(
        "--address",
        default="127.0.0.1",
        help="where to listen, default: %(default)s, this machine alone; 0.0.0.0 lets others in",
    )


def run(arguments: argparse.Namespace) -> int:
    require("streamlit")
    # -P: a folder that one happens to be in must not lend the app its modules.
    words = [sys.executable, "-P", "-m", "streamlit", "run", str(PROJECT / "app.py")]
    words += [f"--server.port={arguments.port}", f"--server.address={arguments.address}"]
    if arguments.address not in LOCAL:  # under which names it is reached, only who starts it knows
        words += ["--server.allowedHosts=*"]
    sys.stdout.flush()
    # This process becomes the server, so that a signal to stop reaches it.
    os.execv(sys.executable, words)
