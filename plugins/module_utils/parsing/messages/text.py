# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One sentence of the catalogue, in both languages."""

from __future__ import annotations

from dataclasses import dataclass

LANGUAGES = ("vi", "en")


@dataclass(frozen=True)
class Text:
    """One kind of problem; each language has the message and the fix.

    ``{value}`` is what stands in the file, ``{detail}`` the second fact (what is known, the other place);
    ``{0}``, ``{1}`` are the parts of a problem that has more than one.
    """

    severity: str
    vi: tuple[str, str]
    en: tuple[str, str]

    def said(self, language: str) -> tuple[str, str]:
        """Return message and fix."""
        return self.en if language == "en" else self.vi


def error(vi: tuple[str, str], en: tuple[str, str]) -> Text:
    """Return a text of what stops a run."""
    return Text("error", vi, en)


def warning(vi: tuple[str, str], en: tuple[str, str]) -> Text:
    """Return a text of what is only shown."""
    return Text("warning", vi, en)
