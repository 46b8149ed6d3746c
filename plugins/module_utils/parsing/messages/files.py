# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What may be wrong with any file: its bytes, its table, its YAML."""

from __future__ import annotations

from .text import error, warning

FILES = {
    "file_missing": error(
        ("không có tệp này", "tạo tệp, hoặc chỉ đúng thư mục bằng mail_site_dir"),
        ("there is no such file", "make it, or name the right folder with mail_site_dir"),
    ),
    "file_unreadable": error(
        ("không đọc được tệp: {detail}", "kiểm tra quyền đọc và kiểu tệp"),
        ("the file cannot be read: {detail}", "check its type and its permissions"),
    ),
    "file_unexpected": warning(
        ('tệp "{value}" không được đọc', "lưu lại thành CSV UTF-8 với tên <đơn vị>.csv, hoặc xóa"),
        ('the file "{value}" is not read', "save it as CSV UTF-8 named <unit>.csv, or remove it"),
    ),
    "file_empty": error(
        ("tệp không có dòng tiêu đề", "ghi tên các cột vào dòng đầu: {detail}"),
        ("the file has no header row", "write the names of the columns in the first row: {detail}"),
    ),
    "not_utf8": error(
        (
            'không phải UTF-8: byte "{value}"',
            "lưu lại tệp dưới dạng CSV UTF-8 (không dùng TCVN3, VNI hay UTF-16)",
        ),
        ('not UTF-8: byte "{value}"', "save the file as CSV UTF-8 (not TCVN3, VNI or UTF-16)"),
    ),
    "control_character": error(
        (
            'có ký tự điều khiển (NUL hoặc tương tự): "{value}"',
            "gõ lại ô này, không dán từ chương trình khác",
        ),
        ('a control character (NUL or the like): "{value}"', "type the cell again instead of pasting it"),
    ),
    "open_quote": error(
        ('dấu ngoặc kép mở mà không đóng: "{value}"', 'đóng dấu ", hoặc bỏ nó đi'),
        ('a quote is opened and not closed: "{value}"', 'close the ", or remove it'),
    ),
    "bad_quote": error(
        ('dấu ngoặc kép đặt sai chỗ: "{value}"', 'bao cả ô trong dấu " và viết "" cho dấu " bên trong'),
        ('a quote in the wrong place: "{value}"', 'put the whole cell in " and write "" for a " inside it'),
    ),
    "cell_long": error(
        ('ô quá dài: "{value}"', "rút ngắn ô này"),
        ('the cell is too long: "{value}"', "shorten it"),
    ),
    "row_long": error(
        ('dòng dài hơn tiêu đề, ô thừa: "{value}"', "bao ô có dấu {detail} trong ngoặc kép, hoặc bỏ ô thừa"),
        (
            'the row is longer than the header, left over: "{value}"',
            "quote the cell that has {detail}, or drop the rest",
        ),
    ),
    "column_missing": error(
        ('thiếu cột "{value}"', "thêm cột này vào dòng tiêu đề (cũng nhận: {detail})"),
        ('the column "{value}" is missing', "add it to the header row (also understood: {detail})"),
    ),
    "column_duplicate": error(
        ('cột "{value}" có hai lần', "bỏ một cột, hoặc đổi tên"),
        ('the column "{value}" is there twice', "remove one of them, or rename it"),
    ),
    "column_unknown": error(
        ('không có cột nào tên "{value}"', "dùng một trong: {detail}"),
        ('there is no column "{value}"', "use one of: {detail}"),
    ),
}

YAML = {
    "yaml_syntax": error(
        ("sai cú pháp YAML: {detail}", "sửa dòng này (thụt lề bằng dấu cách, có dấu cách sau dấu hai chấm)"),
        ("YAML syntax: {detail}", "fix the line (indent with spaces, a space after each colon)"),
    ),
    "yaml_shape": error(
        ('"{value}" không đúng dạng', "ghi {detail} ở đây"),
        ('"{value}" has the wrong form', "write {detail} here"),
    ),
    "key_unknown": error(
        ('không có khóa nào tên "{value}"', "dùng một trong: {detail}"),
        ('there is no key "{value}"', "use one of: {detail}"),
    ),
    "key_misspelt": error(
        ('không có khóa nào tên "{value}"', "có phải {0}? Dùng một trong: {1}"),
        ('there is no key "{value}"', "did you mean {0}? Use one of: {1}"),
    ),
    "key_duplicate": error(
        ('khóa "{value}" có hai lần', "bỏ một trong hai"),
        ('the key "{value}" is there twice', "remove one of them"),
    ),
    "key_missing": error(
        ('thiếu khóa "{value}"', "thêm khóa này: {detail}"),
        ('the key "{value}" is missing', "add it: {detail}"),
    ),
    "value_unknown": error(
        ('"{value}" không phải giá trị hợp lệ', "dùng một trong: {detail}"),
        ('"{value}" is not a value of this', "use one of: {detail}"),
    ),
    "value_bad": error(
        ('"{value}" không hợp lệ', "ghi {detail}"),
        ('"{value}" is not right', "write {detail}"),
    ),
}
