# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Roster files open for editing: only what changes is written anew, and every other byte stays as it was.

So the comments and the order of ``units.yml`` live on, and a reviewer sees in the difference what was done.
Files must have been read without error before.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

import yaml

from ..parsing.yamltree import LOADER
from .people import COLUMNS

PLAIN = re.compile(r"[^\W_](?:[\w ./()–-]*[\w.)])?")  # needs no quotes, in a flow either
NOTHING = ("null", "~")
BOM = "\ufeff"


@dataclass
class Item:
    """One entry of a list: where each value of its keys stands, and how a key is added."""

    line: int  # as problems count
    column: int  # of its keys
    flow: bool
    end: int  # behind its last value
    spans: dict[str, tuple[int, int]] = field(default_factory=dict)


@dataclass
class List:
    """The entries of a list under a key at the top of a file, and the column of their dashes."""

    items: list[Item] = field(default_factory=list)
    index: int = 0  # where it begins
    column: int = 0
    flow: bool = False


def find_list(text: str, key: str) -> List:
    """Return where the entries of a list stand."""
    found, depth, name = List(), 0, ""
    current, word = None, ""  # the entry that is being read, and its key that waits for a value
    for event in yaml.parse(text, Loader=LOADER):
        start, stop = event.start_mark, event.end_mark
        if start is None or stop is None:
            continue
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if name == key and depth == 2:
                found.index, found.column, found.flow = start.index, start.column, bool(event.flow_style)
            elif name == key and depth == 3:
                current = Item(start.line + 1, start.column, bool(event.flow_style), start.index)
                found.items.append(current)
        elif isinstance(event, yaml.CollectionEndEvent):
            if current and depth > 3 and stop.index > start.index:
                current.end = stop.index  # the bracket of a flow
            depth -= 1
            word = ""
        elif isinstance(event, yaml.ScalarEvent):
            end = start.index + len(text[start.index : stop.index].rstrip())
            if depth == 1:
                name, current = event.value, None
            elif current and depth == 3 and not word:
                word, current.end = event.value, end
            elif current:
                current.end = end
                if depth == 3:
                    current.spans[word], word = (start.index, end), ""
    return found


class UnitsText:
    """``units.yml``, with entries of other files behind its own.

    ``origins`` says from which line of which file each line comes.
    """

    def __init__(self, data: bytes, file: str) -> None:
        """Take the content of a file; ``file`` is how problems name it."""
        text = data.decode("utf-8")
        self.bom, text = text[:1] if text.startswith(BOM) else "", text.removeprefix(BOM)
        self.newline = "\r\n" if "\r\n" in text else "\n"
        self.lines = _lines(text)
        self.origins = [(file, row) for row in range(1, len(self.lines) + 1)]
        self._read()

    def _read(self) -> None:
        self.text = "\n".join(self.lines) + "\n"
        self.list = find_list(self.text, "units")

    def append(self, data: bytes, file: str, key: str, lines: Collection[int]) -> bool:
        """Add the entries of another file's list that stand at these lines below the last one.

        False if one of the lists has not the form of lines that begin with a dash.
        """
        theirs_lines = _lines(data.decode("utf-8-sig"))
        text = "\n".join(theirs_lines)
        theirs = find_list(text, key)
        if theirs.flow or self.list.flow or not self.list.items:
            return not lines
        shift = self.list.column - theirs.column
        at = _line_of(self.text, self.list.items[-1].end) + 1
        added: list[tuple[str, tuple[str, int]]] = []
        begin = _line_of(text, theirs.index)
        for item in theirs.items:
            end = _line_of(text, item.end) + 1
            if item.line in lines:
                added += [(_shifted(theirs_lines[row], shift), (file, row + 1)) for row in range(begin, end)]
            begin = end
        self.lines[at:at] = [line for line, _ in added]
        self.origins[at:at] = [origin for _, origin in added]
        self._read()
        return True

    def written(self, number: int, key: str) -> str:
        """Return the word that stands at a key of an entry, "" where it has none."""
        start, end = self.list.items[number].spans.get(key, (0, 0))
        return self.text[start:end].strip("\"'")

    def edited(self, changes: Mapping[int, Mapping[str, str]]) -> bytes:
        """Return the file with keys of entries, named by their number, set to new values."""
        text = self.text
        edits: list[tuple[int, int, str]] = []
        for number, values in changes.items():
            item = self.list.items[number]
            edits += [self._edit(item, key, value) for key, value in values.items()]
        pieces, done, origins = [], 0, []
        begun = 0
        for start, end, new in sorted(edits, key=lambda edit: edit[:2]):
            pieces += [text[done:start], new]
            done = end
            if new.startswith("\n"):
                row = _line_of(text, start)
                origins += [*self.origins[begun : row + 1], self.origins[row]]
                begun = row + 1
        self.origins = [*origins, *self.origins[begun:]]
        written = "".join([*pieces, text[done:]]).replace("\n", self.newline)
        return (self.bom + written).encode()

    def _edit(self, item: Item, key: str, value: str) -> tuple[int, int, str]:
        plain = PLAIN.fullmatch(value) and value.lower() not in NOTHING
        written = value if plain else json.dumps(value, ensure_ascii=False)
        if key in item.spans:
            start, end = item.spans[key]
            return start, end, written if end > start else f" {written}"
        if item.flow:
            return item.end, item.end, f", {key}: {written}"
        end = self.text.find("\n", item.end)
        return end, end, f"\n{' ' * item.column}{key}: {written}"


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").removesuffix("\n").split("\n")


def _line_of(text: str, index: int) -> int:
    return text.count("\n", 0, index)


def _shifted(line: str, columns: int) -> str:
    """Return a line further right, or as far left as its own indentation goes."""
    if columns >= 0:
        return " " * columns + line if line.strip() else line
    return line[min(-columns, len(line) - len(line.lstrip(" "))) :]


class PeopleText:
    """A people file: its rows as they were written, and what each cell is."""

    def __init__(self, data: bytes) -> None:
        """Take the content of a file that was read without error."""
        text = data.decode("utf-8")
        self.bom, text = text[:1] if text.startswith(BOM) else "", text.removeprefix(BOM)
        self.newline = "\r\n" if "\r\n" in text else "\n"
        lines = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n")
        self.delimiter = ";" if lines[0].count(";") > lines[0].count(",") else ","
        reader, begun = csv.reader((f"{line}\n" for line in lines), delimiter=self.delimiter), 0
        self.rows: list[str | None] = []  # None once it was taken
        self._cells: list[list[str]] = []
        for cells in reader:
            self.rows.append("\n".join(lines[begun : reader.line_num]))
            self._cells.append(cells)
            begun = reader.line_num
        self.columns = [COLUMNS.find(word) for word in self._cells[0]]

    def emptied(self) -> PeopleText:
        """Return a file of the same form without rows."""
        return PeopleText(self._joined(self.rows[:1]))

    def take(self, row: int) -> dict[str, str]:
        """Remove a row, counted as in problems, and return its cells."""
        self.rows[row - 1] = None
        return {name: cell for name, cell in zip(self.columns, self._cells[row - 1], strict=False) if name}

    def set(self, row: int, column: str, value: str) -> None:
        """Write another value into a cell."""
        cells = {**self.take(row), column: value}
        self.rows[row - 1] = self._written(cells)
        self._cells[row - 1] = [cells.get(name or "", "") for name in self.columns]

    def add(self, cells: Mapping[str, str]) -> None:
        """Append a row; a column that the file has not is added to its header."""
        self.rows.append(self._written(cells))

    def content(self) -> bytes:
        """Return the file as it is now."""
        return self._joined(row for row in self.rows if row is not None)

    def _written(self, cells: Mapping[str, str]) -> str:
        missing = [name for name in COLUMNS.names if cells.get(name) and name not in self.columns]
        if missing:
            # The rows above need not change: a short row has nothing in its last columns.
            self.columns += missing
            self.rows[0] = self.delimiter.join([self.rows[0] or "", *missing])
        out = io.StringIO()
        writer = csv.writer(out, delimiter=self.delimiter, lineterminator="")
        writer.writerow([cells.get(name or "", "") for name in self.columns])
        return out.getvalue()

    def _joined(self, rows: Iterable[str | None]) -> bytes:
        text = "".join(f"{row}\n" for row in rows)
        return (self.bom + text.replace("\n", self.newline)).encode()
