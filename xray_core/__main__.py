"""``python -m xray_core <command>``"""

import argparse
import errno
import importlib
import os
import sys

from xray_core.errors import XrayError

COMMANDS = (
    "predict",
    "explain",
    "score",
    "evaluate",
    "bench",
    "external",
    "train",
    "train-lungs",
    "train-gate",
    "train-normal",
    "style",
    "data",
)


NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def main(words=None):
    """Run one command.

    Returns
    -------
    int
        0 when all went well, 2 for bad input or usage, 130 when stopped by Ctrl-C.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    parser = argparse.ArgumentParser(prog="python -m xray_core", description=__doc__)
    words = sys.argv[1:] if words is None else list(words)
    named = words[0] if words else ""
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    modules = {}
    # One command need not wait for what the others import.
    for name in COMMANDS if named not in COMMANDS else [named]:
        module = importlib.import_module(f"xray_core.commands.{name.replace('-', '_')}")
        modules[name] = module
        module.configure(subparsers.add_parser(name, help=module.SUMMARY))
    arguments = parser.parse_args(words)
    try:
        return modules[arguments.command].run(arguments)
    except XrayError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        print(
            f"Expected room to write on the disk, and there is none ({error.strerror}): free some "
            "and run the same command again.",
            file=sys.stderr,
        )
        return 2


if __name__ == "__main__":
    sys.exit(main())
