"""What the law orders removed: which paths, and which are refused."""

from __future__ import annotations

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.backup import removal

FOLDER = "srv/mail/s01/p/91/GL-0005/mail/mailboxes/INBOX/dbox-Mails"


def test_with_a_message_goes_what_dovecot_kept_of_its_headers() -> None:
    assert removal.wanted([f"/{FOLDER}/u.7", f"{FOLDER}/u.8"]) == (
        f"{FOLDER}/u.7",
        f"{FOLDER}/dovecot.index.cache",
        f"{FOLDER}/u.8",
    )
    assert removal.wanted(["srv/mail/s01/p/91/GL-0005"]) == ("srv/mail/s01/p/91/GL-0005",)


@pytest.mark.parametrize(
    "path", ["", "/", "/srv/mail", "/srv/mail/s01/p/91", "etc/a/b/c/d/e", "srv/mail/s01/../../../etc/x/y"]
)
def test_nobody_removes_more_by_mistake(path) -> None:
    with pytest.raises(ValueError, match="is no path of a mailbox"):
        removal.wanted([path])
