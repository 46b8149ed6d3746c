# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Everything a site may say: each ``mail_*`` variable, each key of ``regulation``, each ``*_parameters``.

This is the one place for types, bounds, defaults and sources. The validator, the values that roles are handed
and the reference pages are made from it.
"""

from __future__ import annotations

from ..naming.addresses import JOINS, USUAL_JOINS
from ..naming.patterns import FORMS, form, person_pattern, unit_pattern
from ..parsing.messages.text import LANGUAGES
from .fields import Either, Field, Flag, Listed, Network, Number, Pattern, Record, Table, Text

# name.unit@domain (GL-7.1d), name@domain (DN-4.2c, UB-4), or name@unit.domain (BD-4.1a)
STYLES = ("dot_unit", "flat", "subdomain")
MIDDLE_INITIALS = ("all", "first")  # how DN-4.2c's "first letter of the middle part" is read
SCOPES = ("unit", "domain")  # where two people may not have the same form (GL-7.2d; DN-4.2d)
TIES = ("together", "newcomer")  # who moves on where several want one form (NAMING rules 13, 14)
STAGES = ("notice", "lock", "propose", "reclaim", "delete")  # of idle mailboxes (UB-9.3, GL-13.3)
OFFICER_ACTS = ("create", "change", "cancel")
# Columns of a people file that a decision may ask for (DN-5.2, QT-9, UB-6.1b).
DOCUMENT_COLUMNS = ("decision_no", "decision_date", "request_no", "requested_on", "birth_date", "title")
CONTACTS = ("head", "it_officer", "clerk")
KINDS_NAMED = (
    ("agency", "cơ quan", "of an agency"),
    ("department", "phòng, đơn vị trực thuộc", "of a department"),
    ("locality", "địa phương", "of a locality"),
    ("role", "hộp thư chức danh", "of a role mailbox"),
)
KINDS = tuple(kind for kind, _, _ in KINDS_NAMED)

# The inventories of the five decisions, with the letters of their article ids: what a new site is made from.
SAMPLES = {"gialai": "GL", "binhdinh_snv": "BD", "dongnai": "DN", "cema": "UB", "quangtri": "QT"}

# The longest domain leaves room for 64 characters and an @ in the 254 that an address may have (RFC 5321).
DOMAIN = r"(?=.{4,190}$)[a-z0-9]+(?:-+[a-z0-9]+)*(?:\.[a-z0-9]+(?:-+[a-z0-9]+)*)+"
ADDRESS = rf"[a-z0-9._-]{{1,64}}@{DOMAIN}"
PHONE = r"\+?[0-9][0-9 ().-]{4,28}[0-9]"
UNIT = r"[a-z0-9]+(?:\.[a-z0-9]+)*"
WORD = r"[a-z0-9]+(?:[._-][a-z0-9]+)*"
AGE_KEY = r"age1[0-9a-z]{58}"  # age(1): Bech32, 32 bytes
HOST_KEY = r"(?:ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(?:256|384|521)) [A-Za-z0-9+/]+={0,2}"
REPOSITORY = r"(?:ssh://[^\s/]+/\S+|/\S+|[^\s:/]+:\S+)"  # borg(1): a URL, a path, or host:path
SIZE = r"(?:[1-9][0-9]+M|[1-9][0-9]*[GT])"  # borg-serve(1); below 10 MiB borg makes no repository

# systemd.time(7), "Calendar events": [days] [date] time, or one word.
_DAY = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*"
_PART = r"(?:\*|\d+)(?:\.\.\d+)?(?:/\d+)?"
_PARTS = rf"{_PART}(?:,{_PART})*"
CALENDAR = (
    r"hourly|daily|weekly|monthly|quarterly|semiannually|yearly|minutely|"
    rf"(?:{_DAY}(?:(?:,|\.\.){_DAY})* )?(?:(?:{_PARTS}-)?{_PARTS}[-~]{_PARTS} )?"
    rf"{_PARTS}:{_PARTS}(?::{_PARTS})?"
)


def domain(vi: str, en: str, example: str, source: str = "", readers: tuple[str, ...] = ()) -> Text:
    """Return the field of a name in the DNS that must be given."""
    return Text(
        vi=vi,
        en=en,
        source=source,
        example=example,
        required=True,
        pattern=DOMAIN,
        form="gialai.gov.vn",
        readers=readers,
    )


def path(vi: str, en: str, example: str, readers: tuple[str, ...]) -> Text:
    """Return the field of a file or folder on the controller; empty where there is none."""
    return Text(vi=vi, en=en, example=example, default="", empty=True, form="/...", readers=readers)


_KEY = Text(
    vi="khóa công khai age",
    en="public key of age(1)",
    source="age(1)",
    required=True,
    pattern=AGE_KEY,
    form="age1... (age-keygen)",
    example=f"age1{'...'}",
)
_OPERATOR = Record(
    fields={
        "name": Text(vi="họ tên", en="name", required=True, example="Trương Hoàng Tiến Minh"),
        "age": _KEY,
    }
)
_QUOTA = "MiB"
_TARGET = Record(
    fields={
        "label": Text(
            vi="tên trong báo cáo",
            en="name in reports, unlike that of any other target",
            required=True,
            pattern=r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}",
            form="a-z, 0-9, - _",
            example="offsite",
        ),
        "repositories": Text(
            vi="địa chỉ borg, sau nó là tên máy chủ thư",
            en="address of borg that the name of a mail host is put after",
            source="borg(1)",
            required=True,
            pattern=REPOSITORY,
            form="ssh://u123@store.example.vn:23/./backup",
            example="ssh://u123@store.example.vn:23/./backup",
        ),
        "host": Text(
            vi="máy mà ssh nối tới",
            en="host that ssh goes to",
            required=True,
            pattern=r"[A-Za-z0-9.:_-]+",
            form="store.example.vn",
            example="store.example.vn",
        ),
        "port": Number(vi="cổng ssh", en="its ssh port", most=65535, unit="TCP", default=22, example=23),
        "host_key": Text(
            vi="khóa ssh của máy đó",
            en="its public ssh host key, type and key",
            source="sshd(8)",
            required=True,
            pattern=HOST_KEY,
            form="ssh-ed25519 AAAA...",
            example="ssh-ed25519 AAAA...",
        ),
        "kept": Flag(
            vi="máy đầu tiên của nhóm backup dọn bớt bản cũ ở đây",
            default=True,
            example=False,
            en="whether the first host of group backup thins it out, with its own key",
        ),
    }
)


def _copies(vi: str, en: str) -> Number:
    return Number(
        vi=f"số bản theo {vi} được giữ",
        en=f"{en} backups that are kept",
        least=0,
        most=10_000,
        unit="bản, backups",
    )


_RETENTION = {"hourly": 48, "daily": 14, "weekly": 8, "monthly": 6}

VARIABLES: dict[str, Field] = {
    "mail_domain": domain(
        "tên miền của địa chỉ mới",
        "domain that new addresses are issued under",
        "gialai.gov.vn",
        "GL-3.1, BD-2, DN-3, UB-3, QT-3",
        ("register", "site", "directory", "lifecycle"),
    ),
    "mail_domains": Listed(
        vi="mọi tên miền nhận thư, kể cả mail_domain",
        en="every domain that mail is received for, mail_domain included",
        required=True,
        least=1,
        example=["gialai.gov.vn"],
        item=domain("tên miền", "domain", "gialai.gov.vn"),
        readers=("register", "directory", "postfix", "rspamd"),
    ),
    "mail_hostname": domain(
        "tên máy mà người dùng nối tới",
        "name that users connect to",
        "mail.gialai.gov.vn",
        "GL-3.1",
        ("certificates", "handout"),
    ),
    "mail_account_host": Text(
        vi="tên máy của trang đổi mật khẩu, mà người dùng tự gõ vào trình duyệt",
        en="name of the page where passwords are changed, which people type into a browser",
        pattern=DOMAIN,
        form="mail.gialai.gov.vn",
        default_from="first host of group webmail",
        example="mail.gialai.gov.vn",
        readers=("account", "certificates", "dovecot", "lifecycle", "handout"),
    ),
    "mail_organization": Text(
        vi="tên cơ quan vận hành, như viết trong thư",
        en="name of the body that runs the mail, as letters have it",
        required=True,
        example="Ủy ban nhân dân tỉnh Gia Lai",
        readers=("directory", "lifecycle", "handout", "handover", "backup"),
    ),
    "mail_postmaster": Text(
        vi="đơn vị có hộp thư nhận postmaster@ và abuse@",
        en="unit whose mailbox receives postmaster@ and abuse@",
        source="RFC 2142, RFC 5321 4.5.1",
        required=True,
        pattern=UNIT,
        form="cntt.stttt",
        example="cntt.stttt",
        readers=("register", "mailboxes", "validate"),
    ),
    "mail_support": Record(
        vi="nơi gửi thông báo và giải đáp",
        en="where notices come from, and what they name for questions",
        source="GL-13.2, QT-10.5",
        required=True,
        example={"address": "cntt.stttt@gialai.gov.vn", "phone": "0269 3824 404"},
        fields={
            "address": Text(
                vi="địa chỉ của một hộp thư có người đọc",
                en="address of a mailbox that somebody reads",
                required=True,
                pattern=ADDRESS,
                form="cntt.stttt@gialai.gov.vn",
                example="cntt.stttt@gialai.gov.vn",
            ),
            # Written without quotes, YAML reads 0269 3824 404 as text, but 02693824404 as a number.
            "phone": Text(
                vi="số điện thoại, trong ngoặc kép",
                en="telephone number, in quotes",
                required=True,
                pattern=PHONE,
                form='"0269 3824 404"',
                example="0269 3824 404",
            ),
        },
        readers=("lifecycle", "handout", "backup"),
    ),
    "mail_operators": Listed(
        vi="người mở được mật khẩu cấp lần đầu",
        en="who may open sealed first passwords",
        source="GL-11.2, UB-10.2",
        required=True,
        later=True,
        item=_OPERATOR,
        example=[{"name": "Trương Hoàng Tiến Minh", "age": "age1..."}],
        readers=("mailboxes", "reset_password", "handover"),
    ),
    "mail_archive_keys": Listed(
        vi="khóa mở kho lưu trữ thư và bản sao lưu",
        en="keys that open archives of mail and backups; best two",
        required=True,
        later=True,
        item=_KEY,
        example=["age1...", "age1..."],
        readers=("lifecycle", "backup"),
    ),
    "mail_quota_mib": Record(
        vi="dung lượng hộp thư (MiB)",
        en="size of a mailbox (MiB)",
        source="GL-13.3d, QT-11.2",
        required=True,
        example={"person": 2048, "unit": 5120},
        fields={
            "person": Number(
                vi="hộp thư cá nhân",
                en="personal mailbox",
                required=True,
                most=1_048_576,
                unit=_QUOTA,
                example=2048,
            ),
            "unit": Number(
                vi="hộp thư đơn vị",
                en="unit mailbox",
                required=True,
                most=1_048_576,
                unit=_QUOTA,
                example=5120,
            ),
        },
        readers=("mailboxes",),
    ),
    "mail_message_size_mib": Number(
        vi="thư lớn nhất được nhận (MiB)",
        en="largest message that is taken (MiB)",
        required=True,
        most=1024,
        unit="MiB",
        example=25,
        readers=("postfix", "clamav", "rspamd", "dovecot"),
    ),
    "mail_language": Text(
        vi="ngôn ngữ của báo lỗi và báo cáo",
        en="language of problems, summaries and reports",
        default="vi",
        choices=LANGUAGES,
        example="en",
        readers=("validate", "register", "mailboxes"),
    ),
    "mail_directory_clients": Listed(
        vi="mạng được hỏi danh bạ, ngoài các máy chủ thư",
        en="networks that may ask the directory, beside our own hosts",
        default=[],
        item=Network(vi="mạng", en="network", example="10.66.0.0/16"),
        example=["10.66.0.0/16"],
        readers=("base",),
    ),
    "mail_certificate": path(
        "chứng thư (PEM) mà chương trình thư thấy; không có thì CA nội bộ cấp",
        "certificate chain (PEM) that mail clients see; without it the internal CA makes one",
        "{{ inventory_dir }}/files/mail.gialai.gov.vn.pem",
        ("certificates",),
    ),
    "mail_certificate_key": path(
        "khóa của chứng thư đó (PEM, có thể mã hóa bằng ansible-vault)",
        "its key (PEM, may be encrypted by ansible-vault)",
        "{{ inventory_dir }}/files/mail.gialai.gov.vn.key",
        ("certificates",),
    ),
    "mail_signature_mirror": Text(
        vi="nơi tải mẫu vi-rút; để trống thì không tải",
        en="where virus signatures are fetched; nowhere if empty",
        source="freshclam.conf(5)",
        default="database.clamav.net",
        empty=True,
        pattern=r"[A-Za-z0-9.:/_-]+",
        form="database.clamav.net",
        example="clamav.gialai.gov.vn",
        readers=("clamav",),
    ),
    "mail_signature_files": Listed(
        vi="tệp mẫu vi-rút của riêng mình",
        en="virus signature files of your own, on the controller",
        default=[],
        item=Text(form="/..."),
        example=["{{ inventory_dir }}/files/own.ndb"],
        readers=("clamav",),
    ),
    "mail_alerts": Listed(
        vi="người được báo khi sao lưu hỏng hoặc trễ",
        en="who is told when a backup failed or is late",
        least=1,
        default_from="mail_support.address",
        example=["cntt.stttt@gialai.gov.vn"],
        item=Text(pattern=ADDRESS, form="cntt.stttt@gialai.gov.vn"),
        readers=("backup",),
    ),
    "mail_backup_targets": Listed(
        vi="nơi sao lưu ngoài các máy của nhóm backup",
        en="where backups go beside the hosts of group backup",
        default=[],
        item=_TARGET,
        readers=("backup",),
        example=[
            {
                "label": "offsite",
                "repositories": "ssh://u123@store.example.vn:23/./backup",
                "host": "store.example.vn",
                "port": 23,
                "host_key": "ssh-ed25519 AAAA...",
                "kept": False,
            }
        ],
    ),
    "mail_backup_schedule": Text(
        vi="lúc sao lưu, giờ Việt Nam",
        en="when hosts are backed up, Vietnamese time",
        source="systemd.time(7)",
        default="*-*-* *:05:00",
        pattern=CALENDAR,
        form="*-*-* *:05:00",
        example="*-*-* 01,13:30",
        readers=("backup",),
    ),
    "mail_backup_late_hours": Number(
        vi="sau bao nhiêu giờ thì bản sao lưu là trễ",
        en="from how many hours on a backup is late",
        default=4,
        most=8760,
        unit="giờ, hours",
        parts=True,
        example=26,
        readers=("backup",),
    ),
    "mail_backup_quota": Text(
        vi="dung lượng tối đa cho bản sao lưu của một máy",
        en="how large the backups of a host may grow on one of our backup hosts",
        source="borg-serve(1)",
        default="",
        empty=True,
        pattern=SIZE,
        form="500G (10M, 1T)",
        example="500G",
        readers=("backup",),
    ),
    "mail_backup_retention": Record(
        vi="số bản sao lưu được giữ",
        en="how many backups are kept",
        source="borg-prune(1)",
        default=_RETENTION,
        sparse=True,
        fields={
            "hourly": _copies("giờ", "hourly"),
            "daily": _copies("ngày", "daily"),
            "weekly": _copies("tuần", "weekly"),
            "monthly": _copies("tháng", "monthly"),
            "yearly": _copies("năm", "yearly"),
        },
        example={"daily": 30, "monthly": 12},
        readers=("backup",),
    ),
    "mail_sample": Text(
        vi="mẫu mà site này được lập từ đó: giá trị nào của mẫu còn sót lại là lỗi",
        en="sample that this site was made from: a value of it that is left is an error",
        choices=tuple(SAMPLES),
        example="dongnai",
        readers=("validate",),
    ),
    "mail_site_dir": path(
        "thư mục của site khi không ở bên hosts.yml",
        "folder of the site where it is not beside hosts.yml",
        "/srv/congvu/gialai",
        ("validate", "register", "mailboxes"),
    ),
}

_DAYS = "ngày, days"
_MONTHS = "tháng, months"


def _months(
    vi: str, en: str, source: str, example: int, most: int = 120, default: int | None = None
) -> Number:
    return Number(vi=vi, en=en, source=source, example=example, most=most, unit=_MONTHS, default=default)


PASSWORD = Record(
    vi="mật khẩu",
    en="passwords",
    default={},
    readers=("directory", "lifecycle", "handout"),
    source="GL-11.2, BD-5, UB-10.2",
    fields={
        "min_length": Number(
            vi="ít nhất bao nhiêu ký tự",
            en="least number of characters",
            source="BD-5",
            least=8,
            most=64,
            unit="ký tự, characters",
            default=8,
            example=8,
        ),
        "history": Number(
            vi="số mật khẩu cũ không được dùng lại",
            en="how many old passwords may not be used again",
            source="BD-5",
            least=0,
            most=24,
            unit="mật khẩu cũ, old passwords",
            default=5,
            example=5,
        ),
        "max_age_days": Number(
            vi="tuổi mà mật khẩu phải được đổi",
            en="age at which a password has to be changed",
            source="BD-5",
            most=3650,
            unit=_DAYS,
            example=180,
        ),
        "warn_after_days": Number(
            vi="tuổi mà người dùng bắt đầu được nhắc",
            en="age from which its owner is told",
            source="BD-5",
            most=3650,
            unit=_DAYS,
            example=90,
        ),
        "first_valid_days": Number(
            vi="hạn của mật khẩu cấp lần đầu",
            en="life of a first password that nobody used",
            source="GL-11.2, BD-5, DN-9.1, UB-6.1a, QT-10.1",
            least=2,
            most=365,
            unit=_DAYS,
            default=30,
            example=30,
        ),
        "max_failures": Number(
            vi="số lần sai thì tạm khóa",
            en="failures after which the account is locked for a while",
            source="slapo-ppolicy(5)",
            least=3,
            most=100,
            unit="lần, times",
            default=5,
            example=5,
        ),
        "failure_minutes": Number(
            vi="sau bao lâu một lần sai được quên",
            en="after which a failure is forgotten",
            source="slapo-ppolicy(5)",
            most=1440,
            unit="phút, minutes",
            default=10,
            example=10,
        ),
        "lockout_minutes": Number(
            vi="tạm khóa bao lâu",
            en="for which the account stays locked",
            source="slapo-ppolicy(5)",
            most=1440,
            unit="phút, minutes",
            default=15,
            example=15,
        ),
        "delay_seconds": Number(
            vi="chờ sau lần sai đầu, mỗi lần sau gấp đôi",
            en="wait after a first failure, doubled with each further",
            source="slapo-ppolicy(5)",
            least=0,
            most=60,
            unit="giây, seconds",
            default=1,
            example=1,
        ),
    },
)
LIFECYCLE = Record(
    vi="vòng đời tài khoản",
    en="what becomes of accounts with time",
    default={},
    readers=("lifecycle", "mailboxes"),
    fields={
        "idle": Listed(
            vi="các giai đoạn đối với hộp thư không sử dụng, theo thứ tự",
            en="what is done with mailboxes that nobody uses, stage by stage",
            source="UB-9.3, GL-13.3",
            example=[
                {"stage": "notice", "idle_months": 3},
                {"stage": "lock", "after_days": 30},
                {"stage": "delete", "idle_months": 6},
            ],
            item=Record(
                fields={
                    "stage": Text(
                        vi="thông báo, khóa, đề nghị thu hồi, thu hồi, xóa",
                        en="what is done",
                        source="UB-9.3, GL-13.3",
                        required=True,
                        choices=STAGES,
                        example="notice",
                    ),
                    "idle_months": _months(
                        "sau quá bao nhiêu tháng không dùng",
                        "months without use; due on the day after they are over",
                        "",
                        3,
                    ),
                    "after_days": Number(
                        vi="sau giai đoạn trước bao nhiêu ngày",
                        en="days after the stage before it",
                        most=3650,
                        unit=_DAYS,
                        example=30,
                    ),
                    "after_months": _months(
                        "sau giai đoạn trước bao nhiêu tháng",
                        "months after the stage before it",
                        "",
                        3,
                    ),
                },
            ),
        ),
        "lock_after_months": _months(
            "không dùng bao lâu thì khóa", "idle time after which an account is locked", "UB-9.3a", 3
        ),
        "delete_after_months": _months(
            "không dùng bao lâu thì xóa, sau khi đã khóa",
            "idle time after which it is deleted, locked before",
            "UB-9.3b",
            6,
        ),
        "propose_after_months": _months(
            "không dùng bao lâu thì đề nghị thu hồi",
            "idle time after which reclaiming is proposed",
            "GL-13.3",
            6,
        ),
        "notice_days": Number(
            vi="báo trước khi thu hồi",
            en="notice before an approved reclaim",
            source="GL-13.3",
            most=365,
            unit=_DAYS,
            example=15,
        ),
        "create_working_days": Number(
            vi="cấp hộp thư trong bao nhiêu ngày làm việc từ khi có văn bản",
            en="how soon a requested mailbox has to be there",
            source="UB-6.1b",
            most=60,
            unit="ngày làm việc, working days",
            example=2,
        ),
        "keep_months": _months(
            "giữ thư của người nghỉ bao lâu", "how long the mail of who left is kept", "", 6, default=6
        ),
        "keep_titles": Table(
            vi="thời hạn đó theo chức danh",
            en="that term for some titles",
            default={},
            key="phó giám đốc",
            item=Number(most=1200, unit=_MONTHS),
            example={"giám đốc": 12},
        ),
        "reply_months": _months(
            "địa chỉ của đơn vị đã giải thể tự trả lời bao lâu",
            "how long a dissolved unit's address answers by itself",
            "",
            6,
            default=6,
        ),
    },
)


def _words(vi: str, en: str, source: str, choices: tuple[str, ...] = (), **more: object) -> Listed:
    item = Text(choices=choices) if choices else Text(pattern=WORD, form="a-z, 0-9, . - _")
    return Listed(vi=vi, en=en, source=source, item=item, **more)  # type: ignore[arg-type]


NAMING = Record(
    vi="cách đặt địa chỉ",
    en="how an address is made",
    required=True,
    readers=("register",),
    example={"style": "dot_unit"},
    fields={
        "style": Text(
            vi="tên.đơnvị@miền, tên@miền hay tên@đơnvị.miền: viết tắt của person và units",
            en="name.unit@domain, name@domain or name@unit.domain: short for person and units",
            source="GL-7.1d, BD-4.1a, DN-4.2c, UB-4",
            choices=STYLES,
            example="dot_unit",
        ),
        "person": Pattern(
            vi="mẫu địa chỉ của người, thay cho style",
            en="pattern of a person's address, in place of style",
            source="GL-7.1d, BD-4.1a, DN-4.2c, UB-4",
            form="<given><initials>.<unit>@<domain>",
            example="<given><initials>.<unit>@<domain>",
            read=person_pattern,
        ),
        "units": Record(
            vi="mẫu địa chỉ của hộp thư đơn vị theo loại, khi khác style hoặc khác <unit>@<domain>",
            en="pattern of a unit's address by its kind, where it is another than style's or <unit>@<domain>",
            source="GL-7.1b, GL-7.1c, GL-7.2a, BD-4.1a, DN-4.2e, UB-4a",
            default={},
            example={"locality": "ubnd<unit>@<domain>"},
            fields={
                kind: Pattern(
                    vi=f"địa chỉ của {vi}",
                    en=f"the address {en}",
                    source="GL-7.1b, GL-7.1c, BD-4.1a, DN-4.2e, UB-4a",
                    form="<unit>@<domain>",
                    example="<unit>@<domain>",
                    read=unit_pattern,
                )
                for kind, vi, en in KINDS_NAMED
            },
        ),
        "domains": Record(
            vi="tên miền riêng, phải có trong mail_domains",
            en="domains of their own; mail_domains must have them",
            default={},
            example={"units": {"sgddt": "sgddt.gialai.gov.vn"}},
            fields={
                "kinds": Record(
                    vi="theo loại đơn vị",
                    en="by the kind of a unit",
                    default={},
                    example={"locality": "xa.gialai.gov.vn"},
                    fields={
                        kind: Text(
                            vi=f"tên miền của {vi}",
                            en=f"the domain {en}",
                            pattern=DOMAIN,
                            form="gialai.gov.vn",
                            example="xa.gialai.gov.vn",
                        )
                        for kind, vi, en in KINDS_NAMED
                    },
                ),
                "units": Table(
                    vi="theo đơn vị, cùng mọi đơn vị bên dưới",
                    en="by unit, with all units below it",
                    default={},
                    key="sgddt",
                    pattern=UNIT,
                    item=Text(pattern=DOMAIN, form="gialai.gov.vn"),
                    example={"sgddt": "sgddt.gialai.gov.vn"},
                ),
            },
        ),
        "joins": Listed(
            vi="dấu nối được dùng trong tên hộp thư",
            en="joins that a local part may have",
            source="GL-7.2b, RFC 5321",
            default=list(USUAL_JOINS),
            item=Text(choices=JOINS),
            example=[".", "_"],
        ),
        "collision": Record(
            vi="khi hai người trùng tên",
            en="where two people have the same name",
            required=True,
            source="GL-7.2d, BD-3.5, DN-4.2d",
            example={"scope": "unit", "forms": ["base", "serial"]},
            fields={
                "scope": Text(
                    vi="không trùng trong đơn vị hay trong tên miền; theo mẫu địa chỉ nếu không ghi",
                    en="unique within the unit or the domain; unset, it follows from the pattern",
                    source="GL-7.2d, BD-3.5, DN-4.2a",
                    choices=SCOPES,
                    example="unit",
                ),
                "forms": Listed(
                    vi="các dạng lần lượt được thử: tên gọi sẵn hoặc mẫu",
                    en="forms that are tried one after the other, by name or as patterns",
                    source="GL-7.2c, GL-7.2d, GL-7.2e, DN-4.2d",
                    item=Pattern(named=tuple(FORMS), form="<base><birth-year>", read=form),
                    required=True,
                    example=["base", "expanded", "birth_year", "birth_date", "serial"],
                ),
                "ties": Text(
                    vi="nhiều người cùng muốn một dạng thì ai sang dạng sau: cả nhóm, hay người đến sau",
                    en="where several want one form, who moves on: all of them, or whoever comes later",
                    source="GL-7.2d, DN-4.2d",
                    choices=TIES,
                    default_from="`newcomer` if the last form has `<letters>`, else `together`",
                    example="newcomer",
                ),
                "rename_holder": Flag(
                    vi="người đã có địa chỉ cũng đổi",
                    en="whether the first holder of a form changes too",
                    source="GL-7.2d",
                    default=False,
                    example=False,
                ),
            },
        ),
        "reserved": _words(
            "tên không ai được cấp theo quy tắc",
            "local parts that nobody gets by rule",
            "RFC 2142",
            required=True,
            example=["admin", "root"],
        ),
        "reserved_before_unit": _words(
            "từ không đứng một mình trước tên đơn vị",
            "words kept free in front of a unit's name",
            "",
            default=[],
            example=["vanthu"],
        ),
        "locality_prefix": Text(
            vi="tiền tố của văn phòng địa phương",
            en="what stands before the name of a locality's office",
            source="GL-7.2a, DN-4.2e",
            default="",
            empty=True,
            pattern=WORD,
            form="a-z, 0-9, . - _",
            example="ubnd",
        ),
        "office": Text(
            vi="tên hộp thư của cơ quan (style: subdomain)",
            en="local part of an agency's own mailbox (style: subdomain)",
            source="BD-4.1a",
            default="",
            empty=True,
            form="vp (style: subdomain)",
            example="vp",
        ),
        "middle_initials": Text(
            vi="lấy chữ đầu của mọi chữ lót hay của chữ đầu",
            en="initials of all middle words, or of the first alone",
            source="DN-4.2c",
            default="all",
            choices=MIDDLE_INITIALS,
            example="all",
        ),
        "move_alias_months": Number(
            vi="địa chỉ cũ của người chuyển đơn vị còn nhận thư bao lâu",
            en="how long a mover's old address is read; without end if unset",
            source="GL-7.1d",
            most=1200,
            unit=_MONTHS,
            example=12,
        ),
    },
)
REGULATION = Record(
    vi="quy chế dưới dạng dữ liệu",
    en="the decision as data",
    required=True,
    example={"decision": "03/2011/QĐ-UBND"},
    fields={
        "decision": Text(
            vi="số và ký hiệu quyết định",
            en="number of the decision",
            required=True,
            example="03/2011/QĐ-UBND",
            source="GL-1.2, BD-1, DN-3, UB-2, QT-1.2",
            readers=("lifecycle", "validate"),
        ),
        "naming": NAMING,
        "unit_contacts": Record(
            vi="người mà mỗi loại đơn vị phải có",
            en="contacts that each kind of unit must name",
            required=True,
            source="GL-10.1, BD-4.2b, DN-10.1, UB-12.1, QT-8",
            example={"agency": ["head", "it_officer"]},
            readers=("validate",),
            fields={
                kind: _words(
                    vi, en, "GL-10.1, BD-4.2b, DN-10.1, UB-12.1, QT-8", CONTACTS, default=[], example=["head"]
                )
                for kind, vi, en in KINDS_NAMED
            },
        ),
        "required_columns": _words(
            "cột phải điền cho người đang làm việc",
            "columns that a present person's row must fill",
            "DN-5.2, QT-9, UB-6.1b",
            DOCUMENT_COLUMNS,
            default=[],
            example=["decision_no"],
            readers=("validate",),
        ),
        "unit_officers_may": _words(
            "việc cán bộ CNTT của đơn vị được làm trong tệp của mình",
            "what a unit's officer may do in the unit's own file",
            "GL-13.2a",
            OFFICER_ACTS,
            default=list(OFFICER_ACTS),
            example=["change", "cancel"],
            readers=("validate",),
        ),
        "password": PASSWORD,
        "lifecycle": LIFECYCLE,
    },
)

_SETTING = Either(of=(Flag(), Number(least=-(2**31)), Text(empty=True)))


def _parameters(program: str, key: str, pattern: str, example: dict[str, object], source: str) -> Table:
    return Table(
        vi=f"tham số thêm của {program}, mà vai trò không tự đặt",
        en=f"further settings of {program}, none that the role sets",
        default={},
        key=key,
        pattern=pattern,
        item=_SETTING,
        example=example,
        source=source,
    )


# Further settings of a program: variables of its role, which need no handing over.
PARAMETERS: dict[str, Field] = {
    "postfix_parameters": _parameters(
        "Postfix", "smtp_helo_timeout", r"[a-z]\w*", {"smtp_helo_timeout": "60s"}, "postconf(5)"
    ),
    "dovecot_parameters": _parameters(
        "Dovecot",
        "imap_idle_notify_interval",
        r"[a-z]\w*",
        {"imap_idle_notify_interval": "5 mins"},
        "doveconf(1)",
    ),
    "rspamd_parameters": _parameters(
        "Rspamd (options)", "dns_max_requests", r"[a-z]\w*", {"dns_max_requests": 32}, "rspamd"
    ),
    "directory_parameters": _parameters(
        "slapd", "threads", r"[A-Za-z][\w-]*", {"threads": 32}, "slapd.conf(5)"
    ),
}
