"""What `make tarball`, `make release` and `make docs` call."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from . import ROOT, PublishError
from .reference import write
from .releases import rebuild, release
from .tarball import build, digest

DIST = ROOT / "dist"


def main(arguments: Sequence[str]) -> str:
    """Do what the command says, and return what there is to tell."""
    match list(arguments):
        case ["tarball"]:
            tarball = build(ROOT, "HEAD", DIST)
        case ["tarball", version]:
            tarball = rebuild(ROOT, version, DIST)
        case ["release", *version]:
            tarball = release(ROOT, "".join(version), DIST)
        case ["docs"]:
            return "\n".join(write(ROOT)) or "all pages are up to date"
        case _:
            raise PublishError("usage: python -m publish tarball [VERSION] | release VERSION | docs")
    return f"{tarball.relative_to(ROOT)}\nsha256 {digest(tarball)}"


if __name__ == "__main__":
    try:
        print(main(sys.argv[1:]))
    except PublishError as error:
        sys.exit(f"publish: {error}")
