# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Text of the encodings before Unicode, seen as Latin-1: TCVN3 (ABC fonts) and VNI.

Such a name is only ever refused with a suggestion, never converted: the guess may be wrong, and a wrong name
is a wrong address for years.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

# TCVN 5712:1993 VN3, small letters (fonts named .VnTime and the like); capitals have the vowels' own code
# points only where a font of capitals is used, so a name in mixed case shows small codes throughout.
_TCVN3 = dict(
    zip(
        "µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉË®ÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êíëìîïóñòô­õøö÷ùúýûüþ¡¢§£¤¥¦",
        "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵĂÂĐÊÔƠƯ",
        strict=True,
    )
)
# VNI writes the letter, then its marks as one further character.
_VNI_MARKS = {
    "ø": "\u0300", "ù": "\u0301", "û": "\u0309", "õ": "\u0303", "ï": "\u0323",
    "â": "\u0302", "à": "\u0302\u0300", "á": "\u0302\u0301", "å": "\u0302\u0309", "ã": "\u0302\u0303",
    "ä": "\u0302\u0323", "ê": "\u0306", "è": "\u0306\u0300", "é": "\u0306\u0301", "ú": "\u0306\u0309",
    "ü": "\u0306\u0303", "ë": "\u0306\u0323",
}  # fmt: skip
_VNI_LETTERS = {"ñ": "đ", "ö": "ư", "ô": "ơ", "æ": "ỉ", "ò": "ị", "ó": "ĩ", "î": "ỵ"}
_VNI_PAIR = re.compile(rf"([aeouyöô])([{''.join(_VNI_MARKS)}])")

_ONSET = "(?:ngh|ng|nh|gh|gi|kh|ph|qu|th|tr|ch|[bcdđghklmnpqrstvx])?"
_NUCLEUS = (
    "(?:iêu|yêu|ươu|ươi|uôi|oai|oay|oao|oeo|uây|uyê|uya|uyu|uêu|iê|yê|ia|ya|uô|ươ|ưa|ua|ai|ao|au|ay|âu|ây|eo|êu|iu|oa|oă"
    "|oe|oi|ôi|ơi|ui|uâ|uê|uy|uơ|ưi|ưu|[aăâeêioôơuưy])"
)
_SYLLABLE = re.compile(f"{_ONSET}{_NUCLEUS}(?:ch|ng|nh|[cmnpt])?")
_TONES = re.compile("[\u0300\u0301\u0303\u0309\u0323]")


def suggest(text: str) -> str:
    """Return what the text would be if it were TCVN3 or VNI, or ``""`` if it reads well as it is."""
    if all(map(is_modern, text.split())):
        return ""
    for decode in (_from_tcvn3, _from_vni):
        guess = decode(text)
        if guess != text and _wins(guess, text):
            return guess
    return ""


@cache
def is_modern(word: str) -> bool:
    """Say whether a word is a syllable or cannot be made one: nothing in it speaks for an old encoding."""
    return _is_syllable(word) or not any(_is_syllable(decode(word)) for decode in (_from_tcvn3, _read_vni))


def _wins(guess: str, text: str) -> bool:
    """Every word that changed became a Vietnamese syllable, and at least one of them was none before."""
    pairs = [(new, old) for new, old in zip(guess.split(), text.split(), strict=False) if new != old]
    return all(_is_syllable(new) for new, _ in pairs) and any(not _is_syllable(old) for _, old in pairs)


def _is_syllable(word: str) -> bool:
    toneless = _TONES.sub("", unicodedata.normalize("NFD", word.lower()))
    return bool(_SYLLABLE.fullmatch(unicodedata.normalize("NFC", toneless)))


def _from_tcvn3(text: str) -> str:
    return "".join(_TCVN3.get(char, char) for char in text)


def _from_vni(text: str) -> str:
    """Undo VNI where a letter has its mark behind it; ñ and ô alone may be letters of their own."""
    return _read_vni(text) if _VNI_PAIR.search(text.lower()) else text


def _read_vni(text: str) -> str:
    marked = _VNI_PAIR.sub(_joined, text.lower())
    return unicodedata.normalize("NFC", "".join(_VNI_LETTERS.get(char, char) for char in marked)).title()


def _joined(pair: re.Match[str]) -> str:
    letter, mark = pair.groups()
    return _VNI_LETTERS.get(letter, letter) + _VNI_MARKS[mark]
