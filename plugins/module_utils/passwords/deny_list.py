# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The words that no password may be based on, as cracklib's dictionary has them. Pure.

cracklib looks a password up whole, in small letters: as it is, without its signs, without up to three
characters at one end, and backwards. So a word need not be listed with one sign or digit more, but with its
signs for letters (the decision's own example is `P@ssw0rd`, BD-5) and with longer numbers. A denied word
*inside* a longer password passes: that is what makes a sentence a good password.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, pairwise, product

from ..naming.names import fold

# Raised with each change that makes other words of the same input: hosts then pack their list again.
RULES = 1
LOOKALIKES = {"a": "@4", "e": "3", "i": "1!", "o": "0", "s": "$5"}
AT_ONCE = 2  # kinds of letters written as signs in one word; P@ssw0rd has two
YEARS = range(1950, 2036)
ROWS = ("1234567890", "qwertyuiop", "asdfghjkl;", "zxcvbnm,./", "!@#$%^&*()", "abcdefghijklmnopqrstuvwxyz")
COLUMNS = ("1qaz", "2wsx", "3edc", "4rfv", "5tgb", "6yhn", "7ujm", "8ik,", "9ol.", "0p;/")
SHIFTED = ("!qaz", "@wsx", "#edc", "$rfv")
COMMONEST, USUAL = 500, 12  # so many leaked passwords are listed with so many numbers as well
SHORTEST, LONGEST = 4, 31  # what cracklib's dictionary can hold (packer.h)


def words(listed: str, site_names: Iterable[str], leaked: Sequence[str]) -> list[bytes]:
    """Return the whole list in the order that cracklib's packer needs.

    ``listed`` is the text of roles/directory/files/denied-words.txt: words, and numbers that are put behind
    them. ``site_names`` are clean names and domains of the body that runs the mail, ``leaked`` the passwords
    most often leaked, the commonest first.
    """
    known = [word for line in listed.splitlines() if not line.startswith("#") for word in line.split()]
    numbers = [word for word in known if word.isdigit()]
    small = [word.lower() for word in leaked]
    found = {*small, *_runs(), *_dates()}
    for word in {*known, *_of_site(site_names)} - {*numbers}:
        found.update(_decorated(word, [*numbers, *map(str, YEARS)]))
    for word in filter(str.isalpha, small[:COMMONEST]):
        found.update(_decorated(word, numbers[:USUAL]))
    return sorted(word.encode() for word in found if word.isascii() and SHORTEST <= len(word) <= LONGEST)


def fingerprint(listed: str, site_names: Iterable[str], leaked: Sequence[str]) -> str:
    """Return what tells two lists apart without putting them together: their input, and these rules."""
    given = json.dumps([RULES, listed, sorted(_of_site(site_names)), leaked])
    return hashlib.sha256(given.encode()).hexdigest()[:16]


def _of_site(site_names: Iterable[str]) -> Iterator[str]:
    """Yield a site's names, folded: whole, word by word, and two by two (gialai, of Tỉnh Gia Lai)."""
    for name in site_names:
        yield fold(name)
        parts = [fold(part) for part in re.split(r"[\s.]+", name)]
        yield from parts
        yield from map("".join, pairwise(parts))


def _shapes(word: str) -> set[str]:
    """Return the word, also with up to two kinds of its letters (all, or the first) written as signs."""
    found = {word}
    for _ in range(AT_ONCE):
        for shape, (letter, signs) in product(list(found), LOOKALIKES.items()):
            if letter in shape:
                found |= {shape.replace(letter, sign, count) for sign in signs for count in (1, -1)}
    return found


def _decorated(word: str, numbers: Sequence[str]) -> Iterator[str]:
    """Yield the shapes of a word, and the word with numbers behind it or before it."""
    yield from _shapes(word)
    # cracklib drops signs before it looks a second time: what is left of P@ssw0rd@2024 is pssw0rd2024.
    for bare in {re.sub("[^a-z0-9]", "", shape) for shape in _shapes(word)}:
        yield from (bare + number for number in numbers)
    yield from (number + word for number in numbers)


def _runs() -> Iterator[str]:
    """Yield runs of keys, and two or more short ones behind each other."""
    pieces = [row[start : start + 3] for row in ROWS for start in range(len(row) - 2)]
    pieces += [row[start : start + 4] for row in ROWS for start in range(len(row) - 3)] + [*COLUMNS, *SHIFTED]
    pieces += [piece[::-1] for piece in pieces]
    yield from (one + other for one, other in product(pieces, repeat=2))
    for line in (*ROWS, "".join(COLUMNS)):
        ends = combinations(range(len(line) + 1), 2)
        yield from (line[start:end] for start, end in ends if end - start >= SHORTEST)


def _dates() -> Iterator[str]:
    """Yield every date as eight figures, day or year first, and as six."""
    for day, month in product(range(1, 32), range(1, 13)):
        yield from (f"{day:02}{month:02}{year}" for year in YEARS)
        yield from (f"{year}{month:02}{day:02}" for year in YEARS)
        yield from (f"{day:02}{month:02}{year:02}" for year in range(100))
