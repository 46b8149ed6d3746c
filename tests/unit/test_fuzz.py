"""The long search: which test is next, and what is kept of it."""

from __future__ import annotations

from pathlib import Path

from tests.fuzz import FILE, Searched, following, read, write


def test_the_test_with_the_fewest_examples_is_next_and_none_runs_twice_at_once() -> None:
    searched = {"a": Searched("a", 4000), "b": Searched("b", 2000)}
    assert following(["a", "b", "c"], searched, []) == "c"
    assert following(["a", "b", "c"], searched, ["c"]) == "b"
    assert following(["a"], searched, ["a"]) == ""


def test_what_was_searched_is_read_again_sorted(tmp_path: Path) -> None:
    assert read(tmp_path / "none.csv") == {}
    searched = {name: Searched(name, 2000, 1, "2026-12-01") for name in ("b::x[1,2]", "a")}
    write(searched, tmp_path / "some.csv")
    assert read(tmp_path / "some.csv") == searched
    assert list(read(tmp_path / "some.csv")) == ["a", "b::x[1,2]"]
    assert list(read()) == sorted(read()) != [], FILE
