"""Films as they should not be, and pictures that are none: what the quality gate learns from."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.random import Generator
from PIL import Image, ImageDraw, ImageFont

from xray_core.inference.views import FILM_SIZE, WHOLE_FILM, cut
from xray_core.training.augment import random_tone, random_warp, random_wear

KEPT_LUNGS = (0.25, 0.6)  # share of the lungs that a cropped film still shows


def wear(film: np.ndarray, rng: Generator) -> np.ndarray:
    """A film as another hospital or a phone would deliver it: still upright and whole."""
    film = random_wear(random_tone(film, rng), rng)
    if rng.random() < 0.3:  # a border, as a screenshot or a scanner leaves it
        left, right, top, bottom = (rng.random(4) * rng.uniform(0, 30)).astype(int)
        inner = cv2.resize(film, (FILM_SIZE - left - right, FILM_SIZE - top - bottom))
        level = int(rng.choice(np.array([0, 0, 255, rng.integers(256)])))
        film = cv2.copyMakeBorder(inner, top, bottom, left, right, cv2.BORDER_CONSTANT, value=level)
    warp = random_warp(rng, rotation=8, scale=(0.9, 1.05), shift=0.04, flip=False)
    return cut(film.astype(np.float32), WHOLE_FILM, FILM_SIZE, warp).clip(0, 255).astype(np.uint8)


def photograph(film: np.ndarray, rng: Generator) -> np.ndarray:
    """A film on a screen or a light box as a camera sees it: slanted, unevenly lit, with a rim."""
    far = FILM_SIZE - 1
    corners = np.array([[0, 0], [far, 0], [far, far], [0, far]], np.float32)
    inwards = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]]) * rng.uniform(0, 30, (4, 2))
    matrix = cv2.getPerspectiveTransform(corners, (corners + inwards).astype(np.float32))
    room = float(rng.choice([rng.uniform(0, 60), rng.uniform(120, 255)]))
    shown = cv2.warpPerspective(film, matrix, (FILM_SIZE, FILM_SIZE), borderValue=room)
    y, x = np.mgrid[0 : 1 : FILM_SIZE * 1j, 0 : 1 : FILM_SIZE * 1j]
    x0, y0 = rng.uniform(0, 1, 2)
    light = 1 - rng.uniform(0, 0.5) * np.hypot(x - x0, y - y0)
    grid = 1 + rng.uniform(0, 0.04) * np.sin(x * rng.uniform(60, 500)) * np.sin(y * 300)
    return random_wear((shown * light * grid).clip(0, 255).astype(np.uint8), rng)


def collage(films: Sequence[np.ndarray], rng: Generator) -> np.ndarray:
    """Two to four films on one page; one alone would be cut to the film before it is judged."""
    count = int(rng.choice([2, 2, 3, 4]))
    page = np.full(
        (FILM_SIZE, FILM_SIZE), int(rng.choice(np.array([0, 255, rng.integers(256)]))), np.uint8
    )
    across = 3 if count == 3 else 2
    down = -(-count // across)
    share = rng.uniform(0.85, 1)
    width, height = int(FILM_SIZE / across * share), int(FILM_SIZE / down * share)
    for number in range(count):
        row, column = divmod(number, across)
        left = int(column * FILM_SIZE / across + rng.uniform(0, FILM_SIZE / across - width))
        top = int(row * FILM_SIZE / down + rng.uniform(0, FILM_SIZE / down - height))
        film = films[int(rng.integers(len(films)))]
        page[top : top + height, left : left + width] = cv2.resize(film, (width, height))
    return page


def crop(film: np.ndarray, mask: np.ndarray, rng: Generator) -> np.ndarray | None:
    """A part of a film that shows only a part of the lungs; None where chance found none."""
    lungs = cv2.resize(mask, film.shape[::-1]) > 0.5
    for _ in range(40):
        width, height = (rng.uniform(0.3, 0.9, 2) * FILM_SIZE).astype(int)
        left, top = rng.integers(FILM_SIZE - width), rng.integers(FILM_SIZE - height)
        part = (slice(top, top + height), slice(left, left + width))
        if KEPT_LUNGS[0] < lungs[part].sum() / max(lungs.sum(), 1) < KEPT_LUNGS[1]:
            return cv2.resize(film[part], (FILM_SIZE, FILM_SIZE), interpolation=cv2.INTER_LINEAR)
    return None


def draw_other(rng: Generator) -> np.ndarray:
    """A drawn picture that is no film: noise, a gradient, a pattern, shapes, a document."""
    draw = (_noise, _gradient, _stripes, _shapes, _document)[rng.integers(5)]
    return random_tone(draw(rng), rng)


def _noise(rng: Generator) -> np.ndarray:
    side = int(rng.choice([3, 6, 12, 30, 80, FILM_SIZE]))
    noise = rng.integers(0, 256, (side, side)).astype(np.uint8)
    if rng.random() < 0.3:
        noise = noise // 4 + int(rng.integers(190))
    way = int(rng.choice([cv2.INTER_CUBIC, cv2.INTER_NEAREST]))
    return cv2.resize(noise, (FILM_SIZE, FILM_SIZE), interpolation=way)


def _gradient(rng: Generator) -> np.ndarray:
    y, x = np.mgrid[-1 : 1 : FILM_SIZE * 1j, -1 : 1 : FILM_SIZE * 1j]
    x0, y0, angle = rng.uniform(-1, 1), rng.uniform(-1, 1), rng.uniform(0, 6.3)
    field = (
        np.hypot(x - x0, y - y0) if rng.random() < 0.5 else x * np.cos(angle) + y * np.sin(angle)
    )
    return _to_grey(field if rng.random() < 0.7 else -field)


def _stripes(rng: Generator) -> np.ndarray:
    y, x = np.mgrid[0:FILM_SIZE, 0:FILM_SIZE]
    angle, period = rng.uniform(0, 3.2), rng.uniform(3, 90)
    waves = np.sin((x * np.cos(angle) + y * np.sin(angle)) * 6.3 / period)
    if rng.random() < 0.5:
        waves = waves * np.sin((y * np.cos(angle) - x * np.sin(angle)) * 6.3 / period)
    return _to_grey(np.sign(waves) if rng.random() < 0.4 else waves)


def _shapes(rng: Generator) -> np.ndarray:
    picture = np.full((FILM_SIZE, FILM_SIZE), rng.integers(256), np.uint8)
    for _ in range(rng.integers(1, 9)):
        level = int(rng.integers(256))
        x, y, a, b = (int(v) for v in rng.integers(5, FILM_SIZE, 4))
        if rng.random() < 0.5:
            cv2.ellipse(
                picture, (x, y), (a // 2, b // 2), float(rng.uniform(0, 180)), 0, 360, level, -1
            )
        else:
            cv2.rectangle(picture, (x, y), (a, b), level, -1)
    blur = rng.uniform(0.1, 12)
    return cv2.GaussianBlur(picture, (0, 0), blur)


def _document(rng: Generator) -> np.ndarray:
    scale = int(rng.integers(2, 5))
    page = Image.new("L", (FILM_SIZE * scale, FILM_SIZE * scale), int(rng.integers(225, 256)))
    pen, font = ImageDraw.Draw(page), ImageFont.load_default(size=float(rng.uniform(9, 40)))
    line = int(rng.uniform(12, 60))
    for y in range(line, page.height - line, line):
        if rng.random() < 0.85:
            letters = (
                rng.integers(97, 123, rng.integers(4, 120)).astype(np.uint8).tobytes().decode()
            )
            words = letters.replace("e", " ").replace("q", " ")
            pen.text(
                (int(rng.integers(5, 60)), y), words, fill=int(rng.integers(0, 120)), font=font
            )
    small = np.asarray(page.resize((FILM_SIZE, FILM_SIZE), Image.Resampling.BOX))
    return 255 - small if rng.random() < 0.2 else small


def _to_grey(field: np.ndarray) -> np.ndarray:
    field = field - field.min()
    return (field / max(field.max(), 1e-6) * 255).astype(np.uint8)
