"""Two server processes behind the proxy of deploy/: each visit stays with one of them."""

import shutil
import subprocess
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import pytest
import requests

from tests import ROOT
from tests.browser.driver import CHROMIUM, DESKTOP, free_port, run_app, settle
from xray_core.inference.model_card import list_models
from xray_core.io.limits import MAX_BYTES
from xray_core.ui.server import HEADERS

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
SITE = ROOT / "deploy" / "nginx.conf"
VISITS = 8
pytestmark = pytest.mark.skipif(not NGINX, reason="needs nginx")


def configure(folder, ports):
    """The project's site in a configuration that needs no rights; returns file and address."""
    port = free_port()
    site = SITE.read_text().replace("listen 8080", f"listen 127.0.0.1:{port}")
    for name, server in zip(("app1", "app2"), ports, strict=True):
        site = site.replace(f"{name}:8501", f"127.0.0.1:{server}")
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    parked = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    file = folder / "nginx.conf"
    file.write_text(
        f"daemon off; pid {folder}/pid; error_log {folder}/log;\n"
        f"events {{ worker_connections 2048; }}\nhttp {{\n{parked}\n{site}\n}}\n"
    )
    return file, f"http://127.0.0.1:{port}"


def test_proxy_s_configuration_is_valid(tmp_path):
    file, _ = configure(tmp_path, (8501, 8502))
    done = subprocess.run([NGINX, "-t", "-c", file], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def proxied(tmp_path):
    """The proxy before a server that says where it was asked, with headers of its own."""

    class Server(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Referrer-Policy", "unsafe-url")
            self.end_headers()
            self.wfile.write(self.path.encode())

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Server) as server, ExitStack() as stack:
        Thread(target=server.serve_forever, daemon=True).start()
        stack.callback(server.shutdown)
        file, host = configure(tmp_path, [server.server_port] * 2)
        few = file.read_text().replace("rate=10r/s", "rate=1r/s").replace("burst=1000", "burst=50")
        file.write_text(few)  # else a busy machine never asks more than is let through
        with (tmp_path / "said").open("w") as said:
            proxy = subprocess.Popen([NGINX, "-c", file], stderr=said)
        stack.callback(proxy.wait)
        stack.callback(proxy.terminate)
        wait_until_it_answers(host, b"/_stcore/health")
        yield host


def test_every_answer_of_the_proxy_has_the_headers_of_the_app(proxied):
    for place, status in (("/", 200), ("/_stcore/metrics", 404)):
        answer = requests.get(proxied + place, timeout=5)
        assert answer.status_code == status
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS
        assert answer.headers["Server"] == "nginx"


@pytest.mark.parametrize("spelt", ["metrics", "metrics/", "./metrics", "x/../metrics", "%6detrics"])
def test_figures_of_the_server_are_not_passed_on(proxied, spelt):
    host, port = urlsplit(proxied).netloc.split(":")
    with closing(HTTPConnection(host, int(port), timeout=5)) as asked:
        asked.request("GET", f"/_stcore/{spelt}")  # as it is spelt: requests would tidy it up
        assert asked.getresponse().status == 404


def test_too_much_is_refused_and_the_log_names_no_visitor(proxied, tmp_path):
    large = {"Content-Length": str(MAX_BYTES + 2 * 2**20)}
    place = f"{proxied}/_stcore/upload_file/visit/film"
    assert requests.put(place, headers=large, timeout=5).status_code == 413
    assert requests.get(proxied, headers={"X-Long": "x" * 9000}, timeout=5).status_code == 400
    with ThreadPoolExecutor(20) as pool:
        asked = [pool.submit(requests.get, place, timeout=20) for _ in range(200)]
    assert {one.result().status_code for one in asked} == {200, 429}
    assert (tmp_path / "said").read_text() == ""
    assert "upload_file" not in (tmp_path / "log").read_text()


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None or not list_models(), reason="needs Chromium and a model")
def test_visits_stay_with_one_of_two_servers_and_outlive_the_other(browser, tmp_path, sample_films):
    with ExitStack() as stack:
        logs = [tmp_path / f"server{number}" for number in (1, 2)]
        servers = [stack.enter_context(run_app(log)) for log in logs]
        ports = [address.rsplit(":")[-1] for _, address in servers]
        file, host = configure(tmp_path, ports)
        proxy = subprocess.Popen([NGINX, "-c", file], stderr=subprocess.DEVNULL)
        stack.callback(proxy.wait)
        stack.callback(proxy.terminate)
        wait_until_it_answers(host)
        pages = [browser.new_context(**DESKTOP).new_page() for _ in range(VISITS)]
        for page in pages:
            stack.callback(page.context.close)
            page.goto(f"{host}/Triage")
            upload(page, sample_films[:3])
        # that chance chooses one server for all happens once in 128 times
        assert all(map(connections_of, ports))
        process, _ = servers[0]
        process.terminate()
        assert process.wait(timeout=15) == 0
        for page in pages:
            page.goto(f"{host}/Triage")
            upload(page, sample_films[3:6])
    assert not list(tmp_path.glob("*/*")), "the proxy has parked an upload in a file"


def wait_until_it_answers(host, answer=b"ok"):
    deadline = time.monotonic() + 10
    while True:
        try:
            assert urllib.request.urlopen(f"{host}/_stcore/health", timeout=2).read() == answer
            return
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.1)


def upload(page, samples):
    settle(page)
    page.locator("input[type=file]").first.set_input_files(
        [
            {"name": sample.name, "mimeType": "image/jpeg", "buffer": sample.read()}
            for sample in samples
        ]
    )
    page.get_by_text(f"{len(samples)} films of {len(samples)}").wait_for(timeout=60_000)


def connections_of(port):
    """Number of connections that a server holds; the proxy keeps one for each visit."""
    rows = [row.split() for row in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    established = "01"
    local = f"0100007F:{int(port):04X}"
    return sum((row[1], row[3]) == (local, established) for row in rows)
