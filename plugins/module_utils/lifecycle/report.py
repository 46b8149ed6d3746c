# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The report for whoever runs the mail: the figures of the directory host, and requests that wait. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from .calendar import Overdue

# What each list is called, in the order in which somebody has to act.
TITLES = {
    "proposed": "Proposed for reclaiming, waiting for act=approve",
    "noticed": "Notice of reclaiming given",
    "lock-noticed": "Notice of locking given",
    "overdue": "Password overdue, to be changed before anything else",
    "first-expired": "First password ended unused, to be given anew",
    "imported": "Password of the former system, to be changed",
    "unarchived": "Term is over, and there is no archive",
    "idle": "Not used, people",
    "idle-units": "Not used, units",
    "locked": "Locked because unused",
    "contained": "Contained after an incident",
    "reclaimed": "Reclaimed",
}


def as_data(figures: Mapping[str, Any], late: Sequence[Overdue]) -> dict[str, Any]:
    """Return the report as data."""
    requests = [
        {
            "person": found.person.person_id,
            "name": found.person.full_name,
            "unit": found.person.department or found.person.unit,
            "requested_on": str(found.person.requested_on),
            "due": str(found.due),
        }
        for found in late
    ]
    return {name: value for name, value in figures.items() if name != "persons"} | {"late_requests": requests}


def as_json(report: Mapping[str, Any]) -> str:
    """Return the report as JSON."""
    return json.dumps(report, ensure_ascii=False, indent=2) + "\n"


def as_text(report: Mapping[str, Any]) -> str:
    """Return the report as text."""
    lines = [f"Mail accounts on {report['day']}: {report['accounts']}"]
    for kind, states in report["states"].items():
        lines.append(
            f"  {kind}: " + (", ".join(f"{name} {number}" for name, number in states.items()) or "none")
        )
    last = report["last_pass"]
    lines.append(
        f"Last pass: {last['time']} by {last['who']}: {last['text']}" if last else "Last pass: never"
    )
    lines.append(f"Old password hashes (not argon2): {report['old_hashes']}")
    lines.append(f"Requests that wait too long: {len(report['late_requests'])}")
    lines += [
        f"  {one['name']} ({one['person']}), {one['unit']}: requested {one['requested_on']}, due {one['due']}"
        for one in report["late_requests"]
    ]
    if unreadable := report.get("unreadable", []):
        lines.append(f"Cannot be read, and left alone by the daily pass: {len(unreadable)}")
        lines += [f"  {one['account']}: {', '.join(one['attributes'])}" for one in unreadable]
    for name, title in TITLES.items():
        listed = report["lists"].get(name, [])
        lines.append(f"{title}: {len(listed)}")
        lines += [f"  {one['account']} ({one['unit']}) {one['day']} {one['text']}".rstrip() for one in listed]
    lines.append(f"Audit log {report['from'] or 'from its beginning'} to {report['to'] or 'today'}:")
    if report.get("unread_lines"):
        lines.append(f"  {report['unread_lines']} lines of the log cannot be read and are not counted here")
    lines += [f"  {number:6} {what}" for what, number in report["events"].items()]
    lines += [
        " ".join(
            part
            for part in (
                "  " + one["time"],
                one["who"],
                one["what"],
                one["account"],
                one["reference"],
                one["text"],
            )
            if part
        )
        for one in report["log"]
    ]
    return "\n".join(lines) + "\n"


RENDERERS = {"text": as_text, "json": as_json}
