"""A helper that takes as much memory as it is asked to."""

from xray_core.apart import limit_memory, serve
from xray_core.io.limits import MAX_DECODER_BYTES


def answer(words, data):
    try:
        bytearray(words["bytes"])
    except MemoryError:
        return {"had": False}, b""
    return {"had": True}, b""


if __name__ == "__main__":
    limit_memory(MAX_DECODER_BYTES)
    serve(answer, pause=0.2)
