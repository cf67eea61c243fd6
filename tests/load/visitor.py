"""A visitor without a browser: speaks to the app over its websocket, as the page's script does."""

import asyncio
import contextlib
import hashlib
from urllib.parse import urlsplit

import requests
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import connect

XSRF_COOKIE = "_streamlit_xsrf"
PATIENCE = 600
"""Seconds until a visitor gives up."""


@contextlib.asynccontextmanager
async def visit(address, page):
    """Open a page in a visit of its own; yields a Visitor."""
    browser = requests.Session()
    # the app closes idle connections after some seconds; a browser opens another then
    browser.headers["Connection"] = "close"
    await asyncio.to_thread(browser.get, f"{address}/_stcore/health", timeout=PATIENCE)
    token = browser.cookies[XSRF_COOKIE]
    async with connect(
        f"ws://{urlsplit(address).netloc}/_stcore/stream",
        subprotocols=["streamlit", token],
        additional_headers={"Cookie": f"{XSRF_COOKIE}={token}"},
        max_size=None,
        open_timeout=PATIENCE,
        ping_timeout=None,
    ) as socket:
        visitor = Visitor(address, browser, socket, page)
        await visitor.run()
        yield visitor


class Visitor:
    """One visit.

    Attributes
    ----------
    received : bytes
        All that the app sent since the last upload.
    headings : list of str
        Headings that came since then.
    """

    def __init__(self, address, browser, socket, page):
        self._address, self._browser, self._socket, self._page = address, browser, socket, page
        self._session = self._uploader = None
        self._choices, self._tabs, self._tab = {}, None, None
        self.received, self.headings = b"", []

    async def run(self, state=None):
        """Ask for a run of the page, and wait for its end."""
        message = BackMsg()
        message.rerun_script.page_name = self._page
        message.rerun_script.query_string = ""
        for each in (state, self._tab):
            if each is not None:
                message.rerun_script.widget_states.widgets.append(each)
        await self._socket.send(message.SerializeToString())
        await self._wait_for("script_finished")

    async def upload(self, name, data):
        """Upload a file on the page's first upload widget, and wait for the answer."""
        request = BackMsg()
        request.file_urls_request.request_id = name
        request.file_urls_request.file_names.append(name)
        request.file_urls_request.session_id = self._session
        await self._socket.send(request.SerializeToString())
        urls = (await self._wait_for("file_urls_response")).file_urls_response.file_urls[0]
        await asyncio.to_thread(self._put, urls.upload_url, name, data)
        state = BackMsg().rerun_script.widget_states.widgets.add()
        state.id = self._uploader
        info = state.file_uploader_state_value.uploaded_file_info.add()
        info.name, info.size, info.file_id = name, len(data), urls.file_id
        info.file_urls.CopyFrom(urls)
        self.received, self.headings = b"", []
        await self.run(state)

    async def open_tab(self, label):
        """Open one of the page's tabs, which stays open, and wait for what stands in it."""
        self._tab = BackMsg().rerun_script.widget_states.widgets.add()
        self._tab.id, self._tab.string_value = self._tabs, label
        await self.run()

    async def choose(self, label, place):
        """Take one of a select box's options, by its place in the list, and wait for the answer."""
        widget, options = self._choices[label]
        state = BackMsg().rerun_script.widget_states.widgets.add()
        state.id, state.string_value = widget, options[place]
        self.received = b""
        await self.run(state)

    def saw(self, data):
        """Whether what came speaks of a film, which its digest names."""
        return hashlib.sha256(data).hexdigest().encode() in self.received

    def _put(self, url, name, data):
        done = self._browser.put(
            f"{self._address}{url}",
            files={"file": (name, data)},
            headers={"X-Xsrftoken": self._browser.cookies[XSRF_COOKIE]},
            timeout=PATIENCE,
        )
        done.raise_for_status()

    async def _wait_for(self, kind):
        async with asyncio.timeout(PATIENCE):
            while True:
                content = await self._socket.recv()
                self.received += content
                message = ForwardMsg.FromString(content)
                self._note(message)
                if message.WhichOneof("type") == kind:
                    return message

    def _note(self, message):
        if message.HasField("new_session"):
            self._session = message.new_session.initialize.session_id
        if message.delta.add_block.tab_container.id:
            self._tabs = message.delta.add_block.tab_container.id
        element = message.delta.new_element
        if element.HasField("file_uploader") and not element.file_uploader.disabled:
            self._uploader = element.file_uploader.id
        if element.HasField("selectbox"):
            box = element.selectbox
            self._choices[box.label] = box.id, list(box.options)
        if element.HasField("heading"):
            self.headings.append(element.heading.body)
        if element.HasField("exception"):
            raise RuntimeError(element.exception.message)
