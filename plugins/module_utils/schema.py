# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Reading data that a user writes as nested keys: every missing, unknown or impossible one is a problem."""

from __future__ import annotations

from collections.abc import Mapping

from .problems import Problem, brief


class Reader:
    """Takes keys out of nested mappings and gathers a problem for each missing or impossible one."""

    def __init__(self, file: str) -> None:
        """Take the file that problems are reported in."""
        self.file = file
        self.problems: list[Problem] = []

    def say(self, code: str, path: str, value: object = "", detail: str = "") -> None:
        """Note a problem at a key."""
        self.problems.append(Problem(self.file, 0, path, code, brief(value), detail))

    def mapping(
        self, raw: object, path: str, keys: tuple[str, ...], optional: tuple[str, ...] = ()
    ) -> dict[str, object]:
        """Return the mapping without unknown keys; these and the missing ones are reported."""
        if not isinstance(raw, Mapping):
            self.say("yaml_shape", path, raw, "một bảng khóa: giá trị (mapping): " + ", ".join(keys))
            return {}
        for key in raw:
            if key not in keys:
                self.say("key_unknown", f"{path}.{key}", key, ", ".join(keys))
        for key in keys:
            if key not in raw and key not in optional:
                self.say("key_missing", f"{path}.{key}", key, f"{path}.{key}")
        return {str(key): value for key, value in raw.items() if key in keys}

    def text(self, table: dict[str, object], key: str, path: str, choices: tuple[str, ...] = ()) -> str:
        """Return a string, one of the choices if there are any."""
        value = table.get(key, "")
        if key in table and choices and value not in choices:
            self.say("value_unknown", f"{path}.{key}", value, ", ".join(choices))
        elif key in table and not isinstance(value, str):
            self.say("yaml_shape", f"{path}.{key}", value, "một chuỗi (text)")
        return value if isinstance(value, str) else ""

    def flag(self, table: dict[str, object], key: str, path: str) -> bool:
        """Return true or false; false where the key is absent."""
        value = table.get(key, False)
        if not isinstance(value, bool):
            self.say("yaml_shape", f"{path}.{key}", value, "true, false")
        return value is True

    def number(
        self, table: dict[str, object], key: str, path: str, least: int, most: int, unit: str
    ) -> int | None:
        """Return a whole number from ``least`` to ``most``, or None where the key is absent."""
        value = table.get(key)
        if key not in table:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            self.say("value_bad", f"{path}.{key}", value, f"{least} … {most} ({unit})")
            return None
        return value

    def months(self, table: dict[str, object], key: str, path: str) -> int | None:
        """Return a number of calendar months, 1 to 1200, or None where the key is absent."""
        return self.number(table, key, path, 1, 1200, "tháng, months")

    def days(self, table: dict[str, object], key: str, path: str) -> int | None:
        """Return a number of days, 1 to 36500, or None where the key is absent."""
        return self.number(table, key, path, 1, 36500, "ngày, days")

    def words(
        self, table: dict[str, object], key: str, path: str, choices: tuple[str, ...] = ()
    ) -> tuple[str, ...]:
        """Return a list of strings without repetition."""
        raw = table.get(key, [])
        if not isinstance(raw, list) or not all(isinstance(item, str) for item in raw):
            self.say("yaml_shape", f"{path}.{key}", raw, "một danh sách chuỗi (list of text)")
            return ()
        items = tuple(str(item) for item in raw)
        for item in items:
            if choices and item not in choices:
                self.say("value_unknown", f"{path}.{key}", item, ", ".join(choices))
        if len(set(items)) < len(items):
            self.say("value_bad", f"{path}.{key}", ", ".join(items), "mỗi giá trị một lần (each once)")
        return items
