"""Names as a province's personnel list has them, drawn by rough frequencies.

The tables are estimates of ours, good enough to make the same words, lengths and clashes as real lists: two
in five are Nguyễn, most women are Thị, and one in ten comes from a people of the Central Highlands.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True)
class Table:
    """Words and how often each stands, in any unit."""

    words: tuple[str, ...]
    weights: tuple[float, ...]

    def pick(self, random: Random) -> str:
        """Draw one word."""
        return random.choices(self.words, self.weights)[0]


def _weighted(text: str) -> Table:
    """Read ``word weight, word weight``."""
    pairs = [item.rsplit(maxsplit=1) for item in text.split(",")]
    return Table(tuple(word.strip() for word, _ in pairs), tuple(float(weight) for _, weight in pairs))


def _falling(text: str) -> Table:
    """Read words from the most to the least frequent: each is a little rarer than the one before."""
    words = tuple(text.split())
    return Table(words, tuple(1 / (rank + 8) for rank in range(len(words))))


SURNAMES = _weighted(
    "Nguyễn 38, Trần 11, Lê 9.5, Phạm 7, Huỳnh 3, Hoàng 2.1, Phan 4.5, Võ 2.3, Vũ 1.6, Đặng 2.1, Bùi 2, "
    "Đỗ 1.4, Hồ 1.3, Ngô 1.3, Dương 1, Lý 0.5, Trương 1, Đinh 0.9, Đoàn 0.7, Đào 0.7, Trịnh 0.7, Lương "
    "0.6, Mai 0.6, Lâm 0.5, Phùng 0.4, Tô 0.4, Hà 0.5, Cao 0.5, Tạ 0.4, Lưu 0.3, Chu 0.2, Thái 0.3, "
    "Châu 0.2, Tăng 0.2, Quách 0.2, La 0.1, Triệu 0.1, Kiều 0.1, Ông 0.05, Âu Dương 0.02, Tôn Nữ 0.05, "
    "Công Tằng Tôn Nữ 0.01, Nguyễn Trần 0.3, Lê Nguyễn 0.2, Nguyễn Hoàng 0.3"
)
MEN_MIDDLE = _weighted(
    "Văn 30, Hữu 5, Đức 5, Công 4, Quang 4, Minh 4, Xuân 4, Ngọc 4, Thanh 4, Đình 4, Quốc 4, Anh 2, "
    "Hoàng 3, Trọng 2, Bá 1, Duy 2, Thế 2, Tiến 2, Viết 1, Hồng 1, Mạnh 1, Trung 1, Thành 2, Tấn 1, Huy "
    "1, Hoàng Anh 0.5, Hoàng Tiến 0.2, Nguyễn Minh 0.2, Trần Quốc 0.2"
)
WOMEN_MIDDLE = _weighted(
    "Thị 38, Thị Thu 4, Thị Thanh 4, Thị Ngọc 4, Thị Kim 4, Thị Phương 3, Thị Hồng 4, Thị Bích 3, Thị "
    "Mỹ 3, Thị Minh 2, Thị Thúy 2, Thị Tuyết 2, Thị Hoài 2, Thị Lan 1, Thị Quỳnh 2, Thị Cẩm 1, Thị Diệu "
    "1, Thị Như 1, Ngọc 2, Thu 1, Thanh 1, Kim 1, Phương 1, Minh 1, Quỳnh 1, Hoàng 1, Bảo 1, Trần "
    "Phương 0.3, Hoàng Bảo 0.3"
)
MEN = _falling(
    "Hùng Dũng Tuấn Minh Nam Hải Thắng Cường Sơn Anh Long Đức Trung Thành Hiếu Quang Bình Phong Tâm "
    "Tùng Phúc Hoàng Huy Khánh Việt Toàn Kiên Quân Linh Thanh Tú Vinh Duy Lâm Nghĩa Phương Tân Tiến Trí "
    "Vũ Đạt Định Giang Hà Hậu Hòa Hưng Khoa Lộc Luân Lực Mạnh Nguyên Nhân Nhật Phát Phước Quốc Quyết "
    "Quý Sang Tài Thái Thiện Thịnh Thọ Thuận Thương Tín Tính Tình Trường Trọng Tuyên Văn Xuân Ước Đệ "
    "Đông Khuê Khôi Khải Kỳ Chiến Chính Chung Công Cảnh Danh Diện Bảo Bắc Bách An Ẩn"
)
WOMEN = _falling(
    "Hương Lan Hoa Hà Linh Trang Thảo Hằng Thủy Nga Mai Phương Ngọc Hạnh Yến Thúy Vân Dung Hiền Loan "
    "Nhung Oanh Tuyết Liên Huyền Anh Thu Hồng Bích Tâm Thanh Xuân Châu Chi Cúc Diễm Duyên Đào Giang Hải "
    "Hân Hậu Hòa Huệ Khánh Kiều Lệ Lý Ly My Mỹ Minh Ngà Ngân Nguyệt Nhi Nhàn Như Nữ Phúc Phụng Quyên "
    "Quỳnh Sen Sương Thắm Thoa Thơ Thuận Thư Thương Tiên Trâm Trinh Trúc Tú Tuyền Uyên Vi Vy Ý An Ái Bé "
    "Bình Cẩm Diệp Đoan Thuý Thùy Khuyên Lài Lành Luyến Mơ Nết Tươi Út"
)
JRAI = _falling("Ksor Siu Nay Kpă Rmah Puih Ksơr Rơ~Châm Rah~Lan Rơ~Mah Rơ~Lan Hiao Ra~Lan Kpuih Rcom")
HIGHLAND_MEN = _falling(
    "Thông Phước Blôt Hyêm Krâm Thoan Yưk Pơih Kơr Tuân Nghiêm Blin Chroh Đuk Glưm Hlâm Jơh Klơng Mlơi "
    "Nhơn Ñai Ƀơ̆m Sơm Thik"
)
HIGHLAND_WOMEN = _falling(
    "H'Blem H'Lan H'Nhơn H'Trang H'Bia H'Yuin H'Đuyên H'Nga H'Loan H'Mai H'Kiều H'Ngọc H'Uyên H'Nhiên H'Rin"
)
EDE = _falling("Niê Êban Mlô Byă Niê~Kđăm Ayŭn Ktla Buôn~Yă Buôn~Krông Hmŏk Knul Kbuôr Ênuôl Adrơng")
EDE_MEN = _falling("Blý Thim Bhem Khôi Tuyn Wer Čhông Ngưn Lơt Suan Hải Bảo Sơn Ñĭk Khuyết")
EDE_WOMEN = _falling("H'Či H'Ngai H'Linh H'Bliă H'Nhuên H'Lê H'Thủy H'Yăm H'Ñuê H'Dung")


@dataclass(frozen=True)
class FullName:
    """A name as it is written, and its parts where they must be declared."""

    text: str
    surname: str = ""
    middle: str = ""
    given: str = ""


def name(random: Random) -> FullName:
    """Draw the name of one official."""
    woman = random.random() < 0.48
    people = random.random()
    if people < 0.90:
        return _kinh(random, woman)
    if people < 0.96:
        return _jrai(random, woman)
    return _ede(random, woman) if people < 0.98 else _bana(random, woman)


def _kinh(random: Random, woman: bool) -> FullName:
    words = [SURNAMES.pick(random)]
    given = (WOMEN if woman else MEN).pick(random)
    # No Lê Mai: mail@ is reserved, and the roster has to name the address of such people by hand.
    if random.random() < 0.95 or given == "Mai":
        words.append((WOMEN_MIDDLE if woman else MEN_MIDDLE).pick(random))
    words.append(given)
    text = " ".join(words)
    # Some offices write names in capitals.
    return FullName(text.upper() if random.random() < 0.03 else text)


def _jrai(random: Random, woman: bool) -> FullName:
    given = (HIGHLAND_WOMEN if woman else HIGHLAND_MEN).pick(random)
    if random.random() < 0.2:
        given = given.replace("'", "’")
    return FullName(f"{JRAI.pick(random)} {given}".replace("~", " "))


def _bana(random: Random, woman: bool) -> FullName:
    given = (WOMEN if woman else HIGHLAND_MEN).pick(random)
    return FullName(f"Đinh {'Thị' if woman else 'Y'} {given}")


def _ede(random: Random, woman: bool) -> FullName:
    """Given name first, family name last: nobody can tell, so the parts are declared."""
    surname = EDE.pick(random).replace("~", " ")
    if woman:
        given = EDE_WOMEN.pick(random)
        return FullName(f"{given} {surname}", surname, "", given)
    given = EDE_MEN.pick(random)
    return FullName(f"Y {given} {surname}", surname, "Y", given)
