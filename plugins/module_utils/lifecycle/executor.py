# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Steps executed: notice sent, entry written, audit log told; in that order, and safe to be killed.

What will be in the log goes into the intent log first (`accounts.intents`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from .. import clock
from ..accounts import intents
from ..accounts.directory import Directory, Write
from ..accounts.intents import Intent
from ..accounts.vocabulary import NOTIFIED, Attr, EventWord, Verb
from ..host import audit
from ..host.smtp import Mailer, MailerError, Sent
from .model import Notice, Step
from .notices import Office, message, message_id

BATCH = 100  # steps between two entries of the log
# What `mailboxes.yml` and the pass say in the log of a status, the latest being what the log knows.
STATUS = (Verb.CREATED, Verb.LOCKED, Verb.CLOSING, Verb.LEFT, EventWord.RETURNED)
LOGGED_AS: Mapping[str, Verb] = {EventWord.ROSTER_LOCKED: Verb.LOCKED, EventWord.LEFT: Verb.LEFT}


@dataclass
class Outcome:
    """What became of the steps: done, waiting for mail (with the reason), or refused by slapd.

    `stopped` are the entries with a step that was not done: what follows from it is not done either.
    """

    done: list[Step] = field(default_factory=list)
    due: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    stopped: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class _PreparedStep:
    """A step whose notice is out, and its line for the log; what need not be there has none."""

    step: Step
    intent: Intent | None


@dataclass(frozen=True)
class Executor:
    """What carries steps out, and in whose name."""

    directory: Directory
    mailer: Mailer
    office: Office
    who: str
    log: Path = audit.LOG
    pending: Path = intents.FILE

    def execute(self, steps: Sequence[Step]) -> Outcome:
        """Carry steps out in order; after one that fails, the account's further steps wait for the next."""
        outcome = Outcome()
        for start in range(0, len(steps), BATCH):
            ready = []
            for step in steps[start : start + BATCH]:
                if step.account.dn in outcome.stopped:
                    continue
                try:
                    ready.append(self._prepared(step))
                except MailerError as error:
                    outcome.stopped.add(step.account.dn)
                    outcome.due.append(f"{step.account.address}: {step.word}: {error}")
            self._write(ready, outcome)
        return outcome

    def notify(self, notice: Notice, outcome: Outcome) -> None:
        """Send a notice that no step depends on, once."""
        try:
            if self.mailer.sent(notice.key):
                return
            self._send(notice)
        except MailerError as error:
            outcome.due.append(f"{notice.kind}: {error}")
            return
        text = f"{notice.key} {message_id(notice, self.office.domain)}"
        audit.record(NOTIFIED + notice.kind, notice.recipients[0], "", text, self.who, self.log)

    def _prepared(self, step: Step) -> _PreparedStep:
        """Send the step's notice, if it has one; what the step says of the day is the day of that."""
        if step.event is None:
            return _PreparedStep(step, None)
        event, text = step.event, step.event.text
        if step.notice:
            sent = self._send(step.notice)
            event = replace(event, day=sent.day)
            said = [f"refused by {answer}" for answer in sent.refused]
            text = "; ".join([text, message_id(step.notice, self.office.domain), *said])
        line = audit.AuditLine(self.who, event.word, step.account.address, event.reference, text)
        intent = Intent(step.account.dn, line, event.line()) if step.logged else None
        return _PreparedStep(replace(step, event=event), intent)

    def _send(self, notice: Notice) -> Sent:
        return self.mailer.send(
            notice.key, lambda: message(notice, self.office, clock.now()), notice.recipients
        )

    def _write(self, ready: Sequence[_PreparedStep], outcome: Outcome) -> None:
        """Write to the directory, then to the log."""
        begun = iter(intents.begin((one.intent for one in ready if one.intent), self.pending))
        timed = [next(begun) if one.intent else None for one in ready]
        writes = [_write(one.step) for one in ready]
        reasons = {id(failure.change): failure.reason for failure in self.directory.apply(writes)}
        done: list[Intent] = []
        for write, one, intent in zip(writes, ready, timed, strict=True):
            if id(write) in reasons:
                account = one.step.account
                outcome.failed.append(f"{account.address}: {one.step.word}: {reasons[id(write)]}")
                outcome.stopped.add(account.dn)
                continue
            outcome.done.append(one.step)
            if intent:
                done.append(intent)
        intents.complete(done, self.pending, self.log)


def as_logged(steps: Iterable[Step], log: Iterable[audit.AuditLine]) -> list[Step]:
    """Return steps as they are to be carried out: what a step takes for logged, and the log has not, is.

    `mailboxes.yml` logs the status that it writes. Of one that was written by hand the log knows nothing.
    """
    steps = list(steps)
    asked = {step.account.address for step in steps if not step.logged}
    lines = log if asked else ()  # the log of years is long
    known = {line.account: line.what for line in lines if line.account in asked and line.what in STATUS}
    return [
        step if step.logged or known.get(step.account.address) == LOGGED_AS[step.word] else _by_hand(step)
        for step in steps
    ]


def _by_hand(step: Step) -> Step:
    event = replace(step.event, text="found in the directory") if step.event else None
    return replace(step, event=event, logged=True)


def _write(step: Step) -> Write:
    return Write(step.account.dn, step.attributes, {Attr.EVENT: [step.event.line()]} if step.event else {})
