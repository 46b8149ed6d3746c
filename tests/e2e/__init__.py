"""End-to-end tests: mail, login and faults as users and strangers meet them, over the wire.

They run against any lab, one host or several: `$CONGVU_LAB/access.json` says where it is.
"""
