# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What may be wrong with a pattern of addresses, or with the stages of idle mailboxes."""

from __future__ import annotations

from .text import error

PATTERNS = {
    "pattern_text": error(
        ('mẫu "{value}" có "{detail}"', "chỉ dùng các phần trong < >, a-z, 0-9 và dấu nối . - _"),
        ('the pattern "{value}" has "{detail}" in it', "use parts in < >, a-z, 0-9 and the joins . - _"),
    ),
    "pattern_part": error(
        ('mẫu "{value}" có phần {0}, ở đây không dùng được', "dùng một trong: {detail}"),
        ('the pattern "{value}" has the part {0}, which this has not', "use one of: {detail}"),
    ),
    "pattern_join": error(
        (
            'mẫu "{value}" có dấu nối "{0}", ở đây không được dùng',
            "dùng {detail}, hoặc thêm vào naming.joins",
        ),
        (
            'the pattern "{value}" has the join "{0}", which is not allowed here',
            "use {detail}, or add it to naming.joins",
        ),
    ),
    "pattern_join_place": error(
        (
            'mẫu "{value}" có dấu nối "{detail}" ở đầu, ở cuối hoặc liền nhau',
            "đặt một dấu nối giữa hai phần (RFC 5321)",
        ),
        (
            'the pattern "{value}" has the join "{detail}" at an end, or two in a row',
            "put one join between two parts (RFC 5321)",
        ),
    ),
    "pattern_domain": error(
        ('mẫu "{value}" không phải một địa chỉ', "ghi một dấu @, trước nó là tên, cuối cùng là <domain>"),
        ('the pattern "{value}" is no address', "write one @ with a local part, and <domain> at the end"),
    ),
    "pattern_nameless": error(
        ('mẫu "{value}" không có phần nào của họ tên: mọi người trùng nhau', "thêm một trong: {detail}"),
        ('the pattern "{value}" has nothing of the name: everybody collides', "add one of: {detail}"),
    ),
    "pattern_split": error(
        ('mẫu "{value}" có đơn vị đứng giữa họ tên', "đặt đơn vị trước hoặc sau toàn bộ họ tên"),
        (
            'the pattern "{value}" has the unit within the name',
            "put the unit in front of the whole name or behind it",
        ),
    ),
    "pattern_endless": error(
        ('mẫu "{value}" có nhiều phần <serial>, <letters>', "giữ lại một phần"),
        ('the pattern "{value}" has several of <serial>, <letters>', "keep one of them"),
    ),
    "pattern_empty": error(
        ('theo mẫu "{value}", {0} không có tên hộp thư', "thêm {detail}"),
        ('by the pattern "{value}", {0} has no local part', "add {detail}"),
    ),
    "pattern_touch": error(
        (
            'mẫu "{value}" không cho biết họ tên hết ở đâu, đơn vị bắt đầu ở đâu: {0}',
            "đặt dấu nối giữa họ tên và đơn vị",
        ),
        (
            'the pattern "{value}" does not show where the name ends and the unit begins: {0}',
            "put a join between name and unit",
        ),
    ),
    "pattern_long": error(
        ('theo mẫu "{value}", {0} là {1}, dài hơn {detail} ký tự trước @', "bỏ bớt phần, hoặc dùng chữ đầu"),
        (
            'by the pattern "{value}", {0} is {1}, more than {detail} characters before the @',
            "drop a part, or use initials",
        ),
    ),
    "pattern_same": error(
        ('theo mẫu "{value}", {0} và {1} cùng là {2}', "thêm phần để phân biệt, ví dụ {detail} hoặc tiền tố"),
        (
            'by the pattern "{value}", {0} and {1} are both {2}',
            "add what tells them apart, {detail} or letters in front",
        ),
    ),
    "pattern_idle": error(
        (
            'dạng "{value}" không phân biệt được ai: {0} và {1} vẫn cùng là {2}',
            "bỏ dạng này, hoặc thêm phần khác với các dạng trước",
        ),
        (
            'the form "{value}" tells nobody apart: {0} and {1} are both {2} still',
            "drop it, or add a part that the forms before it have not",
        ),
    ),
}
STAGES = {
    "stage_unannounced": error(
        (
            'giai đoạn "{value}" đứng đầu: chưa ai được báo hoặc bị khóa trước đó',
            "bắt đầu bằng một trong: {detail}",
        ),
        ('the stage "{value}" comes first: nobody was told or locked before', "begin with one of: {detail}"),
    ),
    "stage_order": error(
        ('giai đoạn "{value}" không thể đứng sau "{0}"', 'sau "{0}" chỉ có thể là: {detail}'),
        ('the stage "{value}" cannot follow "{0}"', 'what may follow "{0}": {detail}'),
    ),
    "stage_twice": error(
        ('giai đoạn "{value}" có hai lần', "bỏ một trong hai"),
        ('the stage "{value}" is there twice', "remove one of them"),
    ),
    "stage_alone": error(
        ('sau giai đoạn "{value}" không có việc mà nó báo trước', "ghi tiếp một trong: {detail}"),
        ('nothing follows that the stage "{value}" announces', "let one of these follow: {detail}"),
    ),
    "stage_term": error(
        ('thời hạn của giai đoạn "{value}" không đúng chỗ này', "ghi một trong: {detail}"),
        ('the term of the stage "{value}" is not one for this place', "write one of: {detail}"),
    ),
    "stage_overlap": error(
        (
            'giai đoạn "{value}" đến hạn khi các giai đoạn trước chưa xong',
            "ghi {detail}",
        ),
        ('the stage "{value}" is due before the stages before it are through', "write {detail}"),
    ),
}
