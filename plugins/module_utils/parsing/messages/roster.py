# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What may be wrong with units and people."""

from __future__ import annotations

from .text import error, warning

UNITS = {
    "unit_duplicate": error(
        ('mã "{value}" đã dùng cho {detail}', "đặt cho mỗi đơn vị cùng cấp một mã riêng (ví dụ snv và sngv)"),
        (
            'the code "{value}" is taken by {detail}',
            "give each unit of one parent its own code (for example snv and sngv)",
        ),
    ),
    "unit_unknown": error(
        ('không có đơn vị nào là "{value}"', "thêm đơn vị vào roster/units.yml, hoặc sửa theo: {detail}"),
        ('there is no unit "{value}"', "add it to roster/units.yml, or use one of: {detail}"),
    ),
    "unit_dissolved": error(
        ('đơn vị "{value}" đã giải thể', "chuyển người này sang tệp của {detail}"),
        ('the unit "{value}" is dissolved', "move this person to the file of {detail}"),
    ),
    "parent_cycle": error(
        ("đơn vị cấp trên đi vòng: {detail}", "sửa parent của một trong các đơn vị này"),
        ("the parents run in a circle: {detail}", "fix the parent of one of these units"),
    ),
    "contact_unknown": error(
        ('không có cán bộ nào mang mã "{value}"', "sửa mã, hoặc thêm người này vào roster/people"),
        ('no person has the id "{value}"', "fix the id, or add the person to roster/people"),
    ),
    "contact_left": error(
        ('"{value}" đã nghỉ việc', "ghi người đang làm việc"),
        ('"{value}" has left', "name somebody who is at work"),
    ),
    "contact_missing": warning(
        ('đơn vị {detail} chưa có "{value}"', "ghi mã cán bộ vào khóa này của đơn vị"),
        ('the unit {detail} has no "{value}"', "write a person_id under this key of the unit"),
    ),
    "people_missing": warning(
        ('đơn vị "{value}" chưa có tệp cán bộ', "thêm roster/people/{value}.csv"),
        ('the unit "{value}" has no people file', "add roster/people/{value}.csv"),
    ),
    "dates_reversed": error(
        ('ngày kết thúc "{value}" trước ngày bắt đầu {detail}', "đổi lại hai ngày"),
        ('the end "{value}" is before the beginning {detail}', "fix one of the two dates"),
    ),
}

PEOPLE = {
    "cell_missing": error(
        ('ô "{value}" để trống', "điền ô này{detail}"),
        ('the cell "{value}" is empty', "fill it in{detail}"),
    ),
    "person_id_bad": error(
        ('mã cán bộ "{value}" không dùng được', "chỉ dùng chữ không dấu, số và . _ - / (tối đa 64 ký tự)"),
        ('the person_id "{value}" cannot be used', "use ASCII letters, digits and . _ - / only (64 at most)"),
    ),
    "person_id_unit": error(
        ('mã cán bộ "{value}" trùng với một đơn vị', "đặt mã khác cho cán bộ"),
        ('the person_id "{value}" is also a unit', "give the person another id"),
    ),
    "person_id_duplicate": error(
        (
            'mã cán bộ "{value}" đã có ở {detail}',
            "mỗi người một dòng; sửa mã, bỏ dòng thừa, hoặc ghi status second_post cho vị trí kiêm nhiệm",
        ),
        (
            'the person_id "{value}" is also at {detail}',
            "one row a person: fix the id, drop a row, or write status second_post for a further post",
        ),
    ),
    "second_post_alone": error(
        ('"{value}" chỉ có dòng second_post', "thêm dòng chính (active) của người này"),
        ('"{value}" has only second_post rows', "add this person's main (active) row"),
    ),
    "person_duplicate": warning(
        ('"{value}" có thể là cùng một người với {detail}', "nếu là một người thì chỉ giữ một mã cán bộ"),
        ('"{value}" may be the same person as {detail}', "if it is one person, keep one person_id"),
    ),
    "date_bad": error(
        (
            '"{value}" không phải ngày có thật, từ năm 1900 đến 2100',
            "ghi NGÀY/THÁNG/NĂM hoặc NĂM-THÁNG-NGÀY, ví dụ 31/12/1979",
        ),
        (
            '"{value}" is not a real date between 1900 and 2100',
            "write YYYY-MM-DD or DD/MM/YYYY, 1979-12-31 for example",
        ),
    ),
    "status_needs": error(
        ('tình trạng "{detail}" cần cột "{value}"', 'điền cột "{value}"'),
        ('the status "{detail}" needs "{value}"', 'fill in "{value}"'),
    ),
    "name_bad_character": error(
        (
            'họ tên có ký tự không dùng được: {detail} trong "{value}"',
            "chỉ ghi họ tên: bỏ số, ngoặc, học vị (ThS.), biểu tượng",
        ),
        (
            'the name has what no name has: {detail} in "{value}"',
            "write the name only: no digits, brackets, titles, signs",
        ),
    ),
    "name_mark": error(
        (
            'dấu \' hoặc - không đứng giữa hai chữ của một từ: "{detail}" trong "{value}"',
            "bỏ dấu cách cạnh dấu đó, hoặc bỏ dấu (H'Blem, Jean-Pierre là đúng)",
        ),
        (
            'a \' or - that is not inside a word: "{detail}" in "{value}"',
            "drop the space beside it, or the mark (H'Blem and Jean-Pierre are right)",
        ),
    ),
    "name_foreign_letter": error(
        (
            'chữ cái ngoài tiếng Việt: {detail} trong "{value}"',
            "điền cả surname, middle, given, hoặc gõ lại tên",
        ),
        (
            'letters foreign to Vietnamese: {detail} in "{value}"',
            "fill in surname, middle and given, or retype the name",
        ),
    ),
    "name_legacy": error(
        ('họ tên còn ở bảng mã cũ: "{value}"', "gõ lại bằng Unicode; có lẽ là {detail}"),
        ('the name is in an old encoding: "{value}"', "retype it in Unicode; it may be {detail}"),
    ),
    "name_lost_space": error(
        ('chữ hoa giữa từ "{value}"', "thêm dấu cách bị mất, hoặc viết thường"),
        ('a capital inside the word "{value}"', "put back the lost space, or write it small"),
    ),
    "name_order": error(
        (
            'không rõ đâu là tên gọi trong "{value}"',
            "điền ba cột surname, middle, given (tên Ê Đê, M'nông: họ đứng sau)",
        ),
        (
            'which word of "{value}" is the given name is not clear',
            "fill in surname, middle and given (Ê Đê, M'nông order)",
        ),
    ),
    "name_one_word": error(
        ('họ tên chỉ có một từ: "{value}"', "nếu đúng vậy thì điền cột given"),
        ('the name is one word: "{value}"', "if that is right, fill in the column given"),
    ),
    "name_parts": error(
        (
            'surname, middle, given không khớp với họ tên "{value}"',
            "ghi đúng các từ của full_name vào ba cột, given luôn có",
        ),
        (
            'surname, middle and given differ from "{value}"',
            "write the words of full_name in the three, given always",
        ),
    ),
    "name_invisible": warning(
        ('họ tên có ký tự vô hình: "{value}"', "đã bỏ qua ký tự đó; nên gõ lại ô này"),
        ('an invisible character in the name "{value}"', "it was left out; better type the cell again"),
    ),
    "name_lookalike": warning(
        ('chữ giống Đ nhưng không phải Đ: "{value}"', "đã đọc là Đ/đ; nên gõ lại ô này"),
        ('a letter that only looks like Đ: "{value}"', "it was read as Đ/đ; better type the cell again"),
    ),
    "name_title": warning(
        ('"{value}" thường là danh xưng', "nếu không phải họ của người này thì bỏ đi"),
        ('"{value}" is usually a title', "remove it unless it is this person's surname"),
    ),
}

CHECKS = {
    "request_overdue": warning(
        (
            "hộp thư đề nghị ngày {value} phải có trước hết ngày {detail}, nay vẫn chưa có",
            "chạy register.yml rồi mailboxes.yml, và thông báo bằng văn bản cho đơn vị",
        ),
        (
            "the mailbox requested on {value} was due by {detail}, and is not there",
            "run register.yml and mailboxes.yml, and tell the unit in writing",
        ),
    ),
    "calendar_open": warning(
        (
            "lịch nghỉ lễ năm {value} chưa đầy đủ; hạn tính theo ngày làm việc có thể sớm hơn thực tế",
            "khi có lịch nghỉ chính thức, cập nhật năm này và ghi announced: true",
        ),
        (
            "the holidays of {value} are not all known; a deadline in working days may really be later",
            "when the official schedule is out, bring the year up to date and set announced: true",
        ),
    ),
    "unit_alike": error(
        (
            'mã "{value}" viết không dấu trùng với {detail}',
            "đặt hai mã khác nhau khi viết thường, không dấu (a-z, 0-9)",
        ),
        (
            'the code "{value}" folds to the same letters as {detail}',
            "give the two units codes that differ in small letters without marks (a-z, 0-9)",
        ),
    ),
    "unit_duty": error(
        (
            '"{value}" thuộc đơn vị ghi ở mail_postmaster, trong mọi tên miền',
            "đặt tên khác bằng khóa mailbox hoặc aliases",
        ),
        (
            '"{value}" belongs to the unit of mail_postmaster, in every domain',
            "name another with the key mailbox or aliases",
        ),
    ),
    "unit_address_long": error(
        ('địa chỉ "{value}" của đơn vị quá dài', "đặt tên ngắn hơn bằng khóa mailbox (tối đa 64 ký tự)"),
        (
            'the address "{value}" of the unit is too long',
            "name a shorter one with the key mailbox (64 at most)",
        ),
    ),
    "person_id_case": error(
        (
            'mã cán bộ "{value}" chỉ khác {detail} trong sổ địa chỉ ở chữ hoa, chữ thường',
            "ghi lại đúng như cũ: {detail}",
        ),
        (
            'the person_id "{value}" differs from {detail} of the register in capitals only',
            "write it as before: {detail}",
        ),
    ),
    "unit_reserved": error(
        (
            '"{value}" là tên dành riêng, không cấp cho {detail}',
            "đặt tên khác bằng khóa mailbox; nếu đúng là hộp thư vai trò thì ghi kind: role",
        ),
        (
            '"{value}" is a reserved word, not for {detail}',
            "name another with the key mailbox; if it is the mailbox of a role, write kind: role",
        ),
    ),
    "subdomain_not_served": error(
        ('địa chỉ của {detail} cần tên miền "{value}"', "thêm tên miền này vào mail_domains"),
        ('the addresses of {detail} need the domain "{value}"', "add it to mail_domains"),
    ),
    "delegate_twice": error(
        ('"{value}" được ủy quyền hai lần trong cùng thời gian, kia là dòng {detail}', "giữ một dòng"),
        ('"{value}" is a delegate twice at one time, the other is line {detail}', "keep one of them"),
    ),
    "required_missing": error(
        ('ô "{value}" để trống, mà quyết định {detail} yêu cầu', "điền ô này"),
        ('the cell "{value}" is empty, and the decision {detail} asks for it', "fill it in"),
    ),
    "mailbox_missing": warning(
        ('"{value}" ({detail}) chưa có hộp thư', "chạy playbooks/register.yml rồi commit register.csv"),
        ('"{value}" ({detail}) has no mailbox', "run playbooks/register.yml and commit register.csv"),
    ),
    "roster_empty": warning(
        (
            "chưa có đơn vị nào",
            "ghi cơ quan, đơn vị vào roster/units.yml, nhập danh sách cán bộ bằng playbooks/import.yml "
            "(docs/import.md), rồi chạy register.yml",
        ),
        (
            "there is no unit yet",
            "write your agencies and departments into roster/units.yml, import people with "
            "playbooks/import.yml (docs/import.md), then run register.yml",
        ),
    ),
    "no_effect_yet": warning(
        (
            '"{value}" chưa có tác dụng: người được ghi ở {detail} chưa đọc được hộp thư đơn vị',
            "cứ để nguyên, bản sau mới dùng đến; nay chỉ người giữ mật khẩu của hộp thư đơn vị đọc được",
        ),
        (
            '"{value}" has no effect yet: those named in {detail} cannot read the mailbox of the unit',
            "leave it, a later release uses it; until then only who has the unit's password reads it",
        ),
    ),
    "register_empty": warning(
        ("chưa ai có hộp thư", "chạy playbooks/register.yml rồi commit register.csv"),
        ("nobody has a mailbox yet", "run playbooks/register.yml and commit register.csv"),
    ),
}
