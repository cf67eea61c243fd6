"""What the command line says of itself, and to whom."""

import json
import subprocess
import sys
from argparse import ArgumentParser

import pytest

from xray_core.__main__ import COMMANDS, main
from xray_core.inference.model_card import list_models


def ask(capsys, *words):
    """Exit code, standard output and standard error of a command."""
    try:
        code = main(list(words))
    except SystemExit as stopped:
        code = stopped.code
    return code, *capsys.readouterr()


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_examples_that_the_command_takes_and_every_default(command, capsys, monkeypatch):
    code, said, _ = ask(capsys, command, "--help")
    assert code == 0
    examples = [line.split() for line in said.partition("examples:\n")[2].splitlines()]
    assert examples
    begin = ["python", "-m", "xray_core", command]
    parsed = []
    monkeypatch.setattr(ArgumentParser, "exit", lambda *_: pytest.fail(f"{parsed[-1]} is refused"))
    module = f"xray_core.commands.{command.replace('-', '_')}.run"
    monkeypatch.setattr(module, lambda arguments: 0)
    for words in examples:
        assert words[:4] == begin
        words = words[: words.index(">")] if ">" in words else words
        parsed.append(words)
        assert main([command, *words[4:]]) == 0


def test_help_of_options_names_their_defaults(capsys):
    said = ask(capsys, "explain", "--help")[1]
    assert "default: hires_cam" in " ".join(said.split())
    assert "default: PNEUMONIA" in " ".join(said.split())
    for name in list_models():
        assert name in said


@pytest.mark.parametrize("model", ["quality", "lung_fields", "nothing"])
def test_model_offers_classifiers_only(sample_films, tmp_path, capsys, model):
    code, _, said = ask(capsys, "predict", str(tmp_path), "--model", model)
    assert code == 2
    file = tmp_path / "film.jpeg"
    file.write_bytes(sample_films[0].read())
    code, _, said = ask(capsys, "predict", str(file), "--model", model)
    assert code == 2
    assert all(name in said for name in list_models())
    assert {"quality", "lung_fields"}.isdisjoint(said.split("choose one of")[-1].split())


def test_predict_of_a_folder_points_to_score(tmp_path, capsys):
    code, _, said = ask(capsys, "predict", str(tmp_path))
    assert code == 2
    assert f"`score {tmp_path} --out TABLE.csv`" in said


@pytest.mark.parametrize("words", [["--out", "OUT", "latency"], ["latency", "--out", "OUT"]])
def test_bench_honours_its_options_wherever_they_stand(words, tmp_path, capsys, monkeypatch):
    told = []
    monkeypatch.setattr("benchmarks.speed.measure", lambda *facts: told.append(facts) or 0)
    out = str(tmp_path / "speed.json")
    words = [out if word == "OUT" else word for word in words]
    assert ask(capsys, "bench", "--rounds", "3", "--no-notebook", *words)[0] == 0
    assert told == [(("latency",), out, 3, False)]
    assert ask(capsys, "bench", "throughput")[0] == 0
    assert told[1] == (("throughput",), "docs/speed.json", 9, True)


def test_explain_of_a_refused_film_says_so_and_writes_the_map(sample_films, tmp_path, capsys):
    from xray_core.io.images import encode_jpeg

    film, out = tmp_path / "sideways.jpeg", tmp_path / "map.png"
    film.write_bytes(encode_jpeg(sample_films[-1].open().pixels.T[::-1]))
    code, said, warned = ask(capsys, "explain", str(film), "--out", str(out))
    assert code == 0
    assert json.loads(said)["decision"] == "refused"
    assert "The model refuses this film" in warned
    assert out.exists()


def test_answer_brings_no_chatter_of_a_library(sample_films, tmp_path):
    film = tmp_path / "film.jpeg"
    film.write_bytes(sample_films[0].read())
    done = subprocess.run(
        [sys.executable, "-m", "xray_core", "predict", str(film)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout)["decision"]
    assert done.stderr == ""
