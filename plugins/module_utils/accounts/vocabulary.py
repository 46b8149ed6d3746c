# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The words in which the directory and the audit log speak of accounts: each stands here and nowhere else.

Every member is a `str`, so it compares with, and is written as, what a host holds already. What a file of the
roster says has words of its own (`people.PersonStatus`, `units.UnitStatus`).
"""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """Whose mailbox an account is."""

    PERSON = "person"
    UNIT = "unit"


class Status(StrEnum):
    """What the roster says of an account (`cvStatus`)."""

    ACTIVE = "active"
    LOCKED = "locked"
    CLOSING = "closing"  # a dissolved unit that still answers
    LEFT = "left"


class Lock(StrEnum):
    """Why the daily pass, or an operator, locked an account (`cvLock`); none has the empty text."""

    IDLE = "idle"
    CONTAINED = "contained"
    RECLAIMED = "reclaimed"
    PURGE = "purge"


DISABLED: tuple[str, ...] = (Status.LOCKED, Status.CLOSING, Status.LEFT)  # nobody logs in
RECLAIMED_LOCKS: tuple[str, ...] = (Lock.RECLAIMED, Lock.PURGE)  # neither a login nor mail


class AccountState(StrEnum):
    """What an account is on a day, in the order of its life (`lifecycle.states`, docs/lifecycle.md)."""

    PENDING = "pending"
    ACTIVE = "active"
    LOCKED = "locked"
    CLOSING = "closing"
    LEFT = "left"
    ARCHIVED = "archived"
    GONE = "gone"


class Verb(StrEnum):
    """What one plan does with an account, in the order of its table."""

    CREATED = "created"
    CHANGED = "changed"
    LOCKED = "locked"
    CLOSING = "closing"
    LEFT = "left"
    UNCHANGED = "unchanged"
    GONE = "gone"  # in the directory, and in no roster


class NoticeKind(StrEnum):
    """What a notice is about."""

    LOCK = "lock"  # before it
    RECLAIM = "reclaim"  # before it
    LOCKED = "locked"
    UNLOCKED = "unlocked"
    RECLAIMED = "reclaimed"
    FIRST_EXPIRED = "first-expired"
    PASSWORD_AGE = "password-age"  # noqa: S105 - no password
    PASSWORD_CHANGE = "password-change"  # noqa: S105 - no password
    PROPOSALS = "proposals"  # to who decides, of all accounts at once


NOTIFIED = "notified:"  # the word for a notice is this and its kind


class EventWord(StrEnum):
    """What happened to an account (`cvEvent`), and what a step of the daily pass is called.

    The directory keeps the values of an attribute in no order: on one day a life goes on in this one.
    """

    CREATED = "created"
    ARCHIVED = "archived"
    ROSTER_LOCKED = "roster-locked"
    LEFT = "left"
    RETURNED = "returned"
    PURGE = "purge"
    PURGED = "purged"
    NOTIFIED_LOCK = NOTIFIED + NoticeKind.LOCK
    IDLE_LOCKED = "idle-locked"
    EXEMPT = "exempt"
    PROPOSED = "proposed"
    APPROVED = "approved"
    NOTIFIED_RECLAIM = NOTIFIED + NoticeKind.RECLAIM
    CANCELLED = "cancelled"
    RECLAIMED = "reclaimed"
    UNLOCKED = "unlocked"
    WARNED = "warned"
    CHANGE_ASKED = "change-asked"
    OVERDUE = "overdue"
    RESET = "reset"
    FIRST_EXPIRED = "first-expired"
    HANDOVER = "handover"
    NOTIFIED_LOCKED = NOTIFIED + NoticeKind.LOCKED
    NOTIFIED_UNLOCKED = NOTIFIED + NoticeKind.UNLOCKED
    NOTIFIED_RECLAIMED = NOTIFIED + NoticeKind.RECLAIMED
    NOTIFIED_FIRST_EXPIRED = NOTIFIED + NoticeKind.FIRST_EXPIRED
    USED = "used"  # bookkeeping: no event is written


class AuditWord(StrEnum):
    """What the audit log says of accounts beside events and the verbs of a plan."""

    PASS = "pass"  # noqa: S105 - the daily pass as a whole
    ARCHIVE_MADE = "archive-made"
    MAIL_DELETED = "mail-deleted"


class Attr(StrEnum):
    """Attributes of an account's entry, those of roles/directory/files/congvu.schema without their `cv`."""

    UID = "uid"
    CN = "cn"
    SN = "sn"
    GIVEN_NAME = "givenName"
    TITLE = "title"
    MAIL = "mail"  # the primary address
    MAIL_LOCAL_ADDRESS = "mailLocalAddress"  # all addresses
    OBJECT_CLASS = "objectClass"
    USER_PASSWORD = "userPassword"  # noqa: S105 - no password
    PWD_RESET = "pwdReset"  # noqa: S105 - TRUE: to be changed before anything else
    PWD_CHANGED_TIME = "pwdChangedTime"  # noqa: S105 - no password
    TMP_LOCKOUT_END = "pwdAccountTmpLockoutEnd"  # no password is taken until then
    PWD_LAST_SUCCESS = "pwdLastSuccess"  # noqa: S105 - no password
    CREATE_TIMESTAMP = "createTimestamp"
    STATUS = "cvStatus"
    MAIL_PATH = "cvMailPath"
    QUOTA = "cvQuota"
    UNIT = "cvUnit"
    CONTACT = "cvContact"
    UNTIL = "cvUntil"
    KEEP_UNTIL = "cvKeepUntil"
    LEAVE_UNTIL = "cvLeaveUntil"
    TOKEN = "cvToken"  # noqa: S105 - parts that a password must not contain
    CHANGE_BY = "cvChangeBy"
    LAST_USE = "cvLastUse"
    LOCK = "cvLock"
    EVENT = "cvEvent"
    ARCHIVE = "cvArchive"
    PURGED = "cvPurged"
    OWNER = "cvOwner"


ACCOUNT_CLASS = "cvMailbox"  # the class that every account has
TRUE, FALSE = "TRUE", "FALSE"  # of an attribute with the syntax Boolean
