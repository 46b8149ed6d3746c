# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What may be wrong with a change that somebody sent."""

from __future__ import annotations

from .text import error, warning

OWNERS = {
    "repository_missing": error(
        ("không phải kho Git: {detail}", "chạy trong bản sao (git clone) của kho chứa inventory này"),
        ("no Git repository: {detail}", "run it in a clone of the repository that has this inventory"),
    ),
    "git_failed": error(
        (
            "Git không trả lời: {detail}",
            'sửa lỗi này; nếu chỉ vì chủ sở hữu thư mục: git config --global --add safe.directory "{0}"',
        ),
        (
            "git gives no answer: {detail}",
            "put that right; if it is only the owner of the folder: "
            'git config --global --add safe.directory "{0}"',
        ),
    ),
    "base_unknown": error(
        (
            'không đọc được "{value}" từ Git: {detail}',
            "ghi một nhánh hoặc commit có trong kho này (CI: lấy đủ lịch sử)",
        ),
        (
            'Git does not give "{value}": {detail}',
            "name a branch or a commit that this repository has (in CI: fetch the whole history)",
        ),
    ),
    "register_forgotten": error(
        (
            'sổ không còn ghi "{value}" là của {detail}',
            "đưa dòng này trở lại: địa chỉ đã cấp không bị xóa, cũng không cấp cho người khác",
        ),
        (
            'the register no longer says that "{value}" is of {detail}',
            "bring the row back: an issued address is neither forgotten nor given to somebody else",
        ),
    ),
    "register_behind": error(
        (
            'register.csv chưa theo kịp roster: "{value}"',
            "chạy playbooks/register.yml rồi commit register.csv",
        ),
        (
            'register.csv is behind the roster at "{value}"',
            "run playbooks/register.yml and commit register.csv",
        ),
    ),
    "uncommitted": error(
        (
            "tệp này khác bản đã commit",
            "commit trước rồi chạy lại; -e uncommitted=true nếu thật sự muốn chạy với tệp chưa commit",
        ),
        (
            "this file is not as it was committed",
            "commit it first; -e uncommitted=true if a file that is not committed is really meant",
        ),
    ),
    "outside_git": warning(
        (
            "Git không giữ sổ và roster này: không ai xem lại được thay đổi ({detail})",
            "đưa thư mục của site vào kho Git và commit",
        ),
        (
            "this register and roster are not in Git: nobody can review a change ({detail})",
            "put the folder of the site into a repository and commit it",
        ),
    ),
    "operator_unknown": warning(
        (
            "không rõ ai đang chạy, nhật ký sẽ ghi {value}",
            "ghi -e operator=<địa chỉ của mình>, hoặc đặt git config user.email",
        ),
        (
            "it is not known who runs this, the audit log will say {value}",
            "write -e operator=<your address>, or set git config user.email",
        ),
    ),
    "centre_alone": warning(
        (
            'trung tâm "{value}" chỉ có một người ({detail}): không ai duyệt được thay đổi của người này',
            "ghi head và it_officer là hai người, hoặc it_officer của đơn vị cấp trên",
        ),
        (
            'the centre "{value}" is one person ({detail}): nobody can approve what they change',
            "name two people as head and it_officer, or an it_officer of the unit above",
        ),
    ),
    "owner_unknown": error(
        (
            '"{value}" không phải địa chỉ của cán bộ phụ trách CNTT nào',
            "gửi thay đổi từ địa chỉ công vụ đã cấp, hoặc nhờ trung tâm ghi it_officer của đơn vị",
        ),
        (
            '"{value}" is not the address of any IT officer',
            "send the change from the official address, or have the centre name the unit's it_officer",
        ),
    ),
    "owner_outside": error(
        ('"{value}" không được sửa tệp này', "bỏ thay đổi ở tệp này; chỉ sửa {detail}"),
        ('"{value}" may not change this file', "take the change of this file back; only change {detail}"),
    ),
    "owner_register": error(
        (
            'dòng "{value}" không phải do register.yml ghi',
            "lấy lại register.csv cũ rồi chạy playbooks/register.yml",
        ),
        (
            'the row "{value}" is not what register.yml writes',
            "take back register.csv and run playbooks/register.yml",
        ),
    ),
    "owner_may_not": error(
        (
            '"{value}": quy chế không giao việc này cho đơn vị (unit_officers_may không có {detail})',
            "bỏ thay đổi này và gửi đề nghị để trung tâm làm",
        ),
        (
            '"{value}": the regulation does not give this to units (unit_officers_may lacks {detail})',
            "take the change back and ask the centre for it",
        ),
    ),
    "owner_other_person": error(
        (
            '"{value}": đổi cả họ tên lẫn ngày sinh là giao hộp thư cho người khác',
            "sửa một trong hai; người mới thì gửi đề nghị để trung tâm cấp với mã cán bộ khác",
        ),
        (
            '"{value}": another name and another birth date give the mailbox to somebody else',
            "fix one of the two; for a new person ask the centre, with another person_id",
        ),
    ),
    "owner_moves": error(
        ('"{value}" chuyển đơn vị: {detail}', "bỏ thay đổi này và gửi đề nghị để trung tâm chuyển dòng này"),
        ('"{value}" moves: {detail}', "take the change back and ask the centre to move the row"),
    ),
    "owner_removed": error(
        (
            'dòng của "{value}" bị xóa',
            "đưa dòng này trở lại; người nghỉ việc thì ghi status left, decision_no và decision_date",
        ),
        (
            'the row of "{value}" is removed',
            "bring it back; for a leaver write status left, decision_no and decision_date",
        ),
    ),
    "owners_foreign": error(
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
