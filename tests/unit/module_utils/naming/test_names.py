"""Names: cleaning, the alphabet, folding, sameness, reading."""

from __future__ import annotations

import unicodedata
from unittest.mock import patch

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.naming import encodings, names
from ansible_collections.congvu.mail.plugins.module_utils.naming.names import (
    clean,
    fold,
    read_name,
    same_key,
)
from ansible_collections.congvu.mail.plugins.module_utils.naming.patterns import form, person_pattern
from ansible_collections.congvu.mail.plugins.module_utils.naming.writing import write, writer
from hypothesis import given
from hypothesis import strategies as st

general = writer(person_pattern("<given><initials>@<domain>"))  # GL-7.2c


def expanded(name):
    return write(form("expanded"), name, general(name), None)  # GL-7.2d


@pytest.mark.parametrize(
    ("raw", "text", "codes"),
    [
        ("  Nguyễn\u00a0 Văn\tĐức ", "Nguyễn Văn Đức", []),
        ("Nguye\u0302\u0303n Thi\u0323 Thu\u0301y", "Nguyễn Thị Thúy", []),
        ("Lê \u200bNam\ufeff", "Lê Nam", ["name_invisible"]),
        ("Lê\u00ad Nam\u202c", "Lê Nam", ["name_invisible"]),
        ("Ðỗ Ɖức Bảo", "Đỗ Đức Bảo", ["name_lookalike"]),
        ("Phan ðình", "Phan đình", ["name_lookalike"]),
        # The mark is joined to its letter once what stood between is gone.
        ("Le\u200b\u0302 Nam", "Lê Nam", ["name_invisible"]),
    ],
)
def test_clean(raw, text, codes):
    cleaned, faults = clean(raw)
    assert cleaned == text
    assert [fault.code for fault in faults] == codes


@pytest.mark.parametrize(
    ("word", "folded"),
    [("Đệ", "de"), ("ƯỚC", "uoc"), ("H'Blem", "hblem"), ("Kpă", "kpa"), ("Ƀơ̆ng", "bong"), ("Ñĭk", "nik"),
     ("Jean-Pierre", "jeanpierre"), ("Müller", "muller"), ("Čŭ", "cu"), ("Søren", "soren")],
)  # fmt: skip
def test_fold(word, folded):
    assert fold(unicodedata.normalize("NFC", word)) == folded


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Cao Thị Thuý", "Cao Thị Thúy", True),
        ("Lê Hoà", "LÊ HÒA", True),
        ("Ksor H’Lan", "Ksor H'Lan", True),
        ("Cao Thị Thuý", "Cao Thị Thủy", False),
        ("Lê Hoa", "Lê Hòa", False),
        ("Lê Dung", "Lê Đung", False),
        ("Lê Văn Nam", "Lê Nam", False),
    ],
)
def test_same_full_name(one, other, same):
    assert (same_key(one) == same_key(other)) is same


@pytest.mark.parametrize(
    ("full_name", "code"),
    [
        ("Nguyễn Văn Đức (A)", "name_bad_character"),
        ("ThS. Lê Nam", "name_bad_character"),
        ("Lê Nam 2", "name_bad_character"),
        ("Lê 😀 Nam", "name_bad_character"),
        ("Лев Нам", "name_bad_character"),
        ("Lê 'Nam", "name_mark"),
        ("Lê Nam-", "name_mark"),
        ("Hans Müller", "name_foreign_letter"),
        ("Nguyễn VănĐức", "name_lost_space"),
        ("NguyÔn V¨n §øc", "name_legacy"),
        ("Nguyeãn Vaên Ñöùc", "name_legacy"),
        ("Y Blý Êban", "name_order"),
        ("H'Či Êban", "name_order"),
        ("H’ Lan Niê Kđăm", "name_order"),
        ("Brưm", "name_one_word"),
    ],
)
def test_refused(full_name, code):
    _, name, faults = read_name(full_name)
    assert name is None
    assert [fault.code for fault in faults] == [code]


@pytest.mark.parametrize(
    ("full_name", "base", "longer"),
    [
        ("Rơ Mah H'Blem", "hblemrm", "mahhblemr"),
        ("Rơ Mah H ’Blem", None, None),
        ("Rơ Mah H' Blem", "hblemrm", "mahhblemr"),
        ("Rơ Mah H´Blem", "hblemrm", "mahhblemr"),
        ("Rơ Mah HʼBlem", "hblemrm", "mahhblemr"),
        ("Y Thông", "thongy", "ythong"),
        ("LÊ NAM", "naml", "lenam"),
        ("Trương Hoàng Tiến Minh", "minhtht", "tienminhth"),
        ("Công Tằng Tôn Nữ Hoàng Anh", "anhcttnh", "hoanganhcttn"),
        ("Đinh Y Ƀơ̆m", "bomdy", "ybomd"),
    ],
)
def test_forms(full_name, base, longer):
    _, name, _ = read_name(full_name)
    assert (name and general(name), name and expanded(name)) == (base, longer)


@pytest.mark.parametrize(
    ("full_name", "parts", "expected"),
    [
        ("Y Blý Êban", ("Êban", "Y", "Blý"), ("blyey", "yblye")),
        ("Rơ Mah H'Blem", ("Rơ Mah", "", "H'Blem"), ("hblemrm", "romahhblem")),
        ("Hans Müller", ("Müller", "", "Hans"), ("hansm", "mullerhans")),
        ("Brưm", ("", "", "Brưm"), ("brum", "brum")),
        ("Nguyễn Kim Ngân", ("Nguyễn", "", "Kim Ngân"), ("kimngann", "nguyenkimngan")),
    ],
)
def test_declared_parts(full_name, parts, expected):
    _, name, faults = read_name(full_name, *parts)
    assert not faults
    assert (general(name), expanded(name)) == expected


def test_a_letter_without_any_ascii_form_is_refused_even_when_declared():
    _, name, faults = read_name("Əli Quliyev", "Quliyev", "", "Əli")
    assert name is None
    assert [(fault.code, fault.detail) for fault in faults] == [("name_bad_character", "Ə")]


@pytest.mark.parametrize(
    "parts",
    [("Êban", "Y", ""), ("Êban", "", "Blý"), ("Êban", "Y", "Blim"), ("Êban", "Y", "Blý("), ("", "", "Y")],
)
def test_parts_must_be_the_words_of_the_name(parts):
    _, name, faults = read_name("Y Blý Êban", *parts)
    assert name is None
    assert [fault.code for fault in faults] == ["name_parts"]


def test_a_title_is_only_a_warning():
    _, name, faults = read_name("Ông Văn Bảy")
    assert name is not None
    assert [fault.code for fault in faults] == ["name_title"]


@pytest.mark.parametrize(
    "full_name", ["Y Ñai", "Siu Hyêm", "Lê Hoà", "Kpă Blôt", "Đinh Krâm", "Nguyễn Thị Lân"]
)
def test_names_that_only_resemble_an_old_encoding_pass(full_name):
    _, name, faults = read_name(full_name)
    assert name is not None, faults


SYLLABLES = "Nguyễn Trần Đỗ Rơ Châm Y Thị Văn Thuý Thúy Hoà Ước Mơ Đức Kpă H'Blem Êban Ñĭk Đệ Khuyên Nghĩa"
WORDS = st.sampled_from(SYLLABLES.split(" "))


@given(st.lists(WORDS, min_size=1, max_size=6).map(" ".join))
def test_both_unicode_forms_are_one_name(full_name):
    composed, decomposed = (read_name(unicodedata.normalize(form, full_name)) for form in ("NFC", "NFD"))
    assert composed == decomposed


@given(st.text())
def test_any_text_is_read_or_refused(text):
    cleaned, name, faults = read_name(text)
    assert unicodedata.is_normalized("NFC", cleaned)
    assert (name is None) == any(
        not fault.code.endswith(("title", "invisible", "lookalike")) for fault in faults
    )
    if name is not None:
        assert general(name).isascii() and general(name).isalnum()


# Words that the careful way treats each in its own manner.
REMARKABLE = (
    "Ông Y y H' H'Blem H’Lan Ðỗ VănĐức Đức- V¨n Ñöùc §øc Müller Bảo\u200b Ƀơ̆m Hlâm Êban NAM Lê\u00a0Ba 2"
)
MIXED = st.lists(st.sampled_from([*SYLLABLES.split(" "), *REMARKABLE.split(" ")]), max_size=5).map(" ".join)


@given(st.one_of(MIXED, MIXED.map(lambda text: unicodedata.normalize("NFD", text))))
def test_the_short_way_of_reading_says_what_the_careful_one_says(full_name):
    short = read_name(full_name)
    with patch.object(names, "_is_ordinary", lambda word: False):
        assert read_name(full_name) == short


LATIN = st.lists(st.text(st.characters(max_codepoint=0xFF, exclude_categories=["Cc"])), max_size=4).map(
    " ".join
)


@given(st.one_of(LATIN, MIXED))
def test_no_old_encoding_is_suspected_where_no_word_speaks_for_it(text):
    guess = encodings.suggest(text)
    with patch.object(encodings, "is_modern", lambda word: False):
        assert encodings.suggest(text) == guess
