# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What may be wrong with a reorganisation."""

from __future__ import annotations

from .text import error, warning

RESTRUCTURE = {
    "restructure_no_mapping": error(
        ("không có tệp sắp xếp này", "sửa đường dẫn sau -e mapping= (tính từ thư mục đang chạy lệnh)"),
        ("there is no such mapping", "fix the path behind -e mapping= (from the folder you run it in)"),
    ),
    "restructure_not_utf8": error(
        (
            'tệp sắp xếp không phải UTF-8: byte "{value}"',
            "lưu lại tệp sắp xếp (YAML) dưới dạng UTF-8, không dùng TCVN3, VNI hay UTF-16",
        ),
        ('the mapping is not UTF-8: byte "{value}"', "save the mapping (YAML) as UTF-8, not UTF-16 or VNI"),
    ),
    "restructure_verb": error(
        (
            'không rõ đơn vị "{value}" sẽ thế nào ({detail})',
            "ghi rename_to (hoặc name, parent, mailbox), hoặc merge_into, hoặc successor (với dissolve_into)",
        ),
        (
            'what becomes of the unit "{value}" is not clear ({detail})',
            "write one of: rename_to (or name, parent, mailbox), merge_into, successor (with dissolve_into)",
        ),
    ),
    "restructure_twice": error(
        ('đơn vị "{value}" đã được ghi ở {detail}', "gộp hai mục thành một"),
        ('the unit "{value}" is also at {detail}', "make one entry of the two"),
    ),
    "restructure_target": error(
        (
            'sau khi sắp xếp không có đơn vị "{value}"',
            "ghi đơn vị còn tồn tại sau sắp xếp (hoặc thêm vào begin): {detail}",
        ),
        (
            'there is no unit "{value}" afterwards',
            "name one that there will be (or add it to begin): {detail}",
        ),
    ),
    "restructure_taken": error(
        (
            'đơn vị "{value}" sẽ trùng mã với {detail}',
            "ghi riêng đơn vị này trong tệp sắp xếp với rename_to hoặc merge_into",
        ),
        (
            'the unit "{value}" would have the path of {detail}',
            "list it in the mapping with rename_to or merge_into",
        ),
    ),
    "restructure_swap": error(
        (
            'các đơn vị đổi mã cho nhau, không rõ "{value}" đã thành {detail} hay chưa',
            "ghi thêm name cho các đơn vị này trong tệp sắp xếp, để biết đơn vị nào mang mã nào",
        ),
        (
            'units exchange their codes, and nothing shows whether "{value}" is {detail} already',
            "add the name of these units to the mapping: it tells who has which code",
        ),
    ),
    "restructure_unnamed": error(
        (
            'đơn vị {detail} giải thể mà chưa ghi "{value}" về đâu',
            "thêm mã cán bộ (hoặc phòng) vào dissolve_into của đơn vị",
        ),
        (
            'the unit {detail} is dissolved, and where "{value}" goes is not said',
            "add the person_id (or the department) to dissolve_into of the unit",
        ),
    ),
    "restructure_nobody": error(
        ('"{value}" không thuộc đơn vị {detail}', "sửa mã cán bộ hoặc mã phòng (ghi đủ: vhtt.dakdoa)"),
        ('"{value}" is not in the unit {detail}', "fix the person_id, or the department (vhtt.dakdoa)"),
    ),
    "restructure_seat": error(
        (
            '"{value}" về {detail}, nơi không có cơ quan hay địa phương cấp trên nào có tệp cán bộ',
            "chuyển về một đơn vị thuộc cơ quan hoặc địa phương",
        ),
        (
            '"{value}" goes to {detail}, which no agency or locality with a people file is above of',
            "send them to a unit of an agency or a locality",
        ),
    ),
    "restructure_main_domain": error(
        (
            'tên miền chính là {detail}, không phải "{value}"',
            "đặt mail_domain: {value} trong group_vars/all/mail.yml trước (tệp sắp xếp không sửa mail.yml)",
        ),
        (
            'the main domain is {detail}, not "{value}"',
            "set mail_domain: {value} in group_vars/all/mail.yml first (no mapping changes mail.yml)",
        ),
    ),
    "restructure_postmaster": error(
        (
            'sau khi sắp xếp không có đơn vị "{value}"',
            "ghi đơn vị phụ trách hệ thống sau sắp xếp, ví dụ mail_postmaster: {detail}",
        ),
        (
            'there is no unit "{value}" afterwards',
            "name the unit that runs the system then, mail_postmaster: {detail} for example",
        ),
    ),
    "restructure_stale": error(
        (
            "sổ địa chỉ chưa khớp danh sách cán bộ ({value} dòng)",
            "chạy playbooks/register.yml và commit trước, để kế hoạch chỉ gồm việc sắp xếp",
        ),
        (
            "the register is stale ({value} rows)",
            "run playbooks/register.yml and commit first: the plan is to show the reorganisation alone",
        ),
    ),
    "restructure_issued_twice": error(
        ('địa chỉ "{value}" cũng có trong {detail}', "giữ dòng ở sổ của nơi đã cấp địa chỉ này"),
        ('the address "{value}" is also in {detail}', "keep the row where the address was issued"),
    ),
    "restructure_form_taken": warning(
        (
            '"{value}" là của {0}, nên {1} được cấp {2}',
            "không cần làm gì; muốn tên khác thì ghi cột address",
        ),
        (
            '"{value}" is of {0}, so {1} is given {2}',
            "nothing needs doing; for another name, fill in the column address",
        ),
    ),
    "restructure_form_contested": warning(
        (
            '"{value}" cũng là dạng của {0}, nên {1} được cấp {2}',
            "không cần làm gì; muốn tên khác thì ghi cột address",
        ),
        (
            '"{value}" is the plain form of {0} as well, so {1} is given {2}',
            "nothing needs doing; for another name, fill in the column address",
        ),
    ),
    "restructure_form_reserved": warning(
        (
            '"{value}" là tên dành riêng, nên {1} được cấp {2}',
            "không cần làm gì; muốn tên khác thì ghi cột address",
        ),
        (
            '"{value}" is reserved, so {1} is given {2}',
            "nothing needs doing; for another name, fill in the column address",
        ),
    ),
    "restructure_address_named": warning(
        (
            'cột address ghi sẵn "{value}" nên địa chỉ này được giữ, dù đơn vị đã khác',
            "muốn địa chỉ theo đơn vị mới thì xóa ô này trước",
        ),
        (
            'the column address names "{value}", so it stays, though the unit is another one',
            "empty the cell first for an address of the new unit",
        ),
    ),
    "restructure_journal": error(
        ("tệp ghi dở không đọc được", "khôi phục roster và register.csv từ Git, rồi xóa tệp này"),
        (
            "the note of an unfinished run cannot be read",
            "restore roster and register.csv from Git, then remove this file",
        ),
    ),
    "restructure_unfinished": error(
        (
            "một lần sắp xếp bị ngắt giữa chừng",
            "chạy lại restructure.yml, bỏ --check, để làm xong; hoặc khôi phục từ Git",
        ),
        (
            "a reorganisation was interrupted",
            "run restructure.yml again without --check, or restore from Git",
        ),
    ),
    "restructure_foreign": error(
        (
            "tệp bị sửa sau khi lần sắp xếp trước bị ngắt giữa chừng",
            "khôi phục roster và register.csv từ Git, xóa {detail}, rồi chạy lại",
        ),
        (
            "the file was changed after a reorganisation was interrupted",
            "restore roster and register.csv from Git, remove {detail}, and run again",
        ),
    ),
}
