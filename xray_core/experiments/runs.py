"""Who trains when: visits that do not know of one another, one queue, and what is let go of."""

from __future__ import annotations

import atexit
import json
import re
import secrets
import shutil
import threading
import time
from dataclasses import replace
from pathlib import Path

from xray_core.errors import UsageError
from xray_core.experiments import cost
from xray_core.experiments.films import require_offer
from xray_core.experiments.folders import make_home
from xray_core.experiments.job import describe_job
from xray_core.experiments.plans import Plan
from xray_core.experiments.process import LIMITS, MODULE, Process, limit
from xray_core.experiments.run import Run
from xray_core.experiments.settings import RunSettings
from xray_core.extras import require
from xray_core.training.live import SETTINGS

MOST = 6
"""Runs that a visit keeps."""
WAITING = 24
"""Runs of all visits that wait, at most."""

LOOK = 0.25  # seconds between two looks at what runs


class Visit:
    """What one visitor trains. Whoever has its key sees it, and nobody else.

    Attributes
    ----------
    key
    runs
        In the order in which they were started; at most MOST.
    """

    def __init__(self, key: str, owner: Runs) -> None:
        self.key = key
        self.runs: list[Run] = []
        self.seen = time.monotonic()
        self._owner = owner

    def start(
        self, settings: RunSettings, title: str = "", *, plan: str = "", label: str = ""
    ) -> Run:
        """Put a run into the queue.

        Raises
        ------
        UsageError
            There are MOST runs already, or too many wait.
        DataError
            Its films are not at hand, or too few.
        MissingPackageError
            What trains is not installed.
        """
        return self._owner.start(self, settings, title, plan, label)

    def start_plan(self, plan: Plan, source: str) -> list[Run]:
        """Put the runs of an experiment into the queue; see `start`."""
        if len(self.runs) + len(plan.runs) > MOST:
            raise UsageError(
                f"This experiment has {len(plan.runs)} runs, and {len(self.runs)} of {MOST} are "
                "kept already: forget some of them."
            )
        plan.require(require_offer(source))
        return [
            self.start(
                replace(settings, source=source),
                f"{plan.title}: {label}",
                plan=plan.name,
                label=label,
            )
            for label, settings in plan.runs
        ]

    def stop(self, run: Run) -> None:
        """End a run after its step in progress; `go_on` takes it up after its last whole epoch."""
        self._owner.stop(run)

    def go_on(self, run: Run) -> None:
        """Put a stopped run into the queue again."""
        self._owner.go_on(run)

    def cancel(self, run: Run) -> None:
        """End a run now, and forget it."""
        self._owner.forget(self, run)

    forget = cancel

    def ahead(self, run: Run) -> int:
        """How many runs come before it, of all visits."""
        return len(self._owner.before(run))

    def starts_in(self, run: Run) -> float:
        """Seconds until it begins, as far as can be said; 0 where it has begun."""
        left = sum(other.progress.seconds_left for other in self._owner.before(run))
        return left / max(1, int(limit("XRAY_TRAININGS")))


class Runs:
    """All visits of a server and their queue.

    Parameters
    ----------
    module
        The program that trains.
    """

    def __init__(self, module: str = MODULE) -> None:
        self._module = module
        self._visits: dict[str, Visit] = {}
        self._waiting: list[Run] = []
        self._running: dict[Run, tuple[Process, int]] = {}
        self._home: Path | None = None
        self._lock = threading.RLock()
        self._keeper: threading.Thread | None = None
        atexit.register(self.close)

    def new_key(self) -> str:
        """A key that nobody can guess."""
        return secrets.token_urlsafe(16)

    def visit(self, key: str) -> Visit:
        """The visit that a key of `new_key` opens; a new one where it opens none."""
        if not re.fullmatch(r"[\w-]{22}", key):
            raise UsageError("Expected a key that this page has made: begin anew without one.")
        with self._lock:
            visit = self._visits.setdefault(key, Visit(key, self))
            visit.seen = time.monotonic()
            self._look_on()
            return visit

    def find(self, key: str) -> Visit | None:
        """The visit that a key opens, which is kept longer by that; None where there is none."""
        with self._lock:
            found = self._visits.get(key)
            if found:
                found.seen = time.monotonic()
                self._look_on()
            return found

    def start(self, visit: Visit, settings: RunSettings, title: str, plan: str, label: str) -> Run:
        """See `Visit.start`."""
        if len(visit.runs) >= MOST:
            raise UsageError(f"{MOST} runs are kept already: forget one of them first.")
        if len(self._waiting) >= WAITING:
            raise UsageError(f"{WAITING} runs are waiting on this server already: try again later.")
        for package in ("keras", "scipy", "sklearn"):
            require(package)
        for name in LIMITS:
            limit(name)  # told now, not when the run is at work
        offer = require_offer(settings.source)
        job = describe_job(settings, title)
        expected = cost.estimate(settings, offer)
        with self._lock:
            name = f"home-{secrets.token_hex(3)}"
            folder = self._folder() / name
            folder.mkdir()
            job |= {"name": name, "title_of_source": offer.title}
            (folder / SETTINGS).write_text(json.dumps(job), encoding="utf-8")
            title = title or job["config"]["title"]
            run = Run(name, title, settings, folder, expected=expected, plan=plan, label=label)
            visit.runs.append(run)
            self._waiting.append(run)
            self.look()
            self._look_on()
        return run

    def stop(self, run: Run) -> None:
        """See `Visit.stop`."""
        with self._lock:
            if run in self._waiting:
                self._waiting.remove(run)
                run.state = "stopped"
            elif run in self._running:
                self._running[run][0].stop()

    def go_on(self, run: Run) -> None:
        """See `Visit.go_on`."""
        with self._lock:
            if run.state == "stopped":
                run.state = "waiting"
                self._waiting.append(run)
                self.look()

    def forget(self, visit: Visit, run: Run) -> None:
        """See `Visit.forget`."""
        with self._lock:
            if run in self._waiting:
                self._waiting.remove(run)
            if run in self._running:
                self._running.pop(run)[0].end()
            if not run.over:
                run.state = "cancelled"
            if run in visit.runs:
                visit.runs.remove(run)
            shutil.rmtree(run.folder, ignore_errors=True)

    def before(self, run: Run) -> list[Run]:
        """The runs that a waiting run waits for."""
        with self._lock:
            if run not in self._waiting:
                return []
            return [*self._running, *self._waiting[: self._waiting.index(run)]]

    def look(self) -> None:
        """See what has ended, what must, and what may begin."""
        with self._lock:
            for run, (process, _) in list(self._running.items()):
                self._look_at(run, process)
            places = int(limit("XRAY_TRAININGS"))
            while self._waiting and len(self._running) < places:
                run = self._waiting.pop(0)
                taken = {slot for _, slot in self._running.values()}
                slot = min(set(range(places)) - taken)
                self._begin(run, slot)
            patience = 60 * limit("XRAY_TRAINING_KEEP")
            for visit in list(self._visits.values()):
                if time.monotonic() - visit.seen > patience:
                    self._let_go(visit)

    def close(self) -> None:
        """End all that runs and remove all that was written."""
        with self._lock:
            for visit in list(self._visits.values()):
                self._let_go(visit)
            if self._home:
                shutil.rmtree(self._home, ignore_errors=True)
                self._home = None

    def _let_go(self, visit: Visit) -> None:
        for run in list(visit.runs):
            self.forget(visit, run)
        self._visits.pop(visit.key, None)

    def _begin(self, run: Run, slot: int) -> None:
        job = json.loads((run.folder / SETTINGS).read_text(encoding="utf-8"))
        job |= {"core": slot, "nice": int(limit("XRAY_TRAINING_NICE"))}
        (run.folder / SETTINGS).write_text(json.dumps(job), encoding="utf-8")
        run.state, run.last = "running", ""
        self._running[run] = Process(run.folder, self._module), slot

    def _look_at(self, run: Run, process: Process) -> None:
        run.count(process.seconds)
        excess = process.excess()
        if process.alive and not excess and not process.patience_is_over:
            return
        process.end()
        del self._running[run]
        run.spent += process.seconds
        _ = run.progress  # what it has said at last
        if run.results:
            run.state = "done"
            cost.learn(run.expected, run.spent)
        elif process.stopping and not excess and not run.problem:
            run.state = "stopped"
        else:
            run.state = "failed"
            run.problem = run.problem or excess or _ended(process.code)
        run.count(0)

    def _folder(self) -> Path:
        """Where runs lie: for nobody but who runs the server, and gone with it."""
        if self._home is None or not self._home.exists():
            self._home = make_home()
        return self._home

    def _look_on(self) -> None:
        """Have a thread look now and then, as long as anyone visits."""
        if self._keeper is None or not self._keeper.is_alive():
            self._keeper = threading.Thread(target=self._keep_looking, daemon=True)
            self._keeper.start()

    def _keep_looking(self) -> None:
        while self._visits:
            self.look()
            time.sleep(LOOK)


def _ended(code: int | None) -> str:
    """Why a program ended that has not said so itself."""
    return (
        f"The training ended before its time (exit status {code}): the machine may have run out "
        "of memory; start it again, with fewer films or a smaller size."
    )


runs = Runs()
"""Those of this server."""
