"""How does the collection reach its users: tarball, releases, reference pages."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class PublishError(Exception):
    """Something that whoever publishes has to put right; its text says what."""
