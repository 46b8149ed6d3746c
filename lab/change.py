"""Runs on the directory host: changes first passwords as their owners do (RFC 3062), over ldaps.

Arguments: URI and CA. Standard input: JSON, a list of {"address", "dn", "password", "new"}. Prints a JSON
list of what was refused. An account whose first password is gone was changed by a run that was killed since.
"""

import json
import sys

import ldap


def main() -> None:
    """Change all of them, each in a connection of its own."""
    uri, ca = sys.argv[1:]
    ldap.set_option(ldap.OPT_X_TLS_CACERTFILE, ca)
    inside = ldap.initialize("ldapi:///")
    inside.sasl_external_bind_s()
    refused = []
    for account in json.load(sys.stdin):
        try:
            [(_, entry)] = inside.search_s(account["dn"], ldap.SCOPE_BASE, attrlist=["pwdReset"])
            if entry.get("pwdReset") == [b"TRUE"]:
                person = ldap.initialize(uri)
                person.simple_bind_s(account["dn"], account["password"])
                person.passwd_s(account["dn"], account["password"], account["new"])
                person.unbind_s()
        except ldap.LDAPError as error:
            refused.append(f"{account['address']}: {error}")
    print(json.dumps(refused))


if __name__ == "__main__":
    main()
