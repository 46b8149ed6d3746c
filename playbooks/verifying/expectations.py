# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a host should look like, how that is read from it in one go, and in what it differs. Pure."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

BACKED_UP = {"directory", "mx", "store"}
PROVISIONED = BACKED_UP | {"webmail", "backup"}
PROPERTIES = ("Id", "ActiveState", "UnitFileState")
KINDS = {"directory": "folder", "regular file": "file", "regular empty file": "file"}
LOOPBACK = "loopback"
# What a rule without ports may let in: the host itself, and ping.
HARMLESS: tuple[Any, ...] = ("lo", {"set": ["icmp", "ipv6-icmp"]})


@dataclass
class Expected:
    """All blocks of expected.yml that hold for one host, together; the keys are explained there."""

    units: set[str] = field(default_factory=set)
    at_boot: set[str] = field(default_factory=set)
    masked: set[str] = field(default_factory=set)
    listening: dict[str, str] = field(default_factory=dict)
    may_listen: set[str] = field(default_factory=set)
    accepted: set[int] = field(default_factory=set)
    paths: dict[str, str] = field(default_factory=dict)
    absent: set[str] = field(default_factory=set)
    users: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass
class Found:
    """What a host looks like."""

    units: dict[str, tuple[str, str]]  # state now, state at boot
    failed: list[str]
    listening: dict[str, set[str]]  # port/protocol: addresses
    paths: dict[str, str]  # as expected.yml has it
    users: dict[str, dict[str, Any]]
    ruleset: list[dict[str, Any]]  # of nft(8), as its JSON has it


def groups_of(variables: Mapping[str, Any]) -> set[str]:
    """Return the groups of a host, and those that expected.yml adds, from its inventory variables."""
    name, groups = variables["inventory_hostname"], variables["groups"]
    found = set(variables["group_names"])
    if PROVISIONED & found:
        found.add("every")
    if BACKED_UP & found and (groups.get("backup") or variables.get("mail_backup_targets")):
        found.add("backed_up")
    if name in groups.get("backup", [])[:1]:
        found.add("keeper")
    return found


def expected(blocks: Iterable[Mapping[str, Any]], groups: set[str], name: str) -> Expected:
    """Put together what holds for a host in these groups. A key that is not explained is a TypeError."""
    whole = Expected()
    for block in blocks:
        more = Expected(**{key: value for key, value in block.items() if key not in ("groups", "without")})
        if groups.issuperset(block["groups"]) and groups.isdisjoint(block.get("without", ())):
            for key, value in vars(more).items():
                getattr(whole, key).update(value)
    short = name.partition(".")[0]
    whole.paths = {path.replace("{short}", short): mode for path, mode in whole.paths.items()}
    whole.units, whole.at_boot, whole.masked = (
        {unit if "." in unit else f"{unit}.service" for unit in units}
        for units in (whole.units, whole.at_boot, whole.masked)
    )
    return whole


def script(wanted: Expected) -> str:
    """Return the shell commands that read all of it; they change nothing. Each prints its name first."""
    units = shlex.join(sorted(wanted.units | wanted.at_boot | wanted.masked))
    paths = shlex.join([*wanted.paths, *sorted(wanted.absent)])
    users = shlex.join(wanted.users)
    return "\n".join(
        (
            "export LC_ALL=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin",
            f"echo @units; systemctl show --property={','.join(PROPERTIES)} -- {units}",
            "echo @failed; systemctl list-units --failed --plain --no-legend",
            "echo @listening; ss -Hltnu",
            f"echo @paths; stat --format='%F|%U:%G|%a|%n' -- {paths} 2>/dev/null",
            f"echo @users; for user in {users}; do",
            'getent passwd "$user" && getent shadow "$user" && id -Gn "$user"; done',
            "echo @firewall; nft --json list ruleset",
        )
    )


def parse(text: str) -> Found:
    """Read what the commands of `script` printed."""
    parts = {
        part.partition("\n")[0]: part.partition("\n")[2].strip()
        for part in re.split(r"^@", text, flags=re.MULTILINE)
    }
    units = [
        dict(line.split("=", 1) for line in block.splitlines()) for block in parts["units"].split("\n\n")
    ]
    users = parts["users"].splitlines()
    return Found(
        units={one["Id"]: (one["ActiveState"], one["UnitFileState"]) for one in units if one},
        failed=[line.split()[0] for line in parts["failed"].splitlines()],
        listening=_listening(parts["listening"].splitlines()),
        paths=dict(_path(line) for line in parts["paths"].splitlines()),
        users=dict(_user(*users[at : at + 3]) for at in range(0, len(users), 3)),
        ruleset=json.loads(parts["firewall"] or '{"nftables": []}')["nftables"],
    )


def _listening(lines: Iterable[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for line in lines:
        protocol, _, _, _, local, *_ = line.split()
        address, _, port = local.rpartition(":")
        found.setdefault(f"{port}/{protocol}", set()).add(address.partition("%")[0].strip("[]"))
    return found


def _path(line: str) -> tuple[str, str]:
    kind, owner, mode, path = line.split("|", 3)
    return path, f"{KINDS.get(kind, kind)} {owner} {int(mode, 8):04o}"


def _user(passwd: str, shadow: str, groups: str) -> tuple[str, dict[str, Any]]:
    name, *_, shell = passwd.split(":")
    _, *further = groups.split()
    return name, {
        "shell": shell,
        "groups": sorted(further),
        "password": shadow.split(":")[1][:1] not in ("!", "*"),
    }


def compare(wanted: Expected, found: Found) -> dict[str, str]:
    """Return everything that is looked at, by name, and what is wrong with it; empty: nothing."""
    return {
        **{f"unit {unit}": _unit(unit, found) for unit in sorted(wanted.units)},
        **{f"at boot {unit}": _at_boot(unit, found) for unit in sorted(wanted.at_boot)},
        **{f"masked {unit}": _masked(unit, found) for unit in sorted(wanted.masked)},
        "no unit failed": " and ".join(f"{unit} failed" for unit in found.failed),
        **{
            f"listening {port}": _port(port, where, found) for port, where in sorted(wanted.listening.items())
        },
        "nothing else listens": _unexpected(wanted, found),
        **{f"path {path}": _differs(path, want, found.paths) for path, want in sorted(wanted.paths.items())},
        **{f"absent {path}": f"{path} is there" * (path in found.paths) for path in sorted(wanted.absent)},
        **{f"user {name}": _user_differs(name, want, found) for name, want in sorted(wanted.users.items())},
        "firewall": _firewall(wanted, found),
    }


def _unit(unit: str, found: Found) -> str:
    now, boot = found.units.get(unit, ("unknown", ""))
    if now != "active":
        return f"{unit} is {now}, not active"
    return "" if _starts_at_boot(unit, boot) else f"{unit} is {boot}, not enabled: it will not start at boot"


def _at_boot(unit: str, found: Found) -> str:
    _, boot = found.units.get(unit, ("", ""))
    return (
        "" if boot == "enabled" else f"{unit} is {boot or 'unknown'}, not enabled: it will not start at boot"
    )


def _starts_at_boot(unit: str, boot: str) -> bool:
    return boot in ("enabled", "enabled-runtime", "alias")


def _masked(unit: str, found: Found) -> str:
    _, boot = found.units.get(unit, ("", ""))
    return "" if boot == "masked" else f"{unit} is {boot or 'unknown'}, not masked: it may start"


def _port(port: str, where: str, found: Found) -> str:
    addresses = found.listening.get(port, set())
    if not addresses:
        return f"nothing listens on {port}"
    wrong = [address for address in sorted(addresses) if _loopback(address) != (where == LOOPBACK)]
    return f"{port} listens on {', '.join(wrong)}, not on {where}" if wrong else ""


def _unexpected(wanted: Expected, found: Found) -> str:
    known = wanted.listening.keys() | wanted.may_listen
    return ", ".join(
        f"{port} listens on {address}"
        for port, addresses in sorted(found.listening.items())
        for address in sorted(addresses)
        if port not in known and not _loopback(address)
    )


def _loopback(address: str) -> bool:
    return address == "::1" or address.startswith(("127.", "::ffff:127."))


def _differs(path: str, want: str, paths: Mapping[str, str]) -> str:
    return "" if paths.get(path) == want else f"{path} is {paths.get(path, 'missing')}, not {want}"


def _user_differs(name: str, want: Mapping[str, Any], found: Found) -> str:
    user = found.users.get(name)
    if user is None:
        return f"there is no user {name}"
    wrong = [
        f"{what} {user[what]}, not {value}"
        for what, value in {**want, "password": False}.items()
        if user[what] != (sorted(value) if isinstance(value, list) else value)
    ]
    return f"{name}: {'; '.join(wrong)}" if wrong else ""


def _firewall(wanted: Expected, found: Found) -> str:
    """Say what is wrong with the table of ours; other tables are the site's."""
    chains = [one["chain"] for one in found.ruleset if "chain" in one]
    ours = [one for one in chains if (one["table"], one.get("hook")) == ("congvu", "input")]
    if [one.get("policy") for one in ours] != ["drop"]:
        return f"policies for what comes in: {[one.get('policy') for one in ours]}, not drop"
    rules = [one["rule"] for one in found.ruleset if "rule" in one and one["rule"]["table"] == "congvu"]
    accepted = {port for rule in rules for port in _accepted(rule["expr"])}
    wrong = [f"lets in {port}" for port in sorted(accepted - wanted.accepted, key=str)]
    wrong += [f"does not let in {port}" for port in sorted(wanted.accepted - accepted)]
    return "the firewall " + ", ".join(wrong) if wrong else ""


def _accepted(statements: Sequence[Mapping[str, Any]]) -> Iterator[int | str]:
    """Yield the ports that a rule lets in; a text where it lets in more than single ports."""
    if {"accept": None} not in statements:
        return
    matches = [one["match"] for one in statements if "match" in one]
    ports = [one["right"] for one in matches if one["left"].get("payload", {}).get("field") == "dport"]
    for port in ports:
        for one in port["set"] if isinstance(port, dict) and "set" in port else [port]:
            yield one if isinstance(one, int) else json.dumps(one)
    if not ports and not any(one["right"] in HARMLESS for one in matches):
        yield "everything that " + (json.dumps(matches) if matches else "comes")
