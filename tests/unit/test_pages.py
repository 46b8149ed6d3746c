"""The pages of an operator: their commands exist, and the Vietnamese ones give the same as the English."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from tests.support.samples import ROOT

DOCS = ROOT / "docs"
# Each has a Vietnamese page of the same path below docs/vi.
PAGES = (
    "everyday.md",
    "first-day.md",
    "handout.md",
    "import.md",
    "lifecycle.md",
    "runbooks/restore.md",
)
PLAYBOOKS = yaml.safe_load((ROOT / "meta/playbooks.yml").read_text())["playbooks"]
# Between fences, or indented behind an empty line.
BLOCK = re.compile(r"^ *```.*?^ *```$|(?<=\n\n)(?: {4,}\S[^\n]*\n)+", re.DOTALL | re.MULTILINE)
COMMAND = re.compile(r"ansible-playbook ([^\n`]*)")
OPTION = re.compile(r"""-e "?(\w+)=(?:'([^']*)'|(\S+?)"?(?:[\s\]]|$))""")
SPAN = re.compile(r"`([^`]+)`")  # may go on in the next line
LINK = re.compile(r"\]\(([^)#:]*)(?:#([^)]*))?\)")


def text_of(page: str) -> str:
    return (DOCS / page).read_text()


def blocks(text: str) -> list[str]:
    return [block.strip("\n") for block in BLOCK.findall(text)]


def commands(text: str) -> set[str]:
    """Return what is to be typed, and stands within a sentence or a table: playbooks, options, programs."""
    spans = [" ".join(span.split()) for span in SPAN.findall(BLOCK.sub("", text))]
    return {
        span
        for span in spans
        if re.search(r"(^|\s)--?\w|=|\.yml\b|^(ssh|make|rm|post\w+|doveadm|congvu-\w+) ", span)
    }


def anchors(page: Path) -> set[str]:
    """Return the anchors of the headings, as forges make them."""
    headings = re.findall(r"^#+ (.+)$", BLOCK.sub("", page.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES)
def test_the_vietnamese_page_has_the_same_blocks_and_commands(page: str) -> None:
    english, vietnamese = text_of(page), text_of(f"vi/{page}")
    assert blocks(vietnamese) == blocks(english)
    assert commands(vietnamese) == commands(english)
    assert [len(found) for found in re.findall(r"^(#+) ", vietnamese, re.MULTILINE)] == [
        len(found) for found in re.findall(r"^(#+) ", english, re.MULTILINE)
    ]


@pytest.mark.parametrize("page", PAGES)
def test_each_page_names_the_other(page: str) -> None:
    up = "../" * page.count("/")
    assert f"\n\nTiếng Việt: [vi/{page}]({up}vi/{page}).\n\n" in text_of(page)
    assert f"\n\nEnglish: [{page.rpartition('/')[2]}](../{up}{page}).\n\n" in text_of(f"vi/{page}")
    assert f"(docs/vi/{page})" in (ROOT / "README.vi.md").read_text()
    assert f"({page})" in text_of("README.md")


def test_every_vietnamese_page_is_held() -> None:
    assert {str(path.relative_to(DOCS / "vi")) for path in (DOCS / "vi").rglob("*.md")} == set(PAGES)


@pytest.mark.parametrize("page", [name for page in PAGES for name in (page, f"vi/{page}")])
def test_links_lead_somewhere(page: str) -> None:
    for target, anchor in LINK.findall(text_of(page)):
        file = (DOCS / page).parent / target if target else DOCS / page
        assert file.exists(), target
        assert not anchor or anchor in anchors(file), f"{target}#{anchor}"


@pytest.mark.parametrize("page", PAGES)
def test_every_command_is_one_that_its_playbook_takes(page: str) -> None:
    called = COMMAND.findall("\n".join(blocks(text_of(page))))
    assert called or "ansible-playbook" not in text_of(page)
    for command in called:
        [name] = re.findall(r"playbooks/(\w+)\.yml", command)
        options = PLAYBOOKS[name].get("options", {})
        given = {option: quoted or plain for option, quoted, plain in OPTION.findall(command)}
        assert len(given) == command.count("-e "), command
        assert given.keys() <= options.keys(), command
        assert {option for option, spec in options.items() if spec.get("required")} <= given.keys(), command
        for option, value in given.items():
            assert value in options[option].get("choices", [value]), command
