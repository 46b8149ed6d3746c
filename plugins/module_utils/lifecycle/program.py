# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The program `congvu-lifecycle` of the directory host: the daily pass, the acts of an operator, the figures.

Exit codes: 0 done, or nothing to do; 1 something did not go through, or an account cannot be read, run it
again; 2 a wrong option; 3 refused.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from .. import clock
from ..accounts import intents
from ..accounts.directory import Directory, DirectoryError
from ..accounts.entries import Unreadable
from ..accounts.intents import Recovery
from ..accounts.vocabulary import AuditWord, EventWord
from ..host import audit, files
from ..host.smtp import Mailer
from ..parsing.schema import Reader
from ..policy.terms import LifecycleTerms, PasswordTerms, parse_lifecycle, parse_password
from . import acts, entry, rules
from .executor import Executor, Outcome, as_logged
from .model import Account, applied
from .notice import notify
from .notices import Office, proposals
from .statistics import statistics
from .summary import act_summary, as_data, pass_line, pass_summary, step_data

SETTINGS = Path("/etc/congvu/lifecycle.json")
DONE, AGAIN, REFUSED = 0, 1, 3


@dataclass(frozen=True)
class Settings:
    """What the role `lifecycle` wrote for this host, from the inventory."""

    suffix: str
    office: Office
    mail_hosts: tuple[str, ...]
    mail_port: int
    password: PasswordTerms
    lifecycle: LifecycleTerms


def read_settings(path: Path) -> tuple[Settings | None, list[str]]:
    """Read the settings, or say what is wrong with them."""
    reader = Reader(str(path))

    def settings_of(raw: Mapping[str, Any]) -> Settings:
        return Settings(
            raw["suffix"],
            Office(
                raw["organization"],
                raw["decision"],
                raw["support"]["address"],
                raw["support"]["phone"],
                raw["domain"],
                raw.get("account_host", ""),
            ),
            tuple(raw["mx"]),
            int(raw["system_port"]),
            parse_password(reader, raw["password"]),
            parse_lifecycle(reader, raw["lifecycle"]),
        )

    settings, problems = files.read_settings(path, settings_of)
    if reader.problems:
        columns = ", ".join(problem.column for problem in reader.problems)
        return None, [f"{path}: {columns} cannot be used"]
    return settings, problems


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; return the exit code."""
    given = _parser().parse_args(arguments)
    try:
        settings, problems = read_settings(given.settings)
        code, said, result = _run(given, settings) if settings else (AGAIN, "\n".join(problems), {})
    except BlockingIOError:
        code, said, result = AGAIN, "Another run is at work on this host, nothing was changed.", {}
    except DirectoryError as error:
        code, said, result = AGAIN, str(error), {}
    # What an operator typed may be no UTF-8, and is shown all the same.
    said = said.encode(errors="backslashreplace").decode()
    if given.json and given.command != "report":  # which is JSON in any case
        print(json.dumps({"said": said, "changed": False, **result}, ensure_ascii=False))
    else:
        print(said, file=sys.stderr if code else sys.stdout)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="congvu-lifecycle", description="The daily pass over all mail accounts, and single acts."
    )
    parser.add_argument("--check", action="store_true", help="show what would happen, and change nothing")
    parser.add_argument("--limit", type=int, metavar="N", help="accounts that this pass may disable")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--who", help="who does it, for the audit log")
    parser.add_argument("--settings", type=Path, default=SETTINGS, help=argparse.SUPPRESS)
    commands = parser.add_subparsers(dest="command", title="instead of the pass")
    act = commands.add_parser("act", help="one act on one account")
    act.add_argument("act", choices=acts.ACTS)
    act.add_argument("--account", required=True, help="an address, a person_id or the path of a unit")
    act.add_argument("--reference", required=True, help="number of the letter or decision, or <Message-ID>")
    act.add_argument("--until", type=date.fromisoformat, metavar="YYYY-MM-DD", help="end of an exemption")
    act.add_argument("--reason", default="", help="reason of an exemption")
    report = commands.add_parser("report", help="figures and the audit log between two days")
    report.add_argument("--from", dest="first", type=date.fromisoformat, metavar="YYYY-MM-DD")
    report.add_argument("--to", dest="last", type=date.fromisoformat, metavar="YYYY-MM-DD")
    return parser


def _run(given: argparse.Namespace, settings: Settings) -> tuple[int, str, dict[str, Any]]:
    directory = Directory()
    if given.command == "report":
        log = audit.read()
        found = statistics(
            *_accounts(directory, settings),
            settings.lifecycle,
            settings.password,
            clock.today(),
            log,
            given.first,
            given.last,
        )
        found["unread_lines"] = log.unread
        return DONE, json.dumps(found, ensure_ascii=False), {}
    if given.check:
        return _work(given, settings, directory, None)
    with files.locked(files.SEALED), _mailer(settings) as mailer:
        who = audit.operator(given.who)
        return _work(given, settings, directory, Executor(directory, mailer, settings.office, who))


def _work(
    given: argparse.Namespace, settings: Settings, directory: Directory, executor: Executor | None
) -> tuple[int, str, dict[str, Any]]:
    accounts, unreadable = _accounts(directory, settings)
    log = audit.read()
    recovery = intents.recover(directory) if executor else Recovery()
    if given.command == "act":
        code, said, result = _act(given, settings, accounts, unreadable, executor)
    else:
        code, said, result = _pass(given, settings, accounts, unreadable, executor, log)
    recovery = replace(recovery, unread=max(recovery.unread, log.unread))
    if recovery.aside:
        code = code or AGAIN
    return code, "\n".join([said, *recovery.words()]), {**result, "unread_lines": recovery.unread}


def _pass(
    given: argparse.Namespace,
    settings: Settings,
    accounts: list[Account],
    unreadable: list[Unreadable],
    executor: Executor | None,
    log: Iterable[audit.AuditLine],
) -> tuple[int, str, dict[str, Any]]:
    """Do the daily pass, or show it (without an executor)."""
    planned = rules.daily(accounts, settings.lifecycle, settings.password, clock.today(), given.limit)
    outcome = Outcome(done=list(planned.steps))
    if executor:
        outcome = executor.execute(as_logged(planned.steps, log))
        listed = proposals(planned.proposals, settings.office)
        if listed and not planned.refused:
            executor.notify(listed, outcome)
        audit.record(AuditWord.PASS, "", "", pass_line(planned, outcome, len(unreadable)), executor.who)
    left = outcome.due or outcome.failed or unreadable
    code = REFUSED if planned.refused else AGAIN if left else DONE
    result = as_data(planned, outcome, unreadable) | {"changed": bool(outcome.done)}
    return code, pass_summary(planned, outcome, len(accounts), unreadable), result


def _act(
    given: argparse.Namespace,
    settings: Settings,
    accounts: list[Account],
    unreadable: list[Unreadable],
    executor: Executor | None,
) -> tuple[int, str, dict[str, Any]]:
    """Do one act on one account, or show it."""

    def is_meant(one: Account | Unreadable) -> bool:
        return given.account.lower() in (one.uid.lower(), one.address.lower())

    for error in filter(is_meant, unreadable):
        return REFUSED, str(error), {}
    found = list(filter(is_meant, accounts))
    if len(found) != 1:
        what = "no account" if not found else "more than one account; give the address"
        return REFUSED, f"{given.account} is {what}.", {}
    step = acts.act(
        found[0], given.act, clock.today(), given.reference, until=given.until, reason=given.reason
    )
    if isinstance(step, str):
        return REFUSED, step, {}
    outcome = Outcome(done=[step])
    if executor:
        outcome = executor.execute([step])
        unlocked = step.word == EventWord.UNLOCKED and outcome.done
        answer = notify(applied(step.account, step), clock.today()) if unlocked else None
        if answer:  # what cannot be sent now, the next pass sends
            told = executor.execute([answer])
            outcome.due += told.due
            outcome.failed += told.failed
    code = AGAIN if outcome.due or outcome.failed else DONE
    result = {
        "steps": [step_data(step) for step in outcome.done],
        "contact": step.account.contact,
        "changed": bool(outcome.done),
    }
    return code, act_summary(step, outcome), result


def _accounts(directory: Directory, settings: Settings) -> tuple[list[Account], list[Unreadable]]:
    """Read all accounts; those of which a value cannot be read stand by themselves, and are left alone."""
    accounts: list[Account] = []
    unreadable: list[Unreadable] = []
    for dn, kind, values in directory.iter_accounts(settings.suffix, entry.ATTRIBUTES):
        account, problems = entry.account(dn, kind, values)
        accounts += [account] if account else []
        unreadable += problems
    return accounts, sorted(unreadable, key=str)


def _mailer(settings: Settings) -> Mailer:
    return Mailer(settings.mail_hosts, settings.mail_port, settings.office.address)
