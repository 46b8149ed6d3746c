"""The page as a browser gets it."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.account import program
from ansible_collections.congvu.mail.plugins.module_utils.account.change import Account, Desk
from ansible_collections.congvu.mail.plugins.module_utils.account.limits import Limits, bounds
from ansible_collections.congvu.mail.plugins.module_utils.account.program import (
    Settings,
    application,
    read_settings,
)
from ansible_collections.congvu.mail.plugins.module_utils.accounts.directory import Certificate
from ansible_collections.congvu.mail.plugins.module_utils.passwords.rules import rule_sentences
from ansible_collections.congvu.mail.plugins.module_utils.policy.terms import PasswordTerms
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

HOST = "mail.gialai.gov.vn"
ADDRESS, OLD, NEW = "an.stttt@gialai.gov.vn", "Ban-dau.7Q", "Zx-9bamu.lech"
SETTINGS = Settings(
    "Ủy ban nhân dân tỉnh Gia Lai",
    "cntt.stttt@gialai.gov.vn",
    "0269 3824 404",
    HOST,
    "ldaps://directory1.gialai.gov.vn",
    "dc=gialai,dc=gov,dc=vn",
    PasswordTerms(min_length=10),
    Certificate(),
)


class OneAccount:
    """A directory with one account; `breaks` makes a fault of our own that holds what was typed."""

    def __init__(self) -> None:
        self.password, self.breaks = OLD, False

    @contextmanager
    def session(self) -> Iterator[OneAccount]:
        yield self

    def bind(self, dn: str, password: str) -> bool:
        if self.breaks:
            raise RuntimeError(f"cannot use {password}")
        return password == self.password

    def change_password(self, dn: str, old: str, new: str) -> str | None:
        self.password = new
        return None


@pytest.fixture
def directory() -> OneAccount:
    return OneAccount()


@pytest.fixture
def client(directory: OneAccount, tmp_path: Path) -> FlaskClient:
    desk = Desk(
        lambda address: Account("uid=1", "", ""),
        directory.session,
        lambda password: "",
        SETTINGS.password,
        Limits(tmp_path / "attempts.sqlite", bounds(SETTINGS.password)),
    )
    return application(SETTINGS, desk).test_client()


def post(
    client: FlaskClient,
    address: str = ADDRESS,
    old: str = OLD,
    new: str = NEW,
    headers: dict[str, str] | None = None,
) -> TestResponse:
    return client.post(
        "/mat-khau",
        data={"address": address, "old": old, "new": new, "again": new},
        headers={"Origin": f"https://{HOST}"} if headers is None else headers,
    )


def test_the_form_shows_every_rule_and_whom_to_ask(client: FlaskClient) -> None:
    text = unescape(client.get("/mat-khau").text)
    for sentence in rule_sentences(SETTINGS.password):
        assert sentence in text
    assert "ít nhất 10 ký tự" in text
    for said in (SETTINGS.organization, SETTINGS.support, SETTINGS.phone, HOST, 'lang="vi"'):
        assert said in text
    assert "<script" not in text
    assert "style=" not in text


def test_a_change_leads_to_a_page_that_can_be_loaded_again(
    client: FlaskClient, directory: OneAccount
) -> None:
    changed = post(client)
    assert (changed.status_code, changed.headers["Location"]) == (303, "/mat-khau/da-doi")
    assert directory.password == NEW
    assert "Mật khẩu mới có hiệu lực ngay" in client.get("/mat-khau/da-doi").text


def test_a_refused_form_keeps_the_address_and_no_password(client: FlaskClient) -> None:
    refused = post(client, address='<b>"an"</b>', old="Mot-bi.mat1", new="Hai-bi.mat2x")
    assert refused.status_code == 422
    assert "&lt;b&gt;&#34;an&#34;&lt;/b&gt;" in refused.text
    assert "Mot-bi" not in refused.text
    assert "Hai-bi" not in refused.text


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "null"},
        {"Origin": "https://evil.example"},
        {"Origin": f"http://{HOST}"},
        {"Origin": f"https://{HOST}", "Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": f"https://{HOST}.evil.example"},
    ],
)
def test_a_form_of_another_site_is_not_looked_at(
    client: FlaskClient, directory: OneAccount, headers: dict[str, str]
) -> None:
    assert post(client, headers=headers).status_code == 403
    assert directory.password == OLD


def test_a_form_of_our_own_page_is(client: FlaskClient) -> None:
    both = {"Origin": f"https://{HOST}", "Sec-Fetch-Site": "same-origin"}
    assert post(client, headers=both).status_code == 303


def test_no_password_is_logged_nor_shown_whatever_happens(
    client: FlaskClient, directory: OneAccount, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    directory.breaks = True
    broken = post(client)
    assert broken.status_code == 503
    assert "RuntimeError at" in caplog.text
    directory.breaks = False
    post(client, old="Sai-mat-khau-1")
    post(client)
    assert f"changed: address={ADDRESS}" in caplog.text
    for secret in (OLD, NEW, "Sai-mat-khau-1"):
        assert secret not in caplog.text
        assert secret not in broken.text


def test_a_password_in_the_field_of_the_address_is_not_logged(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    assert post(client, address=NEW).status_code == 422
    assert NEW.lower() not in caplog.text.lower()


def test_a_long_form_is_refused(client: FlaskClient) -> None:
    said = post(client, new="x" * program.LARGEST)
    assert said.status_code == 413
    assert program.BROKEN in said.text


@pytest.mark.parametrize("path", ["/", "/mat-khau/", "/mat-khau/../../etc/passwd", "/static/x"])
def test_there_is_nothing_else(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_bytes_that_are_no_text_are_no_fault_of_ours(client: FlaskClient) -> None:
    said = client.post(
        "/mat-khau",
        data=b"address=%ff%00&old=%c3%28&new=%80&again=%80",
        content_type="application/x-www-form-urlencoded",
        headers={"Origin": f"https://{HOST}"},
    )
    assert said.status_code == 422


def written(**other: Any) -> dict[str, Any]:
    return {
        "organization": "UBND",
        "support": {"address": "a@b.vn", "phone": "1"},
        "host": HOST,
        "ldap_uris": ["ldaps://a", "ldaps://b"],
        "suffix": "dc=vn",
        "password": {"min_length": 12},
        "tls": {"ca": "/ca", "cert": "/cert", "key": "/key"},
        **other,
    }


def test_the_settings_are_read(tmp_path: Path) -> None:
    path = tmp_path / "account.json"
    path.write_text(json.dumps(written()))
    found, problems = read_settings(path)
    assert found is not None
    assert problems == []
    assert found.certificate == Certificate("/ca", "/cert", "/key")
    assert (found.uris, found.password.min_length, found.phone) == ("ldaps://a ldaps://b", 12, "1")


@pytest.mark.parametrize("raw", ["", "[]", "{}", json.dumps(written(password={"min_length": 3}))])
def test_settings_that_cannot_be_used_end_the_program(
    tmp_path: Path, raw: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "account.json"
    path.write_text(raw)
    monkeypatch.setattr(program, "SETTINGS", path)
    assert program.main([]) == 1
    assert str(path) in capsys.readouterr().err
