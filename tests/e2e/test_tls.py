"""Every service shows a certificate of the lab's CA with the name that users connect to."""

from __future__ import annotations

import dataclasses
import ssl
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from tests.support import imap, smtp
from tests.support.lab import Lab
from tests.support.ldap import Ldap
from tests.support.managesieve import ManageSieve

# Each of them checks the certificate against the lab's CA and the name, as all other tests do by using them.
SERVICES: dict[str, Callable[[Lab], AbstractContextManager[Any]]] = {
    "25 STARTTLS": lambda lab: smtp.outside(lab, tls=True),
    "587 STARTTLS": smtp.submission,
    "465": lambda lab: smtp.submission(lab, implicit_tls=True),
    "143 STARTTLS": lambda lab: imap.connection(lab, implicit_tls=False),
    "993": imap.connection,
    "4190 STARTTLS": ManageSieve,
    "636": Ldap,
}


@pytest.mark.parametrize("service", SERVICES)
def test_the_certificate_is_the_hosts_own(lab: Lab, service: str) -> None:
    with SERVICES[service](lab):
        pass


@pytest.mark.parametrize("service", SERVICES)
def test_the_certificate_is_good_for_no_other_name(lab: Lab, service: str) -> None:
    other = "mail.outside.example"
    elsewhere = dataclasses.replace(lab, host=other, hosts=lab.hosts | {"directory": [other]})
    with pytest.raises(ssl.SSLCertVerificationError), SERVICES[service](elsewhere):
        pass
