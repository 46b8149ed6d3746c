# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The one file that talks to the directory.

To slapd on this host, over its local socket, as its administrator; to slapd elsewhere over TLS, as the host
or program whose certificate is shown, or as the owner of an account.

Many writes go in transactions (RFC 5805) of some hundred entries: with one disk sync for each they are five
times as fast as single writes, and a run that is killed leaves whole slices. While slapd carries one out, the
next ones are sent over two more connections. No control ever relaxes slapd's rules: that would switch the
uniqueness of addresses off.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, cycle, islice
from typing import Any, Generic, TypeVar

from . import entries
from .entries import Attributes
from .plan import Change, ExistingAccount, Key
from .vocabulary import ACCOUNT_CLASS, Attr

try:
    import ldap
    from ldap.controls import RequestControl
    from ldap.extop import ExtendedRequest
except ImportError:
    ldap = None

SLICE = 500
ACCOUNTS = f"({Attr.OBJECT_CLASS}={ACCOUNT_CLASS})"
FEW = 20  # so many are written one by one in less time than a transaction takes
# slapd 2.6 answers an operation of a transaction, and only then puts it away. An end of the transaction that
# comes in between frees it under its hands, and slapd crashes (connection_operation, txn_end_extop).
REST_SECONDS = 0.05
Written = TypeVar("Written", Change, "Write")
Connection = Any  # ldap.ldapobject.LDAPObject, which has no types
Raw = tuple[str, Mapping[str, list[bytes]]]
SCHEME = re.compile(rb"\{[A-Za-z0-9./_-]+\}")  # of a password's hash (RFC 2307, 5.3)
TRANSACTION_START, TRANSACTION_CONTROL, TRANSACTION_END = (
    "1.3.6.1.1.21.1",
    "1.3.6.1.1.21.2",
    "1.3.6.1.1.21.3",
)


class DirectoryError(Exception):
    """The directory does not answer, or is not what it should be."""


@dataclass(frozen=True)
class Write:
    """One modify operation: attributes to replace (no values: removed), and values to add."""

    dn: str
    replaced: Mapping[str, Sequence[str]]
    added: Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Failure(Generic[Written]):
    """A write that slapd refused, and what it said."""

    change: Written
    reason: str


@dataclass(frozen=True)
class Certificate:
    """What this host shows to slapd, and the authority it asks of slapd: paths of files."""

    ca: str = "/etc/congvu/tls/ca.crt"
    certificate: str = "/etc/congvu/tls/host.crt"
    key: str = "/etc/congvu/tls/host.key"


class Directory:
    """A connection to slapd (SASL EXTERNAL): as its administrator, or with a certificate as a host."""

    def __init__(
        self, uri: str = "ldapi:///", certificate: Certificate | None = None, patience: float = -1
    ) -> None:
        """Connect and bind; of several addresses, parted by blanks, the first that answers.

        An answer is waited for as long as `patience` says, in seconds; less than nothing is without end.
        """
        if ldap is None:
            raise DirectoryError("python3-ldap is missing on this host: run playbooks/site.yml first")
        self._uri, self._certificate, self._patience = uri, certificate, patience
        self._ldap = self._connection()

    def close(self) -> None:
        """End the connection."""
        self._ldap.unbind_s()

    def accounts(self, suffix: str) -> dict[Key, ExistingAccount]:
        """Read all accounts at once, with the attributes that follow the roster or are looked at."""
        wanted = [Attr.UID, *entries.MANAGED_ATTRIBUTES, *entries.OBSERVED_ATTRIBUTES]
        held: dict[Key, ExistingAccount] = {}
        for kind in entries.FOLDERS:
            base = entries.folder(kind, suffix)
            for dn, raw in self._search(base, ldap.SCOPE_ONELEVEL, ACCOUNTS, wanted):
                attributes: Attributes = {
                    name: _texts(raw[name]) if name in raw else [] for name in entries.MANAGED_ATTRIBUTES
                }
                seen: Attributes = {
                    name: _texts(raw[name]) for name in entries.OBSERVED_ATTRIBUTES if name in raw
                }
                uid: Attributes = {Attr.UID: _texts(raw.get(Attr.UID, ()))}
                # An entry whose uid cannot be told is none of those that are wanted; `plan` refuses it.
                named = not entries.unreadable(uid, uid)
                held[kind, uid[Attr.UID][0] if named else dn] = ExistingAccount(dn, attributes, seen, named)
        return held

    def iter_accounts(
        self, suffix: str, names: Sequence[str]
    ) -> Iterator[tuple[str, str, dict[str, list[str]]]]:
        """Yield DN, kind and attributes of all accounts; of a password the scheme only, `{SSHA512}`."""
        for kind in entries.FOLDERS:
            base = entries.folder(kind, suffix)
            for dn, raw in self._search(base, ldap.SCOPE_ONELEVEL, ACCOUNTS, names):
                yield dn, kind, {name: _readable(name, values) for name, values in raw.items()}

    def entry(self, dn: str, names: Sequence[str]) -> Attributes | None:
        """Read some attributes of one entry; None if there is no such entry."""
        try:
            [(_, found)] = self._search(dn, ldap.SCOPE_BASE, "(objectClass=*)", names)
        except DirectoryError as error:
            if isinstance(error.__cause__, ldap.NO_SUCH_OBJECT):
                return None
            raise
        return {name: _texts(found.get(name, [])) for name in names}

    def search(self, base: str, query: str, names: Sequence[str]) -> dict[str, Attributes]:
        """Read some attributes of all entries below `base` that a filter finds, by DN."""
        return {
            dn: {name: _texts(values) for name, values in raw.items()}
            for dn, raw in self._search(base, ldap.SCOPE_SUBTREE, query, names)
        }

    def write(self, change: Write) -> None:
        """Change one entry in one step."""
        for failure in self.apply([change]):
            raise DirectoryError(f"slapd refused {change.dn} ({failure.reason})")

    def apply(self, changes: Iterable[Written]) -> list[Failure[Written]]:
        """Write the changes in their order, and return those that slapd refused; the others are in.

        A slice with a refused change is written again one by one: that finds out whose change it is, and
        keeps the others.
        """
        try:
            slices = _slices(changes, SLICE)
            first = next(slices, [])
            if len(first) <= FEW:
                return list(_one_by_one(self._ldap, first))
            return self._in_turns(chain([first], slices))
        except (ldap.SERVER_DOWN, ldap.TIMEOUT) as error:
            raise DirectoryError(f"slapd stopped answering ({_reason(error)}): run this again") from error

    def _connection(self) -> Connection:
        """Connect and bind."""
        try:
            connection = ldap.initialize(self._uri)
            connection.set_option(ldap.OPT_NETWORK_TIMEOUT, 10)
            connection.timeout = self._patience
            if self._certificate:
                _show(connection, self._certificate)
            connection.sasl_external_bind_s()
        except ldap.LDAPError as error:
            raise DirectoryError(
                f"slapd does not answer on {self._uri} ({_reason(error)}): run playbooks/site.yml first"
            ) from error
        return connection

    def _search(self, base: str, scope: int, query: str, names: Sequence[str]) -> Iterator[Raw]:
        """Yield DN and attributes of what is found, as it comes: slapd goes on while it is worked upon."""
        try:
            message = self._ldap.search_ext(base, scope, query, list(names))
            kind = None
            while kind != ldap.RES_SEARCH_RESULT:
                kind, found = self._ldap.result(message, ldap.MSG_RECEIVED)
                yield from found
        except ldap.LDAPError as error:
            raise DirectoryError(f"cannot read {base} ({_reason(error)})") from error

    def _in_turns(self, slices: Iterable[list[Written]]) -> list[Failure[Written]]:
        """Have slapd carry one transaction out while the next waits and the one after that is sent."""
        failures: list[Failure[Written]] = []
        running: _Transaction[Written] | None = None
        waiting: _Transaction[Written] | None = None
        connections = cycle([self._ldap, self._connection(), self._connection()])
        for slice_ in chain(slices, [[], []]):  # the last two have nothing more to wait for
            sent = _Transaction(next(connections), slice_) if slice_ else None
            if running and running.refused():
                failures += _one_by_one(running.connection, running.changes)
            if waiting:
                waiting.end()
            running, waiting = waiting, sent
        return failures


class _Transaction(Generic[Written]):
    """Changes that slapd carries out together, or none of them. It has them all, and waits for the end."""

    def __init__(self, connection: Connection, changes: list[Written]) -> None:
        self.connection = connection
        self.changes: list[Written] = changes
        self._waiting: int | None = None
        _, identifier = connection.extop_s(ExtendedRequest(TRANSACTION_START, None))
        self._identifier = identifier or b""
        control = RequestControl(TRANSACTION_CONTROL, criticality=True, encodedControlValue=self._identifier)
        self._sound = True
        asked: list[int] = []
        for change in changes:
            if isinstance(change, Change) and change.before is None:
                # The order of new accounts is of no matter: nobody waits for each answer.
                asked.append(_add(connection, change, [control]))
            else:
                self._receive(_write, connection, change, [control])
        for message in asked:
            self._receive(connection.result3, message)
        self._rested = time.monotonic() + REST_SECONDS

    def end(self) -> None:
        """Let slapd begin with it."""
        time.sleep(max(0.0, self._rested - time.monotonic()))
        value = _end(self._identifier, commit=self._sound)
        self._waiting = self.connection.extop(ExtendedRequest(TRANSACTION_END, value))

    def refused(self) -> bool:
        """Wait for its end, and say whether nothing of it was done."""
        self._receive(self.connection.extop_result, self._waiting)
        return not self._sound

    def _receive(self, ask: Callable[..., object], *of: object) -> None:
        """Note whether slapd refuses; an answer that was not waited for would meet the end (REST_SECONDS)."""
        try:
            ask(*of)
        except ldap.LDAPError as error:
            _only_refused(error)
            self._sound = False


class Owner:
    """A connection to slapd over TLS, as the owner of an account, who may change the password."""

    def __init__(self, uri: str, ca: str, patience: float) -> None:
        """Prepare it; `ca` is the file of the authority, `patience` how long an answer is waited for (s)."""
        try:
            self._ldap = ldap.initialize(uri)
            self._ldap.set_option(ldap.OPT_NETWORK_TIMEOUT, patience)
            self._ldap.timeout = patience
            self._ldap.set_option(ldap.OPT_X_TLS_CACERTFILE, ca)
            self._ldap.set_option(ldap.OPT_X_TLS_REQUIRE_CERT, ldap.OPT_X_TLS_DEMAND)
            self._ldap.set_option(ldap.OPT_X_TLS_NEWCTX, 0)
        except ldap.LDAPError as error:
            raise DirectoryError(f"cannot connect to {uri} ({_reason(error)})") from error

    def bind(self, dn: str, password: str) -> bool:
        """Say whether slapd takes the password. Raises DirectoryError where it gave no answer."""
        if not password:  # slapd would take it for "nobody in particular", and say yes (RFC 4513, 5.1.2)
            return False
        try:
            self._ldap.simple_bind_s(dn, password.encode())
        except ldap.INVALID_CREDENTIALS:
            return False
        except ldap.LDAPError as error:
            raise DirectoryError(f"slapd gave no answer to a bind ({_reason(error)})") from error
        return True

    def change_password(self, dn: str, old: str, new: str) -> str | None:
        """Set another password (RFC 3062); return what slapd says against it, None once it is set.

        Raises DirectoryError where slapd says nothing of the password: then it may even be set.
        """
        try:
            self._ldap.passwd_s(dn, old.encode(), new.encode())
        except (ldap.CONSTRAINT_VIOLATION, ldap.UNWILLING_TO_PERFORM, ldap.INSUFFICIENT_ACCESS) as error:
            return _reason(error)
        except ldap.LDAPError as error:
            raise DirectoryError(f"slapd gave no answer to a change ({_reason(error)})") from error
        return None

    def close(self) -> None:
        """End the connection."""
        self._ldap.unbind_s()


def _one_by_one(connection: Connection, changes: Iterable[Written]) -> Iterator[Failure[Written]]:
    for change in changes:
        try:
            _write(connection, change)
        except ldap.LDAPError as error:
            _only_refused(error)
            yield Failure(change, _reason(error))


def _show(connection: Connection, certificate: Certificate) -> None:
    """Use a certificate, and insist on one of the same authority."""
    connection.set_option(ldap.OPT_X_TLS_CACERTFILE, certificate.ca)
    connection.set_option(ldap.OPT_X_TLS_CERTFILE, certificate.certificate)
    connection.set_option(ldap.OPT_X_TLS_KEYFILE, certificate.key)
    connection.set_option(ldap.OPT_X_TLS_REQUIRE_CERT, ldap.OPT_X_TLS_DEMAND)
    connection.set_option(ldap.OPT_X_TLS_NEWCTX, 0)


def _write(connection: Connection, change: Change | Write, controls: Sequence[Any] = ()) -> None:
    if isinstance(change, Write):
        _modify(connection, change, controls)
        return
    if change.before is None:
        connection.result3(_add(connection, change, controls))
        return
    if change.old_dn:
        name = change.dn.partition(",")[0]
        connection.rename_s(change.old_dn, name, serverctrls=list(controls))
    if change.after:
        _modify(connection, Write(change.dn, change.after, {}), controls)


def _add(connection: Connection, change: Change, controls: Sequence[Any]) -> int:
    """Send a new entry, and return the number of the message."""
    values = [(name, [value.encode() for value in held]) for name, held in change.after.items()]
    message: int = connection.add_ext(change.dn, values, serverctrls=list(controls))
    return message


def _modify(connection: Connection, write: Write, controls: Sequence[Any]) -> None:
    operations = [
        (ldap.MOD_REPLACE, name, [value.encode() for value in values] or None)
        for name, values in write.replaced.items()
    ]
    operations += [
        (ldap.MOD_ADD, name, [value.encode() for value in values]) for name, values in write.added.items()
    ]
    connection.modify_ext_s(write.dn, operations, serverctrls=list(controls))


def _texts(values: Sequence[bytes]) -> list[str]:
    """Return values as text; bytes that are no UTF-8 as surrogates (PEP 383), for `entries.readable`."""
    if len(values) == 1:
        return [values[0].decode(errors="surrogateescape")]
    return sorted(value.decode(errors="surrogateescape") for value in values)


def _only_refused(error: Exception) -> None:
    """Pass on an error that is no answer: slapd went away, so nothing is known of the write."""
    if isinstance(error, (ldap.SERVER_DOWN, ldap.TIMEOUT)):
        raise error


def _readable(name: str, values: Sequence[bytes]) -> list[str]:
    """Return values as text; a hash stays where it is, only its scheme is told."""
    if name == Attr.USER_PASSWORD:
        return [found[0].decode() if (found := SCHEME.match(value)) else "{CLEAR}" for value in values]
    return _texts(values)


def _end(identifier: bytes, *, commit: bool) -> bytes:
    """Return the value of the request that ends a transaction, in BER (RFC 5805, 2.2; TRUE is left out)."""
    value = (b"" if commit else b"\x01\x01\x00") + bytes([0x04, len(identifier)]) + identifier
    return bytes([0x30, len(value)]) + value


def _reason(error: Exception) -> str:
    """Return what slapd said, in words."""
    said = error.args[0] if error.args and isinstance(error.args[0], dict) else {}
    return ": ".join(str(said[key]) for key in ("desc", "info") if key in said) or str(error)


def _slices(changes: Iterable[Written], length: int) -> Iterator[list[Written]]:
    left = iter(changes)
    while slice_ := list(islice(left, length)):
        yield slice_
