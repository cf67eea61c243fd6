from collections import defaultdict
from urllib.parse import urlsplit

import pytest

from scripts.screenshots import serve_samples
from tests.browser.driver import CHROMIUM, DESKTOP, launch
from xray_core.inference.model_card import list_models


@pytest.fixture(scope="session")
def app_log(tmp_path_factory):
    return tmp_path_factory.mktemp("app") / "log"


@pytest.fixture(scope="session")
def host(app_log, sample_films):
    """The address of the running app, with a model and nothing but the sample films.

    One for all tests of a process: none changes what another visit sees.
    """
    if CHROMIUM is None:
        pytest.skip("needs Chromium: install Debian's package chromium")
    if not list_models():
        pytest.skip("needs a trained model in models/")
    with serve_samples(app_log.parent) as address:
        yield address


@pytest.fixture(scope="session")
def browser():
    """One for all tests of a process: there can be no second."""
    if CHROMIUM is None:
        pytest.skip("needs Chromium: install Debian's package chromium")
    with launch() as browser:
        yield browser


@pytest.fixture(scope="session")
def idle_pages(browser):
    """Blank pages whose visit is over, by the options of their contexts.

    Where one opens the app again the browser has compiled the app's scripts already: half a second
    of a core instead of two.
    """
    return defaultdict(list)


@pytest.fixture
def open_view(browser, host, idle_pages):
    """Open a page in a fresh visit; afterwards, nothing may have been asked of another host."""
    used, asked = [], []

    def note(one):
        asked.append(one.url)

    def open_view(path="", **options):
        options = DESKTOP | options  # of which a page can be given some later
        viewport = options.pop("viewport")
        media = {
            "color_scheme": options.pop("color_scheme", "light"),
            "reduced_motion": options.pop("reduced_motion", "no-preference"),
        }
        idle = idle_pages[repr(sorted(options.items()))]
        page = idle.pop() if idle else browser.new_context(**options).new_page()
        used.append((page, idle))
        page.set_viewport_size(viewport)
        page.emulate_media(**media)
        page.on("request", note)
        page.on("websocket", note)
        page.goto(f"{host}/{path}")
        page.get_by_role("heading", level=1).wait_for(timeout=30_000)
        return page

    yield open_view
    for page, idle in used:
        page.evaluate("sessionStorage.clear()")
        page.goto("about:blank")
        page.remove_listener("request", note)
        page.remove_listener("websocket", note)
        page.context.clear_permissions()
        forget = {"origin": host, "storageTypes": "all"}  # cookies, too
        page.context.new_cdp_session(page).send("Storage.clearDataForOrigin", forget)
        idle.append(page)
    remote = [url for url in asked if url.split(":")[0] in ("http", "https", "ws", "wss")]
    assert remote, "the test must have opened a page"
    assert {urlsplit(url).netloc for url in remote} == {urlsplit(host).netloc}
