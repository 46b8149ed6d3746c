# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What may be wrong with the inventory and its variables."""

from __future__ import annotations

from .text import error, warning

INVENTORY = {
    "variable_missing": error(
        ('thiếu biến "{value}"', "đặt trong group_vars/all: {detail}"),
        ('the variable "{value}" is missing', "set it in group_vars/all: {detail}"),
    ),
    "variable_later": warning(
        (
            'biến "{value}" còn để trống',
            "đặt trong group_vars/all: {detail}; trước đó mọi playbook làm việc với máy chủ dừng lại",
        ),
        (
            'the variable "{value}" is still empty',
            "set it in group_vars/all: {detail}; until then every playbook that acts on hosts stops",
        ),
    ),
    "variable_misspelt": error(
        ('không có biến nào tên "{value}"', "có phải {0}? Ghi {0}: {1}"),
        ('there is no variable "{value}"', "did you mean {0}? Write {0}: {1}"),
    ),
    "variable_unknown": error(
        ('không có biến nào tên "{value}"', "bỏ đi, hoặc dùng một trong: {detail}"),
        ('there is no variable "{value}"', "remove it, or use one of: {detail}"),
    ),
    "variable_template": error(
        ('không tính được giá trị: "{value}"', "sửa mẫu Jinja trong giá trị: {detail}"),
        ('the value cannot be made: "{value}"', "fix the Jinja template in the value: {detail}"),
    ),
    "variable_elsewhere": error(
        (
            'biến "{value}" có giá trị khác ở máy {0}',
            "đặt một lần cho cả site, trong group_vars/all, và bỏ ở host_vars và các nhóm khác",
        ),
        (
            'the variable "{value}" has another value on the host {0}',
            "set it once for the site, in group_vars/all, and remove it from host_vars and other groups",
        ),
    ),
    "blank_left": error(
        ('còn chỗ trống "{value}"', "điền {detail}"),
        ('the blank "{value}" is left', "fill it in: {detail}"),
    ),
    "sample_left": error(
        (
            '"{value}" là của mẫu {0}',
            "ghi {1} của mình; nếu đúng là của mình thì bỏ mail_sample ở group_vars/all/mail.yml",
        ),
        (
            '"{value}" is what the sample {0} has',
            "write your own: {1}; if it truly is yours, remove mail_sample from group_vars/all/mail.yml",
        ),
    ),
    "sample_articles": warning(
        (
            'chú thích còn dẫn điều của quyết định mẫu: "{value}"',
            'dẫn điều của quyết định của mình, hoặc ghi "a choice"; các dòng {detail}',
        ),
        (
            'comments cite articles of the sample\'s decision: "{value}"',
            'cite the articles of your own, or write "a choice"; lines {detail}',
        ),
    ),
    "sample_misspelt": error(
        ('không có mẫu "{value}"', "có phải {0}? Chọn một trong: {1} (docs/reference/decisions.md)"),
        (
            'there is no sample "{value}"',
            "did you mean {0}? Choose one of: {1} (docs/reference/decisions.md)",
        ),
    ),
    "sample_unknown": error(
        ('không có mẫu "{value}"', "chọn một trong: {detail} (docs/reference/decisions.md)"),
        ('there is no sample "{value}"', "choose one of: {detail} (docs/reference/decisions.md)"),
    ),
    "site_name": error(
        ('"{value}" không dùng làm tên thư mục được', "đặt tên bằng a-z, 0-9, - và _: {detail}"),
        ('"{value}" can be no name of a site', "use a-z, 0-9, - and _: {detail}"),
    ),
    "site_exists": error(
        ('thư mục đã có: "{value}"', "đặt tên khác, hoặc sửa site có sẵn ở đó; không gì bị ghi đè"),
        ('the folder exists: "{value}"', "choose another name, or work on the site that is there"),
    ),
    "group_single": error(
        (
            'nhóm "{value}" có nhiều máy: {detail}',
            "để lại một máy trong nhóm này ở hosts.yml (nhóm mx có thể có nhiều)",
        ),
        (
            'the group "{value}" has several hosts: {detail}',
            "leave one of them in it (mx may have several; those of other groups come later)",
        ),
    ),
    "backup_label": error(
        (
            'hai nơi sao lưu cùng tên "{value}"',
            "đặt label khác trong mail_backup_targets; máy của nhóm backup mang tên đến dấu chấm đầu tiên",
        ),
        (
            'two targets of backups have the same label "{value}"',
            "give one of them another; a host of group backup goes by its name up to the first dot",
        ),
    ),
    "backup_unkept": error(
        (
            'không ai dọn bản sao lưu cũ ở "{value}": nhóm backup không có máy nào',
            "thêm một máy vào nhóm backup, hoặc ghi kept: false nếu bên quản trị nơi đó tự dọn",
        ),
        (
            'nobody thins out the backups on "{value}": the group backup has no host',
            "name a host in it, or say kept: false of a target whose administrator does it (docs/backup.md)",
        ),
    ),
    "webmail_none": warning(
        (
            "không có trang nào để người dùng đổi mật khẩu ban đầu",
            "thêm một máy vào nhóm webmail trong hosts.yml",
        ),
        (
            "there is no page where people can change a first password",
            "name a host in the group webmail in hosts.yml",
        ),
    ),
    "backup_none": warning(
        ("không có gì được sao lưu", "thêm một máy vào nhóm backup trong hosts.yml (docs/backup.md)"),
        ("nothing is backed up", "name a host in the group backup in hosts.yml (docs/backup.md)"),
    ),
    "backup_own": warning(
        (
            'máy "{value}" giữ bản sao lưu của chính nó, mất máy là mất cả hai',
            "dùng máy khác cho nhóm backup trong hosts.yml (docs/backup.md)",
        ),
        (
            'the host "{value}" holds its own backups, which are lost with it',
            "name another host in the group backup in hosts.yml (docs/backup.md)",
        ),
    ),
    "parameter_taken": error(
        ('"{value}" do vai trò {0} tự đặt', "bỏ khỏi {0}_parameters; giá trị này theo {1}"),
        ('"{value}" is set by the role {0} itself', "remove it from {0}_parameters; it follows {1}"),
    ),
    "inventory_rows": error(
        (
            'Ansible đọc tệp dữ liệu như danh sách máy: "{value}" thành tên máy',
            "chạy với -i <thư mục>/hosts.yml, hoặc đặt ansible.cfg như docs/install.md vào nơi chạy lệnh",
        ),
        (
            'Ansible reads files of data as an inventory: "{value}" became a host',
            "run with -i <folder>/hosts.yml, or from a folder with an ansible.cfg as docs/install.md has it",
        ),
    ),
    "parameter_discloses": error(
        ('"{value}" làm lộ mật khẩu hoặc thư', "bỏ khỏi {detail}_parameters; không ai được đặt tham số này"),
        ('"{value}" discloses passwords or mail', "remove it from {detail}_parameters; nobody may set it"),
    ),
    "parameter_weakens": error(
        (
            '"{value}" làm yếu việc kiểm tra đăng nhập, quyền truy cập hoặc thư',
            "bỏ khỏi {detail}_parameters; không ai được đặt tham số này",
        ),
        (
            '"{value}" weakens a check of logins, access or mail',
            "remove it from {detail}_parameters; nobody may set it",
        ),
    ),
    "group_missing": error(
        (
            'inventory không có máy nào trong nhóm "{value}"',
            "thêm nhóm này với ít nhất một máy vào hosts.yml; hiện có: {detail}",
        ),
        (
            'the inventory has no host in the group "{value}"',
            "add the group with at least one host to hosts.yml; there are: {detail}",
        ),
    ),
    "group_empty": error(
        (
            'nhóm "{value}" không có máy nào',
            "ghi ít nhất một máy vào nhóm này trong hosts.yml, hoặc bỏ nhóm; hiện có: {detail}",
        ),
        (
            'the group "{value}" has no host',
            "name a host in it in hosts.yml, or remove the group; there are: {detail}",
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
