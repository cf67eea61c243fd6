from urllib.parse import urlsplit

import pytest

from tests.browser.driver import CHROMIUM, DESKTOP, launch, serve
from xray_core.inference.model_card import list_models


@pytest.fixture(scope="session")
def app_log(tmp_path_factory):
    return tmp_path_factory.mktemp("app") / "log"


@pytest.fixture(scope="session")
def host(app_log, sample_films):
    """The address of the running app, with the sample films and a model."""
    if CHROMIUM is None:
        pytest.skip("needs Chromium: install Debian's package chromium")
    if not list_models():
        pytest.skip("needs a trained model in models/")
    with serve(app_log) as address:
        yield address


@pytest.fixture(scope="session")
def browser():
    """One for all tests of a process: there can be no second."""
    if CHROMIUM is None:
        pytest.skip("needs Chromium: install Debian's package chromium")
    with launch() as browser:
        yield browser


@pytest.fixture
def open_view(browser, host):
    """Open a page in a fresh visit; afterwards, nothing may have been asked of another host."""
    contexts, asked = [], []

    def open_view(path="", **options):
        context = browser.new_context(**(DESKTOP | options))
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("websocket", lambda socket: asked.append(socket.url))
        page.goto(f"{host}/{path}")
        page.get_by_role("heading", level=1).wait_for(timeout=30_000)
        return page

    yield open_view
    for context in contexts:
        context.close()
    remote = [url for url in asked if url.split(":")[0] in ("http", "https", "ws", "wss")]
    assert remote, "the test must have opened a page"
    assert {urlsplit(url).netloc for url in remote} == {urlsplit(host).netloc}
