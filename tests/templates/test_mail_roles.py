"""The templates of the mail roles, rendered without a host: what must hold whatever the inventory says."""

from __future__ import annotations

import itertools
import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleError
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import lookup_loader
from ansible.template import Templar, trust_as_template
from ansible_collections.congvu.mail.plugins.lookup.parameters import LookupModule
from ansible_collections.congvu.mail.plugins.module_utils.account.change import LATEST
from ansible_collections.congvu.mail.plugins.module_utils.account.program import PATIENCE

ROLES = Path(__file__).parents[2] / "roles"
SERVICES = ["imap", "lmtp", "sieve", "submission"]
LDAP_URIS = ["ldaps://dir1.gialai.gov.vn", "ldaps://dir2.gialai.gov.vn"]
BASE = "dc=gialai,dc=gov,dc=vn"
DOMAINS = ["gialai.gov.vn", "xa.gialai.vn"]
REQUIRED: dict[str, dict[str, Any]] = {
    "postfix": {"postfix_domains": DOMAINS, "postfix_ldap_uris": LDAP_URIS, "postfix_suffix": BASE},
    "dovecot": {"dovecot_ldap_uris": LDAP_URIS, "dovecot_suffix": BASE},
    # The key is what a task reads from the host.
    "rspamd": {"rspamd_domains": DOMAINS, "__rspamd_dkim_public": "MIIB" * 98},
    "clamav": {},
    "account": {
        "account_host": "mail.gialai.gov.vn",
        "account_organization": "Ủy ban nhân dân tỉnh Gia Lai",
        "account_support": {"address": "stttt@gialai.gov.vn", "phone": "0269 3824 404"},
        "account_ldap_uris": LDAP_URIS,
        "account_suffix": BASE,
    },
    "lifecycle": {
        "lifecycle_suffix": BASE,
        "lifecycle_domain": "gialai.gov.vn",
        "lifecycle_organization": "Ủy ban nhân dân tỉnh Gia Lai",
        "lifecycle_decision": "03/2011/QĐ-UBND",
        "lifecycle_support": {"address": "stttt@gialai.gov.vn", "phone": "0269 3824 404"},
        "lifecycle_mail_hosts": ["mx1.gialai.gov.vn"],
    },
}
# Accounts that take no mail (docs/lifecycle.md).
CLOSED = "(|(cvStatus=left)(cvLock=reclaimed)(cvLock=purge))"


def trusted(value: Any) -> Any:
    """The value with every string in it marked as a template, as Ansible does with the files of a role."""
    if isinstance(value, dict):
        return {key: trusted(item) for key, item in value.items()}
    if isinstance(value, list):
        return [trusted(item) for item in value]
    return trust_as_template(value) if isinstance(value, str) else value


def variables(role: str, **given: Any) -> dict[str, Any]:
    """Defaults and private variables of a role, with what the playbook gives on top."""
    merged: dict[str, Any] = {
        "inventory_hostname": "mail.gialai.gov.vn",
        "ansible_facts": {"processor_vcpus": 4},
    }
    for folder in ("defaults", "vars"):
        merged |= trusted(yaml.safe_load((ROLES / role / folder / "main.yml").read_text("utf-8")))
    return merged | {"ansible_managed": "managed"} | REQUIRED.get(role, {}) | given


def render(role: str, template: str, **given: Any) -> str:
    """The text of one template."""
    templar = Templar(loader=DataLoader(), variables=variables(role, **given))
    text = (ROLES / role / "templates" / template).read_text("utf-8")
    return str(templar.template(trust_as_template(text)))


def postfix(text: str) -> dict[str, str]:
    """main.cf as a mapping; the lines of one value are joined, comments left out."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    joined = re.sub(r"\n\s+", " ", "\n".join(lines))
    pairs = (line.partition("=") for line in joined.splitlines())
    return {key.strip(): value.strip() for key, _, value in pairs}


def every_template() -> list[tuple[str, str]]:
    return [
        (role, str(path.relative_to(ROLES / role / "templates")))
        for role in REQUIRED
        for path in sorted((ROLES / role / "templates").rglob("*.j2"))
    ]


@pytest.mark.parametrize(("role", "template"), every_template())
def test_every_template_renders_with_what_is_required(role: str, template: str) -> None:
    question = "aliases" if role == "postfix" else "rbl"
    text = render(role, template, question=question, step={"what": "x", "verb": "purge", "time": "03:15"})
    assert "managed" in text
    assert "{{" not in text.replace("{ {", "")
    assert text.endswith("\n")


class TestPostfix:
    def test_no_network_is_trusted(self) -> None:
        main, master = render("postfix", "main.cf.j2"), render("postfix", "master.cf.j2")
        assert "permit_mynetworks" not in main + master
        assert postfix(main)["smtpd_relay_restrictions"] == "reject_unauth_destination"
        assert postfix(main)["mynetworks"] == "127.0.0.0/8 [::1]/128"

    def test_sender_of_every_served_domain_needs_a_login(self) -> None:
        restrictions = postfix(render("postfix", "main.cf.j2"))["smtpd_sender_restrictions"]
        for domain in DOMAINS:
            assert f"{{ {domain} = 550 5.7.1 " in restrictions
        assert restrictions.count("{") == restrictions.count("}")
        assert "ldap" not in restrictions, "must hold while the directory is away"

    def test_nothing_passes_without_the_milter(self) -> None:
        main = postfix(render("postfix", "main.cf.j2"))
        assert main["milter_default_action"] == "tempfail"
        assert main["smtpd_milters"] == "unix:rspamd/milter.sock"
        assert main["non_smtpd_milters"] == "$smtpd_milters"
        assert "milters" not in render("postfix", "master.cf.j2").replace("milter_macro", "")

    def test_size_limit(self) -> None:
        main = postfix(render("postfix", "main.cf.j2", postfix_message_size_mib=30))
        assert main["message_size_limit"] == str(30 * 1024 * 1024)

    def test_full_mailboxes_are_asked_after_unknown_ones_and_may_go_unanswered(self) -> None:
        for store in ("", "store1.gialai.gov.vn"):
            main = postfix(render("postfix", "main.cf.j2", postfix_store=store))
            recipients = main["smtpd_recipient_restrictions"]
            assert recipients.index("reject_unlisted_recipient") < recipients.index("$quota_check")
            assert "default_action=DUNNO" in main["quota_check"]

    def test_delivery_on_this_host_is_by_socket(self) -> None:
        main = postfix(render("postfix", "main.cf.j2"))
        assert main["virtual_transport"] == "lmtp:unix:private/dovecot-lmtp"
        assert "lmtp_tls_security_level" not in main

    def test_delivery_to_another_host_proves_both_ends(self) -> None:
        main = postfix(render("postfix", "main.cf.j2", postfix_store="store1.gialai.gov.vn"))
        assert main["virtual_transport"] == "lmtp:inet:store1.gialai.gov.vn:24"
        assert (main["lmtp_tls_wrappermode"], main["lmtp_tls_security_level"]) == ("yes", "secure")
        assert main["lmtp_tls_chain_files"].startswith("/etc/postfix/host.key")
        tunnel = render("postfix", "stunnel.conf.j2", postfix_store="store1.gialai.gov.vn")
        assert "verifyChain = yes" in tunnel
        assert "checkHost = store1.gialai.gov.vn" in tunnel
        assert "accept = 127.0.0.1:" in tunnel

    def test_mail_goes_on_soon_after_a_part_of_ours_is_back(self) -> None:
        main = postfix(render("postfix", "main.cf.j2"))
        first, scan, broken = (
            int(main[name].removesuffix("s"))
            for name in ("minimal_backoff_time", "queue_run_delay", "transport_retry_time")
        )
        assert (first + scan <= 30, broken <= 30) == (True, True)
        assert int(main["maximal_backoff_time"].removesuffix("m")) <= 10

    def test_what_was_put_off_by_a_wrong_clock_is_tried_when_postfix_starts(self) -> None:
        assert "\nExecStartPost=-/usr/sbin/postqueue -f\n" in render("postfix", "postfix.service.conf.j2")

    def test_world_meets_postscreen_and_no_test_that_asks_for_a_retry(self) -> None:
        main, master = render("postfix", "main.cf.j2"), render("postfix", "master.cf.j2")
        assert re.search(r"^smtp\s+inet\s.*\spostscreen$", master, re.M)
        assert not re.search(r"postscreen_(bare_newline|non_smtp_command|pipelining)_enable", main)
        assert "postscreen_dnsbl_sites" not in main
        listed = postfix(render("postfix", "main.cf.j2", postfix_dnsbl_sites=["zen.example*3", "b.example"]))
        assert listed["postscreen_dnsbl_sites"] == "zen.example*3, b.example"

    def test_submission_comes_from_loopback_and_checks_the_sender(self) -> None:
        inner = render("postfix", "master.cf.j2").split("127.0.0.1:10587", 1)[1].split("\npickup", 1)[0]
        assert "smtpd_authorized_xclient_hosts=127.0.0.1\n" in inner
        assert "reject_sender_login_mismatch" in inner
        assert "permit_sasl_authenticated, reject }" in inner
        assert "10587" not in render("postfix", "master.cf.j2").replace("127.0.0.1:10587", "")

    def test_mail_of_our_own_hosts_needs_their_certificate(self) -> None:
        master = render("postfix", "master.cf.j2")
        port = master.split("\n10465 ", 1)[1].split("pickup ", 1)[0]
        for option in ("tls_wrappermode=yes", "tls_security_level=encrypt", "tls_req_ccert=yes"):
            assert f"-o smtpd_{option}\n" in port
        assert "-o smtpd_tls_CAfile=/etc/congvu/tls/ca.crt\n" in port
        assert "permit_tls_all_clientcerts, reject }" in port
        assert "xclient" not in port
        daemon = variables("rspamd")["rspamd_system_daemon"]
        assert f"-o milter_macro_daemon_name={daemon}\n" in port
        assert master.count(f"={daemon}\n") == 1

    def test_our_own_hosts_write_from_our_addresses_alone(self) -> None:
        senders = postfix(render("postfix", "main.cf.j2"))["system_senders"]
        assert senders.endswith("}, reject")
        assert senders.index("reject_unlisted_sender") < senders.index(f"{{ {DOMAINS[0]} = OK }}")
        assert senders.count("= OK }") == 1 + len(DOMAINS)

    @pytest.mark.parametrize(
        ("table", "clause"),
        [
            ("aliases", f"(mailLocalAddress=%s)(!(mail=%s))(!{CLOSED})"),
            ("mailboxes", f"(mail=%s)(!{CLOSED})"),
            ("senders", "(mailLocalAddress=%s)(cvStatus=active)(!(cvLock=*))(!(pwdReset=TRUE))"),
            ("closed", f"(mailLocalAddress=%s){CLOSED}"),
            ("contacts", "(mailLocalAddress=%s)(cvContact=*)"),
        ],
    )
    def test_questions_to_the_directory(self, table: str, clause: str) -> None:
        text = render("postfix", "ldap.cf.j2", question=table)
        assert f"\nquery_filter = (&(objectClass=cvMailbox){clause})\n" in text
        assert "server_host = " + " ".join(LDAP_URIS) + "\n" in text
        assert "bind = sasl\n" in text
        assert "tls_require_cert = yes\n" in text
        assert "bind_pw" not in text

    def test_every_question_is_asked_through_the_proxy(self) -> None:
        main = postfix(render("postfix", "main.cf.j2"))
        served = main.pop("proxy_read_maps").split(", ")
        asked = set(re.findall(r"proxy:ldap:[^ ,]+", " ".join(main.values())))
        assert set(served) == asked
        assert {f"/etc/postfix/ldap-{table}.cf" for table in variables("postfix")["__postfix_maps"]} == {
            table.removeprefix("proxy:ldap:") for table in asked
        }

    def test_a_closed_account_is_told_apart_from_an_unknown_one_on_every_port(self) -> None:
        main, master = render("postfix", "main.cf.j2"), render("postfix", "master.cf.j2")
        ports = [postfix(main)["smtpd_recipient_restrictions"], *re.findall(r"smtpd_recipient_res.*", master)]
        assert len(ports) == 3
        assert all(0 < port.find("$closed_check") < port.find("reject_unlisted_recipient") for port in ports)

    def test_the_answer_of_a_closed_account_is_ascii(self) -> None:
        text = render("postfix", "ldap.cf.j2", question="contacts") + render("postfix", "main.cf.j2")
        answers = re.findall(r"550 5\.1\.6 [^}\n]+", text)
        assert len(answers) == 2
        assert all(answer.isascii() for answer in answers)


class TestDovecot:
    @pytest.mark.parametrize(
        "services", [list(c) for n in range(1, 5) for c in itertools.combinations(SERVICES, n)], ids="+".join
    )
    def test_any_subset_is_a_whole(self, services: list[str]) -> None:
        text = render("dovecot", "dovecot.conf.j2", dovecot_services=services)
        code = re.sub(r"^#.*$|%\{[^}]*\}", "", text, flags=re.M)
        assert code.count("{") == code.count("}")
        block = re.search(r"^protocols \{\n(.*?)^\}", text, re.M | re.S)
        assert block
        assert re.findall(r"(\w+) = yes", block[1]) == services
        login = {"imap": "imap-login", "sieve": "managesieve-login", "submission": "submission-login"}
        for service in SERVICES:
            name = login.get(service, service)
            assert (f"service {name} {{" in text) == (service in services)
        assert ("fts_flatcurve = yes" in text) == (services != ["submission"])

    def test_no_login_in_the_clear_and_no_cache(self) -> None:
        text = render("dovecot", "dovecot.conf.j2")
        for line in ("ssl = required", "auth_allow_cleartext = no", "auth_cache_size = 0"):
            assert f"\n{line}\n" in text

    def test_who_may_log_in_and_who_receives(self) -> None:
        text = render("dovecot", "dovecot.conf.j2")
        passdb, userdb = text.split("passdb ldap {")[1].split("userdb ldap {")
        assert "(mail=%{user})(cvStatus=active)(!(cvLock=*))(!(pwdReset=TRUE)))\n" in passdb
        assert "mailLocalAddress" not in passdb, "an alias is no login name"
        receives = "(!(cvStatus=left))(!(cvLock=reclaimed))(!(cvLock=purge)))"
        assert f"(mailLocalAddress=%{{user}}){receives}\n" in userdb
        assert f"ldap_iterate_filter = (&(objectClass=cvMailbox){receives}\n" in userdb

    def test_who_is_delayed_after_wrong_passwords_is_told_to_try_later(self) -> None:
        text = render("dovecot", "dovecot.conf.j2")
        assert text.index("\npassdb delayed {\n") < text.index("\npassdb ldap {\n"), "it is asked first"
        first = text.split("passdb delayed {\n")[1].split("\n}\n")[0]
        # In the second in which the delay ends slapd takes a password again; LDAP has no "greater than".
        later = "(!(pwdReset=TRUE))(pwdAccountTmpLockoutEnd=*)(!(pwdAccountTmpLockoutEnd<=%{date:year}"
        assert f"(cvStatus=active)(!(cvLock=*)){later}" in first
        assert "  result_internalfail = return-fail" in first
        assert "ldap_bind" not in first, "with it a field that cannot be made would be passed over"
        assert "%{time:second}+0700)))" in first
        assert "\n  TZ = Asia/Ho_Chi_Minh\n" in text, "what +0700 is said of"

    def test_the_door_to_the_change_of_password_is_closed_unless_asked_for(self) -> None:
        assert "pwdReset=TRUE)" not in render("dovecot", "dovecot.conf.j2").replace("!(pwdReset", "")
        mx = render(
            "dovecot",
            "dovecot.conf.j2",
            dovecot_services=["submission"],
            dovecot_change_networks=["10.1.2.3"],
        )
        assert "passdb change" not in mx

    def test_the_door_is_for_imap_from_webmail_into_a_small_mailbox_of_its_own(self) -> None:
        text = render("dovecot", "dovecot.conf.j2", dovecot_change_networks=["10.1.2.3", "10.1.2.4"])
        door = re.search(r"^protocol imap \{\n.*?^  passdb change \{\n(.*?)^  \}\n\}", text, re.M | re.S)
        assert door
        assert "(mail=%{user})(cvStatus=active)(!(cvLock=*))(pwdReset=TRUE))\n" in door[1]
        assert "allow_nets = 10.1.2.3,10.1.2.4\n" in door[1]
        assert "userdb_home = /srv/mail/.change/" in door[1]
        assert "userdb_quota_storage_size = 1M\n" in door[1]

    def test_a_reply_is_for_closing_mailboxes_alone(self) -> None:
        given = {"dovecot_reply_mta": "mx1.gialai.gov.vn:10465"}
        text = render("dovecot", "dovecot.conf.j2", **given)
        assert re.search(r"^sieve_extensions \{\n  vacation = no\n", text, re.M), "no user's own"
        assert re.search(r"^sieve_global_extensions \{\n  vacation = yes\n", text, re.M)
        assert "submission_host = mx1.gialai.gov.vn:10465\nsubmission_ssl = smtps\n" in text
        script = render("dovecot", "closing.sieve.j2", **given)
        assert script.index('"vnd.dovecot.config.status" "closing" {') < script.index("vacation :days 7")
        assert unicodedata.is_normalized("NFC", script)

    def test_without_an_mta_for_it_there_is_no_reply(self) -> None:
        assert "vacation = yes" not in render("dovecot", "dovecot.conf.j2")
        assert "vacation" not in render("dovecot", "closing.sieve.j2")

    def test_quota_of_all_stands_outside_the_block(self) -> None:
        text = render("dovecot", "dovecot.conf.j2")
        block = re.search(r'^quota "User quota" \{\n(.*?)^\}', text, re.M | re.S)
        assert block
        assert "storage_size" not in block[1]
        assert re.search(r"^quota_storage_size = ", text, re.M)

    def test_search_folds_the_letter_d(self) -> None:
        line = next(x for x in render("dovecot", "dovecot.conf.j2").splitlines() if "normalizer_icu_id" in x)
        assert line.index("Nonspacing Mark") < line.index("Latin-ASCII")
        assert r"[\\x20]" in line

    def test_nothing_is_sent_on(self) -> None:
        text = render("dovecot", "dovecot.conf.j2")
        assert "sieve_max_redirects = 0\n" in text
        for extension in ("vacation", "reject", "ereject", "enotify"):
            assert f"  {extension} = no\n" in text

    def test_sockets_only_for_those_who_come(self) -> None:
        alone = render("dovecot", "dovecot.conf.j2", dovecot_mta_sockets="/var/spool/postfix/private")
        assert "unix_listener /var/spool/postfix/private/dovecot-lmtp {" in alone
        assert "-remote" not in alone
        split = render("dovecot", "dovecot.conf.j2", dovecot_remote_mtas=["mx1.gialai.gov.vn"])
        assert "/var/spool/postfix" not in split
        assert "unix_listener lmtp-remote {" in split
        tunnel = render("dovecot", "stunnel.conf.j2", dovecot_remote_mtas=["mx1.gialai.vn", "mx2.gialai.vn"])
        assert "requireCert = yes" in tunnel
        assert tunnel.count("checkHost = ") == 2


class TestRspamd:
    def test_domains_reach_the_rule(self) -> None:
        text = render("rspamd", "lua.local.d/congvu_sender.lua.j2", rspamd_domains=["GiaLai.gov.vn", "xa.vn"])
        assert re.findall(r'\["(.+)"\] = true', text) == ["gialai.gov.vn", "xa.vn"]

    def test_mail_of_every_served_domain_is_signed_with_the_key_of_this_host(self) -> None:
        text = render("rspamd", "rspamd.conf.override.j2")
        signing = re.search(r"^dkim_signing \{\n(.*?)^\}", text, re.M | re.S)
        assert signing
        assert re.findall(r'^    "(.+)" \{', signing[1], re.M) == DOMAINS
        assert signing[1].count('selector = "mail";') == len(DOMAINS)
        assert signing[1].count('path = "/etc/congvu/dkim/mail.key";') == len(DOMAINS)
        assert "sign_local = false;" in signing[1]
        assert "dkim_signing { enabled = false; }" not in text

    def test_the_key_is_published_in_strings_that_dns_can_hold(self) -> None:
        text = render("rspamd", "dkim.txt.j2")
        records = re.findall(r"^mail\._domainkey\.(\S+)\. IN TXT \((.*?)\)", text, re.M | re.S)
        assert [domain for domain, _ in records] == DOMAINS
        for _, strings in records:
            parts = re.findall(r'"([^"]*)"', strings)
            assert max(map(len, parts)) <= 255
            assert "".join(parts) == "v=DKIM1; k=rsa; p=" + "MIIB" * 98

    def test_nobody_waits_for_a_retry(self) -> None:
        text = render("rspamd", "rspamd.conf.override.j2")
        actions = re.search(r"^actions \{\n(.*?)^\}", text, re.M | re.S)
        assert actions
        assert re.findall(r"(\w+) = ", actions[1]) == ["reject", "add_header"]
        assert "greylist { enabled = false; }" in text

    def test_others_are_asked_only_when_wanted(self) -> None:
        off = render("rspamd", "rspamd.conf.override.j2")
        assert all(
            f"\n{module} {{ enabled = false; }}\n" in off for module in ("rbl", "fuzzy_check", "whitelist")
        )
        off = render("rspamd", "rspamd.conf.override.j2", rspamd_public_services=["rbl", "maps"])
        assert "\nfuzzy_check { enabled = false; }\n" in off
        assert not any(f"\n{module} {{ enabled" in off for module in ("rbl", "whitelist"))

    def test_what_took_too_long_is_put_off(self) -> None:
        options = render("rspamd", "local.d/options.inc.j2")
        assert "soft_reject_on_timeout = true;" in options
        task = re.search(r"task_timeout = (\d+)s", options)
        scan = re.search(r"TIMEOUT = ([\d.]+)", render("rspamd", "lua.local.d/congvu_scan.lua.j2"))
        milter = re.search(r"milter_content_timeout = (\d+)s", render("postfix", "main.cf.j2"))
        clamd = re.search(r"MaxScanTime (\d+)", render("clamav", "clamd.conf.j2"))
        assert task and scan and milter and clamd
        assert int(clamd[1]) / 1000 < float(scan[1]) < int(task[1]) < int(milter[1])

    def test_messages_up_to_the_limit_are_taken(self) -> None:
        assert "max_message = 80mb;" in render("rspamd", "local.d/options.inc.j2", rspamd_message_size_mib=40)


class TestClamav:
    def test_a_message_is_scanned_whole_or_reported(self) -> None:
        text = render("clamav", "clamd.conf.j2", clamav_message_size_mib=40)
        limits = {key: int(value) for key, value in re.findall(r"^(\w+) (\d+)M$", text, re.M)}
        assert limits["StreamMaxLength"] > 40
        assert limits["StreamMaxLength"] <= limits["MaxFileSize"] <= limits["MaxScanSize"]
        assert "\nAlertExceedsMax yes\n" in text
        assert "TCPSocket" not in text

    def test_the_scanner_starts_with_signatures_of_our_own(self) -> None:
        unit = render(
            "clamav", "clamav-daemon.service.j2", clamav_signatures=["a/x.ndb", "b/y.hdb", "c/z.ndb"]
        )
        assert unit.count("ConditionPathExistsGlob=|") == 3
        assert "/*.ndb\n" in unit
        assert ".socket" not in unit

    def test_mirrors(self) -> None:
        official = render("clamav", "freshclam.conf.j2")
        private = render("clamav", "freshclam.conf.j2", clamav_mirror="https://clamav.example.vn")
        assert "DatabaseMirror database.clamav.net" in official
        assert "PrivateMirror" not in official
        assert "PrivateMirror https://clamav.example.vn" in private
        assert "database.clamav.net" not in private


@pytest.fixture
def looked_up(monkeypatch):
    """Let templates find the collection's lookup, as Ansible does."""
    monkeypatch.setattr(lookup_loader, "get", lambda _, **__: LookupModule())


@pytest.mark.parametrize(
    ("role", "template", "given", "line"),
    [
        ("postfix", "main.cf.j2", {"smtp_helo_timeout": "60s"}, "smtp_helo_timeout = 60s"),
        (
            "dovecot",
            "dovecot.conf.j2",
            {"imap_idle_notify_interval": "5 mins"},
            "imap_idle_notify_interval = 5 mins",
        ),
        ("rspamd", "local.d/options.inc.j2", {"dns_max_requests": 32}, "dns_max_requests = 32;"),
    ],
)
@pytest.mark.usefixtures("looked_up")
def test_further_settings_of_a_site_stand_at_the_end_and_change_nothing_else(role, template, given, line):
    plain, more = render(role, template), render(role, template, **{f"{role}_parameters": given})
    assert more.startswith(plain.rstrip("\n"))
    assert more.rstrip("\n").endswith(f"\n{line}")


@pytest.mark.usefixtures("looked_up")
def test_a_further_setting_that_the_role_sets_itself_is_refused() -> None:
    with pytest.raises(AnsibleError, match=r"message_size_limit \(see postfix_message_size_mib\)"):
        render("postfix", "main.cf.j2", postfix_parameters={"message_size_limit": 1})


@pytest.mark.parametrize("value", [{"a": 1}, ["a"], "60s\nmynetworks = 0.0.0.0/0", None])
@pytest.mark.usefixtures("looked_up")
def test_a_further_setting_of_one_host_is_held_against_its_type(value) -> None:
    with pytest.raises(AnsibleError, match=r"postfix_parameters\.smtp_helo_timeout: .* is not right"):
        render("postfix", "main.cf.j2", postfix_parameters={"smtp_helo_timeout": value})


@pytest.mark.usefixtures("looked_up")
def test_a_further_setting_of_one_host_that_writes_passwords_into_the_log_is_refused() -> None:
    with pytest.raises(AnsibleError, match=r"dovecot_parameters\.auth_debug_passwords: .* discloses"):
        render("dovecot", "dovecot.conf.j2", dovecot_parameters={"auth_debug_passwords": True})


class TestAccount:
    def test_every_answer_has_the_headers(self) -> None:
        """nginx forgets those of above where a block adds one of its own."""
        text = render("account", "nginx.conf.j2")
        before = text[: text.index("server {")]
        assert text.count("add_header") == before.count("add_header") == before.count(" always;") == 8
        assert "unsafe" not in text

    def test_what_was_typed_is_in_no_log_and_no_file(self) -> None:
        text = render("account", "nginx.conf.j2")
        (log,) = re.findall(r"log_format .*", text)
        assert not re.search(r"\$(request|request_uri|args|query_string|http_\w+|request_body)\b", log)
        # Of a request nginx tells the whole first line at any level up to alert: a missing socket is crit.
        (errors,) = re.findall(r"error_log \S+ (\w+);", text[text.index("http {") :])
        assert errors == "emerg"
        sizes = dict(re.findall(r"(client_max_body_size|client_body_buffer_size) (\w+);", text))
        assert sizes["client_max_body_size"] == sizes["client_body_buffer_size"]

    @pytest.mark.parametrize("names", [["mail.gialai.gov.vn", "doi.gialai.gov.vn"], []])
    def test_a_provided_certificate_has_to_name_the_page_as_well(self, names: list[str]) -> None:
        given = variables("certificates", certificates_names=names)
        templar = Templar(loader=DataLoader(), variables=given)
        held = templar.template(given["certificates_public_names"])
        assert held == (names or ["mail.gialai.gov.vn"])

    def test_nginx_waits_longer_than_the_program(self) -> None:
        """And where it gives up, it does not say that nothing was changed."""
        (patience,) = re.findall(r"proxy_read_timeout (\d+)s;", render("account", "nginx.conf.j2"))
        assert int(patience) > LATEST + PATIENCE
        later = " ".join(render("account", "later.html.j2").split())
        assert "chưa rõ mật khẩu đã được đổi hay chưa" in later
        assert "thử đăng nhập bằng mật khẩu mới" in later

    def test_only_nginx_may_say_where_a_client_is(self) -> None:
        text = render("account", "nginx.conf.j2")
        assert "proxy_set_header X-Forwarded-For $remote_addr;" in text
        assert "proxy_add_x_forwarded_for" not in text
        socket = render("account", "congvu-account.socket.j2")
        assert {"SocketUser=root", "SocketGroup=www-data", "SocketMode=0660"} <= set(socket.splitlines())

    def test_the_page_has_a_key_of_its_own_and_no_group(self) -> None:
        unit = render("account", "congvu-account.service.j2")
        assert "User=congvu-account" in unit.splitlines()
        assert '"key": "/etc/congvu/account.key"' in render("account", "account.json.j2")
        assert not re.search(r"^(Supplementary)?Groups?=", unit, re.MULTILINE)
