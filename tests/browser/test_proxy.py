"""Two server processes behind the proxy of deploy/: each visit stays with one of them."""

import shutil
import subprocess
import time
import urllib.request
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests import ROOT
from tests.browser.driver import CHROMIUM, DESKTOP, free_port, run_app, settle
from xray_core.inference.model_card import list_models

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
        f"events {{}}\nhttp {{\n{parked}\n{site}\n}}\n"
    )
    return file, f"http://127.0.0.1:{port}"


def test_proxy_s_configuration_is_valid(tmp_path):
    file, _ = configure(tmp_path, (8501, 8502))
    done = subprocess.run([NGINX, "-t", "-c", file], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


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


def wait_until_it_answers(host):
    deadline = time.monotonic() + 10
    while True:
        try:
            assert urllib.request.urlopen(f"{host}/_stcore/health", timeout=2).read() == b"ok"
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
