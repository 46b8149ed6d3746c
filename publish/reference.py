"""The reference pages of roles, modules, playbooks and settings, written from what the code itself reads.

`ansible-doc` reads roles and modules, and antsibull-docs-parser its markup, as for the community's own pages
(docs/decisions/reference.md).
"""

from __future__ import annotations

import html
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from antsibull_docs_parser.md import to_md
from antsibull_docs_parser.parser import Context, parse

from . import PublishError
from .decisions import decisions_page
from .policy import mail_page, regulation_page
from .tables import WRITTEN, code, table

FOLDER = "docs/reference"
PLAYBOOKS = "meta/playbooks.yml"
BEGIN, END = (
    "<!-- Written by `make docs`, up to the next such line. -->",
    "<!-- End of what `make docs` writes. -->",
)
LONGEST_DEFAULT = 60
ANSIBLE_DOC = Path(sys.executable).with_name("ansible-doc")
# The tables of modules of Ansible's own have the same order.
HEAD = ("option", "type", "default", "what it is")


def pages(root: Path) -> dict[str, str]:
    """Return the text of every page that is written, by its path."""
    roles, modules = _documented(root, "role", "roles/*"), _documented(root, "module", "plugins/modules/*.py")
    playbooks = yaml.safe_load((root / PLAYBOOKS).read_text())["playbooks"]
    made = {f"roles/{name}/README.md": role_page(root, name, role) for name, role in roles.items()}
    made |= {f"{FOLDER}/modules/{name}.md": module_page(name, module) for name, module in modules.items()}
    made |= {f"{FOLDER}/mail.md": mail_page(), f"{FOLDER}/regulation.md": regulation_page()}
    made[f"{FOLDER}/decisions.md"] = decisions_page(root)
    made[f"{FOLDER}/playbooks.md"] = playbooks_page(playbooks)
    made[f"{FOLDER}/README.md"] = index(playbooks, modules, roles)
    made["requirements.txt"] = requirements(root)
    return made


def write(root: Path) -> list[str]:
    """Write the pages that differ, remove those that are none any more, and return the paths of both."""
    made = pages(root)
    gone = strays(root, made)
    for name in gone:
        (root / name).unlink()
    changed = [name for name, text in made.items() if _read(root / name) != text]
    for name in changed:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(made[name], encoding="utf-8")
    return sorted(changed + gone)


def strays(root: Path, made: Mapping[str, str]) -> list[str]:
    """Return the files in the folder of reference pages that are not written any more."""
    found = (str(path.relative_to(root)) for path in (root / FOLDER).rglob("*") if path.is_file())
    return sorted(set(found) - set(made))


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8") if file.exists() else ""


def _documented(root: Path, kind: str, pattern: str) -> dict[str, dict[str, Any]]:
    names = sorted(path.stem for path in root.glob(pattern))
    done = subprocess.run(  # noqa: S603
        [ANSIBLE_DOC, "-t", kind, "--json", *(f"congvu.mail.{name}" for name in names)],
        cwd=root,
        env=os.environ
        | {"ANSIBLE_COLLECTIONS_PATH": str(root / ".ansible/collections"), "ANSIBLE_NOCOLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise PublishError(f"ansible-doc -t {kind}: {done.stderr.strip()}")
    found = json.loads(done.stdout)
    missing = [name for name in names if "error" in found.get(f"congvu.mail.{name}", {"error": ""})]
    if missing:
        raise PublishError(f"ansible-doc reads no {kind} {', '.join(missing)}")
    return {name: found[f"congvu.mail.{name}"] for name in names}


def role_page(root: Path, name: str, role: Mapping[str, Any]) -> str:
    """Return the README of a role with the table of its variables: the part between two marks, or its end."""
    defaults = yaml.safe_load(_read(root / f"roles/{name}/defaults/main.yml")) or {}
    parts = [BEGIN]
    for point, spec in sorted(role["entry_points"].items()):
        parts.append(f"## Variables{'' if point == 'main' else f' of `{point}`'}")
        parts += [markdown(text) for text in _texts(spec.get("description", ""))]
        parts.append(option_table(spec.get("options", {}), defaults, "variable") or "It has none.")
    text = _read(root / f"roles/{name}/README.md")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before.rstrip()}\n\n" + "\n\n".join([*parts, END]) + after.rstrip("\n") + "\n"


def module_page(name: str, module: Mapping[str, Any]) -> str:
    """Return the page of a module."""
    doc = module["doc"]
    parts = [WRITTEN, f"# congvu.mail.{name}", f"{markdown(doc['short_description'])}."]
    parts += [markdown(text) for text in _texts(doc["description"])]
    if doc.get("has_action"):
        parts.append("It works on the controller, through an action plugin of the same name.")
    if doc.get("requirements"):
        parts.append(f"Needs: {', '.join(markdown(text) for text in doc['requirements'])}.")
    parts += ["## Options", option_table(doc.get("options") or {}) or "It has none."]
    if doc.get("attributes"):
        rows = [
            (f"`{key}`", value["support"], _one_line(value.get("details") or value["description"]))
            for key, value in sorted(doc["attributes"].items())
        ]
        parts += ["## Attributes", table(("attribute", "support", "what it is"), rows)]
    if module.get("return"):
        parts += ["## Results", table(("key", "type", "returned", "what it is"), _results(module["return"]))]
    if module.get("examples"):
        parts += ["## Examples", f"```yaml\n{module['examples'].strip()}\n```"]
    return "\n\n".join(parts) + "\n"


def playbooks_page(playbooks: Mapping[str, Any]) -> str:
    """Return the page of all playbooks with what they take by ``-e``."""
    parts = [
        WRITTEN,
        "# Playbooks",
        "Called as `congvu.mail.<name>` or by path, each option as `-e name=value`. Where a value has a "
        "blank, quotes go around it: `-e \"folder='Công văn đến'\"`. An option that a playbook does not "
        "know is refused; `mail_*`, `regulation`, parameters of roles, `ansible_*` and whatever a file "
        "brings (`-e @file`) may be given to each. So is a command that would do nothing: "
        "[command line](../decisions/command-line.md).",
    ]
    for name, playbook in sorted(playbooks.items()):
        parts += [f"## {name}", markdown(playbook["short_description"])]
        parts.append(option_table(playbook["options"], examples=True) or "It takes no options.")
        needed = ", ".join(f"`{pattern}`" for pattern in playbook["hosts"])
        works = f"It works on {needed}; `--limit` must leave a host of each."
        parts.append(works if needed else "It needs neither hosts nor an inventory.")
        if playbook.get("runs"):
            within = " and ".join(f"[{other}](#{other})" for other in playbook["runs"])
            parts.append(f"It runs {within} within, and hands their options on.")
    return "\n\n".join(parts) + "\n"


def index(playbooks: Mapping[str, Any], modules: Mapping[str, Any], roles: Mapping[str, Any]) -> str:
    """Return the page that leads to the others."""
    parts = [
        WRITTEN,
        "# Reference",
        "Written from the code by `make docs`; a test holds it equal. What of it is kept from release to "
        "release: [public](../public.md).",
        "## What a site says",
        table(
            ("file", "is"),
            [
                ("[mail.yml](mail.md)", "the variables of a site, and further settings of programs"),
                ("[regulation.yml](regulation.md)", "the decision as data"),
                (
                    "[the five decisions](decisions.md)",
                    "what each of them says, rule by rule: to choose the nearest",
                ),
            ],
        ),
        "## Playbooks",
        table(
            ("playbook", "does"),
            [
                (f"[{name}](playbooks.md#{name})", markdown(playbook["short_description"]))
                for name, playbook in sorted(playbooks.items())
            ],
        ),
        "## Roles",
        table(
            ("role", "is"),
            [
                (
                    f"[{name}](../../roles/{name}/README.md)",
                    markdown(role["entry_points"]["main"]["short_description"]),
                )
                for name, role in sorted(roles.items())
            ],
        ),
        "## Modules",
        table(
            ("module", "does"),
            [
                (f"[{name}](modules/{name}.md)", markdown(module["doc"]["short_description"]))
                for name, module in sorted(modules.items())
            ],
        ),
    ]
    return "\n\n".join(parts) + "\n"


def requirements(root: Path) -> str:
    """Return requirements.txt: what an operator's machine needs, for who has the tarball alone."""
    groups = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]
    head = "# Written by `make docs`: group `run` of pyproject.toml, what an operator's machine needs."
    return "\n".join([head, *groups["run"], ""])


def option_table(
    options: Mapping[str, Any],
    defaults: Mapping[str, Any] | None = None,
    word: str = HEAD[0],
    *,
    examples: bool = False,
) -> str:
    """Return the table of an argument spec, options below an option under it; nothing if there is none.

    ``defaults`` are a role's, which its spec does not repeat.
    """
    head = [word, *HEAD[1:], *(["example"] if examples else [])]
    rows = [row if examples else row[:-1] for row in _option_rows(options, defaults or {})]
    return table(head, rows) if rows else ""


def _option_rows(
    options: Mapping[str, Any], defaults: Mapping[str, Any], above: str = ""
) -> Iterator[list[str]]:
    for name, option in sorted(options.items()):
        default = option.get("default", defaults.get(name) if not above else None)
        kind = option.get("type", "str")
        if option.get("elements"):
            kind += f" of {option['elements']}"
        if option.get("choices"):
            kind += ": " + ", ".join(code(choice) for choice in option["choices"])
        yield [
            f"`{above}{name}`",
            kind,
            "**required**" if option.get("required") else _default(default),
            _one_line(option["description"]),
            code(option["example"]) if "example" in option else "",
        ]
        below = option.get("suboptions") or option.get("options")
        if below:
            yield from _option_rows(below, {}, f"{above}{name}.")


def _results(results: Mapping[str, Any], above: str = "") -> Iterator[list[str]]:
    for name, result in sorted(results.items()):
        kind = result["type"] + (f" of {result['elements']}" if result.get("elements") else "")
        yield [
            f"`{above}{name}`",
            kind,
            markdown(result.get("returned", "")),
            _one_line(result["description"]),
        ]
        yield from _results(result.get("contains") or {}, f"{above}{name}.")


def _default(value: object) -> str:
    if value is None:
        return ""
    shown = value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)
    return code(shown) if len(shown) <= LONGEST_DEFAULT else "[its own](defaults/main.yml)"


def _texts(description: str | Sequence[str]) -> Sequence[str]:
    return [description] if isinstance(description, str) else description


def _one_line(description: str | Sequence[str]) -> str:
    return "<br>".join(markdown(text) for text in _texts(description))


def markdown(text: str) -> str:
    """Return a text in Ansible's markup as Markdown that can be read as it stands, too."""
    made = to_md(parse(" ".join(text.split()), Context()))
    # What it escapes to be safe anywhere, but means nothing inside a sentence.
    made = re.sub(r"<code>(.*?)</code>", lambda found: f"`{html.unescape(_plain(found[1]))}`", made)
    made = re.sub(r"</?b>", "**", re.sub(r"</?em>", "*", made))
    return re.sub(r"\\([^\w\s*_`<>|\[\]\\])", r"\1", made)


def _plain(escaped: str) -> str:
    return re.sub(r"\\(.)", r"\1", re.sub("</?strong>", "", escaped))
