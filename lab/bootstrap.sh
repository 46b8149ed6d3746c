#!/bin/sh
# What the project needs of the machine itself.
#   lab/bootstrap.sh python   Python with venv, for the environment .venv
#   lab/bootstrap.sh          that, and what runs the lab's hosts
#   lab/bootstrap.sh test     that, and a browser
#   lab/bootstrap.sh load     that, and what keeps this machine busy
#   lab/bootstrap.sh drill    what runs the lab's hosts, and what slows their disks down
# Root on Debian or Ubuntu: installs what is missing, without a question. Otherwise: says what to install.
set -eu
what=${1:-lab}
python=${PYTHON:-python3}

command -v "$python" >/dev/null || { echo "bootstrap: no $python found: Python 3.11 or later is needed" >&2; exit 1; }
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  echo "bootstrap: $("$python" --version) is too old: Python 3.11 or later is needed (make PYTHON=python3.12 ...)" >&2
  exit 1
}

missing=
has() { (PATH="$PATH:/usr/sbin:/sbin:/usr/lib/podman:/usr/libexec/podman" && command -v "$1" >/dev/null); }
need() { has "$1" || missing="$missing ${2:-$1}"; } # need PROGRAM [PACKAGE]

"$python" -c 'import ensurepip, venv' 2>/dev/null || missing="$missing python3-venv"
if [ "$what" != python ]; then
  need podman
  need netavark
  need iptables
  need nft nftables
  need ssh openssh-client
  if [ "$(id -u)" = 0 ]; then
    need runc
    [ ! -f /etc/debian_version ] || need mmdebstrap
  else
    need newuidmap uidmap
    has pasta || need slirp4netns
  fi
fi
case $what in test | load)
  need chromium
  need chromedriver chromium-driver
  # Letters with the marks of Vietnamese; any other font that has them does as well.
  [ ! -f /etc/debian_version ] || [ -n "$(find /usr/share/fonts -name '*.ttf' -print -quit 2>/dev/null)" ] || missing="$missing fonts-dejavu-core"
esac
[ "$what" != drill ] || need strace
[ "$what" != load ] || need stress-ng
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ] && has apt-get && [ -z "${BOOTSTRAPPED:-}" ]; then
  echo "bootstrap: installing$missing"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  # shellcheck disable=SC2086  # a list of words
  apt-get install -qq -y --no-install-recommends -o Dpkg::Use-Pty=0 $missing >/dev/null
  BOOTSTRAPPED=1 exec "$0" "$@"
fi
echo "bootstrap: this machine lacks some programs; please install them first:" >&2
if has dnf; then
  echo "  sudo dnf install$missing" | sed 's/python3-venv/python3/; s/openssh-client/openssh-clients/; s/uidmap/shadow-utils/; s/chromium-driver/chromedriver/' >&2
else
  echo "  sudo apt-get install --no-install-recommends$missing" >&2
fi
exit 1
