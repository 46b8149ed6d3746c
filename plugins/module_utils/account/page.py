# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the page looks like: templates of Jinja, and one style sheet. No script, no picture, no cookie.

It must do on a telephone of 360 pixels, without a mouse, and read aloud.
"""

from __future__ import annotations

FRAME = """\
<!DOCTYPE html>
<html lang="vi">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{% block title %}Đổi mật khẩu thư điện tử công vụ{% endblock %}</title>
<link rel="stylesheet" href="/mat-khau.css">
</head>
<body>
<header><p>{{ organization }}</p></header>
<main>
<h1>{{ self.title() }}</h1>
{% block main %}{% endblock %}
</main>
<footer>
<p>Cần trợ giúp, hãy liên hệ bộ phận hỗ trợ: <span class="phone">{{ phone }}</span>,
{{ support }}.</p>
<p>Không ai, kể cả người quản trị, được hỏi mật khẩu của bạn. Địa chỉ của trang này là <b>{{ host }}</b>;
hãy tự gõ vào trình duyệt.</p>
</footer>
</body>
</html>
"""

FORM = """\
{% extends "frame.html" %}
{% block main %}
{% if sentences %}
<div class="faults" role="alert" tabindex="-1" id="faults">
<h2>Mật khẩu chưa được đổi</h2>
<ul>
{% for sentence in sentences %}
<li>{{ sentence }}</li>
{% endfor %}
</ul>
</div>
{% endif %}
<form method="post" action="/mat-khau">
<p><label for="address">Địa chỉ thư điện tử</label>
<input id="address" name="address" type="text" inputmode="email" autocomplete="username"
 autocapitalize="none" spellcheck="false" maxlength="254" required value="{{ address }}"></p>
<p><label for="old">Mật khẩu hiện tại</label>
<input id="old" name="old" type="password" autocomplete="current-password"
 maxlength="{{ longest }}" required aria-describedby="old-hint">
<small id="old-hint">Lần đầu: mật khẩu ban đầu trên phiếu, gõ cả dấu gạch nối (-), đúng chữ hoa, chữ
thường.</small></p>
<p><label for="new">Mật khẩu mới</label>
<input id="new" name="new" type="password" autocomplete="new-password"
 maxlength="{{ longest }}" required aria-describedby="rules"></p>
<p><label for="again">Nhập lại mật khẩu mới</label>
<input id="again" name="again" type="password" autocomplete="new-password"
 maxlength="{{ longest }}" required></p>
<p><button type="submit">Đổi mật khẩu</button></p>
</form>
<section id="rules">
<h2>Quy định về mật khẩu mới</h2>
<ul>
{% for rule in rules %}
<li>{{ rule }}</li>
{% endfor %}
</ul>
</section>
{% endblock %}
"""

CHANGED = """\
{% extends "frame.html" %}
{% block title %}Đã đổi mật khẩu{% endblock %}
{% block main %}
<div class="done" role="status">
<p>Mật khẩu mới có hiệu lực ngay; mật khẩu cũ không còn dùng được.</p>
<p>Hãy nhập mật khẩu mới vào các chương trình thư trên máy tính và điện thoại của bạn, rồi tiêu hủy phiếu mật
khẩu ban đầu (nếu có).</p>
</div>
{% endblock %}
"""

SAID = """\
{% extends "frame.html" %}
{% block main %}
<div class="faults" role="alert"><p>{{ said }}</p></div>
<p><a href="/mat-khau">Về trang đổi mật khẩu</a></p>
{% endblock %}
"""

TEMPLATES = {"frame.html": FRAME, "form.html": FORM, "changed.html": CHANGED, "said.html": SAID}

STYLE = """\
* { box-sizing: border-box; }
html { font: 100%/1.5 system-ui, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; }
body { margin: 0; color: #1a1a1a; background: #f2f4f7; }
header { background: #7a0f14; color: #fff; }
header p { margin: 0; font-weight: 600; }
header, main, footer { padding: .75rem max(1rem, calc((100% - 34rem) / 2)); }
main { background: #fff; padding-bottom: 1.5rem; }
h1 { margin: .5rem 0 1rem; font-size: 1.4rem; line-height: 1.3; }
h2 { margin: 0 0 .5rem; font-size: 1.05rem; }
form p { margin: 0 0 1rem; }
label { display: block; font-weight: 600; }
input, button { width: 100%; min-height: 2.75rem; padding: .5rem .75rem; font: inherit; }
input, button { border-radius: .25rem; }
input { border: 1px solid #5c6470; background: #fff; color: inherit; }
button { border: 0; background: #0b57a4; color: #fff; font-weight: 600; cursor: pointer; }
button:hover { background: #084583; }
:focus-visible { outline: 3px solid #f0a500; outline-offset: 1px; }
small { display: block; font-size: .875rem; color: #444b55; }
ul { margin: 0; padding-left: 1.25rem; }
section, .faults, .done { padding: .75rem 1rem; border-left: .3rem solid #5c6470; background: #f2f4f7; }
section, .faults, .done, footer { overflow-wrap: anywhere; }
.faults { margin-bottom: 1.25rem; border-color: #b3261e; background: #fdecea; }
.done { border-color: #1e7a34; background: #e8f5ea; }
.phone { white-space: nowrap; }
.faults p, .done p { margin: 0 0 .5rem; }
footer { font-size: .875rem; color: #444b55; }
"""
