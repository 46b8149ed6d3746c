# Runs inside the new image: what makes Debian's packages a host that can be started many times.
set -eu

# Certification authorities that this machine trusts beyond Debian's own (a package mirror may need them).
update-ca-certificates >/dev/null

# Every host makes its own identity when it first starts.
rm -f /etc/ssh/ssh_host_*
: > /etc/machine-id
cat > /etc/systemd/system/ssh-host-keys.service <<'UNIT'
[Unit]
Description=SSH host keys of this host
ConditionPathExists=!/etc/ssh/ssh_host_ed25519_key
Before=ssh.service

[Service]
Type=oneshot
ExecStart=/usr/bin/ssh-keygen -A

[Install]
WantedBy=multi-user.target
UNIT
systemctl enable ssh-host-keys.service ssh.service >/dev/null

# What container images add to keep services from starting and package lists away: hosts do both.
rm -f /usr/sbin/policy-rc.d /etc/apt/apt.conf.d/docker-*
