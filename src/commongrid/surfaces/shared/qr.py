"""QR codes as SVG, drawn by the server so that they print and need no script."""

from __future__ import annotations

import io

import segno
from django.utils.safestring import SafeString, mark_safe


def svg(text: str, *, scale: int = 4) -> SafeString:
    """An SVG element without colours of its own; error correction M survives a crease in the paper."""
    out = io.BytesIO()
    code = segno.make(text, error="m", micro=False)
    code.save(out, kind="svg", scale=scale, border=2, xmldecl=False, svgns=True, omitsize=True, lineclass=None)
    return mark_safe(out.getvalue().decode("utf-8"))  # noqa: S308 - segno draws paths only, the text is not in it
