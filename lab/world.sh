# Runs on the lab's outside world: an ordinary outside MTA for outside.example, and the DNS of the lab.
# Reads dnsmasq.conf (the names of the lab) on standard input.
set -eu
export DEBIAN_FRONTEND=noninteractive
cat > /run/dnsmasq.conf

if ! command -v dnsmasq >/dev/null || ! command -v postconf >/dev/null; then
  apt-get update -qq
  apt-get install -qq -y --no-install-recommends -o Dpkg::Use-Pty=0 dnsmasq postfix >/dev/null
fi

# Everything for outside.example ends in one Maildir, like a catch-all mailbox at any provider.
id outside >/dev/null 2>&1 || useradd --create-home --shell /usr/sbin/nologin outside
cat > /etc/postfix/virtual <<'MAP'
@outside.example outside@localhost
MAP
cat > /etc/postfix/main.cf <<'CF'
compatibility_level = 3.10
myhostname = world.outside.example
mydomain = outside.example
mydestination = localhost
virtual_alias_domains = outside.example
virtual_alias_maps = texthash:/etc/postfix/virtual
home_mailbox = Maildir/
mynetworks = 127.0.0.0/8
inet_protocols = ipv4
message_size_limit = 104857600
mailbox_size_limit = 0
maillog_file =
# A test does not wait five minutes for the next attempt.
queue_run_delay = 5s
minimal_backoff_time = 5s
maximal_backoff_time = 15s
smtp_tls_security_level = may
CF
# All other names go where Podman pointed this host when it first started.
[ -e /etc/resolv.upstream ] || cp /etc/resolv.conf /etc/resolv.upstream
install -m 0644 /run/dnsmasq.conf /etc/dnsmasq.conf
dnsmasq --test --conf-file=/etc/dnsmasq.conf 2>/dev/null
echo "nameserver 127.0.0.1" > /etc/resolv.conf
postfix check
systemctl restart dnsmasq postfix
