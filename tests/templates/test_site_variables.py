"""What playbooks/vars/site.yml makes of the inventory."""

from __future__ import annotations

from pathlib import Path

import yaml
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar, trust_as_template

ROOT = Path(__file__).resolve().parents[2]


def test_a_web_host_that_does_not_answer_is_left_out():
    texts = yaml.safe_load((ROOT / "playbooks/vars/site.yml").read_text(encoding="utf-8"))
    there = {"ansible_facts": {"default_ipv4": {"address": "10.0.0.7"}}}
    variables = {
        "groups": {"webmail": ["web1", "web2", "web3"]},
        "hostvars": {"web1": {}, "web2": there, "web3": {"ansible_facts": {}}},
        "site_web_hosts": trust_as_template(texts["site_web_hosts"]),
    }
    templar = Templar(loader=DataLoader(), variables=variables)
    assert templar.template(trust_as_template(texts["site_web_addresses"])) == ["10.0.0.7"]
