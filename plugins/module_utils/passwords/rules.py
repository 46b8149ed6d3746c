# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a password may be: every broken rule as a sentence for its owner. Pure.

slapd enforces the same rules (ppolicy, ppm, cracklib: roles/directory), but it stops at the first and answers
in vague English. tests/e2e/test_password_rules.py holds that the two never disagree; docs/passwords.md has
them side by side.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from ..naming.names import fold
from ..policy.terms import PasswordTerms

# Braces are how slapd marks a hash: {CLEARTEXT}... set as a plain attribute would be stored as it is.
BRACES = "{}"
SIGNS = "".join(sorted(set(string.punctuation) - set(BRACES)))
CLASSES = {  # BD-5: số, chữ hoa, chữ thường và ký tự đặc biệt
    "upper": (string.ascii_uppercase, "một chữ hoa (A-Z)"),
    "lower": (string.ascii_lowercase, "một chữ thường (a-z)"),
    "digit": (string.digits, "một chữ số (0-9)"),
    "sign": (SIGNS, "một ký tự đặc biệt (ví dụ: - . ! @ #)"),
}
# ppm takes each word of cvToken for a regular expression: this one is for what its forbiddenChars cannot hold
# (tab, line feed, bytes that are no UTF-8).
UNPRINTABLE = "[^[:print:]]"
# Shorter parts are no use to a guesser, and "Văn" could never write "vang".
TOKEN_LETTERS = 4
_BETWEEN_PARTS = re.compile(r"[\s.,;:@_'\u2019()/&–-]+")

SENTENCES = {
    "length": "Mật khẩu phải có ít nhất … ký tự.",  # …: what is asked, or what was found
    "ascii": "Mật khẩu không được có chữ có dấu hoặc ký tự ngoài bảng chữ cái tiếng Anh;"
    " hãy tắt bộ gõ tiếng Việt rồi nhập lại.",
    "control": "Mật khẩu không được có dấu tab, dấu xuống dòng hoặc ký tự điều khiển.",
    "braces": "Mật khẩu không được có dấu ngoặc nhọn { hoặc }.",
    **{rule: f"Mật khẩu phải có ít nhất {wish}." for rule, (_, wish) in CLASSES.items()},
    "variety": "Mật khẩu phải có ít nhất 5 ký tự khác nhau.",
    "sequence": "Mật khẩu không được có nhiều ký tự theo thứ tự liền nhau, như 12345 hoặc abcde.",
    "common": "Mật khẩu quá dễ đoán: dựa trên một từ, một ngày tháng hoặc một mật khẩu phổ biến.",
    "name": "Mật khẩu không được chứa một phần của họ tên, tên đơn vị hoặc địa chỉ thư điện tử: ….",
    # What only slapd can tell, or tells of several rules at once.
    "reused": "Mật khẩu mới phải khác mật khẩu đang dùng và các mật khẩu gần đây.",
    "classes": "Mật khẩu phải có đủ chữ hoa, chữ thường, chữ số và ký tự đặc biệt.",
    "letters": "Mật khẩu chỉ được có chữ cái không dấu, chữ số và dấu thường, trừ { và };"
    " hãy tắt bộ gõ tiếng Việt rồi nhập lại.",
    "own": "Mật khẩu không được chứa một phần của họ tên, tên đơn vị hoặc địa chỉ thư điện tử,"
    " cũng như ký tự điều khiển.",
    "current": "Mật khẩu hiện tại không đúng.",
    "young": "Mật khẩu vừa được đổi, chưa đến lúc đổi lại; vui lòng thử lại sau.",
    "fixed": "Tài khoản này không được tự đổi mật khẩu; vui lòng liên hệ bộ phận hỗ trợ.",
    "unchecked": "Hệ thống chưa kiểm tra được mật khẩu; vui lòng thử lại sau hoặc báo bộ phận hỗ trợ.",
    "refused": "Mật khẩu không được chấp nhận; vui lòng chọn mật khẩu khác.",
}
# What cracklib says (fascist.c), beside "it is based on a dictionary word" and its kin.
_JUDGED = {
    "it is WAY too short": "length",
    "it is too short": "length",
    "it does not contain enough DIFFERENT characters": "variety",
    "it is too simplistic/systematic": "sequence",
}
# What slapd says (ppolicy.c, passwd.c, ppm.h), by a part of it that does not vary.
_REFUSED = {
    "fails quality checking policy": "length",
    "new password value is empty": "length",
    "required number of strength checks": "classes",
    "minimum number of characters": "classes",
    "forbidden characters": "letters",
    "is too weak": "common",
    "contains part of an attribute": "own",
    "in history of old passwords": "reused",
    "not being changed from existing value": "reused",
    "verify old password": "current",
    "correct old password": "current",
    "Error while checking password": "unchecked",
    "too young to change": "young",
    "alteration of password is not allowed": "fixed",
}
# What a page tells before anybody has typed, in the order of reading.
_TOLD = (
    "length",
    *CLASSES,
    "letters",
    "variety",
    "sequence",
    "common",
    "own",
    "reused",
)

Judge = Callable[[str], str]  # cracklib's answer for a password of printable ASCII; empty if it has none


class Broken(NamedTuple):
    """A rule that a password breaks: a key of ``SENTENCES``, and what its owner reads."""

    rule: str
    sentence: str


def broken_rules(password: str, tokens: str, terms: PasswordTerms, judge: Judge) -> list[Broken]:
    """Return every rule that a password breaks, in a fixed order; none if slapd would take it (BD-5).

    ``tokens`` is the account's cvToken. Two things are slapd's alone to say: that the password
    was used before, and that the old one was wrong (``refusal_sentence``).
    """
    found: dict[str, object] = {}
    if len(password) < terms.min_length:
        found["length"] = terms.min_length
    found |= dict.fromkeys(_wrong_characters(password), "")
    found |= {rule: "" for rule, (letters, _) in CLASSES.items() if not set(password) & set(letters)}
    # Other text never reaches cracklib: slapd refuses it before.
    answer = judge(password) if password.isascii() and password.isprintable() else ""
    if answer:
        found.setdefault(_JUDGED.get(answer, "common"), terms.min_length)
    small = password.lower()
    names = [token for token in tokens.split() if token != UNPRINTABLE and token in small]
    if names:
        found["name"] = ", ".join(names)
    return [Broken(rule, _sentence(rule, detail)) for rule, detail in found.items()]


def refusal_sentence(slapd_text: str, terms: PasswordTerms) -> str:
    """Return what the owner reads when slapd has refused a password with this text."""
    rule = next((rule for part, rule in _REFUSED.items() if part in slapd_text), "refused")
    return _sentence(rule, terms.min_length)


def rule_sentences(terms: PasswordTerms) -> list[str]:
    """Return all rules as sentences, for whoever is about to choose a password."""
    return [_sentence(rule, terms.min_length) for rule in _TOLD]


def tokens(*texts: str) -> str:
    """Return the cvToken for clean names of person and units, unit paths and addresses: its parts, sorted.

    Parts of four letters or more, folded, and shorter ones joined with what follows until they are that long:
    ``Lê Văn An`` gives ``levan`` and ``vanan``.
    """
    # One value, and not one for each part: that takes a quarter of the time off all that reads accounts.
    return " ".join(sorted({UNPRINTABLE, *(token for text in texts for token in _tokens(text))}))


def _sentence(rule: str, detail: object) -> str:
    return SENTENCES[rule].replace("…", str(detail))


def _wrong_characters(password: str) -> list[str]:
    tests = {
        "ascii": not password.isascii(),
        "control": any(char < " " or char == "\x7f" for char in password),
        "braces": bool(set(password) & set(BRACES)),
    }
    return [rule for rule, wrong in tests.items() if wrong]


@cache
def _tokens(text: str) -> tuple[str, ...]:
    parts = [part for word in _BETWEEN_PARTS.split(text) for part in _letters(word)]
    found = []
    for start in range(len(parts)):
        joined = ""
        for part in parts[start:]:
            if joined and len(part) >= TOKEN_LETTERS:
                joined = ""  # the long part is a token by itself, which would be found first
                break
            joined += part
            if len(joined) >= TOKEN_LETTERS:
                break
        if len(joined) >= TOKEN_LETTERS:
            found.append(joined)
    return tuple(found)


@cache
def _letters(word: str) -> list[str]:
    return re.findall("[a-z]+", fold(word))
