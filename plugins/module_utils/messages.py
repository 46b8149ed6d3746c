# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The sentences of every problem, in Vietnamese and English: what is wrong, and the mend.

``{value}`` is what stands in the file, ``{detail}`` the second fact (what is known, the other place).
"""

from __future__ import annotations

from dataclasses import dataclass

LANGUAGES = ("vi", "en")


@dataclass(frozen=True)
class Text:
    """One kind of problem; each language has the message and the mend."""

    severity: str
    vi: tuple[str, str]
    en: tuple[str, str]

    def said(self, language: str) -> tuple[str, str]:
        """Return message and mend."""
        return self.en if language == "en" else self.vi


def _error(vi: tuple[str, str], en: tuple[str, str]) -> Text:
    return Text("error", vi, en)


def _warning(vi: tuple[str, str], en: tuple[str, str]) -> Text:
    return Text("warning", vi, en)


FILES = {
    "file_missing": _error(
        ("không có tệp này", "tạo tệp, hoặc chỉ đúng thư mục bằng mail_site_dir"),
        ("there is no such file", "make it, or name the right folder with mail_site_dir"),
    ),
    "file_unreadable": _error(
        ("không đọc được tệp: {detail}", "kiểm tra quyền đọc và kiểu tệp"),
        ("the file cannot be read: {detail}", "check its type and its permissions"),
    ),
    "file_unexpected": _warning(
        ('tệp "{value}" không được đọc', "lưu lại thành CSV UTF-8 với tên <đơn vị>.csv, hoặc xóa"),
        ('the file "{value}" is not read', "save it as CSV UTF-8 named <unit>.csv, or remove it"),
    ),
    "file_empty": _error(
        ("tệp không có dòng tiêu đề", "ghi tên các cột vào dòng đầu: {detail}"),
        ("the file has no header row", "write the names of the columns in the first row: {detail}"),
    ),
    "not_utf8": _error(
        (
            'không phải UTF-8: byte "{value}"',
            "lưu lại tệp dưới dạng CSV UTF-8 (không dùng TCVN3, VNI hay UTF-16)",
        ),
        ('not UTF-8: byte "{value}"', "save the file as CSV UTF-8 (not TCVN3, VNI or UTF-16)"),
    ),
    "control_character": _error(
        (
            'có ký tự điều khiển (NUL hoặc tương tự): "{value}"',
            "gõ lại ô này, không dán từ chương trình khác",
        ),
        ('a control character (NUL or the like): "{value}"', "type the cell again instead of pasting it"),
    ),
    "open_quote": _error(
        ('dấu ngoặc kép mở mà không đóng: "{value}"', 'đóng dấu ", hoặc bỏ nó đi'),
        ('a quote is opened and not closed: "{value}"', 'close the ", or remove it'),
    ),
    "bad_quote": _error(
        ('dấu ngoặc kép đặt sai chỗ: "{value}"', 'bao cả ô trong dấu " và viết "" cho dấu " bên trong'),
        ('a quote in the wrong place: "{value}"', 'put the whole cell in " and write "" for a " inside it'),
    ),
    "cell_long": _error(
        ('ô quá dài: "{value}"', "rút ngắn ô này"),
        ('the cell is too long: "{value}"', "shorten it"),
    ),
    "row_long": _error(
        ('dòng dài hơn tiêu đề, ô thừa: "{value}"', "bao ô có dấu {detail} trong ngoặc kép, hoặc bỏ ô thừa"),
        (
            'the row is longer than the header, left over: "{value}"',
            "quote the cell that has {detail}, or drop the rest",
        ),
    ),
    "column_missing": _error(
        ('thiếu cột "{value}"', "thêm cột này vào dòng tiêu đề (cũng nhận: {detail})"),
        ('the column "{value}" is missing', "add it to the header row (also understood: {detail})"),
    ),
    "column_duplicate": _error(
        ('cột "{value}" có hai lần', "bỏ một cột, hoặc đổi tên"),
        ('the column "{value}" is there twice', "remove one of them, or rename it"),
    ),
    "column_unknown": _error(
        ('không có cột nào tên "{value}"', "dùng một trong: {detail}"),
        ('there is no column "{value}"', "use one of: {detail}"),
    ),
}

YAML = {
    "yaml_syntax": _error(
        ("sai cú pháp YAML: {detail}", "sửa dòng này (thụt lề bằng dấu cách, có dấu cách sau dấu hai chấm)"),
        ("YAML syntax: {detail}", "mend the line (indent with spaces, a space after each colon)"),
    ),
    "yaml_shape": _error(
        ('"{value}" không đúng dạng', "ghi {detail} ở đây"),
        ('"{value}" has the wrong form', "write {detail} here"),
    ),
    "key_unknown": _error(
        ('không có khóa nào tên "{value}"', "dùng một trong: {detail}"),
        ('there is no key "{value}"', "use one of: {detail}"),
    ),
    "key_duplicate": _error(
        ('khóa "{value}" có hai lần', "bỏ một trong hai"),
        ('the key "{value}" is there twice', "remove one of them"),
    ),
    "key_missing": _error(
        ('thiếu khóa "{value}"', "thêm khóa này: {detail}"),
        ('the key "{value}" is missing', "add it: {detail}"),
    ),
    "value_unknown": _error(
        ('"{value}" không phải giá trị hợp lệ', "dùng một trong: {detail}"),
        ('"{value}" is not a value of this', "use one of: {detail}"),
    ),
    "value_bad": _error(
        ('"{value}" không hợp lệ', "ghi {detail}"),
        ('"{value}" is not right', "write {detail}"),
    ),
}

UNITS = {
    "unit_duplicate": _error(
        ('mã "{value}" đã dùng cho {detail}', "đặt cho mỗi đơn vị cùng cấp một mã riêng (ví dụ snv và sngv)"),
        (
            'the code "{value}" is taken by {detail}',
            "give each unit of one parent a code of its own (snv and sngv, say)",
        ),
    ),
    "unit_unknown": _error(
        ('không có đơn vị nào là "{value}"', "thêm đơn vị vào roster/units.yml, hoặc sửa theo: {detail}"),
        ('there is no unit "{value}"', "add it to roster/units.yml, or use one of: {detail}"),
    ),
    "unit_dissolved": _error(
        ('đơn vị "{value}" đã giải thể', "chuyển người này sang tệp của {detail}"),
        ('the unit "{value}" is dissolved', "move this person to the file of {detail}"),
    ),
    "parent_cycle": _error(
        ("đơn vị cấp trên đi vòng: {detail}", "sửa parent của một trong các đơn vị này"),
        ("the parents run in a circle: {detail}", "mend the parent of one of these units"),
    ),
    "contact_unknown": _error(
        ('không có cán bộ nào mang mã "{value}"', "sửa mã, hoặc thêm người này vào roster/people"),
        ('no person has the id "{value}"', "mend the id, or add the person to roster/people"),
    ),
    "contact_left": _error(
        ('"{value}" đã nghỉ việc', "ghi người đang làm việc"),
        ('"{value}" has left', "name somebody who is at work"),
    ),
    "contact_missing": _warning(
        ('đơn vị {detail} chưa có "{value}"', "ghi mã cán bộ vào khóa này của đơn vị"),
        ('the unit {detail} has no "{value}"', "write a person_id under this key of the unit"),
    ),
    "people_missing": _warning(
        ('đơn vị "{value}" chưa có tệp cán bộ', "thêm roster/people/{value}.csv"),
        ('the unit "{value}" has no people file', "add roster/people/{value}.csv"),
    ),
    "dates_reversed": _error(
        ('ngày kết thúc "{value}" trước ngày bắt đầu {detail}', "đổi lại hai ngày"),
        ('the end "{value}" is before the beginning {detail}', "mend one of the two dates"),
    ),
}

PEOPLE = {
    "cell_missing": _error(
        ('ô "{value}" để trống', "điền ô này{detail}"),
        ('the cell "{value}" is empty', "fill it in{detail}"),
    ),
    "person_id_bad": _error(
        ('mã cán bộ "{value}" không dùng được', "chỉ dùng chữ không dấu, số và . _ - / (tối đa 64 ký tự)"),
        ('the person_id "{value}" cannot be used', "use ASCII letters, digits and . _ - / only (64 at most)"),
    ),
    "person_id_unit": _error(
        ('mã cán bộ "{value}" trùng với một đơn vị', "đặt mã khác cho cán bộ"),
        ('the person_id "{value}" is also a unit', "give the person another id"),
    ),
    "person_id_duplicate": _error(
        (
            'mã cán bộ "{value}" đã có ở {detail}',
            "mỗi người một dòng; sửa mã, bỏ dòng thừa, hoặc ghi status second_post cho vị trí kiêm nhiệm",
        ),
        (
            'the person_id "{value}" is also at {detail}',
            "one row a person: mend the id, drop a row, or write status second_post for a further post",
        ),
    ),
    "second_post_alone": _error(
        ('"{value}" chỉ có dòng second_post', "thêm dòng chính (active) của người này"),
        ('"{value}" has only second_post rows', "add this person's main (active) row"),
    ),
    "person_duplicate": _warning(
        ('"{value}" có thể là cùng một người với {detail}', "nếu là một người thì chỉ giữ một mã cán bộ"),
        ('"{value}" may be the same person as {detail}', "if it is one person, keep one person_id"),
    ),
    "date_bad": _error(
        ('"{value}" không phải ngày có thật', "ghi NGÀY/THÁNG/NĂM hoặc NĂM-THÁNG-NGÀY, ví dụ 31/12/1979"),
        ('"{value}" is not a real date', "write YYYY-MM-DD or DD/MM/YYYY, 1979-12-31 for example"),
    ),
    "status_needs": _error(
        ('tình trạng "{detail}" cần cột "{value}"', 'điền cột "{value}"'),
        ('the status "{detail}" needs "{value}"', 'fill in "{value}"'),
    ),
    "name_bad_character": _error(
        (
            'họ tên có ký tự không dùng được: {detail} trong "{value}"',
            "chỉ ghi họ tên: bỏ số, ngoặc, học vị (ThS.), biểu tượng",
        ),
        (
            'the name has what no name has: {detail} in "{value}"',
            "write the name only: no digits, brackets, titles, signs",
        ),
    ),
    "name_foreign_letter": _error(
        (
            'chữ cái ngoài tiếng Việt: {detail} trong "{value}"',
            "điền cả surname, middle, given, hoặc gõ lại tên",
        ),
        (
            'letters foreign to Vietnamese: {detail} in "{value}"',
            "fill in surname, middle and given, or retype the name",
        ),
    ),
    "name_legacy": _error(
        ('họ tên còn ở bảng mã cũ: "{value}"', "gõ lại bằng Unicode; có lẽ là {detail}"),
        ('the name is in an old encoding: "{value}"', "retype it in Unicode; it may be {detail}"),
    ),
    "name_lost_space": _error(
        ('chữ hoa giữa từ "{value}"', "thêm dấu cách bị mất, hoặc viết thường"),
        ('a capital inside the word "{value}"', "put back the lost space, or write it small"),
    ),
    "name_order": _error(
        (
            'không rõ đâu là tên gọi trong "{value}"',
            "điền ba cột surname, middle, given (tên Ê Đê, M'nông: họ đứng sau)",
        ),
        (
            'which word of "{value}" is the given name is not clear',
            "fill in surname, middle and given (Ê Đê, M'nông order)",
        ),
    ),
    "name_one_word": _error(
        ('họ tên chỉ có một từ: "{value}"', "nếu đúng vậy thì điền cột given"),
        ('the name is one word: "{value}"', "if that is right, fill in the column given"),
    ),
    "name_parts": _error(
        (
            'surname, middle, given không khớp với họ tên "{value}"',
            "ghi đúng các từ của full_name vào ba cột, given luôn có",
        ),
        (
            'surname, middle and given differ from "{value}"',
            "write the words of full_name in the three, given always",
        ),
    ),
    "name_invisible": _warning(
        ('họ tên có ký tự vô hình: "{value}"', "đã bỏ qua ký tự đó; nên gõ lại ô này"),
        ('an invisible character in the name "{value}"', "it was left out; better type the cell again"),
    ),
    "name_lookalike": _warning(
        ('chữ giống Đ nhưng không phải Đ: "{value}"', "đã đọc là Đ/đ; nên gõ lại ô này"),
        ('a letter that only looks like Đ: "{value}"', "it was read as Đ/đ; better type the cell again"),
    ),
    "name_title": _warning(
        ('"{value}" thường là danh xưng', "nếu không phải họ của người này thì bỏ đi"),
        ('"{value}" is usually a title', "remove it unless it is this person's surname"),
    ),
}

ADDRESSES = {
    "address_bad": _error(
        (
            '"{value}" không phải tên hộp thư hợp lệ',
            "chỉ dùng a-z, 0-9 và dấu chấm ở giữa, tối đa 64 ký tự{detail}",
        ),
        (
            '"{value}" is not a legal address',
            "use a-z, 0-9 and single inner dots, 64 characters at most{detail}",
        ),
    ),
    "address_taken": _error(
        (
            'địa chỉ "{value}" đã cấp cho {detail}',
            "chọn tên khác (cột address, hoặc khóa mailbox của đơn vị)",
        ),
        (
            'the address "{value}" belongs to {detail}',
            "choose another (column address, or the unit's key mailbox)",
        ),
    ),
    "address_reserved": _error(
        ('"{value}" là tên dành riêng', "ghi tên khác vào cột address"),
        ('"{value}" is a reserved word', "name another in the column address"),
    ),
    "address_of_unit": _error(
        ('"{value}" là địa chỉ của đơn vị {detail}', "ghi tên khác vào cột address"),
        ('"{value}" is the address of the unit {detail}', "name another in the column address"),
    ),
    "address_none": _error(
        ('không còn dạng địa chỉ nào hợp lệ cho "{value}"', "ghi tên hộp thư vào cột address"),
        ('no form of an address is left for "{value}"', "name one in the column address"),
    ),
    "address_irregular": _warning(
        ('địa chỉ "{value}" không theo dạng của đơn vị', "nếu không cố ý thì ghi dạng *{detail}"),
        ('the address "{value}" has not the form of the unit', "unless it is meant so, write *{detail}"),
    ),
    "address_kept": _warning(
        (
            'sổ địa chỉ giữ nguyên "{detail}", không dùng "{value}"',
            "bỏ giá trị này; địa chỉ đã cấp không tự thay đổi",
        ),
        (
            'the register keeps "{detail}", "{value}" is not used',
            "remove the value; an issued address does not change by itself",
        ),
    ),
    "birth_date_needed": _error(
        ('"{value}" trùng địa chỉ với {detail} nên cần ngày sinh', "điền cột birth_date cho những người này"),
        ('"{value}" ties with {detail}, so the birth date is needed', "fill in birth_date for these people"),
    ),
    "serial_used": _warning(
        ('"{value}" chỉ khác {detail} ở số thứ tự', "kiểm tra có phải một người được ghi hai lần"),
        (
            '"{value}" differs from {detail} by a serial only',
            "check that this is not one person recorded twice",
        ),
    ),
}

REGISTER = {
    "register_duplicate": _error(
        ('địa chỉ "{value}" đã có ở dòng {detail}', "giữ một dòng cho mỗi địa chỉ"),
        ('the address "{value}" is also in row {detail}', "keep one row for each address"),
    ),
    "register_two_primaries": _error(
        ('"{value}" có hai địa chỉ chính, kia là {detail}', "đổi một dòng thành alias"),
        ('"{value}" has two primary addresses, the other is {detail}', "make one of the rows an alias"),
    ),
    "register_domain": _error(
        (
            '"{value}" ngoài các tên miền được phục vụ',
            "dùng một trong: {detail}, hoặc thêm tên miền vào mail_domains",
        ),
        (
            '"{value}" is outside the served domains',
            "use one of: {detail}, or add the domain to mail_domains",
        ),
    ),
    "register_holder_gone": _warning(
        (
            '"{value}" không còn trong roster',
            "đưa dòng của người/đơn vị này trở lại với status left hoặc dissolved",
        ),
        ('"{value}" is no longer in the roster', "bring its row back with status left or dissolved"),
    ),
    "register_stale": _error(
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

INVENTORY = {
    "variable_missing": _error(
        ('thiếu biến "{value}"', "đặt trong group_vars/all: {detail}"),
        ('the variable "{value}" is missing', "set it in group_vars/all: {detail}"),
    ),
    "group_missing": _error(
        (
            'inventory không có máy nào trong nhóm "{value}"',
            "thêm nhóm này với ít nhất một máy vào hosts.yml",
        ),
        (
            'the inventory has no host in the group "{value}"',
            "add the group with at least one host to hosts.yml",
        ),
    ),
    "domain_not_served": _error(
        ('tên miền "{value}" không có trong mail_domains', "thêm vào mail_domains"),
        ('the domain "{value}" is not in mail_domains', "add it to mail_domains"),
    ),
}

OWNERS = {
    "repository_missing": _error(
        ("không phải kho Git: {detail}", "chạy trong bản sao (git clone) của kho chứa inventory này"),
        ("no Git repository: {detail}", "run it in a clone of the repository that has this inventory"),
    ),
    "base_unknown": _error(
        (
            'không đọc được "{value}" từ Git: {detail}',
            "ghi một nhánh hoặc commit có trong kho này (CI: lấy đủ lịch sử)",
        ),
        (
            'Git does not give "{value}": {detail}',
            "name a branch or a commit that this repository has (in CI: fetch the whole history)",
        ),
    ),
    "register_forgotten": _error(
        (
            'sổ không còn ghi "{value}" là của {detail}',
            "đưa dòng này trở lại: địa chỉ đã cấp không bị xóa, cũng không cấp cho người khác",
        ),
        (
            'the register no longer says that "{value}" is of {detail}',
            "bring the row back: an issued address is neither forgotten nor given to somebody else",
        ),
    ),
    "register_behind": _error(
        (
            'register.csv chưa theo kịp roster: "{value}"',
            "chạy playbooks/register.yml rồi commit register.csv",
        ),
        (
            'register.csv is behind the roster at "{value}"',
            "run playbooks/register.yml and commit register.csv",
        ),
    ),
    "owner_unknown": _error(
        (
            '"{value}" không phải địa chỉ của cán bộ phụ trách CNTT nào',
            "gửi thay đổi từ địa chỉ công vụ đã cấp, hoặc nhờ trung tâm ghi it_officer của đơn vị",
        ),
        (
            '"{value}" is not the address of any IT officer',
            "send the change from the official address, or have the centre name the unit's it_officer",
        ),
    ),
    "owner_outside": _error(
        ('"{value}" không được sửa tệp này', "bỏ thay đổi ở tệp này; chỉ sửa {detail}"),
        ('"{value}" may not change this file', "take the change of this file back; only change {detail}"),
    ),
    "owner_register": _error(
        (
            'dòng "{value}" không phải do register.yml ghi',
            "lấy lại register.csv cũ rồi chạy playbooks/register.yml",
        ),
        (
            'the row "{value}" is not what register.yml writes',
            "take back register.csv and run playbooks/register.yml",
        ),
    ),
    "owner_may_not": _error(
        (
            '"{value}": quy chế không giao việc này cho đơn vị (unit_officers_may không có {detail})',
            "bỏ thay đổi này và gửi đề nghị để trung tâm làm",
        ),
        (
            '"{value}": the regulation does not give this to units (unit_officers_may lacks {detail})',
            "take the change back and ask the centre for it",
        ),
    ),
    "owner_moves": _error(
        ('"{value}" chuyển đơn vị: {detail}', "bỏ thay đổi này và gửi đề nghị để trung tâm chuyển dòng này"),
        ('"{value}" moves: {detail}', "take the change back and ask the centre to move the row"),
    ),
    "owner_removed": _error(
        (
            'dòng của "{value}" bị xóa',
            "đưa dòng này trở lại; người nghỉ việc thì ghi status left, decision_no và decision_date",
        ),
        (
            'the row of "{value}" is removed',
            "bring it back; for a leaver write status left, decision_no and decision_date",
        ),
    ),
    "owners_foreign": _error(
        (
            'tệp này do người khác viết: "{value}"',
            "chuyển nội dung sang chỗ khác rồi xóa tệp, hoặc ghi -e codeowners=TỆP",
        ),
        (
            'somebody else wrote this file: "{value}"',
            "move what it says and remove it, or name another with -e codeowners=FILE",
        ),
    ),
}

CHECKS = {
    "unit_alike": _error(
        (
            'mã "{value}" viết không dấu trùng với {detail}',
            "đặt hai mã khác nhau khi viết thường, không dấu (a-z, 0-9)",
        ),
        (
            'the code "{value}" folds to the same letters as {detail}',
            "give the two units codes that differ in small letters without marks (a-z, 0-9)",
        ),
    ),
    "unit_reserved": _error(
        (
            '"{value}" là tên dành riêng, không cấp cho {detail}',
            "đặt tên khác bằng khóa mailbox; nếu đúng là hộp thư vai trò thì ghi kind: role",
        ),
        (
            '"{value}" is a reserved word, not for {detail}',
            "name another with the key mailbox; if it is the mailbox of a role, write kind: role",
        ),
    ),
    "subdomain_not_served": _error(
        ('địa chỉ của {detail} cần tên miền "{value}"', "thêm tên miền này vào mail_domains"),
        ('the addresses of {detail} need the domain "{value}"', "add it to mail_domains"),
    ),
    "delegate_twice": _error(
        ('"{value}" được ủy quyền hai lần trong cùng thời gian, kia là dòng {detail}', "giữ một dòng"),
        ('"{value}" is a delegate twice at one time, the other is line {detail}', "keep one of them"),
    ),
    "required_missing": _error(
        ('ô "{value}" để trống, mà quyết định {detail} yêu cầu', "điền ô này"),
        ('the cell "{value}" is empty, and the decision {detail} asks for it', "fill it in"),
    ),
    "mailbox_missing": _warning(
        ('"{value}" ({detail}) chưa có hộp thư', "chạy playbooks/register.yml rồi commit register.csv"),
        ('"{value}" ({detail}) has no mailbox', "run playbooks/register.yml and commit register.csv"),
    ),
    "register_empty": _warning(
        ("chưa ai có hộp thư", "chạy playbooks/register.yml rồi commit register.csv"),
        ("nobody has a mailbox yet", "run playbooks/register.yml and commit register.csv"),
    ),
}

IMPORT = {
    "openpyxl_missing": _error(
        ("chưa cài openpyxl nên không đọc được XLSX", "chạy make setup, hoặc lưu danh sách thành CSV"),
        ("openpyxl is not installed, so XLSX cannot be read", "run make setup, or save the list as CSV"),
    ),
    "source_kind": _error(
        ("đây là tệp {detail}, không phải XLSX hay CSV", "mở tệp rồi lưu lại dưới dạng XLSX"),
        ("this is {detail}, neither XLSX nor CSV", "open it and save it as XLSX"),
    ),
    "source_encrypted": _error(
        ("tệp có mật khẩu", "mở tệp, bỏ mật khẩu rồi lưu lại dưới dạng XLSX"),
        ("the file has a password", "open it, remove the password and save it as XLSX"),
    ),
    "source_large": _error(
        ("tệp vượt giới hạn {detail}", "chia danh sách thành nhiều tệp, bỏ hình ảnh và các dòng trống"),
        ("the file is beyond the limit {detail}", "split the list, drop pictures and empty rows"),
    ),
    "source_broken": _error(
        ("tệp hỏng: {detail}", "mở bằng Excel hoặc LibreOffice rồi lưu lại dưới dạng XLSX"),
        ("the file is broken: {detail}", "open it with Excel or LibreOffice and save it as XLSX"),
    ),
    "sheet_hidden": _warning(
        ('trang tính ẩn "{value}" không được đọc', "nếu cần thì cho hiện trang này rồi lưu lại"),
        ('the hidden sheet "{value}" is not read', "if it matters, unhide it and save the file"),
    ),
    "sheet_skipped": _warning(
        (
            'trang tính "{value}" không có dòng tiêu đề với cột họ tên',
            'nếu là danh sách thì ghi "Họ và tên" lên đầu cột họ tên',
        ),
        (
            'the sheet "{value}" has no header with a column of names',
            'if it is a list, write "Họ và tên" above the names',
        ),
    ),
    "list_empty": _error(
        ("không thấy cán bộ nào trong tệp", 'cần dòng tiêu đề có cột "Họ và tên", bên dưới là từng người'),
        ("there are no people in the file", 'it needs a header with "Họ và tên", and people below it'),
    ),
    "list_unit_missing": _error(
        (
            'không rõ "{value}" là danh sách của đơn vị nào, không dòng nào được nhập',
            "thêm -e unit=<đơn vị>, hoặc đặt tên trang tính theo mã hay tên đơn vị: {detail}",
        ),
        (
            'of which unit "{value}" is the list is not known, none of it is imported',
            "add -e unit=<unit>, or name the sheet by the code or name of the unit: {detail}",
        ),
    ),
    "list_section_unknown": _error(
        (
            'không có đơn vị hay phòng nào là "{value}", các dòng bên dưới không được nhập',
            "thêm vào roster/units.yml, hoặc sửa theo: {detail}",
        ),
        (
            'there is no unit or department "{value}", the rows below it are not imported',
            "add it to roster/units.yml, or use one of: {detail}",
        ),
    ),
    "list_columns_unread": _warning(
        ("các cột không được đọc: {value}", "nếu cần cột nào thì đổi tiêu đề theo docs/import.md"),
        ("columns that are not read: {value}", "if one of them matters, name it as docs/import.md does"),
    ),
    "list_row_homeless": _error(
        ('chưa biết đơn vị của "{value}"', "sửa lỗi ở {detail} rồi chạy lại"),
        ('the unit of "{value}" is not known', "mend {detail} and run again"),
    ),
    "list_unit_other": _error(
        ('"{value}" không phải {detail}', "bỏ -e unit=..., hoặc bỏ dòng này khỏi danh sách"),
        ('"{value}" is not {detail}', "leave out -e unit=..., or take the row out of the list"),
    ),
    "row_after_end": _error(
        ('"{value}" nằm sau phần ký tên nên không được nhập', "chuyển dòng này lên trên, vào trong bảng"),
        ('"{value}" stands behind the signatures, so it is not imported', "move the row up into the table"),
    ),
    "row_twice": _error(
        (
            '"{value}" có thể trùng với {detail}',
            "mỗi người một dòng; nếu là hai người thì ghi đủ ngày sinh hoặc mã cán bộ",
        ),
        (
            '"{value}" may be the same as {detail}',
            "one row a person; if they are two, fill in their birth dates or ids",
        ),
    ),
    "cell_error": _error(
        (
            'công thức không có kết quả: "{value}"',
            "mở tệp bằng Excel, sửa công thức hoặc dán giá trị, rồi lưu lại",
        ),
        (
            'a formula without a result: "{value}"',
            "open the file, mend the formula or paste its value, and save",
        ),
    ),
    "text_legacy": _error(
        ('chữ còn ở bảng mã cũ: "{value}"', "gõ lại bằng Unicode; có lẽ là {detail}"),
        ('text in an old encoding: "{value}"', "retype it in Unicode; it may be {detail}"),
    ),
    "date_short_year": _error(
        ('năm chỉ có hai chữ số: "{value}"', "ghi đủ bốn chữ số của năm"),
        ('a year of two digits: "{value}"', "write all four digits of the year"),
    ),
    "date_twice": _error(
        ('có hai ngày sinh: "{value}" và "{detail}"', "giữ một ngày, ở cột Nam hoặc cột Nữ"),
        ('there are two birth dates: "{value}" and "{detail}"', "keep one of them, under Nam or under Nữ"),
    ),
    "year_only": _warning(
        ('"{value}" không đủ ngày tháng, ngày sinh để trống', "bổ sung ngày sinh khi có"),
        ('"{value}" is no full date, the birth date stays empty', "fill it in once it is known"),
    ),
    "dates_swapped": _warning(
        (
            "ngày và tháng có thể bị đảo: mọi ô kiểu ngày đều có ngày không quá 12 ({value}...)",
            "so với hồ sơ; nếu bị đảo thì gõ lại cột này dạng văn bản ngày/tháng/năm",
        ),
        (
            "day and month may be swapped: no real date has a day after the 12th ({value}...)",
            "compare with the records; if they are, type the column again as text, day/month/year",
        ),
    ),
    "id_zeros": _error(
        ('mã "{value}" là ô kiểu số, có thể mất số 0 ở đầu', "đổi cột mã sang kiểu văn bản rồi gõ lại mã"),
        (
            'the id "{value}" is a number, zeros in front may be lost',
            "make the column text and type the id again",
        ),
    ),
    "match_unclear": _error(
        (
            'chưa rõ "{value}" có phải là {detail}',
            "ghi mã cán bộ vào danh sách, hoặc ghi đúng và đủ ngày sinh ở cả hai nơi",
        ),
        (
            'whether "{value}" is {detail} is not clear',
            "write the person_id into the list, or the right birth date in both places",
        ),
    ),
    "match_elsewhere": _error(
        (
            '"{value}" đang ở {detail}',
            "nếu đã chuyển thì chuyển dòng đó sang tệp của đơn vị mới kèm số quyết định; nếu kiêm nhiệm thì"
            " ghi status second_post và mã cán bộ",
        ),
        (
            '"{value}" is at {detail}',
            "if they moved, move that row to the new unit's file with its decision; for a further post write"
            " status second_post and the person_id",
        ),
    ),
    "match_left": _error(
        ('"{value}" đã nghỉ ({detail})', "nếu trở lại làm việc thì sửa status của dòng đó"),
        ('"{value}" has left ({detail})', "if they are back, change the status of that row"),
    ),
    "match_name": _error(
        (
            'mã "{value}" trong roster là của {detail}',
            "sửa mã; nếu đúng người thì ghi đúng ngày sinh ở cả hai nơi",
        ),
        (
            'the id "{value}" is that of {detail}',
            "mend the id; if it is them, have one birth date in both places",
        ),
    ),
    "not_in_list": _warning(
        (
            '"{value}" ({detail}) không có trong danh sách',
            "nếu đã nghỉ hoặc chuyển thì ghi status và quyết định",
        ),
        ('"{value}" ({detail}) is not in the list', "if they left or moved, write that with its decision"),
    ),
    "adopt_empty": _error(
        ("không thấy hộp thư nào trong tệp", "kiểm tra adopt={detail} có đúng loại tệp không"),
        ("there are no mailboxes in the file", "check that adopt={detail} is what it is"),
    ),
    "adopt_row": _error(
        (
            "các ô của dòng không khớp với dòng tiêu đề ({detail} ô)",
            "bao ô có dấu phân cách trong ngoặc kép, và ghi mật khẩu băm vào cột hash",
        ),
        (
            "the cells of the row do not fit the header ({detail} cells)",
            "quote the cell that has the delimiter, and keep hashes in the column hash",
        ),
    ),
    "adopt_address": _error(
        ("đây không phải địa chỉ thư dùng được", "sửa ô này trong tệp xuất"),
        ("this is no address that can be used", "mend the cell in the export"),
    ),
    "adopt_unmatched": _error(
        (
            'không có người hay đơn vị nào khớp với "{value}" ({detail})',
            "nhập người này vào roster trước, hoặc ghi person_id (adopt=csv), rồi chạy lại",
        ),
        (
            'nobody and no unit matches "{value}" ({detail})',
            "import the person into the roster first, or write person_id (adopt=csv), and run again",
        ),
    ),
    "adopt_unclear": _error(
        ('chưa rõ "{value}" là của ai: {detail}', "ghi person_id cho dòng này (adopt=csv), rồi chạy lại"),
        (
            'whose "{value}" is, is not clear: {detail}',
            "write person_id in this row (adopt=csv), and run again",
        ),
    ),
    "adopt_second": _error(
        (
            '{detail} còn hộp thư khác ngoài "{value}"',
            "giữ một hộp thư, ghi hộp kia vào aliases của nó (adopt=csv)",
        ),
        (
            '{detail} has a mailbox beside "{value}"',
            "keep one, and make the other one of its aliases (adopt=csv)",
        ),
    ),
    "adopt_taken": _error(
        (
            '"{value}" đã cấp cho {detail}',
            "địa chỉ đã cấp không đổi chủ; bỏ nó khỏi tệp xuất hoặc sửa người nhận",
        ),
        (
            '"{value}" belongs to {detail}',
            "an issued address stays; take it out of the export, or mend whose it is",
        ),
    ),
    "adopt_status": _warning(
        (
            '"{value}" đang là {detail} ở hệ thống cũ',
            "nếu vẫn cần khóa thì ghi status locked với lý do vào roster",
        ),
        ('"{value}" is {detail} in the old system', "to keep it locked, write status locked with a reason"),
    ),
    "adopt_system": _warning(
        ('"{value}" là hộp thư nội bộ của hệ thống cũ, không tiếp nhận', "không cần làm gì"),
        ('"{value}" is a mailbox of the old system itself, it is left out', "nothing is to be done"),
    ),
}

RESTRUCTURE = {
    "restructure_verb": _error(
        (
            'không rõ đơn vị "{value}" sẽ thế nào ({detail})',
            "ghi rename_to (hoặc name, parent, mailbox), hoặc merge_into, hoặc successor (với dissolve_into)",
        ),
        (
            'what becomes of the unit "{value}" is not clear ({detail})',
            "write one of: rename_to (or name, parent, mailbox), merge_into, successor (with dissolve_into)",
        ),
    ),
    "restructure_twice": _error(
        ('đơn vị "{value}" đã được ghi ở {detail}', "gộp hai mục thành một"),
        ('the unit "{value}" is also at {detail}', "make one entry of the two"),
    ),
    "restructure_target": _error(
        (
            'sau khi sắp xếp không có đơn vị "{value}"',
            "ghi đơn vị còn tồn tại sau sắp xếp (hoặc thêm vào begin): {detail}",
        ),
        (
            'there is no unit "{value}" afterwards',
            "name one that there will be (or add it to begin): {detail}",
        ),
    ),
    "restructure_taken": _error(
        (
            'đơn vị "{value}" sẽ trùng mã với {detail}',
            "ghi riêng đơn vị này trong tệp sắp xếp với rename_to hoặc merge_into",
        ),
        (
            'the unit "{value}" would have the path of {detail}',
            "list it in the mapping with rename_to or merge_into",
        ),
    ),
    "restructure_unnamed": _error(
        (
            'đơn vị {detail} giải thể mà chưa ghi "{value}" về đâu',
            "thêm mã cán bộ (hoặc phòng) vào dissolve_into của đơn vị",
        ),
        (
            'the unit {detail} is dissolved, and where "{value}" goes is not said',
            "add the person_id (or the department) to dissolve_into of the unit",
        ),
    ),
    "restructure_nobody": _error(
        ('"{value}" không thuộc đơn vị {detail}', "sửa mã cán bộ hoặc mã phòng (ghi đủ: vhtt.dakdoa)"),
        ('"{value}" is not in the unit {detail}', "mend the person_id, or the department (vhtt.dakdoa)"),
    ),
    "restructure_seat": _error(
        (
            '"{value}" về {detail}, nơi không có cơ quan hay địa phương cấp trên nào có tệp cán bộ',
            "chuyển về một đơn vị thuộc cơ quan hoặc địa phương",
        ),
        (
            '"{value}" goes to {detail}, which no agency or locality with a people file is above of',
            "send them to a unit of an agency or a locality",
        ),
    ),
    "restructure_main_domain": _error(
        (
            'tên miền chính là {detail}, không phải "{value}"',
            "đặt mail_domain: {value} trong group_vars/all/mail.yml trước (tệp sắp xếp không sửa mail.yml)",
        ),
        (
            'the main domain is {detail}, not "{value}"',
            "set mail_domain: {value} in group_vars/all/mail.yml first (no mapping changes mail.yml)",
        ),
    ),
    "restructure_postmaster": _error(
        (
            'sau khi sắp xếp không có đơn vị "{value}"',
            "ghi đơn vị phụ trách hệ thống sau sắp xếp, ví dụ mail_postmaster: {detail}",
        ),
        (
            'there is no unit "{value}" afterwards',
            "name the unit that runs the system then, mail_postmaster: {detail} for example",
        ),
    ),
    "restructure_stale": _error(
        (
            "sổ địa chỉ chưa khớp danh sách cán bộ ({value} dòng)",
            "chạy playbooks/register.yml và commit trước, để kế hoạch chỉ gồm việc sắp xếp",
        ),
        (
            "the register is stale ({value} rows)",
            "run playbooks/register.yml and commit first: the plan is to show the reorganisation alone",
        ),
    ),
    "restructure_issued_twice": _error(
        ('địa chỉ "{value}" cũng có trong {detail}', "giữ dòng ở sổ của nơi đã cấp địa chỉ này"),
        ('the address "{value}" is also in {detail}', "keep the row where the address was issued"),
    ),
    "restructure_form_taken": _warning(
        (
            '"{value}" đã có chủ hoặc có người khác cùng dạng, đã giải quyết theo quy tắc: {detail}',
            "không cần làm gì; muốn tên khác thì ghi cột address",
        ),
        (
            '"{value}" is held or claimed by another, resolved by the rules: {detail}',
            "nothing needs doing; for another name, fill in the column address",
        ),
    ),
    "restructure_address_named": _warning(
        (
            'cột address ghi sẵn "{value}" nên địa chỉ này được giữ, dù đơn vị đã khác',
            "muốn địa chỉ theo đơn vị mới thì xóa ô này trước",
        ),
        (
            'the column address names "{value}", so it stays, though the unit is another one',
            "empty the cell first for an address of the new unit",
        ),
    ),
    "restructure_journal": _error(
        ("tệp ghi dở không đọc được", "khôi phục roster và register.csv từ Git, rồi xóa tệp này"),
        (
            "the note of an unfinished run cannot be read",
            "restore roster and register.csv from Git, then remove this file",
        ),
    ),
    "restructure_unfinished": _error(
        (
            "một lần sắp xếp bị ngắt giữa chừng",
            "chạy lại restructure.yml, bỏ --check, để làm xong; hoặc khôi phục từ Git",
        ),
        (
            "a reorganisation was interrupted",
            "run restructure.yml again without --check, or restore from Git",
        ),
    ),
    "restructure_foreign": _error(
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

TEXTS: dict[str, Text] = {
    **FILES,
    **YAML,
    **UNITS,
    **PEOPLE,
    **ADDRESSES,
    **REGISTER,
    **INVENTORY,
    **IMPORT,
    **OWNERS,
    **CHECKS,
    **RESTRUCTURE,
}
