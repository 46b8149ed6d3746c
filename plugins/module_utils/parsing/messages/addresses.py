# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What may be wrong with an address or the register."""

from __future__ import annotations

from .text import error, warning

ADDRESSES = {
    "address_bad": error(
        (
            '"{value}" không phải tên hộp thư hợp lệ',
            "chỉ dùng a-z, 0-9 và dấu chấm ở giữa, tối đa 64 ký tự{detail}",
        ),
        (
            '"{value}" is not a legal address',
            "use a-z, 0-9 and single inner dots, 64 characters at most{detail}",
        ),
    ),
    "address_taken": error(
        (
            'địa chỉ "{value}" đã cấp cho {detail}',
            "chọn tên khác (cột address, hoặc khóa mailbox của đơn vị)",
        ),
        (
            'the address "{value}" belongs to {detail}',
            "choose another (column address, or the unit's key mailbox)",
        ),
    ),
    "address_reserved": error(
        ('"{value}" là tên dành riêng', "ghi tên khác vào cột address"),
        ('"{value}" is a reserved word', "name another in the column address"),
    ),
    "address_of_unit": error(
        ('"{value}" là địa chỉ của đơn vị {detail}', "ghi tên khác vào cột address"),
        ('"{value}" is the address of the unit {detail}', "name another in the column address"),
    ),
    "address_none": error(
        ('không còn dạng địa chỉ nào hợp lệ cho "{value}"', "ghi tên hộp thư vào cột address"),
        ('no form of an address is left for "{value}"', "name one in the column address"),
    ),
    "address_irregular": warning(
        ('địa chỉ "{value}" không theo dạng của đơn vị', "nếu không cố ý thì ghi dạng {detail}"),
        ('the address "{value}" has not the form of the unit', "unless it is meant so, write {detail}"),
    ),
    "address_kept": warning(
        (
            'sổ địa chỉ giữ nguyên "{detail}", không dùng "{value}"',
            "bỏ giá trị này; địa chỉ đã cấp không tự thay đổi",
        ),
        (
            'the register keeps "{detail}", "{value}" is not used',
            "remove the value; an issued address does not change by itself",
        ),
    ),
    "birth_date_needed": error(
        ('"{value}" trùng địa chỉ với {detail} nên cần ngày sinh', "điền cột birth_date cho những người này"),
        ('"{value}" ties with {detail}, so the birth date is needed', "fill in birth_date for these people"),
    ),
    "serial_used": warning(
        ('"{value}" chỉ khác {detail} ở số thứ tự', "kiểm tra có phải một người được ghi hai lần"),
        (
            '"{value}" differs from {detail} by a serial only',
            "check that this is not one person recorded twice",
        ),
    ),
}

REGISTER = {
    "register_date": error(
        ('"{value}" không đúng dạng ngày của sổ địa chỉ', "ghi NĂM-THÁNG-NGÀY, ví dụ 2026-01-31"),
        ('"{value}" is not a date as the register has it', "write YYYY-MM-DD, 2026-01-31 for example"),
    ),
    "register_address_bad": error(
        (
            '"{value}" không phải địa chỉ thư hợp lệ',
            "ghi tên-hộp-thư@tên-miền, với tên miền là một trong: {detail}",
        ),
        ('"{value}" is not an e-mail address', "write local-part@domain, the domain being one of: {detail}"),
    ),
    "register_duplicate": error(
        ('địa chỉ "{value}" đã có ở dòng {detail}', "giữ một dòng cho mỗi địa chỉ"),
        ('the address "{value}" is also in row {detail}', "keep one row for each address"),
    ),
    "register_two_primaries": error(
        ('"{value}" có hai địa chỉ chính, kia là {detail}', "đổi một dòng thành alias"),
        ('"{value}" has two primary addresses, the other is {detail}', "make one of the rows an alias"),
    ),
    "register_domain": error(
        (
            '"{value}" ngoài các tên miền được phục vụ',
            "dùng một trong: {detail}, hoặc thêm tên miền vào mail_domains",
        ),
        (
            '"{value}" is outside the served domains',
            "use one of: {detail}, or add the domain to mail_domains",
        ),
    ),
    "register_holder_gone": warning(
        (
            '"{value}" không còn trong roster',
            "đưa dòng của người/đơn vị này trở lại với status left hoặc dissolved",
        ),
        ('"{value}" is no longer in the roster', "bring its row back with status left or dissolved"),
    ),
    "register_stale": error(
        (
            'register.csv chưa theo kịp danh sách ở "{value}"',
            "chạy playbooks/register.yml rồi commit register.csv",
        ),
        (
            'register.csv is behind the roster for "{value}"',
            "run playbooks/register.yml and commit register.csv",
        ),
    ),
}
