# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The program `congvu-account` of a web host: the page where people change their passwords.

It is reached through nginx alone, by a socket that systemd opens, and asks the directory: with a certificate
of its own where an account is, and as its owner for the change. What was typed is in no log and no error.
"""

from __future__ import annotations

import argparse
import logging
import os
import socket
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from ..accounts.directory import Certificate, Directory, Owner
from ..accounts.vocabulary import ACCOUNT_CLASS, Attr
from ..host import files
from ..host.run import keep_out_of_core_dumps
from ..parsing.schema import Reader
from ..passwords.rules import Judge, rule_sentences
from ..policy.terms import PasswordTerms, parse_password
from .change import DONE, LATER, LONGEST, Account, Answer, Desk, answer, clean_form
from .limits import Limits, bounds, network
from .page import STYLE, TEMPLATES

if TYPE_CHECKING:
    from flask import Flask

SETTINGS = Path("/etc/congvu/account.json")
DENY_LIST = Path("/var/lib/congvu-deny/current/words")  # role directory; not on every web host
FIRST_SOCKET = 3  # sd_listen_fds(3)
PATIENCE = 15  # seconds for one answer of the directory
THREADS = 8
LARGEST = 16 * 1024  # of a form, in bytes
FORBIDDEN = "Biểu mẫu này không được gửi từ trang đổi mật khẩu; hãy mở lại trang và nhập từ đầu."
NOT_HERE = "Không có trang này."
BROKEN = "Máy chủ chưa xử lý được yêu cầu này, mật khẩu chưa được đổi; vui lòng thử lại sau ít phút."

log = logging.getLogger("congvu-account")


@dataclass(frozen=True)
class Settings:
    """What the role `account` wrote for this host, from the inventory."""

    organization: str
    support: str
    phone: str
    host: str
    uris: str
    suffix: str
    password: PasswordTerms
    certificate: Certificate


def read_settings(path: Path) -> tuple[Settings | None, list[str]]:
    """Read the settings, or say what is wrong with them."""
    reader = Reader(str(path))

    def settings_of(raw: Mapping[str, Any]) -> Settings:
        return Settings(
            raw["organization"],
            raw["support"]["address"],
            raw["support"]["phone"],
            raw["host"],
            " ".join(raw["ldap_uris"]),
            raw["suffix"],
            parse_password(reader, raw["password"]),
            Certificate(raw["tls"]["ca"], raw["tls"]["cert"], raw["tls"]["key"]),
        )

    settings, problems = files.read_settings(path, settings_of)
    if reader.problems:
        columns = ", ".join(problem.column for problem in reader.problems)
        return None, [*problems, f"{path}: {columns} cannot be used"]
    return settings, problems


def desk(settings: Settings, state: Path) -> Desk:
    """Return how forms are answered on this host."""

    def find(address: str) -> Account | None:
        # An address of the schema's pattern holds nothing that a filter would take for its own.
        query = f"(&({Attr.OBJECT_CLASS}={ACCOUNT_CLASS})({Attr.MAIL}={address}))"
        names = (Attr.TOKEN, Attr.TMP_LOCKOUT_END)
        with closing(Directory(settings.uris, settings.certificate, PATIENCE)) as directory:
            found = directory.search(settings.suffix, query, names)
        for dn, held in found.items():
            return Account(dn, "".join(held.get(Attr.TOKEN, [])), "".join(held.get(Attr.TMP_LOCKOUT_END, [])))
        return None

    @contextmanager
    def session() -> Iterator[Owner]:
        with closing(Owner(settings.uris, settings.certificate.ca, PATIENCE)) as owner:
            yield owner

    limits = Limits(state / "attempts.sqlite", bounds(settings.password))
    return Desk(find, session, _judge(), settings.password, limits)


def _judge() -> Judge:
    """Return cracklib with the list of denied words; where there is none, slapd says so at the change."""
    try:
        from cracklib import FascistCheck
    except ImportError:
        return lambda password: ""
    lock = Lock()  # libcrack keeps its answer in one place for all threads

    def judge(password: str) -> str:
        if not DENY_LIST.with_name("words.pwd").exists():
            return ""
        try:
            with lock:
                FascistCheck(password, str(DENY_LIST))
        except ValueError as said:
            return str(said)
        return ""

    return judge


def application(settings: Settings, at: Desk) -> Flask:
    """Return the page as an application of WSGI."""
    from flask import Flask, Response, redirect, render_template, request
    from jinja2 import DictLoader
    from werkzeug.exceptions import HTTPException

    app = Flask("congvu-account", static_folder=None)
    app.config.update(MAX_CONTENT_LENGTH=LARGEST, MAX_FORM_MEMORY_SIZE=LARGEST, MAX_FORM_PARTS=10)
    app.jinja_loader = DictLoader(TEMPLATES)
    app.jinja_options = {"trim_blocks": True}
    rules = rule_sentences(settings.password)
    head = {
        "organization": settings.organization,
        "support": settings.support,
        "phone": settings.phone,
        "host": settings.host,
        "longest": LONGEST,
        "rules": rules,
    }

    def form(given: Answer | None = None, address: str = "") -> Response:
        sentences = given.sentences if given else ()
        shown = Response(render_template("form.html", **head, sentences=sentences, address=address))
        if given:
            shown.status_code = given.status
            if given.retry:
                shown.headers["Retry-After"] = str(given.retry)
        return shown

    def said(sentence: str, status: int) -> Response:
        return Response(render_template("said.html", **head, said=sentence), status)

    @app.get("/mat-khau")
    def show() -> Response:
        return form()

    @app.post("/mat-khau")
    def change() -> Any:  # noqa: ANN401  a response of Werkzeug
        if not _from_here(
            request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site"), settings.host
        ):
            log.warning("a form of another site was refused: source=%s", request.remote_addr)
            return said(FORBIDDEN, 403)
        fields = [request.form.get(name, "") for name in ("address", "old", "new", "again")]
        filled = clean_form(*fields)
        source = network(request.remote_addr or "")
        given = answer(filled, source, at)
        if given.event:  # the directory was asked, or would have been: the address is one by its form
            log.info("%s: address=%s source=%s", given.event, filled.address, source)
        if given.status == DONE:
            return redirect("/mat-khau/da-doi", DONE)
        return form(given, filled.address[:254])

    @app.get("/mat-khau/da-doi")
    def changed() -> str:
        return render_template("changed.html", **head)

    @app.get("/mat-khau.css")
    def style() -> Response:
        return Response(STYLE, mimetype="text/css")

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> Response:
        return said(NOT_HERE if error.code in (404, 405) else BROKEN, error.code or LATER)

    @app.errorhandler(Exception)
    def broken(error: Exception) -> Response:
        # Where, and of what kind; what an error says might be what somebody typed.
        places = "; ".join(
            f"{frame.f_code.co_name}:{line}" for frame, line in traceback.walk_tb(error.__traceback__)
        )
        log.error("%s at %s", type(error).__name__, places)
        return said(BROKEN, LATER)

    return app


def _from_here(origin: str | None, site: str | None, host: str) -> bool:
    """Say whether a form was sent from our own page: browsers name its origin with every POST."""
    if site not in (None, "same-origin"):
        return False
    return origin == f"https://{host}" if origin is not None else site is not None


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until systemd says otherwise; return the exit code."""
    argparse.ArgumentParser(
        prog="congvu-account",
        description="The page where people change their passwords, for systemd to start.",
    ).parse_args(arguments)
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(message)s")
    logging.getLogger("waitress").setLevel(logging.WARNING)
    settings, problems = read_settings(SETTINGS)
    if settings is None:
        print("\n".join(problems), file=sys.stderr)
        return 1
    import waitress

    app = application(settings, desk(settings, Path(os.environ["STATE_DIRECTORY"])))
    # Last of all: from here on not even this process may open its own file by /proc, so nothing is imported.
    keep_out_of_core_dumps()
    waitress.serve(
        app,
        sockets=[socket.socket(fileno=FIRST_SOCKET)],
        threads=THREADS,
        ident=None,
        # Whoever may open the socket is nginx, which tells where its client is.
        trusted_proxy="localhost",
        trusted_proxy_headers={"x-forwarded-for"},
        clear_untrusted_proxy_headers=True,
        max_request_body_size=LARGEST,
        max_request_header_size=LARGEST,
    )
    return 0
