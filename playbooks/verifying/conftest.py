# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How it ends: a line for each thing that differs; a host that cannot be read is one line."""

from __future__ import annotations

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what differs, each sentence once."""
    for told in dict.fromkeys(str(report.longrepr) for report in terminalreporter.stats.get("failed", [])):
        terminalreporter.write_line(told)
