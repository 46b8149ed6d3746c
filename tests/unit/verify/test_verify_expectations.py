"""What hosts must look like: which blocks hold for which host, and everything that differs is told."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

VERIFY = Path(__file__).resolve().parents[3] / "playbooks/verifying"
sys.path.insert(0, str(VERIFY))
from expectations import Expected, compare, expected, groups_of, parse, script  # noqa: E402

BLOCKS = yaml.safe_load((VERIFY / "expected.yml").read_text(encoding="utf-8"))
WANTED = Expected(
    units={"slapd.service", "congvu-lifecycle.timer"},
    at_boot={"systemd-timesyncd.service"},
    masked={"clamav-daemon.socket"},
    listening={"22/tcp": "any", "10587/tcp": "loopback"},
    may_listen={"68/udp"},
    accepted={22, 25, 465},
    paths={
        "/etc/congvu/tls/host.key": "file root:ssl-cert 0640",
        "/run/slapd/ldapi": "socket root:root 0777",
    },
    absent={"/usr/local/lib/congvu"},
    users={"openldap": {"shell": "/bin/false", "groups": ["ssl-cert"]}},
)
TLS = {"payload": {"protocol": "tcp", "field": "dport"}}


def rule(right=None, left=TLS):
    match = [] if right is None else [{"match": {"op": "==", "left": left, "right": right}}]
    return {"rule": {"table": "congvu", "expr": [*match, {"accept": None}]}}


RULES = [
    {"chain": {"table": "congvu", "hook": "input", "policy": "drop"}},
    rule("lo", {"meta": {"key": "iif"}}),
    rule({"set": ["icmp", "ipv6-icmp"]}, {"meta": {"key": "l4proto"}}),
    rule(22),
    rule({"set": [25, 465]}),
]
# What a host prints that looks as it must.
GOOD = {
    "units": """Id=slapd.service\nActiveState=active\nUnitFileState=enabled

Id=congvu-lifecycle.timer\nActiveState=active\nUnitFileState=enabled

Id=systemd-timesyncd.service\nActiveState=inactive\nUnitFileState=enabled

Id=clamav-daemon.socket\nActiveState=inactive\nUnitFileState=masked""",
    "failed": "",
    "listening": """tcp LISTEN 0 128 0.0.0.0:22 0.0.0.0:*
tcp LISTEN 0 128 [::]:22 [::]:*
udp UNCONN 0 0 0.0.0.0%eth0:68 0.0.0.0:*
tcp LISTEN 0 100 127.0.0.1:10587 0.0.0.0:*
udp UNCONN 0 0 127.0.0.53%lo:53 0.0.0.0:*""",
    "paths": """regular file|root:ssl-cert|640|/etc/congvu/tls/host.key
socket|root:root|777|/run/slapd/ldapi""",
    "users": """openldap:x:100:103:OpenLDAP:/var/lib/ldap:/bin/false
openldap:!:20000::::::
openldap ssl-cert""",
    "firewall": json.dumps({"nftables": RULES}),
}


def differences(**parts):
    text = "".join(f"@{name}\n{part}\n" for name, part in (GOOD | parts).items())
    return {what: problem for what, problem in compare(WANTED, parse(text)).items() if problem}


def firewall(*more, policy="drop"):
    rules = [{"chain": {"table": "congvu", "hook": "input", "policy": policy}}, *RULES[1:], *more]
    return {"firewall": json.dumps({"nftables": rules})}


def test_a_host_that_is_as_it_must_be_differs_in_nothing():
    assert differences() == {}


@pytest.mark.parametrize(
    ("part", "before", "after", "told"),
    [
        ("units", "active\nUnitFileState=enabled", "failed\nUnitFileState=enabled",
         {"unit slapd.service": "slapd.service is failed, not active"}),
        ("units", "timer\nActiveState=active\nUnitFileState=enabled",
         "timer\nActiveState=active\nUnitFileState=disabled",
         {"unit congvu-lifecycle.timer":
              "congvu-lifecycle.timer is disabled, not enabled: it will not start at boot"}),
        ("units", "inactive\nUnitFileState=enabled", "inactive\nUnitFileState=disabled",
         {"at boot systemd-timesyncd.service":
              "systemd-timesyncd.service is disabled, not enabled: it will not start at boot"}),
        ("units", "masked", "disabled",
         {"masked clamav-daemon.socket": "clamav-daemon.socket is disabled, not masked: it may start"}),
        ("listening", "127.0.0.1:10587", "0.0.0.0:10587",
         {"listening 10587/tcp": "10587/tcp listens on 0.0.0.0, not on loopback"}),
        ("listening", "127.0.0.1:10587", "[::1]:10588",
         {"listening 10587/tcp": "nothing listens on 10587/tcp"}),
        ("listening", "127.0.0.53%lo:53", "*:53", {"nothing else listens": "53/udp listens on *"}),
        ("paths", "640", "644",
         {"path /etc/congvu/tls/host.key":
              "/etc/congvu/tls/host.key is file root:ssl-cert 0644, not file root:ssl-cert 0640"}),
        ("paths", "socket|root:root|777|/run/slapd/ldapi", "directory|root:root|755|/usr/local/lib/congvu",
         {"path /run/slapd/ldapi": "/run/slapd/ldapi is missing, not socket root:root 0777",
          "absent /usr/local/lib/congvu": "/usr/local/lib/congvu is there"}),
        ("users", "openldap ssl-cert", "openldap sudo ssl-cert",
         {"user openldap": "openldap: groups ['ssl-cert', 'sudo'], not ['ssl-cert']"}),
        ("users", ":!:", ":$y$j9T$:", {"user openldap": "openldap: password True, not False"}),
        ("users", GOOD["users"], "", {"user openldap": "there is no user openldap"}),
    ],
)  # fmt: skip
def test_what_differs_is_told(part, before, after, told):
    assert differences(**{part: GOOD[part].replace(before, after, 1)}) == told


def test_a_failed_unit_is_told():
    said = differences(failed="congvu-store.service loaded failed failed Sessions")
    assert said == {"no unit failed": "congvu-store.service failed"}


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (firewall(rule(8080)), "lets in 8080"),
        (firewall(rule({"set": [{"range": [1, 9]}]})), 'lets in {"range": [1, 9]}'),
        (firewall(rule()), "lets in everything that comes"),
        (firewall(rule("eth0", {"meta": {"key": "iif"}})), "lets in everything that"),
        ({"firewall": json.dumps({"nftables": RULES[:-1]})}, "does not let in 25, does not let in 465"),
        (firewall(policy="accept"), "not drop"),
        ({"firewall": ""}, "not drop"),
    ],
)
def test_a_firewall_that_differs_is_told(more, told):
    said = differences(**more)
    assert list(said) == ["firewall"]
    assert told in said["firewall"]


def test_a_host_is_in_the_groups_that_its_blocks_name():
    groups = {"directory": ["d"], "mx": ["m"], "backup": ["b1", "b2"], "monitor": ["x"]}

    def of(name, *names):
        variables = {"inventory_hostname": name, "group_names": list(names), "groups": groups}
        return groups_of(variables) - {"ungrouped"}

    assert of("m", "mx") == {"mx", "every", "backed_up"}
    assert of("b1", "backup") == {"backup", "every", "keeper"}
    assert of("b2", "backup") == {"backup", "every"}
    assert of("x", "monitor") == {"monitor"}
    del groups["backup"]
    assert of("m", "mx") == {"mx", "every"}


def test_a_block_holds_for_hosts_of_all_its_groups_and_none_that_it_leaves_out():
    tunnel = "stunnel@congvu-store.service"
    assert tunnel in expected(BLOCKS, {"every", "store"}, "h").units
    assert tunnel not in expected(BLOCKS, {"every", "store", "mx"}, "h").units
    assert expected(BLOCKS, {"every", "store", "mx"}, "h").listening.keys() >= {"22/tcp", "25/tcp", "993/tcp"}
    with pytest.raises(TypeError, match="unitz"):
        expected([{"groups": ["every"], "unitz": []}], {"every"}, "h")


def test_what_is_read_is_a_shell_script():
    """And it asks for everything that is expected of some host."""
    text = script(
        expected(
            BLOCKS,
            {"every", "directory", "mx", "store", "backup", "backed_up", "keeper"},
            "mx1.gialai.gov.vn",
        )
    )
    subprocess.run(["sh", "-n"], input=text, text=True, check=True)
    assert "/run/slapd/ldapi" in text
    assert "/etc/congvu/dkim/mx1.key" in text
    assert "@firewall; nft" in text


def test_the_tarball_has_all_of_it():
    manifest = yaml.safe_load((VERIFY.parents[1] / "galaxy.yml").read_text("utf-8"))["manifest"]["directives"]
    (packed,) = (line.split()[2:] for line in manifest if line.startswith("recursive-include playbooks "))
    left_out = [path.name for path in VERIFY.iterdir() if path.is_file() and f"*{path.suffix}" not in packed]
    assert left_out == []
