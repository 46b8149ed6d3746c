# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Names of people: cleaned, checked, read, folded and compared.

The order matters: clean, then check the alphabet, and only then fold. Folding alone turns a broken name into
a wrong address without any error.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import chain, pairwise
from sys import intern
from typing import NamedTuple

from unidecode import unidecode

from .encodings import is_modern, suggest

TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")  # huyền, sắc, ngã, hỏi, nặng
APOSTROPHES = "'\u2019\u2018ʼ`´"  # typographic ones too
_MARKS = dict.fromkeys(map(ord, APOSTROPHES), "'") | dict.fromkeys(map(ord, "‐‑"), "-")
# Eth and the African D look like Đ on a screen; old keyboards and copied PDF text have them.
_LOOKALIKES = {ord("Ð"): "Đ", ord("Ɖ"): "Đ", ord("ð"): "đ", ord("ɖ"): "đ"}
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\u061c\ufeff\u00ad]")
_MARK = re.compile(f"[{APOSTROPHES[1:]}‐‑]")
_ODD = re.compile(f"{_INVISIBLE.pattern}|[ÐƉðɖ]")
_H_SPACE = re.compile(r"\b([Hh]') ")

_VOWELS = "aăâeêioôơuưy"
_TONED = "".join(unicodedata.normalize("NFC", vowel + tone) for vowel in _VOWELS for tone in TONES)
_HIGHLANDS = "čĕĭŏŭñƀ"  # ơ̆ and ư̆ have no single code point: see _LETTER
_LETTERS = _VOWELS + _TONED + "bcdđfghjklmnpqrstvwxz" + _HIGHLANDS
_LETTER = rf"[{_LETTERS}{_LETTERS.upper()}]\u0306?"
_WORD = re.compile(rf"(?:{_LETTER})+(?:['-](?:{_LETTER})+)*")
_LOST_SPACE = re.compile(r"[^\W\d_]+")

TITLES = frozenset({"ông", "bà", "ths", "ts", "pgs", "gs", "bs", "ks", "cn", "đc"})


class Fault(NamedTuple):
    """Why a name cannot be used as it stands: a code of ``messages``, the part at fault, and a detail."""

    code: str
    value: str
    detail: str = ""


class Name(NamedTuple):
    """A name that was read: the given name, and the words of surname and middle name in GL-7.2c's order."""

    given: str
    rest: tuple[str, ...] = ()
    surname_words: int = 0  # how many words of ``rest`` are declared to be the surname; 0 if nobody said


def clean(text: str) -> tuple[str, list[Fault]]:
    """Return the text in NFC, single spaced, without invisible characters, and a warning for each repair."""
    faults = []
    real = unicodedata.normalize("NFC", text)
    if _ODD.search(real):
        visible = _INVISIBLE.sub("", real)
        if visible != real:
            faults.append(Fault("name_invisible", text))
        real = visible.translate(_LOOKALIKES)
        if real != visible:
            faults.append(Fault("name_lookalike", text))
    return unicodedata.normalize("NFC", " ".join(real.split())), faults


@cache
def fold(text: str) -> str:
    """Return the ASCII letters and digits of clean text: ``Đệ`` gives ``de``, ``H'Blem`` ``hblem``."""
    plain = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    bare = "".join(char for char in plain if not unicodedata.combining(char))
    # ƀ, ø, ß and the like have no decomposition: unidecode knows them.
    return re.sub("[^a-z0-9]", "", (bare if bare.isascii() else unidecode(bare)).lower())


@cache
def _initial(word: str) -> str:
    return fold(word)[:1]


@cache
def _sameness(word: str) -> str:
    """Return the tone, the letters without it, and the space behind the word, if it is one (see ``words``).

    ``Thuý`` is ``Thúy`` but not ``Thủy`` (GL-7.2e).
    """
    joined = _H_SPACE.sub(r"\1", word.lower().translate(_MARKS) + " ").replace("'", "")
    apart = unicodedata.normalize("NFD", joined)
    tone = "".join(sorted(char for char in apart if char in TONES))
    return tone + "".join(char for char in apart if char not in TONES)


def same_key(full_name: str) -> str:
    """Return what two clean full names share exactly if the decision calls them the same (GL-7.2e)."""
    return "".join(map(_sameness, full_name.split()))


@cache
def words(clean_text: str) -> tuple[str, ...]:
    """Split a clean name; a space after H' is none (``H' Blem`` is one word)."""
    return tuple(_H_SPACE.sub(r"\1", clean_text.translate(_MARKS)).split())


def read_names(
    full_names: Sequence[str], surnames: Sequence[str], middles: Sequence[str], givens: Sequence[str]
) -> Iterator[tuple[str, Name | None, Sequence[Fault]]]:
    """Yield what ``read_name`` says of each row of a people file, whose names share some hundred words."""
    split = [list(map(intern, text.split())) for text in full_names]
    used = set(chain.from_iterable(split))
    ordinary = set(filter(_is_ordinary, used))
    first = set(filter(_may_begin, ordinary))
    for read, full_name, *parts in zip(split, full_names, surnames, middles, givens, strict=True):
        if len(read) > 1 and read[0] in first and ordinary.issuperset(read) and not any(parts):
            # Nearly every name; read_name says the same of it, only later.
            yield " ".join(read), Name(read[-1], tuple(read[:-1])), ()
        else:
            yield read_name(full_name, *parts)


def read_name(
    full_name: str, surname: str = "", middle: str = "", given: str = ""
) -> tuple[str, Name | None, list[Fault]]:
    """Clean, check and parse what stands in the four columns of a people file.

    Returns the clean full name, the name (None if it cannot be read) and what is wrong, warnings included.
    """
    text, faults = clean(full_name)
    parts = [clean(part)[0] for part in (surname, middle, given)]
    fault = check(text, unicodedata.normalize("NFC", full_name), foreign=bool(parts[2]))
    if fault:
        return text, None, [*faults, fault]
    if title := title_warning(text):
        faults.append(title)
    name, found = parse(text, *parts)
    return text, name, [*faults, *found]


@cache
def _is_ordinary(word: str) -> bool:
    """Say whether a word is what it seems: nothing to repair or to refuse in it, no old encoding."""
    return not _MARK.search(word) and is_modern(word) and clean(word) == (word, []) and check(word) is None


@cache
def _may_begin(word: str) -> bool:
    """Say whether the first word of a name leaves no doubt which is the given name, and is no title."""
    small = word.lower()
    return small not in TITLES and small != "y" and not small.startswith("h'")


def check(clean_text: str, raw: str = "", foreign: bool = False) -> Fault | None:
    """Return what keeps a clean name from being read, the first of it.

    ``raw`` is the text before cleaning, which removes some bytes of the old encodings. ``foreign`` says that
    the name parts are declared: then letters of other Latin alphabets pass.
    """
    read = words(clean_text)
    if not (foreign and all(map(_is_plain, read))) and (guess := suggest(raw or clean_text)):
        return Fault("name_legacy", clean_text, guess)
    return next((fault for word in read if (fault := _check_word(word, clean_text, foreign))), None)


@cache
def _is_plain(word: str) -> bool:
    return bool(_WORD.fullmatch(word))


def _check_word(word: str, whole: str, foreign: bool) -> Fault | None:
    if not _is_plain(word):
        letters = [char for char in word if char not in "'-" and not re.fullmatch(_LETTER, char)]
        strange = "".join(dict.fromkeys(letters))
        if not strange and set(word) & set("'-"):
            return Fault("name_mark", whole, word)
        if not all(_is_latin(char) for char in letters) or not re.fullmatch(r"\w+(?:['-]\w+)*", word):
            return Fault("name_bad_character", whole, strange)
        if not foreign:
            return Fault("name_foreign_letter", whole, strange)
    return Fault("name_lost_space", word) if _has_lost_space(word) else None


@cache
def _has_lost_space(word: str) -> bool:
    pairs = chain.from_iterable(map(pairwise, _LOST_SPACE.findall(word)))
    return any(small.islower() and capital.isupper() for small, capital in pairs)


def _is_latin(char: str) -> bool:
    """Say whether an address can show the letter: Ə and clicks have no ASCII letter at all."""
    return char.isalpha() and unicodedata.name(char, "").startswith("LATIN") and fold(char) != ""


def title_warning(clean_text: str) -> Fault | None:
    """Warn of a first word that is usually a title; it may also be a surname, so it is no error."""
    first = clean_text.partition(" ")[0]
    return Fault("name_title", first) if first.lower() in TITLES else None


def parse(
    clean_text: str, surname: str = "", middle: str = "", given: str = ""
) -> tuple[Name | None, list[Fault]]:
    """Read a checked name, by rule or by its declared parts (all clean), or say why it cannot be read.

    Surname-first names need no list of surnames: the address has one letter of each word before the last.
    Names with the family name last (Ê Đê, M'nông) cannot be told apart, so what may be one is refused until
    its parts are declared.
    """
    read = words(clean_text)
    if given or surname or middle:
        parts = words(surname) + words(middle)
        same = sorted(map(_sameness, [*parts, *words(given)])) == sorted(map(_sameness, read))
        if not given or not same:
            return None, [Fault("name_parts", clean_text)]
        return Name(" ".join(words(given)), parts, len(words(surname))), []
    if len(read) < 2:
        return None, [Fault("name_one_word", clean_text)]
    first = read[0].lower()
    if first.startswith("h'") or (first == "y" and len(read) > 2):
        return None, [Fault("name_order", clean_text)]
    return Name(read[-1], read[:-1]), []


def initials(rest: Iterable[str]) -> str:
    """Return the first letter of each word, folded."""
    return "".join(map(_initial, rest))
