"""Mail of who left: archived for a key that no host has, deleted after that only, and given back from it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.support import archives
from tests.support.ansible import playbook
from tests.support.directory import AS_ROOT, Directory
from tests.support.imap import open_mailbox
from tests.support.lab import Account, Lab
from tests.support.letters import STRANGER, attach, id_of, letter
from tests.support.parts import Parts
from tests.support.sites import Newcomer

FILTER = 'require ["fileinto"];\nif header :contains "subject" "Giấy mời" { fileinto "Archive"; stop; }\n'
FOLDERS = ("INBOX", "Công văn đến/Năm 2026", "Đề án 01.2026", "cur")


@dataclass(frozen=True)
class Leaver:
    """Somebody with mail, whose account a test may disable, and the words that only their mail has."""

    lab: Lab
    directory: Directory
    dn: str
    address: str
    mail_path: str
    secret: str

    def receive(self, folder: str = "INBOX", size: int = 0) -> str:
        """Put a letter into a folder, and return its Message-ID."""
        message = letter(STRANGER, self.address, text=f"Kính gửi anh chị. {self.secret}\n")
        if size:
            attach(message, secrets.token_bytes(size), "tờ trình.pdf")
        self.doveadm("save", "-m", folder, stdin=message.as_bytes())
        return id_of(message)

    def doveadm(self, verb: str, *arguments: str, stdin: bytes = b"") -> str:
        words = [*verb.split(), "-u", self.address, *arguments]
        return self.lab.run(self.store, "doveadm", *words, stdin=stdin)

    def set(self, **attributes: str | None) -> None:
        """Write the entry, as the daily pass does."""
        lines = [f"dn: {self.dn}", "changetype: modify"]
        for name, value in attributes.items():
            lines += [f"replace: {name}", *([f"{name}: {value}"] if value else []), "-"]
        change = "\n".join(lines) + "\n"
        self.lab.run(self.directory.host, "ldapmodify", *AS_ROOT, stdin=change.encode())

    def get(self, name: str) -> str:
        return next(iter(self.directory.of(self.address, name).get(name, [])), "")

    def run(self, verb: str = "before", *, fails: bool = False) -> str:
        """Run the store's program, and return what it said; a run that ends otherwise is an error."""
        script = f"congvu-store {verb} 2>&1; echo code=$?"
        said = self.lab.run(self.store, "bash", "-c", script)
        assert said.strip().endswith("code=0") is not fails, said
        return said

    @property
    def store(self) -> str:
        return self.lab.hosts["store"][0]

    @property
    def home(self) -> str:
        return str(archives.MAIL_ROOT / self.mail_path)

    @property
    def there(self) -> bool:
        return bool(self.lab.run(self.store, "find", self.home, "-maxdepth", "0", check=False))

    @property
    def file(self) -> str:
        """The archive that is on record, named from the archives' folder."""
        return self.get("cvArchive").split(" ", 3)[3]


@pytest.fixture
def leaver(lab: Lab, directory: Directory, newcomer: Newcomer) -> Iterator[Leaver]:
    newcomer.register()
    made = playbook("mailboxes", newcomer.site.path)
    assert made.code == 0, made.said
    ((dn, entry),) = directory.entries(f"(mail={newcomer.address})", "cvMailPath").items()
    found = Leaver(
        lab, directory, dn, newcomer.address, entry["cvMailPath"][0], f"bí mật {secrets.token_hex(8)}"
    )
    for folder in FOLDERS[1:]:
        found.doveadm("mailbox create", "-s", folder)
    for folder in FOLDERS:
        found.receive(folder)
        marked = found.receive(folder)
        chosen = ("mailbox", folder, "header", "message-id", marked)
        found.doveadm("flags add", r"\Seen \Flagged $Forwarded quantrong", *chosen)
    found.receive(size=1_000_000)
    found.doveadm("sieve put", "-a", "loc", stdin=FILTER.encode())
    yield found
    archives.remove(lab, found.mail_path)


def test_every_message_flag_and_folder_is_in_the_archive_and_only_its_key_opens_it(leaver: Leaver) -> None:
    """Through the service, so that what it may not do is tested with it."""
    before = archives.held(leaver.lab, leaver.address)
    assert {message.folder for message in before} == set(FOLDERS)
    assert any(len(message.text) > 1_000_000 for message in before)
    leaver.set(cvStatus="left")
    leaver.lab.run(leaver.store, "systemctl", "start", "congvu-store")

    _, messages, digest, file = leaver.get("cvArchive").split(" ", 3)
    assert int(messages) == len(before) == 9
    path = str(archives.ARCHIVES / file)
    assert leaver.lab.run(leaver.store, "sha256sum", path).split()[0] == digest
    assert leaver.lab.run(leaver.store, "stat", "-c", "%U %a", path).strip() == "root 600"
    with archives.opened(archives.unseal(leaver.lab, file)) as opened:
        assert archives.archived(opened) == before
        names = opened.getnames()
        subscriptions = opened.extractfile("mail/subscriptions")
        note = opened.extractfile("manifest.json")
        script = opened.extractfile("sieve/loc.sieve")
        assert subscriptions
        assert note
        assert script
        assert "Đề án 01.2026" in subscriptions.read().decode().splitlines()
        assert json.load(note)["messages"] == 9
        assert script.read().decode() == FILTER
        assert opened.getmember(".dovecot.sieve").issym()
    assert not [name for name in names if "dovecot.index" in name]
    assert leaver.there, "archived is not deleted"
    assert spilled(leaver) == []


def spilled(leaver: Leaver) -> list[str]:
    """Return where a word of the mail is in clear, beside the mailbox itself, on the store host."""
    script = (
        f'read -r text; grep -rlF -e "$text" /srv /tmp /var/tmp /var/log | grep -v ^{leaver.home}/ || true'
    )
    mark = f"/var/tmp/{secrets.token_hex(8)}"
    search = ("bash", "-c", script)
    leaver.lab.run(leaver.store, "bash", "-c", f"cat > {mark}", stdin=leaver.secret.encode())
    try:
        found = leaver.lab.run(leaver.store, *search, stdin=f"{leaver.secret}\n".encode()).split()
    finally:
        leaver.lab.run(leaver.store, "rm", mark)
    assert mark in found, "the search finds nothing"
    return [file for file in found if file != mark]


def test_mail_is_deleted_after_the_term_and_comes_back_from_the_archive(leaver: Leaver) -> None:
    before = archives.held(leaver.lab, leaver.address)
    leaver.set(cvStatus="left", cvLock="purge")
    assert leaver.run("--check").count(leaver.address) == 1
    leaver.lab.run(leaver.store, "systemctl", "start", "congvu-store")
    assert leaver.there
    leaver.lab.run(leaver.store, "systemctl", "start", "congvu-store-after")
    assert not leaver.there
    assert leaver.get("cvPurged")
    content = archives.unseal(leaver.lab, leaver.file)
    assert leaver.address not in leaver.run() + leaver.run("purge")

    # They come back: as docs/archive.md says it.
    leaver.set(cvStatus="active", cvLock=None)
    leaver.run()
    assert (leaver.get("cvArchive"), leaver.get("cvPurged")) == ("", "")
    assert archives.held(leaver.lab, leaver.address) == set()
    folder = f"/var/tmp/{secrets.token_hex(8)}"
    unpack = f"mkdir -m 700 {folder} && tar -x -C {folder} && chown -R vmail:vmail {folder}"
    leaver.lab.run(leaver.store, "bash", "-c", unpack, stdin=content)
    try:
        options = {
            "mailbox_list_layout": "fs",
            "mailbox_list_utf8": "yes",
            "mailbox_directory_name": "=messages",
            "mail_inbox_path": f"{folder}/mail/INBOX/=messages",
        }
        given = [word for name, value in options.items() for word in ("-p", f"{name}={value}")]
        leaver.doveadm("import", *given, f"maildir:{folder}/mail", "", "ALL")
    finally:
        leaver.lab.run(leaver.store, "rm", "-r", folder)
    assert archives.held(leaver.lab, leaver.address) == before


def test_without_its_archive_no_mail_is_deleted(leaver: Leaver) -> None:
    leaver.set(cvStatus="left")
    leaver.run("archive")
    leaver.set(cvLock="purge")
    path = str(archives.ARCHIVES / leaver.file)
    kept = leaver.lab.read_file(leaver.store, path)
    for broken in (f"truncate -s -1 {path}", f"rm {path}"):
        leaver.lab.run(leaver.store, "bash", "-c", broken)
        assert leaver.address in leaver.run("purge", fails=True)
        assert leaver.there
        assert leaver.get("cvPurged") == ""
    leaver.lab.run(leaver.store, "bash", "-c", f"umask 077; cat > {path}", stdin=kept)
    leaver.run("purge")
    assert not leaver.there


def test_what_came_after_the_archive_is_archived_before_anything_is_deleted(leaver: Leaver) -> None:
    leaver.set(cvStatus="left")
    leaver.run("archive")
    first = leaver.file
    leaver.set(cvStatus="active")
    late = leaver.receive("Công văn đến/Năm 2026")
    leaver.set(cvStatus="left", cvLock="purge")
    assert "archived again" in leaver.run("purge", fails=True)
    assert leaver.there
    leaver.run()
    leaver.run("purge")
    assert not leaver.there
    assert leaver.file != first
    with archives.opened(archives.unseal(leaver.lab, leaver.file)) as opened:
        found = archives.archived(opened)
    assert len(found) == 10
    assert late in {message.message_id for message in found}


def test_a_run_that_was_killed_is_finished_and_leaves_nothing_behind(leaver: Leaver) -> None:
    """Killed while it copied, while it sealed, and before it told the directory."""
    leaver.set(cvStatus="left")
    leaver.run("archive")
    file, known = leaver.file, archives.files(leaver.lab, leaver.mail_path)
    part = (archives.ARCHIVES / file).with_name(".x.tar.age.part")
    left = f"mkdir /srv/mail/.congvu; echo '{leaver.secret}' > /srv/mail/.congvu/x; touch {part}"
    leaver.lab.run(leaver.store, "bash", "-c", left)
    leaver.set(cvArchive=None)
    leaver.run("archive")
    assert leaver.file == file
    assert archives.files(leaver.lab, leaver.mail_path) == known
    assert spilled(leaver) == []
    assert leaver.lab.run(leaver.store, "find", str(part), check=False) == ""


def test_with_the_directory_away_nothing_is_done(leaver: Leaver, parts: Parts) -> None:
    leaver.set(cvStatus="left", cvLock="purge")
    parts.stop("directory")
    assert leaver.run(fails=True).strip().endswith("code=2")
    assert leaver.there
    assert archives.files(leaver.lab, leaver.mail_path) == set()


def test_an_open_session_counts_as_use(lab: Lab, officer: Account, directory: Directory) -> None:
    ((dn, _),) = directory.entries(f"(mail={officer.address})", "1.1").items()
    user = Leaver(lab, directory, dn, officer.address, "", "")
    user.set(cvLastUse=None)
    try:
        assert officer.address not in user.run("--check use")
        with open_mailbox(lab, officer):
            assert officer.address in user.run("use")
            assert user.get("cvLastUse")
            assert officer.address not in user.run("use")
    finally:
        user.set(cvLastUse=None)
