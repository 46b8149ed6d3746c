"""The lab: throw-away Debian 13 hosts in containers, a small outside world, and the demonstration."""
