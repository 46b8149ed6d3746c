"""Logins a second through Dovecot's IMAP, each a bind to slapd, with the hash that the site has chosen.

The floor is the same session without a login: TLS, greeting, LOGOUT. The peer is the same login with a
password that is stored as {SSHA512}. The three take turns, and the figures are the medians of the rounds.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles

from ansible_collections.congvu.mail.plugins.module_utils.passwords.generation import hashed

from benchmarks.client import Result, Task
from benchmarks.directory import ldif
from benchmarks.host import LDAPI, SUFFIX, Host, province
from benchmarks.playing import ROOT
from lab.lab import HOSTNAME

PEOPLE = 500
CLIENTS = (1, 8, 200)
USERS = max(CLIENTS)  # of each hash: no two clients are one user
ROUNDS, SECONDS = 3, 5.0
PASSWORD = "Kho-do.7-benchmark"  # noqa: S105  of a host that lives for minutes
WHO = f"-LLL -o ldif-wrap=no -b ou=people,{SUFFIX} '(&(cvStatus=active)(userPassword=*))'"
MEMORY = ("auth", "auth-worker", "slapd")
HEAD = "clients  login    sessions/s  ms median  ms 95 %  client's share  dovecot auth MB  workers  slapd MB"


@dataclass
class Case:
    """One kind of session, and what was measured of it."""

    name: str
    users: list[tuple[str, str]]
    results: list[Result] = field(default_factory=list)
    memory: list[dict[str, list[float]]] = field(default_factory=list)


def run(host: Host) -> None:
    """Measure and print the table."""
    cost = host.run("sed -n 's/^moduleload argon2 //p' /etc/ldap/slapd.conf").strip()
    print(f"\nIMAP over TLS, argon2 with {cost}")
    with tempfile.TemporaryDirectory() as name:
        host.bare()
        host.play("playbooks/mailboxes.yml", province(Path(name), PEOPLE))
        ca = Path(name, "ca.crt")
        ca.write_text(host.run("cat /etc/congvu/tls/ca.crt"))
        argon2, sha512 = with_passwords(host, USERS)
        for users in (argon2, sha512):
            measure(host, ca, 8, users, len(users) / 50)  # mailboxes are made at the first login
        print(HEAD, flush=True)
        for clients in CLIENTS:
            cases = [Case("none", []), Case("argon2", argon2), Case("SSHA512", sha512)]
            for _ in range(ROUNDS):
                for case in cases:
                    with memory_of(host, case.memory):
                        case.results.append(measure(host, ca, clients, case.users, SECONDS))
            for case in cases:
                print(row(clients, case), flush=True)


def with_passwords(host: Host, each: int) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Give people a password that opens everything; return `each` with argon2 and `each` with {SSHA512}."""
    people = [entry for entry in ldif(host.run(f"ldapsearch {LDAPI} {WHO} mail")) if entry["dn"]]
    chosen = people[: 2 * each]
    if len(chosen) < 2 * each:
        raise SystemExit(f"only {len(chosen)} accounts have a password")
    wanted = ""
    for number, person in enumerate(chosen):
        # slapd hashes what comes in clear; the administrator's word asks for a change, which is taken back.
        password = PASSWORD if number < each else hashed(PASSWORD)
        modify = f"dn: {person['dn'][0]}\nchangetype: modify\n"
        wanted += f"{modify}replace: userPassword\nuserPassword: {password}\n\n{modify}replace: pwdReset\n\n"
    host.run(f"ldapmodify {LDAPI}", wanted.encode())
    users = [(person["mail"][0], PASSWORD) for person in chosen]
    return users[:each], users[each:]


def measure(host: Host, ca: Path, clients: int, users: list[tuple[str, str]], seconds: float) -> Result:
    """Let the client work for a while."""
    address, port = host.lab.reach(host.name, 993)
    task = Task(address, port, HOSTNAME, str(ca), clients, seconds, users)
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.client"],
        cwd=ROOT,
        input=json.dumps(task._asdict()),
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    return Result(**json.loads(done.stdout))


@contextmanager
def memory_of(host: Host, peaks: list[dict[str, list[float]]]) -> Iterator[None]:
    """Look at the memory of slapd and Dovecot's auth on the host meanwhile, and add the peaks."""
    ssh = ["ssh", "-F", str(host.lab.ssh_config), host.name, "memory", *MEMORY]
    with subprocess.Popen(ssh, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield
        finally:
            said, _ = process.communicate()
        peaks.append(json.loads(said))


def row(clients: int, case: Case) -> str:
    """Return a row of the table: medians of the rates, and the highest peaks."""
    rate = median(len(result.sessions) / result.seconds for result in case.results)
    took = sorted(one * 1e3 for result in case.results for one in result.sessions)
    share = median(result.busy / result.seconds / (os.cpu_count() or 1) for result in case.results)
    peak = {name: max(memory[name] for memory in case.memory) for name in MEMORY}
    auth = max(memory["auth"][0] + memory["auth-worker"][0] for memory in case.memory)
    return (
        f"{clients:>7}  {case.name:<7}  {rate:10.0f}  {median(took):9.0f}  {quantiles(took, n=20)[-1]:7.0f}"
        f"  {share:12.0%}  {auth:15.0f}  {peak['auth-worker'][1]:7}  {peak['slapd'][0]:8.0f}"
    )
