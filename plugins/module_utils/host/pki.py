# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Keys, requests and certificates of the internal CA (RFC 5280).

Pure: PEM bytes and times in, PEM bytes and sentences out. Keys are EC P-256 throughout: every mail client
that speaks TLS 1.2 takes them, and a handshake costs a tenth of RSA's. The CA trusts the inventory, not the
request: a request only proves who holds the key, the names that are signed come from the caller.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

ORGANIZATION = "congvu.mail"
SKEW = timedelta(hours=1)  # clocks of two hosts may differ
AUTHORITY_DAYS = 3650
AUTHORITY_RENEW_DAYS = 730  # longer than any certificate it signs


@dataclass(frozen=True)
class Names:
    """Who a certificate is for: `common` is the host's name, `dns` its further names, `addresses` are IP."""

    common: str
    dns: Sequence[str]
    addresses: Sequence[str]

    def general_names(self) -> set[x509.GeneralName]:
        """Return the subject's alternative names (RFC 6125: what clients look at)."""
        dns: set[x509.GeneralName] = {x509.DNSName(name) for name in {self.common, *self.dns}}
        return dns | {x509.IPAddress(ipaddress.ip_address(address)) for address in self.addresses}


def new_key() -> bytes:
    """Return a new EC P-256 private key, PKCS #8 in PEM."""
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def is_own(key_pem: bytes) -> bool:
    """Say whether a key is of the kind made here, and not one that came with a provided certificate."""
    try:
        _private_key(key_pem)
    except (TypeError, ValueError):
        return False
    return True


def new_authority(key_pem: bytes, common_name: str, now: datetime) -> bytes:
    """Return the CA's own certificate: it signs hosts and nothing that could sign further (path length 0)."""
    key = _private_key(key_pem)
    subject = _subject(common_name)
    usage = _key_usage(key_cert_sign=True, crl_sign=True)
    return (
        _builder(subject, subject, key.public_key(), key.public_key(), now, AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )


def authority_due(authority_pem: bytes, now: datetime) -> bool:
    """Say whether the CA's certificate is to be made anew (with its old key: what it signed stays good)."""
    left = x509.load_pem_x509_certificate(authority_pem).not_valid_after_utc - now
    return left < timedelta(days=AUTHORITY_RENEW_DAYS)


def new_request(key_pem: bytes, names: Names) -> bytes:
    """Return a certificate request (PKCS #10) for the key."""
    builder = x509.CertificateSigningRequestBuilder().subject_name(_subject(names.common))
    return builder.sign(_private_key(key_pem), hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def sign(
    request_pem: bytes, names: Names, authority_pem: bytes, authority_key_pem: bytes, now: datetime, days: int
) -> bytes:
    """Return a certificate for the request's key and the given names, for server and client use.

    Raises ValueError if the request was not made by the holder of its key.
    """
    request = x509.load_pem_x509_csr(request_pem)
    if not request.is_signature_valid:
        raise ValueError("the request is not signed by its own key")
    authority = x509.load_pem_x509_certificate(authority_pem)
    usages = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
    issuer_key, key = authority.public_key(), request.public_key()
    if not isinstance(issuer_key, ec.EllipticCurvePublicKey) or not isinstance(
        key, ec.EllipticCurvePublicKey
    ):
        raise ValueError("only keys on elliptic curves are signed")
    return (
        _builder(_subject(names.common), authority.subject, key, issuer_key, now, days)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(digital_signature=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage(usages), critical=False)
        .add_extension(x509.SubjectAlternativeName(sorted(names.general_names(), key=repr)), critical=False)
        .sign(_private_key(authority_key_pem), hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )


def why_due(
    certificate_pem: bytes | None,
    key_pem: bytes,
    authority_pem: bytes,
    names: Names,
    now: datetime,
    days: int,
) -> str:
    """Say why a certificate must be made (anew); an empty string means that it is good for `days` more."""
    if certificate_pem is None:
        return "there is none"
    try:
        certificate = x509.load_pem_x509_certificate(certificate_pem)
        held = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (ValueError, x509.ExtensionNotFound):
        return "it cannot be read"
    if certificate.public_key() != _private_key(key_pem).public_key():
        return "it is for another key"
    try:
        certificate.verify_directly_issued_by(x509.load_pem_x509_certificate(authority_pem))
    except (ValueError, TypeError, InvalidSignature):
        return "it is by another CA"
    if set(held) != names.general_names() or certificate.subject != _subject(names.common):
        return "the names changed"
    if certificate.not_valid_after_utc - now < timedelta(days=days):
        return f"it ends on {certificate.not_valid_after_utc:%Y-%m-%d}"
    return ""


def pair_problems(certificate_pem: bytes, key_pem: bytes, names: Sequence[str], now: datetime) -> list[str]:
    """Say what is wrong with a certificate (chain, leaf first) and key that were made elsewhere."""
    try:
        leaf = x509.load_pem_x509_certificates(certificate_pem)[0]
    except ValueError as error:
        return [f"the certificate is not PEM: {error}"]
    try:
        key = serialization.load_pem_private_key(key_pem, password=None)
    except TypeError:
        return ["the key has a passphrase; the servers need it without one (keep the file in ansible-vault)"]
    except ValueError:
        return ["the key is not an unencrypted PEM key"]
    problems = []
    if leaf.public_key() != key.public_key():
        problems.append("the key does not belong to the certificate (the leaf must come first in its file)")
    if not leaf.not_valid_before_utc <= now < leaf.not_valid_after_utc:
        first, last = leaf.not_valid_before_utc, leaf.not_valid_after_utc
        problems.append(f"it is valid from {first:%Y-%m-%d} to {last:%Y-%m-%d}, not today")
    missing = [name for name in dict.fromkeys(names) if not _covers(leaf, name)]
    if missing:
        problems.append(f"it does not name {', '.join(missing)}: have one issued that does")
    return problems


def _covers(certificate: x509.Certificate, name: str) -> bool:
    """Match a host name as RFC 6125 does: whole, or a wildcard for its first label."""
    try:
        alternatives = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return False
    held = {held.lower() for held in alternatives.get_values_for_type(x509.DNSName)}
    return bool(held & {name.lower(), "*." + name.lower().partition(".")[2]})


def _private_key(pem: bytes) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(pem, password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ValueError("not a key on P-256")
    return key


def _subject(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, ORGANIZATION),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    issuer_key: ec.EllipticCurvePublicKey,
    now: datetime,
    days: int,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - SKEW)
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key), critical=False)
    )


def _key_usage(
    *, digital_signature: bool = False, key_cert_sign: bool = False, crl_sign: bool = False
) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        encipher_only=False,
        decipher_only=False,
    )
