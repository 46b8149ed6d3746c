"""The pages of what a site says: `mail_*`, `regulation` and `*_parameters`, from their one schema."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from ansible_collections.congvu.mail.plugins.module_utils.naming.patterns import (
    DOMAIN,
    FORM_PARTS,
    FORMS,
    MEANINGS,
    PERSON_PARTS,
    PLACES,
    UNIT_PARTS,
)
from ansible_collections.congvu.mail.plugins.module_utils.policy.fields import (
    Either,
    Field,
    Listed,
    Number,
    Pattern,
    Record,
    Table,
    Text,
)
from ansible_collections.congvu.mail.plugins.module_utils.policy.naming import PERSON
from ansible_collections.congvu.mail.plugins.module_utils.policy.schema import (
    PARAMETERS,
    REGULATION,
    VARIABLES,
)

from .tables import WRITTEN, code, table

HEAD = ("key", "type", "default", "what it is", "source", "example")


def mail_page() -> str:
    """Return the page of the variables in ``group_vars/all/mail.yml``."""
    parts = [
        WRITTEN,
        "# mail.yml",
        "The variables of a site, in `group_vars/all/mail.yml` or any other file of that folder. A name that "
        "begins with `mail_` and is not here is refused.",
        table(HEAD, _rows(VARIABLES)),
        "## Further settings of programs",
        "For what no variable offers. What the role sets itself is refused, and all of it is proved before "
        "it lands.",
        table(HEAD, _rows(PARAMETERS)),
    ]
    return "\n\n".join(parts) + "\n"


def regulation_page() -> str:
    """Return the page of the decision as data, in ``group_vars/all/regulation.yml``."""
    parts = [
        WRITTEN,
        "# regulation.yml",
        "The decision as data: what stands below `regulation:` in `group_vars/all/regulation.yml`. A key "
        "that is not here is refused. Articles are those of the five decisions: GL Gia Lai, BD Bình Định, "
        "DN Đồng Nai, UB Ủy ban Dân tộc, QT Quảng Trị.",
        table(HEAD, _rows(REGULATION.fields)),
        "## Patterns of addresses",
        "The parts of a pattern, and what they are for Nguyễn Văn Minh of cntt.stttt, born on 3/2/1985. "
        "How a decision is said in them: [a decision of one's own](../decision.md).",
        table(
            ("part", "what it is", "example", "in"),
            [
                (f"`<{part}>`", f"{en}<br>*{vi}*", code(example), ", ".join(_places(part)))
                for part, (vi, en, example) in MEANINGS.items()
            ],
        ),
        "A style, and each form with a name, is short for a pattern; `<name>` is `<given><initials>`, or by "
        "`middle_initials: first` `<given><surname-initial><middle-initial>`.",
        table(
            ("key", "value", "is short for"),
            [
                *(
                    ("`style`", f"`{style}`", code(text.format(name="<name>")))
                    for style, text in PERSON.items()
                ),
                *(("`collision.forms`", code(key), code(text)) for key, text in FORMS.items()),
            ],
        ),
    ]
    return "\n\n".join(parts) + "\n"


def _places(part: str) -> Iterator[str]:
    """Yield the keys of `naming` whose patterns may have the part."""
    if part in PERSON_PARTS or part in (*PLACES, DOMAIN):
        yield "`person`"
    if part in (*UNIT_PARTS, DOMAIN):
        yield "`units`"
    if part in FORM_PARTS:
        yield "`collision.forms`"


def _rows(fields: Mapping[str, Field], above: str = "") -> Iterator[list[str]]:
    for name, field in fields.items():
        yield [
            f"`{above}{name}`",
            _kind(field),
            _default(field),
            "<br>".join(text for text in (field.en, field.vi and f"*{field.vi}*") if text),
            field.source,
            "" if field.example is None else code(_yaml(field.example)),
        ]
        yield from _below(field, f"{above}{name}")


def _below(field: Field, name: str) -> Iterator[list[str]]:
    match field:
        case Record():
            yield from _rows(field.fields, f"{name}.")
        case Listed(item=Record() as item):
            yield from _rows(item.fields, f"{name}[].")
        case Table(item=Record() as item):
            yield from _rows(item.fields, f"{name}.*.")


def _kind(field: Field) -> str:
    match field:
        case Pattern(named=named) if named:
            return ", ".join(map(code, named)) + " or pattern"
        case Text(choices=choices) if choices:
            return ", ".join(code(choice) for choice in choices)
        case Number():
            bounds = f"{field.kind}, {field.least} to {field.most}"
            return f"{bounds}, {field.unit}" if field.unit else bounds
        case Listed():
            return f"list of {_kind(field.item)}" + (f", {field.least} at least" if field.least else "")
        case Table():
            return f"mapping of {code(field.key)} to {_kind(field.item)}"
        case Either():
            return " or ".join(_kind(one) for one in field.of)
    return field.kind


def _default(field: Field) -> str:
    if field.required:
        return "**required**"
    if field.default_from:
        return field.default_from
    return "" if field.default is None else code(_yaml(field.default))


def _yaml(value: object) -> str:
    return value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)
