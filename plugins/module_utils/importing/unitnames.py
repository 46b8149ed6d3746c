# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which unit a text means: its code, its path, or its official name as people write it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import takewhile

from ..naming.names import clean, fold, same_key
from ..roster.units import PEOPLE_KINDS, Unit

Tokens = tuple[str, ...]

NUMBERING = re.compile(r"(?:[IVXLC]+|[A-ZĐ]|\d{1,2}(?:\.\d{1,2})*)\s*[.)/:–-]\s*(?=\D)")
_BETWEEN = re.compile(r"[\s,;:()/–—-]+")
_SHORT = {
    "ubnd": ("uy", "ban", "nhan", "dan"),
    "hdnd": ("hoi", "dong", "nhan", "dan"),
    "vp": ("van", "phong"),
}
_COMMITTEE = _SHORT["ubnd"]
# A title such as "DANH SÁCH CÁN BỘ, CÔNG CHỨC SỞ NỘI VỤ NĂM 2025" names the unit between words of these two
# kinds. Any other word there may make it another unit ("CHI CỤC ... THUỘC SỞ NỘI VỤ").
_BEFORE = frozenset({
    "bieu", "danh", "sach", "trich", "ngang", "thong", "ke", "tong", "hop", "bao", "cao", "so", "luong",
    "can", "bo", "cong", "chuc", "vien", "nguoi", "lao", "dong", "nhan", "su", "cbccvc", "cbcc", "nld",
    "cac", "cua", "tai", "ten", "don", "vi", "co", "quan",
})  # fmt: skip
_AFTER = frozenset(["nam", "thang", "quy", "tinh", "thanh", "tp", "den", "kem", "theo", "dang", "hien", "co"])


def tokens(text: str) -> Tokens:
    """Return the folded words of a text, abbreviations written out, without "và" and "&"."""
    found: list[str] = []
    for word in _words(text):
        folded = fold(word)
        found += _SHORT.get(folded, (folded,))
    return tuple(found)


def _words(text: str) -> list[str]:
    plain = clean(text)[0].replace("&", " ").replace(".", " ")
    return [word for word in _BETWEEN.split(plain) if fold(word) not in ("", "va")]


def _marked(text: str) -> list[object]:
    """Return the words as they are compared with their marks; abbreviations have none."""
    return [same_key(word.lower()) for word in _words(text) if fold(word) not in _SHORT]


class UnitNames:
    """All units of a site, found by what a list calls them. What fits several of them fits none."""

    def __init__(self, units: Mapping[str, Unit]) -> None:
        """Index the units by the forms of their names."""
        self._units = units
        self._named: dict[Tokens, list[Unit]] = defaultdict(list)
        for unit in units.values():
            for key in _keys(tokens(unit.name), unit.kind):
                self._named[key].append(unit)

    def any(self, text: str) -> Unit | None:
        """Return the unit of any kind with exactly this name."""
        return _one(self._named.get(tokens(text), ()), text)

    def agency(self, text: str) -> Unit | None:
        """Return the agency or locality that the text names by path or name, numbering left out."""
        bare = NUMBERING.sub("", clean(text)[0], count=1).strip()
        unit = self._units.get(bare.lower())
        if unit is not None and unit.kind in PEOPLE_KINDS:
            return unit
        return _one((unit for unit in self._named.get(tokens(bare), ()) if unit.kind in PEOPLE_KINDS), bare)

    def above(self, path: str) -> Unit | None:
        """Return the agency or locality that a department, named by its path, is in."""
        unit = self._units.get(path.strip().lower())
        while unit is not None and unit.kind not in PEOPLE_KINDS:
            unit = self._units.get(unit.parent)
        return unit

    def department(self, text: str, under: str) -> Unit | None:
        """Return the department below a unit: by code, path, or name with or without "Phòng" in front."""
        bare = NUMBERING.sub("", clean(text)[0], count=1).strip()
        for path in (f"{bare.lower()}.{under}", bare.lower()):
            if path in self._units and path.endswith(f".{under}"):
                return self._units[path]
        for key in _keys(tokens(bare), "department"):
            below = [unit for unit in self._named.get(key, ()) if unit.path.endswith(f".{under}")]
            if below:
                return _one(below, bare)
        return None

    def titled(self, text: str) -> Unit | None:
        """Return the agency or locality that the title of a list names."""
        words = tokens(text)
        start = len(list(takewhile(_BEFORE.__contains__, words)))
        found = []
        # A unit's name may itself begin with a word of titles ("Cơ quan ..."), so each start is tried.
        for begin in range(start + 1):
            for end in range(len(words), begin, -1):
                rest = words[end:]
                if (not rest or rest[0] in _AFTER or rest[0].isdigit()) and words[begin:end] in self._named:
                    found += [unit for unit in self._named[words[begin:end]] if unit.kind in PEOPLE_KINDS]
        return _one({unit.path: unit for unit in found}.values(), "")

    def known(self, under: str = "") -> str:
        """Return the paths that there are, for a fix: agencies and localities, or the codes below a unit."""
        if under:
            return ", ".join(
                sorted(unit.code for unit in self._units.values() if unit.parent == under and unit.active)[
                    :20
                ]
            )
        paths = (unit.path for unit in self._units.values() if unit.kind in PEOPLE_KINDS and unit.active)
        return ", ".join(sorted(paths)[:20])


def _keys(words: Tokens, kind: str) -> list[Tokens]:
    """Return the forms that a name is known by, the whole one first."""
    keys = [words] if words else []
    if kind == "department" and words[:1] == ("phong",) and len(words) > 1:
        keys.append(words[1:])
    if kind == "locality" and words[:4] == _COMMITTEE and len(words) > 4:
        keys.append(words[4:])
    return keys


def _one(units: Iterable[Unit], text: str) -> Unit | None:
    """Return the only unit, or the only one whose marks agree as well: Hương Văn and Hương Vân fold alike."""
    found = list(units)
    if len(found) > 1 and text:
        wanted = _marked(text)
        found = [unit for unit in found if _marked(unit.name)[-len(wanted) :] == wanted]
    return found[0] if len(found) == 1 else None
