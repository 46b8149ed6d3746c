"""A first password is changed with a browser, on a wide screen and on a telephone of 360 pixels."""

from __future__ import annotations

import dataclasses
import hashlib
import os
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from selenium.webdriver import Chrome
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.command import Command
from selenium.webdriver.support import expected_conditions
from selenium.webdriver.support.wait import WebDriverWait

from lab.access import own_password
from tests.support import store
from tests.support.imap import open_mailbox
from tests.support.lab import Account, Lab
from tests.support.page import Page

from .test_account_page import FIRST, newcomer, page

__all__ = ["newcomer", "page"]

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-sync",
)
SIZES = {"wide": (1280, 900), "telephone": (360, 740)}
# What is wider than the window, and what is too small to be hit with a finger.
WIDER = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
SMALL = """
const fields = [...document.querySelectorAll("input, button")];
return fields.filter(one => one.getBoundingClientRect().height < 40).length;
"""


@contextmanager
def browser(page: Page, folder: Path, size: tuple[int, int]) -> Iterator[Chrome]:
    """Chromium that finds our host by its name, and trusts the certificate that Python's TLS has proved."""
    with page.connect() as proved:
        certificate = x509.load_der_x509_certificate(proved.getpeercert(binary_form=True) or b"")
    key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    pin = b64encode(hashlib.sha256(key).digest()).decode()
    options = Options()
    options.binary_location = "/usr/bin/chromium"
    at = page.lab.https
    rules = f"MAP {page.host}:443 {at.address}:{at.port}"
    for flag in (
        *FLAGS,
        f"--user-data-dir={folder / 'profile'}",
        f"--host-resolver-rules={rules}",
        f"--ignore-certificate-errors-spki-list={pin}",
    ):
        options.add_argument(flag)
    # A window is never narrower than 500 pixels; a telephone's screen is.
    width, height = size
    options.add_experimental_option(
        "mobileEmulation",
        {"deviceMetrics": {"width": width, "height": height, "pixelRatio": 1.0, "mobile": width < 500}},
    )
    driver = Chrome(options=options, service=Service("/usr/bin/chromedriver"))
    try:
        driver.set_page_load_timeout(120)
        yield driver
    finally:
        driver.quit()


def fill(driver: Chrome, **fields: str) -> None:
    """Type into the fields and send the form with the Enter key, without a mouse."""
    for name, text in fields.items():
        field = driver.find_element(By.ID, name)
        field.clear()
        field.send_keys(text)
    before = driver.find_element(By.TAG_NAME, "html")
    driver.find_element(By.ID, "again").send_keys(Keys.ENTER)
    WebDriverWait(driver, 120).until(expected_conditions.staleness_of(before))


@pytest.mark.parametrize("screen", SIZES)
def test_a_first_password_is_changed(
    lab: Lab, page: Page, newcomer: Account, tmp_path: Path, screen: str
) -> None:
    shots = Path(os.environ.get("CONGVU_SHOTS") or tmp_path)
    new = own_password()
    with browser(page, tmp_path, SIZES[screen]) as driver:

        def looks_right(name: str) -> None:
            driver.save_screenshot(str(shots / f"{screen}-{name}.png"))
            assert driver.execute_script(WIDER) <= 0
            assert driver.execute_script(SMALL) == 0

        driver.get(f"https://{page.host}/")
        assert driver.current_url == f"https://{page.host}/mat-khau"
        assert driver.title == "Đổi mật khẩu thư điện tử công vụ"
        assert driver.execute_script("return innerWidth") == SIZES[screen][0]
        looks_right("1-form")
        fill(driver, address=newcomer.address, old=FIRST, new="nguyen", again="nguyem")
        faults = [one.text for one in driver.find_elements(By.CSS_SELECTOR, ".faults li")]
        assert "Hai lần nhập mật khẩu mới không giống nhau." in faults
        assert "Mật khẩu phải có ít nhất 8 ký tự." in faults
        assert driver.find_element(By.ID, "address").get_attribute("value") == newcomer.address
        assert driver.find_element(By.ID, "old").get_attribute("value") == ""
        looks_right("2-refused")
        fill(driver, old=FIRST, new=new, again=new)
        assert driver.current_url == f"https://{page.host}/mat-khau/da-doi"
        assert "Mật khẩu mới có hiệu lực ngay" in driver.find_element(By.CSS_SELECTOR, ".done").text
        looks_right("3-changed")
        assert driver.get_cookies() == []
        # What the browser says of our policies: a style that was refused, a script, a form that may not go.
        log: list[dict[str, str]] = driver.execute(Command.GET_LOG, {"type": "browser"})["value"]
        assert [one for one in log if "Content Security Policy" in one["message"]] == []
    with open_mailbox(lab, dataclasses.replace(newcomer, password=new)):
        pass
    store.tidy(lab, newcomer.address)
