"""The child process that sets one paper as PDF: ``python -I typesetter.py SECONDS TEMPLATE < words.json``.

The template reads the words from ``sys.inputs.words``; nothing of them is ever read as markup. It reaches
no files but those of its own folder, and no network.

Started by ``paper.py`` and imported by nobody, so that no process that answers pages holds the letters.
"""

from __future__ import annotations

import resource
import sys
from importlib.util import find_spec
from pathlib import Path


def main(seconds: str, template: str) -> None:
    """Print the paper."""
    import typst

    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds)))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    found = find_spec("manimgx_fonts_cjk")
    letters = list(found.submodule_search_locations or ()) if found else []
    made: bytes = typst.compile(
        template, root=str(Path(template).parent), font_paths=letters, ignore_system_fonts=True,
        sys_inputs={"words": sys.stdin.read()}, package_path="/nonexistent",
    )  # fmt: skip
    sys.stdout.buffer.write(made)


if __name__ == "__main__":
    main(*sys.argv[1:])
