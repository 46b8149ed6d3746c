# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What may be wrong with the inventory and its variables."""

from __future__ import annotations

from .text import error

INVENTORY = {
    "variable_missing": error(
        ('thiếu biến "{value}"', "đặt trong group_vars/all: {detail}"),
        ('the variable "{value}" is missing', "set it in group_vars/all: {detail}"),
    ),
    "group_missing": error(
        (
            'inventory không có máy nào trong nhóm "{value}"',
            "thêm nhóm này với ít nhất một máy vào hosts.yml",
        ),
        (
            'the inventory has no host in the group "{value}"',
            "add the group with at least one host to hosts.yml",
        ),
    ),
    "domain_not_served": error(
        ('tên miền "{value}" không có trong mail_domains', "thêm vào mail_domains"),
        ('the domain "{value}" is not in mail_domains', "add it to mail_domains"),
    ),
    "support_unheld": error(
        (
            'địa chỉ hỗ trợ "{value}" không phải của hộp thư nào',
            "ghi địa chỉ của đơn vị phụ trách hệ thống, như trong register.csv",
        ),
        (
            'the support address "{value}" is of no mailbox',
            "name the address of the unit that runs the system, as register.csv has it",
        ),
    ),
}
