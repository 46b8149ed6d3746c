"""People whom an older system knows keep their password until they change it."""

from __future__ import annotations

import base64
import csv
import hashlib
from pathlib import Path

from tests.support.ansible import playbook
from tests.support.directory import Directory
from tests.support.imap import open_mailbox
from tests.support.lab import Account, Lab
from tests.support.passwords import first_change, spilled
from tests.support.sites import Newcomer

OLD = "Cu-2019-mat-khau"
SALT = b"muoi"
# crypt(3) of the host, by another program than slapd. Arguments: password and setting.
CRYPT = "print crypt($ARGV[0], $ARGV[1])"
SETTINGS = {
    "sha512": "$6$muoimuoi$",
    "bcrypt": "$2y$08$abcdefghijklmnopqrstuu",
    "bcrypt-a": "$2a$08$abcdefghijklmnopqrstuu",
    "bcrypt-b": "$2b$08$abcdefghijklmnopqrstuu",
    "yescrypt": "$y$j9T$muoimuoi$",
}


def hashes(lab: Lab, host: str) -> dict[str, str]:
    """Return the old password in each form that an export may have."""
    digests = {"SSHA": hashlib.sha1(OLD.encode() + SALT), "SSHA512": hashlib.sha512(OLD.encode() + SALT)}
    found = {
        name: f"{{{name}}}" + base64.b64encode(digest.digest() + SALT).decode()
        for name, digest in digests.items()
    }
    for name, setting in SETTINGS.items():
        found[name] = lab.run(host, "perl", "-e", CRYPT, OLD, setting)
        assert found[name].startswith(setting), f"crypt(3) of {host} has no {name}"
    return found


def test_old_passwords_open_the_mailbox_until_they_are_changed(
    lab: Lab, directory: Directory, newcomer: Newcomer, tmp_path: Path
) -> None:
    site = newcomer.site
    known = hashes(lab, directory.host)
    names = ["An", "Bình", "Chi", "Dung", "Giang", "Hạnh", "Khanh"]
    ids = {scheme: site.hire(full_name=f"Trần Thử {name}") for scheme, name in zip(known, names, strict=True)}
    newcomer.units += ids.values()
    newcomer.register()
    export = tmp_path / "export.csv"
    with export.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["address", "hash"])
        rows.writerows([site.address_of(ids[scheme]), known[scheme]] for scheme in known)
        rows.writerow([newcomer.address, "{MD5}" + base64.b64encode(bytes(16)).decode()])

    options = ["-e", f"passwords={export}", "-e", "adopt=csv"]
    refused = playbook("mailboxes", site.path, *options)
    assert refused.code != 0
    assert "passwords_change_by" in refused.said
    made = playbook(
        "mailboxes", site.path, *options, "-e", "passwords_change_by=2099-12-31", "--diff", "-vvv"
    )
    assert made.code == 0, made.said

    assert "MD5" in made.said
    assert newcomer.unsealed().address == newcomer.address  # whom the old hash does not log in
    for scheme, person_id in ids.items():
        address = site.address_of(person_id)
        (dn,) = directory.entries(f"(mailLocalAddress={address})", "1.1")
        entry = directory.of(address, "pwdReset", "cvChangeBy", "userPassword")
        assert entry.keys() == {"cvChangeBy", "userPassword"}
        assert entry["cvChangeBy"] == ["2099-12-31"]
        account = Account(address, dn, OLD)
        with open_mailbox(lab, account):
            pass
        with open_mailbox(lab, first_change(lab, account)):
            pass
        (stored,) = directory.of(address, "userPassword")["userPassword"]
        assert stored.startswith("{ARGON2}"), scheme

    assert [scheme for scheme, secret in known.items() if secret in made.said] == []
    for secret in known.values():
        assert spilled(lab, secret) == set()
