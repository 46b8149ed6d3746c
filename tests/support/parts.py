"""Stopping a part of the mail system at once, as a crash does, and bringing it back."""

from __future__ import annotations

from .lab import Lab

# What is called a part, the group of hosts it runs on, and its units. A socket unit would start clamd again.
PARTS = {
    "directory": ("directory", ["slapd.service"]),
    "rspamd": ("mx", ["rspamd.service"]),
    "clamd": ("mx", ["clamav-daemon.socket", "clamav-daemon.service"]),
    "dovecot": ("store", ["dovecot.socket", "dovecot.service"]),
}


class Parts:
    """Remembers what it stopped, so that everything can be started again whatever happens."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.stopped: list[tuple[str, list[str]]] = []

    def stop(self, part: str) -> None:
        group, units = PARTS[part]
        for host in self.lab.hosts[group]:
            listing = ("systemctl", "list-units", "--plain", "--no-legend", "--state=active", *units)
            active = [line.split()[0] for line in self.lab.run(host, *listing).splitlines()]
            assert any(unit.endswith(".service") for unit in active), f"{part} does not run on {host}"
            self.stopped.append((host, active))
            # Told to stop first, or systemd would start again what was killed.
            self.lab.run(host, "systemctl", "stop", "--no-block", *active)
            self.lab.run(host, "systemctl", "kill", "--signal=KILL", *active, check=False)
            self.lab.run(host, "systemctl", "stop", *active)

    def start(self) -> None:
        """Start what was stopped."""
        while self.stopped:
            host, units = self.stopped[-1]
            self.lab.run(host, "systemctl", "start", *units)
            self.stopped.pop()
