"""The reference pages are what the code says, and meta/playbooks.yml what the playbooks read."""

from __future__ import annotations

import re
from pathlib import Path

import jinja2
import jinja2.meta
import pytest
import yaml
from ansible_collections.congvu.mail.plugins.module_utils.policy import schema

from publish import ROOT, policy
from publish.reference import PLAYBOOKS, markdown, option_table, pages, strays, write
from publish.tables import table

FOLDER = ROOT / "playbooks"
OPTIONS = yaml.safe_load((ROOT / PLAYBOOKS).read_text())["playbooks"]
KEYS = {"type", "required", "choices", "default", "description", "example"}
# Expressions without braces, and files that are read within.
BARE = {"when", "that", "until", "changed_when", "failed_when"}
WITHIN = {f"ansible.builtin.{name}" for name in ("include_tasks", "import_tasks", "import_playbook")} | {
    "vars_files"
}
ANSIBLES = {
    *("group_names", "groups", "hostvars", "inventory_hostname", "item", "lookup", "omit", "playbook_dir"),
    "query",
}


class AnyName(dict):
    """Filters and tests of Ansible's: which they are plays no part."""

    def __contains__(self, name):
        return True

    def get(self, name, default=None):
        return lambda *_: ""

    __getitem__ = get


JINJA = jinja2.Environment()
JINJA.filters, JINJA.tests = AnyName(), AnyName()


def expressions(node, *, bare=False):
    """Every template in a playbook."""
    if isinstance(node, str):
        yield f"{{{{ {node} }}}}" if bare else node
    elif isinstance(node, list):
        for item in node:
            yield from expressions(item, bare=bare)
    elif isinstance(node, dict):
        for key, value in node.items():
            yield from expressions(value, bare=bare or key in BARE)


def values(node, keys):
    """The values of these keys, wherever they are."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in keys:
                yield value
            yield from values(value, keys)
    elif isinstance(node, list):
        for item in node:
            yield from values(item, keys)


def files(file, found):
    """The file and all that it includes or imports; where a name is made at the run, all that it may be."""
    if file in found:
        return found
    found.append(file)
    for value in values(yaml.safe_load(file.read_text()), WITHIN):
        for name in [value] if isinstance(value, str) else value:
            begin = name.split("{{")[0]
            here = file.parent if (file.parent / begin).exists() else FOLDER
            for other in sorted(here.glob(f"{begin}*.yml")) if "{{" in name else [(here / name).resolve()]:
                files(other, found)
    return found


def read_from_outside(playbook):
    """The variables that a playbook reads and neither it, nor the inventory, nor Ansible sets."""
    read, own = set(), set(ANSIBLES)
    for file in files(FOLDER / f"{playbook}.yml", []):
        data = yaml.safe_load(file.read_text())
        own |= set(values(data, {"register", "loop_var"}))
        own |= {name for given in values(data, {"vars", "ansible.builtin.set_fact"}) for name in given}
        own |= set(data) if file.parent.name == "vars" else set()
        texts = list(expressions(data))
        texts += [
            (FOLDER / "templates" / task["src"]).read_text()
            for task in values(data, {"ansible.builtin.template"})
        ]
        for text in texts:
            read |= jinja2.meta.find_undeclared_variables(JINJA.parse(text))
    return {name for name in read - own if not re.match(r"mail_|ansible_|regulation$", name)}


def accepted(playbook):
    """What a playbook takes, those that it runs within included."""
    spec = OPTIONS[playbook]
    return set(spec["options"]).union(*(accepted(other) for other in spec.get("runs", ())))


def test_every_page_is_as_make_docs_writes_it():
    made = pages(ROOT)
    assert [name for name, text in made.items() if Path(ROOT, name).read_text() != text] == [], (
        "run `make docs`"
    )
    assert strays(ROOT, made) == [], "run `make docs`"


def test_every_variable_and_key_has_a_row():
    mail, regulation = policy.mail_page(), policy.regulation_page()
    assert [name for name in (*schema.VARIABLES, *schema.PARAMETERS) if f"| `{name}` |" not in mail] == []
    assert [name for name in schema.REGULATION.fields if f"| `{name}` |" not in regulation] == []
    assert "| `mail_backup_targets[].host` |" in mail
    assert "| `naming.collision.forms` |" in regulation


def test_every_playbook_is_listed():
    assert {path.stem for path in FOLDER.glob("*.yml")} == set(OPTIONS)


@pytest.mark.parametrize("playbook", sorted(OPTIONS))
def test_what_a_playbook_reads_is_listed_and_what_is_listed_is_read(playbook):
    assert read_from_outside(playbook) == accepted(playbook)


@pytest.mark.parametrize("playbook", sorted(OPTIONS))
def test_options_are_written_in_full(playbook):
    for name, option in OPTIONS[playbook]["options"].items():
        assert {"type", "description"} <= set(option) <= KEYS, name
        assert option.get("required") or "example" in option, name
        assert option.get("example", "") == "" or option.get("example") in option.get(
            "choices", [option["example"]]
        )


def test_markup_becomes_markdown_that_reads_well():
    assert markdown("C(register.csv), O(a.b=c) and B(x), see L(here,https://a.b); -e who=<me>") == (
        r"`register.csv`, `a.b=c` and **x**, see [here](https://a.b); -e who=\<me\>"
    )


def test_tables_have_options_below_options_and_keep_their_columns():
    options = {
        "a": {
            "type": "dict",
            "description": "x|y",
            "options": {"b": {"required": True, "description": ["1", "2"]}},
        }
    }
    assert option_table(options).splitlines()[2:] == [
        r"| `a` | dict |  | x\|y |",
        "| `a.b` | str | **required** | 1<br>2 |",
    ]
    assert table(["h"], []) == "| h |\n| --- |"


def test_a_page_of_nothing_is_removed(tmp_path, monkeypatch):
    monkeypatch.setattr("publish.reference.pages", lambda root: {"docs/reference/new.md": "new\n"})
    old = tmp_path / "docs/reference/modules/old.md"
    old.parent.mkdir(parents=True)
    old.write_text("old")
    assert write(tmp_path) == ["docs/reference/modules/old.md", "docs/reference/new.md"]
    assert not old.exists()
    assert write(tmp_path) == []
