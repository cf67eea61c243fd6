"""``radiolucent <command>``, or ``python -m xray_core <command>``"""

import argparse
import errno
import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from xray_core import __version__
from xray_core.errors import XrayError
from xray_core.extras import explain_missing
from xray_core.heap import keep_memory

COMMANDS = (
    "app",
    "predict",
    "explain",
    "score",
    "validate",
    "calibrate",
    "monitor",
    "evaluate",
    "bench",
    "external",
    "probe",
    "train",
    "train-lungs",
    "train-gate",
    "style",
    "data",
)
_DESCRIPTION = "Answer for chest radiographs, measure the answers, train what gives them."
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def main(words: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns
    -------
    int
        0 when all went well, 2 for bad input or usage, 130 when stopped by Ctrl-C.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    keep_memory()
    try:
        return _run(sys.argv[1:] if words is None else list(words))
    except XrayError as error:
        return _refuse(str(error))
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
    except ImportError as error:
        missing = explain_missing(error)
        if missing is None:
            raise
        return _refuse(str(missing))
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        return _refuse(
            f"Expected room to write on the disk, and there is none ({error.strerror}): free some "
            "and run the same command again."
        )


def _run(words: list[str]) -> int:
    called = Path(sys.argv[0]).stem
    program = called if called == "radiolucent" else "python -m xray_core"
    parser = argparse.ArgumentParser(prog=program, description=_DESCRIPTION)
    parser.add_argument("--version", action="version", version=f"radiolucent {__version__}")
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    modules = {}
    # One command need not wait for what the others import.
    for name in COMMANDS if not words or words[0] not in COMMANDS else words[:1]:
        module = importlib.import_module(f"xray_core.commands.{name.replace('-', '_')}")
        modules[name] = module
        examples = "\n".join(
            f"  {program} {name} {example}".rstrip() for example in module.EXAMPLES
        )
        command = subparsers.add_parser(
            name,
            help=module.SUMMARY,
            description=f"{module.SUMMARY.capitalize()}.",
            epilog=f"examples:\n{examples}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        module.configure(command)
    arguments = parser.parse_args(words)
    code: int = modules[arguments.command].run(arguments)
    return code


def _refuse(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
