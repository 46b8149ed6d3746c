"""Restores: of one mailbox in use, and of all the mail of a lost host, beside rsync and restic."""

from __future__ import annotations

import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from ansible_collections.congvu.mail.plugins.module_utils.backup.targets import BackupArchive
from ansible_collections.congvu.mail.plugins.module_utils.restore.rebuild import MARKER, State

from benchmarks.backup_site import EACH, MAIL, PLACE, SCRATCH, Site, restic, size
from benchmarks.host import WITH_BACKUP, Host

ROUNDS = 3  # of restores of one mailbox
STEPS = ("keys", "files", "point", "log", "directory", "memory", "queue", "indexes")


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
    state = State("host", BackupArchive(archive, datetime.now(UTC)), "backup1", "bench", "", done)
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
