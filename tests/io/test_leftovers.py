import pytest

from xray_core.io.leftovers import is_junk, twin_of


@pytest.mark.parametrize(
    "path",
    [
        "Thumbs.db", "a/thumbs.db", "@eaDir/a.jpeg/SYNOPHOTO_THUMB_M.jpg", "$RECYCLE.BIN/x.png",
        "__MACOSX/a.png", ".DS_Store", "a/._b.png", "System Volume Information/x", "desktop.INI",
    ],
)  # fmt: skip
def test_what_systems_leave_behind_is_junk(path):
    assert is_junk(path)


@pytest.mark.parametrize("path", ["a.png", "train/NORMAL/IM-0001-0001.jpeg", "thumbs/a.png"])
def test_film_is_no_junk(path):
    assert not is_junk(path)


@pytest.mark.parametrize(
    ("path", "twin"),
    [
        ("x/x/train/a.png", "x/train/a.png"),
        ("y/x/x/a.png", "y/x/a.png"),
        ("x/train/a.png", None),
        ("a/a", None),
        ("x/y/x/a.png", None),
    ],
)
def test_twin_of_a_path_in_a_folder_packed_into_itself(path, twin):
    assert twin_of(path) == twin
