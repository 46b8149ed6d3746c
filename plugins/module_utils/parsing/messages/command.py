# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What may be wrong with the command that calls a playbook."""

from __future__ import annotations

from .text import error

COMMAND = {
    "inventory_missing": error(
        ('không có inventory "{value}"', "ghi -i <thư mục>, một trong: {detail}"),
        ('there is no inventory "{value}"', "write -i <folder>, one of: {detail}"),
    ),
    "inventory_misspelt": error(
        ('không có inventory "{value}"', "có phải {0}? Các inventory hiện có: {detail}"),
        ('there is no inventory "{value}"', "did you mean {0}? There are: {detail}"),
    ),
    "inventory_unreadable": error(
        ('không đọc được inventory "{value}": {0}', "cho phép đọc, hoặc ghi -i một trong: {detail}"),
        ('the inventory "{value}" cannot be read: {0}', "let it be read, or write -i one of: {detail}"),
    ),
    "inventory_empty": error(
        (
            'inventory "{value}" không có máy nào',
            "ghi các máy vào hosts.yml ở đó, hoặc ghi -i một trong: {detail}",
        ),
        (
            'the inventory "{value}" has no host',
            "name the hosts in its hosts.yml, or write -i one of: {detail}",
        ),
    ),
    "limit_excludes": error(
        ('"{value}" bỏ ra ngoài nơi playbook {0} làm việc: {1}', "bỏ --limit; hiện có: {detail}"),
        ('"{value}" excludes what the playbook {0} works on: {1}', "leave --limit out; there are: {detail}"),
    ),
    "option_misspelt": error(
        ('playbook {0} không có tham số "{value}"', "có phải {1}? Các tham số của nó: {detail}"),
        ('the playbook {0} has no option "{value}"', "did you mean {1}? Its options: {detail}"),
    ),
    "option_unknown": error(
        ('playbook {0} không có tham số "{value}"', "bỏ đi; các tham số của nó: {detail}"),
        ('the playbook {0} has no option "{value}"', "leave it out; its options: {detail}"),
    ),
    "option_cut": error(
        (
            'giá trị bị cắt ở dấu cách, phần còn lại không thuộc tham số nào: "{value}"',
            "đặt giá trị trong hai lớp ngoặc: {detail}; tên tệp thì ghi @ ở trước",
        ),
        (
            'the value ends at a blank, and what follows belongs to no option: "{value}"',
            "put the value into quotes of its own: {detail}; a file needs an @ in front",
        ),
    ),
}
