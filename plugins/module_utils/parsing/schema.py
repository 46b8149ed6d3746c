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

    def say(
        self, code: str, path: str, value: object = "", detail: str = "", parts: tuple[str, ...] = ()
    ) -> None:
        """Note a problem at a key."""
        self.problems.append(Problem(self.file, 0, path, code, brief(value), detail, parts))

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

    def flag(self, table: dict[str, object], key: str, path: str) -> bool:
        """Return true or false; false where the key is absent."""
        value = table.get(key, False)
        if not isinstance(value, bool):
            self.say("yaml_shape", f"{path}.{key}", value, "true, false")
        return value is True
