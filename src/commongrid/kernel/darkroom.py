"""The child process that develops one picture anew: ``python -I darkroom.py MEMORY SECONDS EDGE < picture``.

It decodes the picture, turns it upright, and encodes only its pixels again as a
JPEG of at most EDGE pixels: whatever else the file carried (EXIF, places, other
files behind its end) is gone. It prints one line of JSON (``{"width": …,
"height": …}`` or ``{"fault": …}``) and then the bytes.

Started by ``photos.py`` and imported by nobody.
"""

from __future__ import annotations

import io
import json
import resource
import sys
import warnings

PIXELS = 120_000_000
"""More than any phone's camera; what claims more is a bomb."""

QUALITY = 82


def limit(memory: int, seconds: int) -> None:
    """Bound what this process may use; the kernel ends it otherwise."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(memory: str, seconds: str, edge: str) -> None:
    """Print the picture anew."""
    from PIL import Image, ImageOps

    Image.init()
    limit(int(memory), int(seconds))
    warnings.simplefilter("error")
    Image.MAX_IMAGE_PIXELS = PIXELS  # beyond it Pillow warns, and here a warning is an error
    received = io.BytesIO(sys.stdin.buffer.read())
    with Image.open(received, formats=["JPEG", "PNG", "WEBP"]) as picture:
        picture.draft("RGB", (2 * int(edge), 2 * int(edge)))
        picture.load()
        upright = ImageOps.exif_transpose(picture)
        clear = upright.convert("RGBA") if upright.has_transparency_data else upright.convert("RGB")
        clear.thumbnail((int(edge), int(edge)))
    developed = Image.new("RGB", clear.size, "white")
    developed.paste(clear, mask=clear.getchannel("A") if clear.mode == "RGBA" else None)
    stored = io.BytesIO()
    developed.save(stored, "JPEG", quality=QUALITY, progressive=True, optimize=True)
    sys.stdout.write(json.dumps({"width": developed.width, "height": developed.height}) + "\n")
    sys.stdout.flush()
    sys.stdout.buffer.write(stored.getvalue())


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
        sys.stdout.flush()
    except MemoryError:
        sys.stdout.write('{"fault": "bomb"}\n')
    except BaseException as fault:  # noqa: BLE001 - decoders raise anything; whatever it is, this is no picture
        bomb = type(fault).__name__.startswith("DecompressionBomb")
        sys.stdout.write(json.dumps({"fault": "bomb" if bomb else "broken"}) + "\n")
