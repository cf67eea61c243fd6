"""Names that stand for no film: what systems leave behind, and folders packed into themselves."""

from itertools import pairwise

JUNK = {
    "__macosx",
    "thumbs.db",
    "ehthumbs.db",
    "ehthumbs_vista.db",
    "desktop.ini",
    "icon\r",
    "$recycle.bin",
    "recycler",
    "system volume information",
    "@eadir",
    "#recycle",
    "@recycle",
    "@recently-snapshot",
    "lost+found",
}
"""In small letters; what begins with a dot is hidden, and none either."""


def is_junk(path: str) -> bool:
    """Whether a path is hidden or left behind by a system, or lies in a folder that is."""
    return any(part.startswith(".") or part.lower() in JUNK for part in path.split("/"))


def twin_of(path: str) -> str | None:
    """The path of which this one may be the copy, since a folder was packed into itself.

    As in the archive of Kaggle, which holds every film twice.

    >>> twin_of("chest_xray/chest_xray/train/a.jpeg")
    'chest_xray/train/a.jpeg'
    """
    folders = path.split("/")[:-1]
    for place, (folder, inner) in enumerate(pairwise(folders)):
        if folder == inner:
            parts = path.split("/")
            return "/".join(parts[:place] + parts[place + 1 :])
    return None
