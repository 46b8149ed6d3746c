"""Accounts: mailboxes.yml and the daily pass on a real host, beside their floor and their peer.

The floor is OpenLDAP's own tools on the same slapd with the same overlays: `ldapadd` and `ldapmodify` of the
same entries, `ldapsearch` reading them. The peer is what Ansible users write without this project: a loop of
`community.general.ldap_entry`. Floor and play take turns, and a ratio is the median of those of two runs side
by side: work on the host (a module from the start of its interpreter to its end, or the tool) with work on
the host, and whole playbook with whole playbook.
"""

from __future__ import annotations

import base64
import csv
import json
import re
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

from ansible_collections.congvu.mail.plugins.module_utils.accounts.vocabulary import Verb

from benchmarks.host import LDAPI, SUFFIX, Host, Work, province
from benchmarks.playing import ROOT, Played

SIZES = (20_000, 50_000)
IN_THE_LOOP = 100
EVERY = 100  # 1 % changed
ACCOUNTS = f"-LLL -o ldif-wrap=no -b {SUFFIX} '(objectClass=cvMailbox)'"
LIFECYCLE = "/usr/local/sbin/congvu-lifecycle"
PEER = ROOT / ".cache/bench/peer"
HEAD = (
    " accounts  case                   playbook s  on host s  floor s  ratio  µs each  controller MB  host MB"
)


class Pair(NamedTuple):
    """A playbook, its work on the host, and the floor beside it."""

    played: Played
    work: Work
    floor: Work


def run(host: Host, sizes: Sequence[int]) -> None:
    """Measure these numbers of people and print the tables."""
    print(HEAD, flush=True)
    with tempfile.TemporaryDirectory() as name:
        for people in sizes or SIZES:
            site = province(Path(name), people)
            accounts, new, same = everybody(host, site)
            daily(host, accounts)
        loop(host, Path(name), site, new.seconds / accounts, same.seconds / accounts)


def everybody(host: Host, site: Path) -> tuple[int, Played, Played]:
    """Print the rows of mailboxes.yml; return how many accounts, and the best runs: all new, none new."""
    new = [_all_new(host, site) for _ in range(3)]
    accounts = counts(new[0].played.said)["created"]
    _row(accounts, "all new", new)
    same = [_nothing_new(host, site, accounts) for _ in range(5)]
    _row(accounts, "nothing to change", same)
    changed = [_few_changed(host, site, f"Chuyen vien {turn}") for turn in range(3)]
    _row(accounts, f"{100 // EVERY} % changed", changed)
    return accounts, min(pair.played for pair in new), min(pair.played for pair in same)


def _all_new(host: Host, site: Path) -> Pair:
    """Make all accounts, and make the same entries again with `ldapadd`, each time in a bare directory."""
    host.bare()
    played, work = host.play("playbooks/mailboxes.yml", site)
    # slapd's operational attributes that are ours to set stand beside the ordinary ones.
    host.run(f"ldapsearch {LDAPI} {ACCOUNTS} '*' pwdReset >/root/accounts.ldif")
    host.bare()
    return Pair(played, work, host.measured(f"ldapadd {LDAPI} -f /root/accounts.ldif"))


def _nothing_new(host: Host, site: Path, accounts: int) -> Pair:
    """Compare all accounts with what they should be, and read them with `ldapsearch`."""
    played, work = host.play("playbooks/mailboxes.yml", site)
    if counts(played.said)["unchanged"] != accounts:
        raise SystemExit(f"there should be nothing to change:\n{played.said[-3000:]}")
    return Pair(played, work, host.measured(f"ldapsearch {LDAPI} {ACCOUNTS}"))


def _few_changed(host: Host, site: Path, title: str) -> Pair:
    """Give some people another title, by the roster, and take turns with `ldapmodify` doing the same."""
    people = retitle(site, title)
    played, work = host.play("playbooks/mailboxes.yml", site)
    done = counts(played.said)["changed"]
    if done != len(people):
        raise SystemExit(f"{len(people)} titles were changed, not {done}:\n{played.said[-3000:]}")
    wanted = "".join(
        f"dn: uid={identity},ou=people,{SUFFIX}\nchangetype: modify\nreplace: title\n"
        f"title: {title}, floor\n\n"
        for identity in people
    )
    host.put("/root/titles.ldif", wanted)
    return Pair(played, work, host.measured(f"ldapmodify {LDAPI} -f /root/titles.ldif"))


def daily(host: Host, accounts: int) -> None:
    """Print the rows of the daily pass over the life of accounts, on the host alone."""
    for case in ("daily pass", "daily pass, again"):
        work = host.measured(LIFECYCLE)
        floor = host.measured(f"ldapsearch {LDAPI} {ACCOUNTS} '*' +")
        _print(accounts, case, None, work, floor, work.seconds / floor.seconds)


def loop(host: Host, folder: Path, site: Path, new: float, same: float) -> None:
    """Print the rows of the peer, and how much faster an account is than there."""
    entries = [entry for entry in ldif(host.run("cat /root/accounts.ldif")) if "ou=people" in entry["dn"][0]]
    chosen = entries[:IN_THE_LOOP]
    playbook = folder / "loop.json"  # JSON is YAML
    playbook.write_text(json.dumps(loop_playbook(chosen)))
    print(f"\n{len(chosen)} accounts in a loop of community.general.ldap_entry")
    print(" accounts  case                   playbook s  on host s  ms each  times slower an account")
    names = "".join(entry["dn"][0] + "\n" for entry in chosen)
    host.run(f"ldapdelete {LDAPI}", names.encode())
    for case, ours in (("all new", new), ("nothing to change", same)):
        played, work = host.play(playbook, site, program=peer())
        each = played.seconds / len(chosen)
        print(
            f"{len(chosen):>9,}  {case:<21}  {played.seconds:10.1f}  {work.seconds:9.2f}  {each * 1e3:7.0f}"
            f"  {each / ours:,.0f}",
            flush=True,
        )


def loop_playbook(entries: Sequence[dict[str, list[str]]]) -> list[dict[str, object]]:
    """Return a playbook that makes entries one by one."""
    items = [
        {
            "dn": entry["dn"][0],
            "classes": entry["objectClass"],
            "attributes": {name: held for name, held in entry.items() if name not in ("dn", "objectClass")},
        }
        for entry in entries
    ]
    task = {
        "community.general.ldap_entry": {
            "dn": "{{ item.dn }}",
            "objectClass": "{{ item.classes }}",
            "attributes": "{{ item.attributes }}",
        },
        "loop": "{{ accounts }}",
        "loop_control": {"label": "{{ item.dn }}"},
    }
    return [{"hosts": "directory[0]", "gather_facts": False, "vars": {"accounts": items}, "tasks": [task]}]


def peer() -> Path:
    """Return an ansible-playbook with community.general beside it, of the same ansible-core as the project's.

    It has an environment of its own, which is made once.
    """
    program = PEER / "bin/ansible-playbook"
    if not (PEER / "done").exists():
        print(f"The peer's environment, {PEER} (a minute or two, once)", flush=True)
        venv.create(PEER, clear=True, with_pip=True)
        own = [sys.executable, "-m", "pip", "list", "--format=freeze"]
        versions = subprocess.run(own, check=True, capture_output=True, text=True).stdout.splitlines()
        core = next(line for line in versions if line.startswith("ansible-core=="))
        install = [str(PEER / "bin/pip"), "install", "--quiet", "ansible", core]
        done = subprocess.run(install, check=False, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(done.stderr)
        (PEER / "done").touch()
    return program


def ldif(text: str) -> Iterator[dict[str, list[str]]]:
    """Yield entries of unwrapped LDIF, attributes by name, `dn` among them."""
    for block in text.strip().split("\n\n"):
        entry: dict[str, list[str]] = {}
        for line in block.splitlines():
            name, _, value = line.partition(":")
            plain = value[1:].strip() if value.startswith(":") else None
            entry.setdefault(name, []).append(
                value.strip() if plain is None else base64.b64decode(plain).decode()
            )
        yield entry


def counts(said: str) -> dict[str, int]:
    """Return what mailboxes.yml says of all accounts at the end of its table."""
    found = re.search(r"^\s*all" + r"\s+(\d+)" * len(Verb) + r"\s*$", said, re.MULTILINE)
    if found is None:
        raise SystemExit(f"mailboxes.yml printed no table:\n{said[-3000:]}")
    return dict(zip(Verb, map(int, found.groups()), strict=True))


def retitle(site: Path, title: str) -> list[str]:
    """Give every hundredth person who has an account another title in the roster; return who they are."""
    people = 0
    chosen: list[str] = []
    for file in sorted((site / "roster/people").iterdir()):
        text = file.read_text(encoding="utf-8-sig")
        rows = csv.DictReader(text.splitlines(), delimiter=";" if ";" in text.partition("\n")[0] else ",")
        kept = list(rows)
        for row in kept:
            people += row["status"] != "left"
            if people % EVERY == 0 and row["status"] != "left":
                row["title"] = title
                chosen.append(row["person_id"])
        with file.open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, rows.fieldnames or ())
            writer.writeheader()
            writer.writerows(kept)
    return chosen


def _row(accounts: int, case: str, pairs: Sequence[Pair]) -> None:
    """Print the quickest of several runs, the peak of their memory, and the median of the ratios."""
    ratio = median(pair.work.seconds / pair.floor.seconds for pair in pairs)
    played = min(pair.played for pair in pairs)
    played = played._replace(megabytes=max(pair.played.megabytes for pair in pairs))
    work = Work(min(pair.work for pair in pairs).seconds, max(pair.work.megabytes for pair in pairs))
    _print(accounts, case, played, work, min(pair.floor for pair in pairs), ratio)


def _print(accounts: int, case: str, played: Played | None, work: Work, floor: Work, ratio: float) -> None:
    whole, megabytes = (f"{played.seconds:10.1f}", f"{played.megabytes:13.0f}") if played else ("", "")
    print(
        f"{accounts:>9,}  {case:<21}  {whole:>10}  {work.seconds:9.2f}  {floor.seconds:7.2f}  {ratio:5.2f}"
        f"  {work.seconds / accounts * 1e6:7.0f}  {megabytes:>13}  {work.megabytes:7.0f}",
        flush=True,
    )
