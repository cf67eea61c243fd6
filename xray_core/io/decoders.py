"""Decoding apart: libraries meet strangers' files in processes that can be ended.

``python -m xray_core.io.decoders`` is such a process; it knows neither Streamlit nor TensorFlow.
"""

import numpy as np

from xray_core.apart import HelperLostError, Helpers, Message, Words, limit_memory, serve
from xray_core.errors import RadiographError
from xray_core.io.limits import (
    EXPECTED,
    MAX_DECODER_BYTES,
    MAX_DECODERS,
    MAX_SECONDS,
    MAX_WAIT,
    too_slow,
)
from xray_core.io.reading import Reading

decoders = Helpers(__spec__.name, MAX_DECODERS, MAX_WAIT)


def decode_apart(data: bytes, name: str) -> Reading:
    """Read a film in a process of its own.

    Raises
    ------
    RadiographError
        Also where the film took too long, or more memory than there is for one.
    """
    try:
        answer, pixels = decoders.ask({"name": name}, data, MAX_SECONDS)
    except TimeoutError:
        raise too_slow(name) from None
    except HelperLostError:
        raise _too_large(name) from None
    if "error" in answer:
        raise RadiographError(answer["error"])
    if "bug" in answer:
        raise RuntimeError(answer["bug"])
    grey = np.frombuffer(pixels, np.uint8).reshape(answer["shape"])
    return Reading(grey, *(answer[part] for part in Reading._fields[1:]))


def _too_large(name: str) -> RadiographError:
    return RadiographError(
        f"{EXPECTED} that can be read within {MAX_DECODER_BYTES / 2**20:.0f} MB of memory, but "
        f"'{name}' takes more or breaks its decoder: export the film again as PNG."
    )


def _answer(words: Words, data: bytes) -> Message:
    from xray_core.io.radiograph import decode

    name = words["name"]
    try:
        reading = decode(data, name)
    except MemoryError:
        return {"error": str(_too_large(name))}, b""
    except RadiographError as error:
        # The libraries' readers call whatever they meet damage.
        return {"error": str(_too_large(name) if _ran_short(error) else error)}, b""
    except Exception:
        import traceback

        return {"bug": traceback.format_exc()}, b""
    facts = reading._asdict() | {"shape": reading.pixels.shape, "pixels": None}
    return facts, np.ascontiguousarray(reading.pixels).data


def _ran_short(error: BaseException | None) -> bool:
    """Whether memory had run out before an error was raised."""
    while error and not isinstance(error, MemoryError):
        error = error.__context__
    return error is not None


def main() -> None:
    import cv2
    import pydicom.pixels  # noqa: F401 - so that the first such film need not wait

    from xray_core.io import radiograph  # noqa: F401

    cv2.setNumThreads(1)  # two take twice as long to count a film's levels
    limit_memory(MAX_DECODER_BYTES)
    serve(_answer)


if __name__ == "__main__":
    main()
