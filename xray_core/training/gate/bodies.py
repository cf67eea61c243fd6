"""Films of other parts of the body, made from volumes and meshes: slices, projections, shadows.

A slice through the chest and its projection from the side are what a gate mistakes most easily for
a frontal film, and real ones cannot be had from a package.
"""

import gzip
import plistlib
import tarfile
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.random import Generator

from xray_core.inference.views import FILM_SIZE

FRONTAL = 40.0  # degrees from the frontal direction within which a projection is a frontal film
AIR = -1000  # Hounsfield units
SAMPLES = 120_000  # points on a bone's surface
NO_BONES = ("exo", "osl", "torso", "thorax", "ribs", "spine")


def read_volume(files: Sequence[Path]) -> np.ndarray:
    """Read the volume in a folder's DICOM slices, an NRRD, a NIfTI or an InVesalius file.

    Returns
    -------
    float32, (slices, rows, columns)
        From the head down, whatever the values mean.
    """
    if files[0].suffix == ".dcm":
        return _read_series(files)
    readers = {".nrrd": _read_nrrd, ".gz": _read_nifti, ".inv3": _read_invesalius}
    return readers[files[0].suffix](files[0])


def shrink(volume: np.ndarray) -> np.ndarray:
    """Leave out every other row and column of a volume that has more than a picture needs."""
    return volume[:, ::2, ::2] if min(volume.shape[1:]) > 1.5 * FILM_SIZE else volume


def _read_series(files: Sequence[Path]) -> np.ndarray:
    from pydicom import dcmread

    slices = sorted(map(dcmread, files), key=lambda s: -float(s.ImagePositionPatient[2]))
    offset = float(slices[0].RescaleIntercept)
    return np.stack([s.pixel_array for s in slices]).astype(np.float32) + offset


def _read_nrrd(path: Path) -> np.ndarray:
    header, _, body = path.read_bytes().partition(b"\n\n")
    facts = dict(line.split(": ", 1) for line in header.decode().splitlines() if ": " in line)
    shape = [int(n) for n in facts["sizes"].split()]
    kind = {"short": "<i2", "float": "<f4", "unsigned char": "u1"}[facts["type"]]
    values = np.frombuffer(gzip.decompress(body), kind)
    return values.reshape(shape[::-1])[::-1].astype(np.float32)


def _read_nifti(path: Path) -> np.ndarray:
    data = gzip.decompress(path.read_bytes())
    shape = np.frombuffer(data, "<i2", 4, 40)[1:]
    kind = {2: "u1", 4: "<i2", 8: "<i4", 16: "<f4", 64: "<f8", 512: "<u2"}[
        int(np.frombuffer(data, "<i2", 1, 70)[0])
    ]
    start = int(np.frombuffer(data, "<f4", 1, 108)[0])
    values = np.frombuffer(data, kind, int(np.prod(shape, dtype=int)), start)
    return values.reshape(shape[::-1])[::-1, ::-1].astype(np.float32)


def _read_invesalius(path: Path) -> np.ndarray:
    with tarfile.open(path) as archive:
        members = {member.name.rpartition("/")[2]: member for member in archive.getmembers()}

        def read(name: str) -> bytes:
            file = archive.extractfile(members[name])
            assert file is not None  # as for whatever is no file
            return file.read()

        matrix = plistlib.loads(read("main.plist"))["matrix"]
        values = read(matrix["filename"])
    volume = np.frombuffer(values, matrix["dtype"]).reshape(matrix["shape"])
    return volume[::-1].astype(np.float32)


def show_volume(volume: np.ndarray, rng: Generator) -> np.ndarray:
    """A slice of a volume in any direction or a projection not from the front; uint8 (224, 224)."""
    if rng.random() < 0.5:
        axis = int(rng.integers(3))
        place = int(rng.uniform(0.15, 0.85) * volume.shape[axis])
        picture = np.take(volume, place, axis)
        low = np.percentile(picture, rng.uniform(0, 60))
    else:
        picture = project(volume, rng.uniform(FRONTAL, 180 - FRONTAL))
        picture = _part(picture, rng) ** rng.uniform(0.5, 1.2)
        low = np.percentile(picture, rng.uniform(0, 10))
    high = max(np.percentile(picture, rng.uniform(97, 100)), low + 1e-3)
    grey = (np.clip((picture - low) / (high - low), 0, 1) * 255).astype(np.uint8)
    if rng.random() < 0.1:
        grey = 255 - grey
    shrinks = min(grey.shape) > FILM_SIZE
    way = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    return cv2.resize(grey, (FILM_SIZE, FILM_SIZE), interpolation=way)


def project(volume: np.ndarray, angle: float) -> np.ndarray:
    """Sum a volume along a horizontal direction.

    Parameters
    ----------
    volume : float32, (slices, rows, columns)
    angle : degrees
        0 looks along the rows, which in a volume from the head down is frontal.

    Returns
    -------
    float32, (slices, columns), >= 0
    """
    _, rows, columns = volume.shape
    matrix = cv2.getRotationMatrix2D((columns / 2, rows / 2), angle, 1)
    dense = np.maximum(volume - max(float(volume.min()), AIR), 0)
    turned = [cv2.warpAffine(level, matrix, (columns, rows)).mean(axis=0) for level in dense]
    return np.stack(turned)


def _part(picture: np.ndarray, rng: Generator) -> np.ndarray:
    """A part of a projection, as a film of the shoulder, the neck or the upper belly shows it."""
    rows, columns = picture.shape
    high, wide = rng.uniform(0.45, 1, 2)
    top, left = rng.uniform(0, 1 - high), rng.uniform(0, 1 - wide)
    return picture[
        int(top * rows) : int((top + high) * rows),
        int(left * columns) : int((left + wide) * columns),
    ]


def read_bones(files: Sequence[Path]) -> list[np.ndarray]:
    """Read the bones among binary STL files, each float32 (triangles, 3, 3).

    Devices are left out, and what is in a frontal chest film.
    """
    kept = [path for path in files if not any(word in path.stem for word in NO_BONES)]
    kind = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("rest", "<u2")])
    return [np.frombuffer(path.read_bytes()[84:], kind)["corners"] for path in kept]


def show_bones(bones: Sequence[np.ndarray], rng: Generator) -> np.ndarray:
    """The shadow of one to nine bones in soft tissue, side by side as in a hand, a foot or a knee.

    uint8, (224, 224).
    """
    film: np.ndarray = np.zeros((FILM_SIZE, FILM_SIZE), np.float32)
    count = int(rng.choice([1, 1, 2, 3, 5, 9]))
    first = int(rng.integers(len(bones)))
    turn, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    side = FILM_SIZE / np.ceil(np.sqrt(count))
    for number in range(count):
        bone = bones[(first + number) % len(bones)]
        row, column = divmod(number, int(np.ceil(np.sqrt(count))))
        centre = (np.array([column, row]) + 0.5) * side + rng.normal(0, 0.08, 2) * side
        film += cast_shadow(bone @ turn, centre, side * rng.uniform(0.9, 2.2), rng)
    bare = cv2.GaussianBlur(film, (0, 0), 0.8)
    flesh = cv2.GaussianBlur((bare > 0.02).astype(np.float32), (0, 0), rng.uniform(8, 22))
    film = bare + rng.uniform(0.3, 1.2) * np.sqrt(flesh)
    film += rng.normal(0, rng.uniform(0.002, 0.03), film.shape).astype(np.float32)
    film -= film.min()
    grey = (film / max(float(film.max()), 1e-6)) ** rng.uniform(0.6, 1.4) * 255
    turned = np.rot90(grey.astype(np.uint8), int(rng.integers(4)))
    return np.ascontiguousarray(255 - turned if rng.random() < 0.15 else turned)


def cast_shadow(bone: np.ndarray, centre: np.ndarray, side: float, rng: Generator) -> np.ndarray:
    """How much of a closed surface each ray passes, scaled to a mean of about 1 where it does.

    The thickness along z over a pixel is the sum of z over the surface seen through it, counted
    positive where the surface looks up and negative where it looks down.

    Parameters
    ----------
    bone : float32, (triangles, 3, 3)
    centre : (x, y), pixels
    side : pixels
        Of the bone's longest extent.
    rng
        Samples its surface.

    Returns
    -------
    float32, (224, 224), >= 0
    """
    corners = bone - bone.reshape(-1, 3).mean(axis=0)
    corners *= side / max(np.ptp(corners.reshape(-1, 3), axis=0).max(), 1e-6)
    edges = corners[:, 1:] - corners[:, :1]
    normals = np.cross(edges[:, 0], edges[:, 1])
    areas = np.linalg.norm(normals, axis=1)
    chosen = rng.choice(len(corners), SAMPLES, p=areas / areas.sum())
    along = rng.random((SAMPLES, 2))
    along = np.where(along.sum(axis=1, keepdims=True) > 1, 1 - along, along)
    points = corners[chosen, 0] + np.einsum("ni,nij->nj", along, edges[chosen])
    signed = normals[chosen, 2] / np.maximum(areas[chosen], 1e-12) * points[:, 2]
    x, y = np.rint(points[:, :2] + centre).astype(int).T
    inside = (x >= 0) & (x < FILM_SIZE) & (y >= 0) & (y < FILM_SIZE)
    place = y[inside] * FILM_SIZE + x[inside]
    film = np.bincount(place, signed[inside], FILM_SIZE**2).reshape(FILM_SIZE, FILM_SIZE)
    film = np.maximum(cv2.GaussianBlur(film.astype(np.float32), (0, 0), 1.5), 0)
    return film / max(float(film[film > 0].mean()) if (film > 0).any() else 0, 1e-6)
