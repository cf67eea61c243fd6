"""What the server lets in and lets go of, beside the pages: requests, uploads, ended visits."""

import asyncio
import logging
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.formparsers import MultiPartParser
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import net_util
from streamlit.runtime import get_instance

from xray_core.apart import end_all
from xray_core.heap import ask_the_heap, give_memory_back, keep_memory
from xray_core.io.limits import MAX_ARRIVING_BYTES, MAX_BYTES, MAX_SILENCE, MAX_VISIT_BYTES

SWEEP = 5
"""Seconds between two looks for visits that have ended."""
ARENA_MAX = -8
"""glibc's number for the most heaps of a process."""
UPLOADS = "/_stcore/upload_file/"
METRICS = "/_stcore/metrics"
FRAMED_BY = os.environ.get("XRAY_FRAMED_BY") or "'none'"
"""Pages that may show the app inside them, such as https://huggingface.co; none by default."""
HEADERS = {
    # Pictures are the server's own or made of what it sent. Streamlit's own page needs the rest:
    # it styles in place, compiles checks of charts, and starts workers from blobs.
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data: blob:; media-src 'self' data: blob:; "
        "font-src 'self' data:; style-src 'self' 'unsafe-inline'; "
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; worker-src 'self' blob:; "
        "connect-src 'self' data: blob:; object-src 'none'; base-uri 'self'; form-action 'self'; "
        f"frame-ancestors {FRAMED_BY}"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
if FRAMED_BY == "'none'":  # it knows no list
    HEADERS["X-Frame-Options"] = "DENY"
FULL = "Expected an upload while there is room for it: try again in a minute, or with fewer films."

_log = logging.getLogger(__name__)


class Guard:
    """Gives every answer HEADERS, tells no stranger METRICS, and bounds the uploads under way."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._arriving = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        path = scope["path"]
        if path.endswith(METRICS):
            await PlainTextResponse("", 404)(scope, receive, send_with_headers)
        elif UPLOADS in path and scope["method"] == "PUT":
            await self._upload(scope, receive, send_with_headers)
        else:
            await self._app(scope, receive, send_with_headers)

    async def _upload(self, scope: Scope, receive: Receive, send: Send) -> None:
        visit = scope["path"].rpartition(UPLOADS)[2].partition("/")[0]
        said = Headers(scope=scope).get("content-length", "")
        size = min(int(said), MAX_BYTES) if said.isdecimal() else MAX_BYTES
        waiting = sum(_waiting(each) for each in list(_uploaded()))
        if (
            _waiting(visit) + size > MAX_VISIT_BYTES
            or self._arriving + waiting + size > MAX_ARRIVING_BYTES
        ):
            await PlainTextResponse(FULL, 503)(scope, receive, send)
            return
        self._arriving += size
        try:
            await self._app(scope, receive, send)
        finally:
            self._arriving -= size


MIDDLEWARE = [Middleware(Guard)]


def _uploaded() -> dict[str, dict[str, Any]]:
    """Files that no page has taken yet, by visit."""
    manager: Any = get_instance().uploaded_file_mgr
    return manager.file_storage


def _waiting(visit: str) -> int:
    return sum(len(file.data) for file in list(_uploaded().get(visit, {}).values()))


@asynccontextmanager
async def lifespan(_: object) -> AsyncIterator[None]:
    """Prepare the server, and let go of ended visits for as long as it runs."""
    MultiPartParser.spool_max_size = 2 * MAX_BYTES  # what is larger would go into a file
    net_util._external_ip = "127.0.0.1"  # else a foreign Origin makes it ask the internet
    keep_memory()
    ask_the_heap("mallopt", ARENA_MAX, 2)  # with one for each thread 160 MB never came back
    sweeping = asyncio.create_task(_sweep())
    try:
        yield
    finally:
        sweeping.cancel()
        end_all()
        # uvicorn would raise the signal once more when all is done; who asked for a stop gets 0
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})


async def _sweep() -> None:
    runs: dict[str, tuple[int, float]] = {}
    while True:
        await asyncio.sleep(SWEEP)
        try:
            let_go(runs)
        except Exception:
            _log.exception("letting go of ended visits failed")


def let_go(runs: dict[str, tuple[int, float]]) -> None:
    """End the visits that are silent, and drop what ended ones have left.

    By itself Streamlit lets go of a closed tab when another one is closed.

    Parameters
    ----------
    runs
        How often each visit had its page run, and when this was first seen; brought up to date.
    """
    runtime: Any = get_instance()
    manager, now = runtime._session_mgr, time.monotonic()
    ended = [info.session for _, info in manager._session_storage._cache.expire()]
    for info in manager.list_active_sessions():
        count, since = runs.get(info.session.id, (-1, now))
        if count != info.script_run_count:
            runs[info.session.id] = info.script_run_count, now
        elif now - since > MAX_SILENCE:
            ended.append(info.session)
            runtime.close_session(info.session.id)
            # The browser connects anew, to a visit that knows nothing.
            info.client._closing = asyncio.create_task(info.client._websocket.close(1001))
    for session in ended:
        runs.pop(session.id, None)
        session.shutdown()
    runtime.media_file_mgr.remove_orphaned_files()
    if ended:
        ended.clear()
        give_memory_back()
