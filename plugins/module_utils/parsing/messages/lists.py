# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What may be wrong with a personnel list, or the export of an older mail system."""

from __future__ import annotations

from .text import error, warning

IMPORT = {
    "openpyxl_missing": error(
        ("chưa cài openpyxl nên không đọc được XLSX", "chạy make setup, hoặc lưu danh sách thành CSV"),
        ("openpyxl is not installed, so XLSX cannot be read", "run make setup, or save the list as CSV"),
    ),
    "source_kind": error(
        ("đây là tệp {detail}, không phải XLSX hay CSV", "mở tệp rồi lưu lại dưới dạng XLSX"),
        ("this is {detail}, neither XLSX nor CSV", "open it and save it as XLSX"),
    ),
    "source_missing": error(
        ('không có tệp "{value}"', "sửa đường dẫn ở -e source=..., đường dẫn tính từ thư mục đang đứng"),
        ('there is no file "{value}"', "fix the path in -e source=..., it is taken from where you are"),
    ),
    "source_encoding": error(
        (
            'danh sách không phải UTF-8 hay UTF-16: byte "{value}"',
            "mở danh sách bằng Excel hoặc LibreOffice rồi lưu lại dưới dạng XLSX hoặc CSV UTF-8",
        ),
        (
            'the list is neither UTF-8 nor UTF-16: byte "{value}"',
            "open it with Excel or LibreOffice and save it as XLSX or CSV UTF-8",
        ),
    ),
    "source_encrypted": error(
        ("tệp có mật khẩu", "mở tệp, bỏ mật khẩu rồi lưu lại dưới dạng XLSX"),
        ("the file has a password", "open it, remove the password and save it as XLSX"),
    ),
    "source_large": error(
        ("tệp vượt giới hạn {detail}", "chia danh sách thành nhiều tệp, bỏ hình ảnh và các dòng trống"),
        ("the file is beyond the limit {detail}", "split the list, drop pictures and empty rows"),
    ),
    "source_broken": error(
        ("tệp hỏng: {detail}", "mở bằng Excel hoặc LibreOffice rồi lưu lại dưới dạng XLSX"),
        ("the file is broken: {detail}", "open it with Excel or LibreOffice and save it as XLSX"),
    ),
    "sheet_hidden": warning(
        ('trang tính ẩn "{value}" không được đọc', "nếu cần thì cho hiện trang này rồi lưu lại"),
        ('the hidden sheet "{value}" is not read', "if it matters, unhide it and save the file"),
    ),
    "sheet_skipped": warning(
        (
            'trang tính "{value}" không có dòng tiêu đề với cột họ tên',
            'nếu là danh sách thì ghi "Họ và tên" lên đầu cột họ tên',
        ),
        (
            'the sheet "{value}" has no header with a column of names',
            'if it is a list, write "Họ và tên" above the names',
        ),
    ),
    "list_empty": error(
        ("không thấy cán bộ nào trong tệp", 'cần dòng tiêu đề có cột "Họ và tên", bên dưới là từng người'),
        ("there are no people in the file", 'it needs a header with "Họ và tên", and people below it'),
    ),
    "list_unit_missing": error(
        (
            'không rõ "{value}" là danh sách của đơn vị nào, không dòng nào được nhập',
            "thêm -e unit=<đơn vị>, hoặc đặt tên trang tính theo mã hay tên đơn vị: {detail}",
        ),
        (
            'of which unit "{value}" is the list is not known, none of it is imported',
            "add -e unit=<unit>, or name the sheet by the code or name of the unit: {detail}",
        ),
    ),
    "list_section_unknown": error(
        (
            'không có đơn vị hay phòng nào là "{value}", các dòng bên dưới không được nhập',
            "thêm vào roster/units.yml, hoặc sửa theo: {detail}",
        ),
        (
            'there is no unit or department "{value}", the rows below it are not imported',
            "add it to roster/units.yml, or use one of: {detail}",
        ),
    ),
    "list_columns_unread": warning(
        ("các cột không được đọc: {value}", "nếu cần cột nào thì đổi tiêu đề theo docs/import.md"),
        ("columns that are not read: {value}", "if one of them matters, name it as docs/import.md does"),
    ),
    "list_column_unclear": error(
        (
            'không rõ cột "{value}" là gì, không dòng nào được nhập',
            "đổi tiêu đề thành một trong: {detail}, hoặc xóa cột này khỏi danh sách",
        ),
        (
            'what the column "{value}" is, is not clear, nothing is imported',
            "rename the header to one of {detail}, or delete the column",
        ),
    ),
    "list_row_homeless": error(
        ('chưa biết đơn vị của "{value}"', "sửa lỗi ở {detail} rồi chạy lại"),
        ('the unit of "{value}" is not known', "fix {detail} and run again"),
    ),
    "list_unit_other": error(
        ('"{value}" không phải {detail}', "bỏ -e unit=..., hoặc bỏ dòng này khỏi danh sách"),
        ('"{value}" is not {detail}', "leave out -e unit=..., or take the row out of the list"),
    ),
    "row_after_end": error(
        ('"{value}" nằm sau phần ký tên nên không được nhập', "chuyển dòng này lên trên, vào trong bảng"),
        ('"{value}" stands behind the signatures, so it is not imported', "move the row up into the table"),
    ),
    "row_twice": error(
        (
            '"{value}" có thể trùng với {detail}',
            "mỗi người một dòng; nếu là hai người thì ghi đủ ngày sinh hoặc mã cán bộ",
        ),
        (
            '"{value}" may be the same as {detail}',
            "one row a person; if they are two, fill in their birth dates or ids",
        ),
    ),
    "cell_error": error(
        (
            'công thức không có kết quả: "{value}"',
            "mở tệp bằng Excel, sửa công thức hoặc dán giá trị, rồi lưu lại",
        ),
        (
            'a formula without a result: "{value}"',
            "open the file, fix the formula or paste its value, and save",
        ),
    ),
    "text_legacy": error(
        ('chữ còn ở bảng mã cũ: "{value}"', "gõ lại bằng Unicode; có lẽ là {detail}"),
        ('text in an old encoding: "{value}"', "retype it in Unicode; it may be {detail}"),
    ),
    "date_short_year": error(
        ('năm chỉ có hai chữ số: "{value}"', "ghi đủ bốn chữ số của năm"),
        ('a year of two digits: "{value}"', "write all four digits of the year"),
    ),
    "date_twice": error(
        ('có hai ngày sinh: "{value}" và "{detail}"', "giữ một ngày, ở cột Nam hoặc cột Nữ"),
        ('there are two birth dates: "{value}" and "{detail}"', "keep one of them, under Nam or under Nữ"),
    ),
    "year_only": warning(
        ('"{value}" không đủ ngày tháng, ngày sinh để trống', "bổ sung ngày sinh khi có"),
        ('"{value}" is no full date, the birth date stays empty', "fill it in once it is known"),
    ),
    "dates_swapped": warning(
        (
            "ngày và tháng có thể bị đảo: mọi ô kiểu ngày đều có ngày không quá 12 ({value}...)",
            "so với hồ sơ; nếu bị đảo thì gõ lại cột này dạng văn bản ngày/tháng/năm",
        ),
        (
            "day and month may be swapped: no real date has a day after the 12th ({value}...)",
            "compare with the records; if they are, type the column again as text, day/month/year",
        ),
    ),
    "id_zeros": error(
        ('mã "{value}" là ô kiểu số, có thể mất số 0 ở đầu', "đổi cột mã sang kiểu văn bản rồi gõ lại mã"),
        (
            'the id "{value}" is a number, zeros in front may be lost',
            "make the column text and type the id again",
        ),
    ),
    "match_unclear": error(
        (
            'chưa rõ "{value}" có phải là {detail}',
            "ghi mã cán bộ vào danh sách, hoặc ghi đúng và đủ ngày sinh ở cả hai nơi",
        ),
        (
            'whether "{value}" is {detail} is not clear',
            "write the person_id into the list, or the right birth date in both places",
        ),
    ),
    "match_elsewhere": error(
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
    "match_left": error(
        ('"{value}" đã nghỉ ({detail})', "nếu trở lại làm việc thì sửa status của dòng đó"),
        ('"{value}" has left ({detail})', "if they are back, change the status of that row"),
    ),
    "match_name": error(
        (
            'mã "{value}" trong roster là của {detail}',
            "sửa mã; nếu đúng người thì ghi đúng ngày sinh ở cả hai nơi",
        ),
        (
            'the id "{value}" is that of {detail}',
            "fix the id; if it is them, have one birth date in both places",
        ),
    ),
    "left_named": warning(
        (
            '"{value}" nghỉ nhưng roster/units.yml còn ghi: {detail}',
            "ghi người thay, hoặc bỏ dòng đó trong roster/units.yml, trước khi chạy register.yml",
        ),
        (
            '"{value}" leaves, but roster/units.yml still has them: {detail}',
            "name who takes over, or take them out of roster/units.yml, before register.yml is run",
        ),
    ),
    "not_in_list": warning(
        (
            '"{value}" ({detail}) không có trong danh sách',
            "nếu đã nghỉ hoặc chuyển thì ghi status và quyết định",
        ),
        ('"{value}" ({detail}) is not in the list', "if they left or moved, write that with its decision"),
    ),
    "adopt_empty": error(
        ("không thấy hộp thư nào trong tệp", "kiểm tra adopt={detail} có đúng loại tệp không"),
        ("there are no mailboxes in the file", "check that adopt={detail} is what it is"),
    ),
    "adopt_row": error(
        (
            "các ô của dòng không khớp với dòng tiêu đề ({detail} ô)",
            "bao ô có dấu phân cách trong ngoặc kép, và ghi mật khẩu băm vào cột hash",
        ),
        (
            "the cells of the row do not fit the header ({detail} cells)",
            "quote the cell that has the delimiter, and keep hashes in the column hash",
        ),
    ),
    "adopt_order": warning(
        (
            "dòng này không đúng chỗ trong tệp xuất nên không được đọc",
            "nếu là chữ ký hay bộ lọc thì bỏ qua; nếu là tài khoản hay bí danh thật thì xuất lại bằng"
            " zmprov -l gaa -v",
        ),
        (
            "the line is out of its place in the export, so it is not read",
            "leave it if it is of a signature or filter; if it is a real account or alias, export again with"
            " zmprov -l gaa -v",
        ),
    ),
    "adopt_address": error(
        ("đây không phải địa chỉ thư dùng được", "sửa ô này trong tệp xuất"),
        ("this is no address that can be used", "fix the cell in the export"),
    ),
    "adopt_unmatched": error(
        (
            'không có người hay đơn vị nào khớp với "{value}" ({detail})',
            "nhập người này vào roster trước, hoặc ghi person_id (adopt=csv), rồi chạy lại",
        ),
        (
            'nobody and no unit matches "{value}" ({detail})',
            "import the person into the roster first, or write person_id (adopt=csv), and run again",
        ),
    ),
    "adopt_unclear": error(
        ('chưa rõ "{value}" là của ai: {detail}', "ghi person_id cho dòng này (adopt=csv), rồi chạy lại"),
        (
            'whose "{value}" is, is not clear: {detail}',
            "write person_id in this row (adopt=csv), and run again",
        ),
    ),
    "adopt_second": error(
        (
            '{detail} còn hộp thư khác ngoài "{value}"',
            "giữ một hộp thư, ghi hộp kia vào aliases của nó (adopt=csv)",
        ),
        (
            '{detail} has a mailbox beside "{value}"',
            "keep one, and make the other one of its aliases (adopt=csv)",
        ),
    ),
    "adopt_taken": error(
        (
            '"{value}" đã cấp cho {detail}',
            "địa chỉ đã cấp không đổi chủ; bỏ nó khỏi tệp xuất hoặc sửa người nhận",
        ),
        (
            '"{value}" belongs to {detail}',
            "an issued address stays; take it out of the export, or fix whose it is",
        ),
    ),
    "adopt_status": warning(
        (
            '"{value}" đang là {detail} ở hệ thống cũ',
            "nếu vẫn cần khóa thì ghi status locked với lý do vào roster",
        ),
        ('"{value}" is {detail} in the old system', "to keep it locked, write status locked with a reason"),
    ),
    "adopt_system": warning(
        ('"{value}" là hộp thư nội bộ của hệ thống cũ, không tiếp nhận', "không cần làm gì"),
        ('"{value}" is a mailbox of the old system itself, it is left out', "nothing is to be done"),
    ),
}
