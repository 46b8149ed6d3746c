"""The image of the lab's hosts: a bare Debian 13, made from Debian's packages.

Bare on purpose: systemd, sshd and Python, nothing of the mail stack: roles prove what they install.
Package lists stay in it, so that a play in check mode knows the packages.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shlex
import shutil
import tempfile
from pathlib import Path

from lab.podman import Podman
from lab.shell import ROOT, run, say, stream

NAME = "localhost/congvu-lab"
SUITE = "trixie"
PACKAGES = (
    "ca-certificates",
    "dbus",
    "iproute2",
    "openssh-server",
    "python3",
    "python3-apt",
    "systemd",
    "systemd-sysv",
)
# A test host need not survive a power failure; translations double the package lists.
DPKG = ("force-unsafe-io",)
APT = ('Acquire::Languages "none"',)
CUSTOMIZE = Path(__file__).with_name("image.sh")
LOCAL_CAS = Path("/usr/local/share/ca-certificates")
LOCK = ROOT / ".cache/image.lock"


def tag() -> str:
    """Return the image's name: it changes with its recipe."""
    recipe = "\n".join([SUITE, *PACKAGES, *DPKG, *APT, CUSTOMIZE.read_text(), *_proxies()])
    return f"{NAME}:{hashlib.sha256(recipe.encode()).hexdigest()[:12]}"


def ensure(podman: Podman) -> str:
    """Build the image unless it is there, once for all labs that are started together; return its name."""
    name = tag()
    LOCK.parent.mkdir(exist_ok=True)
    with LOCK.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if podman("image", "exists", name, check=False).returncode:
            _build(podman, name)
    return name


def _build(podman: Podman, name: str) -> None:
    if shutil.which("mmdebstrap"):
        say(f"building {name} from Debian packages (about half a minute)")
        _mmdebstrap(podman, name)
    else:
        say(f"building {name} on the official Debian 13 image (mmdebstrap is not installed)")
        _on_official_image(podman, name)


def remove(podman: Podman) -> None:
    """Remove all images of labs, save those that another checkout's containers use."""
    for image in podman("images", "-q", "--filter", f"reference={NAME}").stdout.split():
        podman("rmi", image, check=False)


def _proxies() -> list[str]:
    """Return the machine's package proxies as apt options: hosts need them as well."""
    found: dict[str, str] = {}
    if shutil.which("apt-config"):
        for line in run(["apt-config", "dump"]).stdout.splitlines():
            key, _, value = line.rstrip(";").partition(" ")
            if key in ("Acquire::http::Proxy", "Acquire::https::Proxy"):
                found[key] = value.strip('"')
    for scheme in ("http", "https"):
        found.setdefault(f"Acquire::{scheme}::Proxy", os.environ.get(f"{scheme}_proxy", ""))
    return [f'{key} "{value}"' for key, value in sorted(found.items()) if value]


def _sources() -> list[str]:
    """Return the machine's own Debian mirrors, for the image's suite; none if it is no Debian."""
    release = dict(
        line.partition("=")[::2] for line in Path("/etc/os-release").read_text().splitlines() if "=" in line
    )
    ours = release.get("VERSION_CODENAME", "").strip('"')
    if release.get("ID") != "debian" or not ours:
        return []
    listing = run(["apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE) $(COMPONENT)"], check=False)
    mirrors = {}
    for line in listing.stdout.splitlines():
        uri, suite, component = line.split()
        if component == "main" and suite in (ours, f"{ours}-updates", f"{ours}-security"):
            mirrors[suite.removeprefix(ours)] = uri
    if set(mirrors) != {"", "-updates", "-security"}:
        return []
    return [f"deb {uri} {SUITE}{suite} main" for suite, uri in sorted(mirrors.items())]


def _mmdebstrap(podman: Podman, name: str) -> None:
    options = [f"--include={','.join(PACKAGES)}", "--skip=cleanup/apt/lists"]
    options += [f"--dpkgopt={option}" for option in DPKG]
    options += [f"--aptopt={option}" for option in (*APT, *_proxies())]
    if any(LOCAL_CAS.glob("*.crt")):
        options.append(f"--customize-hook=copy-in {LOCAL_CAS} {LOCAL_CAS.parent}")
    options.append(f'--customize-hook=chroot "$1" sh < {shlex.quote(str(CUSTOMIZE))}')
    with tempfile.TemporaryDirectory(prefix="congvu-image-") as folder:
        tar = str(Path(folder) / "image.tar")
        stream(["mmdebstrap", "--variant=minbase", *options, SUITE, tar, *_sources()], cwd=Path("/"))
        podman("import", "--change", "CMD /sbin/init", tar, name, timeout=300)


def _on_official_image(podman: Podman, name: str) -> None:
    with tempfile.TemporaryDirectory(prefix="congvu-image-") as folder:
        context = Path(folder)
        (context / "cas").mkdir()
        for ca in LOCAL_CAS.glob("*.crt"):
            shutil.copy(ca, context / "cas")
        (context / "apt.conf").write_text("".join(f"{option};\n" for option in (*APT, *_proxies())))
        (context / "dpkg.cfg").write_text("".join(f"{option}\n" for option in DPKG))
        shutil.copy(CUSTOMIZE, context / "image.sh")
        (context / "Containerfile").write_text(
            "FROM debian:13\n"
            f"COPY cas/ {LOCAL_CAS}/\n"
            "COPY apt.conf /etc/apt/apt.conf.d/99lab\n"
            "COPY dpkg.cfg /etc/dpkg/dpkg.cfg.d/99lab\n"
            "COPY image.sh /usr/local/sbin/lab-image\n"
            "RUN apt-get update\n"
            "RUN DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "
            f"{' '.join(PACKAGES)}\n"
            "RUN sh /usr/local/sbin/lab-image && rm /usr/local/sbin/lab-image\n"
            "CMD /sbin/init\n"
        )
        stream([*podman.command, "build", "--tag", name, str(context)], env=podman.env, cwd=Path("/"))
