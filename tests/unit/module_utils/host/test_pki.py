"""The internal CA, checked with openssl(1) where the standard is meant and with the library elsewhere."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.host import pki
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

NOW = datetime.now(UTC)
HOST = pki.Names("mx1.gialai.gov.vn", ["mail.gialai.gov.vn"], ["10.0.0.5"])
CA_KEY, KEY = pki.new_key(), pki.new_key()
CA = pki.new_authority(CA_KEY, "Internal CA", NOW)


def signed(names=HOST, key=KEY, days=390, ca=CA, ca_key=CA_KEY):
    return pki.sign(pki.new_request(key, names), names, ca, ca_key, NOW, days)


def due(certificate, key=KEY, ca=CA, names=HOST, now=NOW, days=90):
    return pki.why_due(certificate, key, ca, names, now, days)


@pytest.mark.parametrize("purpose", ["sslserver", "sslclient"])
def test_openssl_trusts_a_host_for_both_ends(tmp_path, purpose):
    (tmp_path / "ca").write_bytes(CA)
    (tmp_path / "host").write_bytes(signed())
    command = ["openssl", "verify", "-x509_strict", "-CAfile", str(tmp_path / "ca"), "-purpose", purpose]
    names = ["-verify_hostname", "mail.gialai.gov.vn", "-verify_ip", "10.0.0.5"]
    done = subprocess.run(
        [*command, *names, str(tmp_path / "host")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_a_host_cannot_sign_another(tmp_path):
    key, names = pki.new_key(), pki.Names("store1.gialai.gov.vn", [], [])
    forged = pki.sign(pki.new_request(key, names), names, signed(), KEY, NOW, 10)
    for name, content in {"ca": CA, "host": signed(), "forged": forged}.items():
        (tmp_path / name).write_bytes(content)
    chain = ["-CAfile", str(tmp_path / "ca"), "-untrusted", str(tmp_path / "host")]
    done = subprocess.run(
        ["openssl", "verify", *chain, str(tmp_path / "forged")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "invalid CA certificate" in done.stderr


def test_the_subject_is_what_the_directory_maps():
    assert (
        x509.load_pem_x509_certificate(signed()).subject.rfc4514_string()
        == "CN=mx1.gialai.gov.vn,O=congvu.mail"
    )


def test_names_come_from_the_caller_and_not_from_the_request():
    request = pki.new_request(KEY, pki.Names("evil.example", [], []))
    certificate = pki.sign(request, HOST, CA, CA_KEY, NOW, 10)
    assert due(certificate, days=1) == ""


def test_a_request_that_does_not_hold_its_key_is_refused():
    pem = pki.new_request(KEY, HOST)
    raw = bytearray(x509.load_pem_x509_csr(pem).public_bytes(serialization.Encoding.DER))
    raw[raw.index(b"mx1.gialai")] ^= 1
    broken = x509.load_der_x509_csr(bytes(raw)).public_bytes(serialization.Encoding.PEM)
    with pytest.raises(ValueError, match="not signed by its own key"):
        pki.sign(broken, HOST, CA, CA_KEY, NOW, 10)


def test_a_good_certificate_is_not_due():
    assert due(signed()) == ""


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"certificate": None}, "there is none"),
        ({"certificate": b"rubbish"}, "it cannot be read"),
        ({"key": pki.new_key()}, "it is for another key"),
        ({"ca": pki.new_authority(pki.new_key(), "Internal CA", NOW)}, "it is by another CA"),
        ({"ca": pki.new_authority(pki.new_key(), "Another CA", NOW)}, "it is by another CA"),
        ({"names": pki.Names("mx1.gialai.gov.vn", [], ["10.0.0.5"])}, "the names changed"),
        (
            {"names": pki.Names("mx1.gialai.gov.vn", ["mail.gialai.gov.vn"], ["10.0.0.6"])},
            "the names changed",
        ),
        (
            {"names": pki.Names("mail.gialai.gov.vn", ["mx1.gialai.gov.vn"], ["10.0.0.5"])},
            "the names changed",
        ),
        ({"now": NOW + timedelta(days=301)}, f"it ends on {NOW + timedelta(days=390):%Y-%m-%d}"),
    ],
)
def test_why_a_certificate_is_due(arguments, reason):
    assert due(**({"certificate": signed()} | arguments)) == reason


def test_a_ca_that_is_renewed_keeps_its_hosts():
    later = NOW + timedelta(days=pki.AUTHORITY_DAYS - pki.AUTHORITY_RENEW_DAYS + 1)
    assert pki.authority_due(CA, later)
    assert not pki.authority_due(CA, NOW)
    assert due(signed(), ca=pki.new_authority(CA_KEY, "Internal CA", later)) == ""


def problems(certificate, key=KEY, name="mail.gialai.gov.vn", now=NOW):
    return pki.pair_problems(certificate, key, [name], now)


def test_a_pair_that_fits_has_no_problem():
    assert problems(signed()) == []
    assert problems(signed(pki.Names("x", ["*.gialai.gov.vn"], []))) == []
    assert problems(signed() + CA) == []


def test_all_that_is_wrong_with_a_pair_is_said_at_once():
    found = problems(signed(), key=pki.new_key(), name="mail.dongnai.gov.vn", now=NOW + timedelta(days=400))
    assert len(found) == 3
    assert "does not belong" in found[0]
    assert "not today" in found[1]
    assert "mail.dongnai.gov.vn" in found[2]


def test_a_wildcard_covers_one_label_only():
    certificate = signed(pki.Names("x", ["*.gov.vn"], []))
    assert problems(certificate) == ["it does not name mail.gialai.gov.vn: have one issued that does"]


def test_a_key_with_a_passphrase_and_what_is_no_pem_are_named():
    key = serialization.load_pem_private_key(KEY, None)
    locked = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"secret"),
    )
    assert "passphrase" in problems(signed(), key=locked)[0]
    assert "not PEM" in problems(b"rubbish")[0]
    assert "not an unencrypted PEM key" in problems(signed(), key=b"rubbish")[0]


def test_a_key_that_came_with_a_provided_certificate_is_not_signed():
    pem, pkcs8, clear = (
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    assert pki.is_own(KEY)
    assert not pki.is_own(rsa.generate_private_key(65537, 2048).private_bytes(pem, pkcs8, clear))
    assert not pki.is_own(ec.generate_private_key(ec.SECP384R1()).private_bytes(pem, pkcs8, clear))
    assert not pki.is_own(b"rubbish")
