"""Backups: the scheduled one beside its floor and a peer, what mail feels of each, and what a restore takes.

The floor is rsync, which copies the same files as they are, over the same ssh to the same host. The peer is
restic, the other program of Debian that encrypts and deduplicates. Each runs as a unit with the priority that
`congvu-backup.service` has, while mail arrives at a steady rate.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from ansible_collections.congvu.mail.plugins.module_utils.backup.rebuild import MARKER, State
from ansible_collections.congvu.mail.plugins.module_utils.backup.restoring import Archive

from benchmarks.delivery import Delivery, Task
from benchmarks.host import LDAPI, WITH_BACKUP, Host, province
from benchmarks.logins import WHO, with_passwords
from benchmarks.playing import ROOT
from lab.lab import HOSTNAME

MESSAGES = 200_000
EACH = 100  # messages of a mailbox
ROUNDS = 3  # of backups of little new mail, and of restores of one mailbox
RATE, RECIPIENTS = 4.0, 40
QUIET = 60  # seconds
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
TOOLS = {"rsync": "floor", "congvu-backup": "", "restic": "peer"}
HEAD = (
    "                       seconds  cpu s   MB/s  messages/s  ratio  letters"
    "   accepted ms 50 %   99 %   in mailbox ms 50 %   99 %"
)
STEPS = ("keys", "files", "point", "log", "directory", "memory", "queue", "indexes")


@dataclass
class Case:
    """One program, and what was measured of it."""

    name: str
    seconds: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)  # processor seconds on the mail host
    deliveries: list[Delivery] = field(default_factory=list)


@dataclass(frozen=True)
class Site:
    """Two hosts, mailboxes with mail, and some of their owners' passwords."""

    host: Host
    target: Host
    addresses: list[str]
    users: list[tuple[str, str]]
    ca: Path


def run(host: Host, sizes: Sequence[int]) -> None:
    """Measure with these numbers of messages and print the tables."""
    for messages in sizes or (MESSAGES,):
        with tempfile.TemporaryDirectory() as name:
            site = prepared(host, Path(name), messages // EACH)
            filled(site, EACH, 1)
            quiet = Case("nothing")
            with mail_flowing(site, []):  # the first look at a sender takes longer
                time.sleep(5)
            with mail_flowing(site, quiet.deliveries):
                time.sleep(QUIET)
            first, later = ({name: Case(name) for name in TOOLS} for _ in range(2))
            saved(site, first)
            print(f"\nThe first backup of {messages:,} messages\n{HEAD}\n{latency(quiet)}")
            table(first, *size(host))
            stored(site)
            for turn in range(ROUNDS):
                filled(site, 1, 2 + turn)
                saved(site, later)
            print(f"\nWith 1 % new mail, the median of {ROUNDS} times\n{HEAD}\n{latency(quiet)}")
            table(later, *size(host))
            looked_after(site)
            restored(site)


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
    """Put so many messages into each mailbox."""
    begun = time.monotonic()
    asked = {"addresses": site.addresses, "each": each, "seed": seed}
    messages, octets = json.loads(site.host.run(FILL, json.dumps(asked).encode()))
    site.host.run("sync")
    print(
        f"{messages:,} messages of {octets / 1e6:,.0f} MB in {len(site.addresses):,} mailboxes, "
        f"imported in {time.monotonic() - begun:.0f} s",
        flush=True,
    )


def saved(site: Site, cases: dict[str, Case]) -> None:
    """Let each program save the mail once, while mail arrives."""
    for name, case in cases.items():
        unit = f"{name if name == 'congvu-backup' else f'bench-{name}'}.service"
        with mail_flowing(site, case.deliveries):
            case.seconds.append(site.host.measured(f"systemctl restart {unit}").seconds)
        used = site.host.run(f"systemctl show --value -p CPUUsageNSec {unit}")
        case.busy.append(int(used) / 1e9)
        for one in (site.host, site.target):
            one.run("sync")


def size(host: Host) -> tuple[int, float]:
    """Return how many messages there are, and the megabytes of all that is saved."""
    said = host.run(f"find {MAIL} -name 'u.*' | wc -l; du -sb --exclude=fts-flatcurve {MAIL}")
    messages, octets = said.split()[:2]
    return int(messages), int(octets) / 1e6


def table(cases: dict[str, Case], messages: int, megabytes: float) -> None:
    """Print a row for each program."""
    floor = cases["rsync"]
    for name, case in cases.items():
        seconds = median(case.seconds)
        ratio = median(one / least for one, least in zip(case.seconds, floor.seconds, strict=True))
        label = f"{name} ({TOOLS[name]})" if TOOLS[name] else name
        print(
            f"{label:<21}  {seconds:7.1f}  {median(case.busy):5.1f}  {megabytes / seconds:5.0f}"
            f"  {messages / seconds:10,.0f}  {ratio:5.2f}{latency(case)[57:]}",
            flush=True,
        )


def latency(case: Case) -> str:
    """Return the columns that say how long mail took, below a name."""
    columns = f"  {len(case.deliveries):7}"
    for times in zip(*case.deliveries, strict=True):
        middle, worst = median(times), sorted(times)[-1 - len(times) // 100]
        columns += f"  {middle * 1e3:15,.0f}  {worst * 1e3:7,.0f}   "
    return f"{case.name:<57}{columns}".rstrip()


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


def stored(site: Site) -> None:
    """Print what each program keeps on the backup host."""
    (said,) = json.loads(site.host.run("borgmatic info --archive latest --json"))
    kept = said["archives"][0]["stats"]
    counted = (
        f"{name} {kept[f'{name}_size'] / 1e6:,.0f}" for name in ("original", "compressed", "deduplicated")
    )
    print(f"congvu-backup, MB as borg counts: {', '.join(counted)}")
    places = {"congvu-backup": f"/srv/backup/{site.host.name}"} | {name: f"{PLACE}/{name}" for name in SAVES}
    sizes = {name: int(site.target.run(f"du -sb {places[name]}").split()[0]) / 1e6 for name in TOOLS}
    print("MB on the backup host: " + ", ".join(f"{name} {each:,.0f}" for name, each in sizes.items()))


def restored(site: Site) -> None:
    """Print what restores take: of mailboxes in use, and of all the mail of a lost host."""
    print(
        "\nRestores\n                     messages     MB  rsync s  congvu s  ratio  restic s  playbook s",
        flush=True,
    )
    turns = [one_mailbox(site, address) for address in site.addresses[:ROUNDS]]
    restore_row("one mailbox", *(median(column) for column in zip(*turns, strict=True)))
    everything(site)


def one_mailbox(site: Site, address: str) -> tuple[float, ...]:
    """Empty and restore a mailbox; return messages, megabytes, and seconds of all three and the playbook."""
    host = site.host
    home = host.run(f"doveadm user -f home {address}").strip()
    count = f"doveadm -f flow mailbox status -t -u {address} messages '*'"
    before = host.run(count)
    size = int(host.run(f"du -sb --exclude=fts-flatcurve {home}").split()[0]) / 1e6
    host.run(f"rm -rf {SCRATCH}/*")
    floor = host.measured(f"rsync -a target:{PLACE}/rsync{home.removeprefix(MAIL)}/ {SCRATCH}/rsync/").seconds
    peer = host.measured(restic(f"restore latest:{home} --target {SCRATCH}/restic")).seconds
    host.run(f"doveadm expunge -u {address} mailbox '*' all")
    wanted = {"what": "mailbox", "person": address, "reference": "bench"}
    played, work = host.play("playbooks/restore.yml", WITH_BACKUP, "-e", json.dumps(wanted))
    if host.run(count) != before:
        raise SystemExit(f"{address} had {before}, and has {host.run(count)} now")
    return float(before.partition("=")[2]), size, floor, work.seconds, peer, played.seconds


def everything(site: Site) -> None:
    """Take all mail away and bring it back, with nothing of the host running."""
    host = site.host
    messages, megabytes = size(host)
    host.run("systemctl stop postfix dovecot")
    floor = brought_back(host, f"rsync -a target:{PLACE}/rsync/ {MAIL}/")
    peer = brought_back(host, restic(f"restore latest:{MAIL} --target {MAIL}"))
    lose(host)
    files = step(host, "files") + host.measured("sync").seconds
    indexes = step(host, "indexes")
    found = json.loads(host.run(f"cat {MARKER}"))["found"]
    host.run(f"rm {MARKER}; systemctl start postfix")
    if found["messages"] < len(site.addresses) * EACH:
        raise SystemExit(f"of {messages} messages {found} came back")
    restore_row("all mail: files", messages, megabytes, floor, files, peer)
    each = indexes / found["mailboxes"] * 1e3
    print(f"{'all mail: indexes':<41}{indexes:8.1f}  {each:.1f} ms a mailbox")
    restore_row("all mail", messages, megabytes, floor, files + indexes, peer)


def brought_back(host: Host, command: str) -> float:
    """Return the seconds that a program takes to bring all mail back onto the disk."""
    lose(host)
    return host.measured(f"{command} && sync").seconds


def lose(host: Host) -> None:
    """Put all mail where nothing finds it, which is quicker than to remove it."""
    host.run(f"lost=$(mktemp -d {SCRATCH}/lost.XXXX) && mv {MAIL}/s* $lost && sync")


def step(host: Host, name: str) -> float:
    """Return the seconds of one step of the restore of a host, as restore.yml does it."""
    said = host.run("borgmatic list --json")
    archive = max((one["time"], one["name"]) for one in json.loads(said)[0]["archives"])[1]
    done = tuple(other for other in STEPS if other != name)
    state = State("host", Archive(archive, datetime.now(UTC)), "backup1", "bench", "", done)
    with tempfile.TemporaryDirectory() as folder:
        state.write(Path(folder, "marker"))
        host.put(str(MARKER), Path(folder, "marker").read_bytes())
        task = {"congvu.mail.rebuild": {"what": "host", "step": "data", "reference": "bench"}}
        playbook = Path(folder, "step.json")  # JSON is YAML
        playbook.write_text(json.dumps([{"hosts": "store[0]", "gather_facts": False, "tasks": [task]}]))
        return host.play(playbook, WITH_BACKUP)[1].seconds


def restore_row(
    what: str, messages: float, megabytes: float, floor: float, ours: float, peer: float, played: float = 0
) -> None:
    """Print a row of the restores."""
    print(
        f"{what:<19}  {messages:8,.0f}  {megabytes:5,.0f}  {floor:7.2f}  {ours:8.2f}  {ours / floor:5.1f}"
        f"  {peer:8.2f}{f'  {played:10.1f}' if played else ''}",
        flush=True,
    )


def looked_after(site: Site) -> None:
    """Print how long the rest takes: the consistent point, the drill, and the keeper with every byte read."""
    work = {
        "the consistent point": (site.host, "congvu-backup point"),
        "the drill": (site.host, "congvu-backup drill"),
        "the keeper": (site.target, "congvu-backup keep"),
        "the keeper, reading every byte": (site.target, "congvu-backup keep --compact"),
    }
    print("\nThe rest, seconds")
    for what, (host, command) in work.items():
        begun = time.monotonic()
        host.run(command)
        print(f"{what:<30}  {time.monotonic() - begun:7.1f}", flush=True)


def restic(words: str) -> str:
    """Return a command of the peer."""
    return f"RESTIC_REPOSITORY=sftp:target:{PLACE}/restic RESTIC_PASSWORD=bench restic --quiet {words}"
