"""A mail host and a backup host with mailboxes full of mail, and programs that back them up, beside ours.

The floor is rsync, which copies the same files as they are, over the same ssh to the same host. The peer is
restic, the other program of Debian that encrypts and deduplicates. Each runs as a unit with the priority that
`congvu-backup.service` has.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.delivery import Delivery, Task
from benchmarks.host import LDAPI, Host, province
from benchmarks.logins import WHO, with_passwords
from benchmarks.playing import ROOT
from lab.lab import HOSTNAME

EACH = 100  # messages of a mailbox
RATE, RECIPIENTS = 4.0, 40
FILL = "/usr/local/bin/fill"
MAIL = "/srv/mail"
PLACE = "/srv/bench"  # on the backup host
SCRATCH = "/srv/bench"  # on the mail host
# The same files as ours, apart from a few hundred small ones beside the mail.
SAVES = {
    "rsync": f"rsync -a --delete --exclude=fts-flatcurve {MAIL}/ target:{PLACE}/rsync",
    "restic": f"restic backup --quiet --exclude=fts-flatcurve {MAIL}",
}
UNIT = """\
[Service]
Type=oneshot
RemainAfterExit=yes
Environment=HOME=/root RESTIC_REPOSITORY=sftp:target:{place}/restic RESTIC_PASSWORD=bench
ExecStart={command}
{priority}
"""


@dataclass(frozen=True)
class Site:
    """Two hosts, mailboxes with mail, and some of their owners' passwords."""

    host: Host
    target: Host
    addresses: list[str]
    users: list[tuple[str, str]]
    ca: Path


def prepared(host: Host, folder: Path, mailboxes: int) -> Site:
    """Make the accounts, the ways to the backup host, and start from no mail and no backups."""
    target = replace(host, name=host.lab.groups["backup"][0])
    for one in (host, target):
        one.run("systemctl stop 'congvu-*.timer' 'congvu-*.service' --all; mkdir -p " + PLACE)
    # No mail, and no backup: of a lab that is used again there are some.
    target.run(
        f"rm -rf {PLACE}/* /srv/backup/{host.name}/* /var/lib/congvu/backup/keeper/* /var/lib/borg/.[!.]*;"
        " apt-get install -qq rsync >/dev/null"
    )
    host.run(
        f"rm -rf {MAIL}/s* {SCRATCH}/* /var/lib/borg/.[!.]*; apt-get install -qq rsync restic >/dev/null;"
        " borgmatic repo-create --encryption=repokey-blake2"
    )
    host.put(FILL, Path(__file__).with_name("on_host").joinpath("fill.py").read_bytes(), "0755")
    way(host, target)
    priority = host.run("grep -E '^(Nice|IO|CPU).*=' /etc/systemd/system/congvu-backup.service")
    for name, command in SAVES.items():
        unit = UNIT.format(place=PLACE, command=f"/usr/bin/{command}", priority=priority)
        host.put(f"/etc/systemd/system/bench-{name}.service", unit)
    host.run(f"systemctl daemon-reload; {restic('init')}")
    host.bare()
    host.play("playbooks/mailboxes.yml", province(folder, mailboxes + mailboxes // 10 + 3 * RECIPIENTS))
    users = with_passwords(host, RECIPIENTS)[1]
    found = re.findall(r"^mail: (.+)$", host.run(f"ldapsearch {LDAPI} {WHO} mail"), re.MULTILINE)
    ca = folder / "ca.crt"
    ca.write_text(host.run("cat /etc/congvu/tls/ca.crt"))
    return Site(host, target, found[:mailboxes], users, ca)


def way(host: Host, target: Host) -> None:
    """Let the mail host log in at the backup host, which only the floor and the peer need."""
    address = host.lab.address(target.name)
    host.run(
        "test -e /root/.ssh/bench || ssh-keygen -q -t ed25519 -N '' -f /root/.ssh/bench;"
        f" printf 'Host target\\n  HostName {address}\\n  HostKeyAlias {target.name}\\n"
        "  IdentityFile /root/.ssh/bench\\n  UserKnownHostsFile /etc/congvu/backup/known_hosts\\n'"
        " >/root/.ssh/config"
    )
    target.run("cat >>/root/.ssh/authorized_keys", host.run("cat /root/.ssh/bench.pub").encode())


def filled(site: Site, each: int, seed: int) -> None:
    """Put this number of messages into each mailbox."""
    begun = time.monotonic()
    asked = {"addresses": site.addresses, "each": each, "seed": seed}
    messages, octets = json.loads(site.host.run(FILL, json.dumps(asked).encode()))
    site.host.run("sync")
    print(
        f"{messages:,} messages of {octets / 1e6:,.0f} MB in {len(site.addresses):,} mailboxes, "
        f"imported in {time.monotonic() - begun:.0f} s",
        flush=True,
    )


def size(host: Host) -> tuple[int, float]:
    """Return how many messages there are, and the megabytes of all that is saved."""
    said = host.run(f"find {MAIL} -name 'u.*' | wc -l; du -sb --exclude=fts-flatcurve {MAIL}")
    messages, octets = said.split()[:2]
    return int(messages), int(octets) / 1e6


@contextmanager
def mail_flowing(site: Site, deliveries: list[Delivery]) -> Iterator[None]:
    """Send mail to the host meanwhile, and add how long each message took."""
    reach = site.host.lab.reach
    task = Task(
        reach(site.host.name, 25), reach(site.host.name, 993), HOSTNAME, str(site.ca), RATE, site.users
    )
    client = [sys.executable, "-m", "benchmarks.delivery"]
    with subprocess.Popen(
        client, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdin and process.stdout  # noqa: S101  they are pipes
            process.stdin.write(json.dumps(task._asdict()) + "\n")
            process.stdin.flush()
            process.stdout.readline()  # all have logged in
            yield
        finally:
            said, _ = process.communicate()
    if process.returncode:
        raise SystemExit("mail was not delivered")
    deliveries += [Delivery(*one) for one in json.loads(said)]


def restic(words: str) -> str:
    """Return a command of the peer."""
    return f"RESTIC_REPOSITORY=sftp:target:{PLACE}/restic RESTIC_PASSWORD=bench restic --quiet {words}"
