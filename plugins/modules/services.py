#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: services
short_description: Bring services into the state they should be in, with their newest configuration
version_added: 0.1.0
description:
  - Starts, stops, enables and disables units of systemd, and restarts or reloads those of them that
    M(congvu.mail.configuration) noted, in this run or in one that was killed or failed before that.
  - A note is removed when systemd says that the restart or reload succeeded.
  - systemd reads its unit files again where they changed.
options:
  masked:
    description: Units that run neither now nor later; nothing can start them.
    type: list
    elements: str
    default: []
  stopped:
    description: Units that run neither now nor from the next boot on.
    type: list
    elements: str
    default: []
  started:
    description: Units that run now and from each boot on, in the order in which they are brought up.
    type: list
    elements: str
    default: []
  enabled:
    description: Units that systemd starts at boot, and that are restarted or reloaded only if they run.
    type: list
    elements: str
    default: []
  kept:
    description: Units that others start and stop; they are restarted or reloaded if they run.
    type: list
    elements: str
    default: []
author: congvu.mail contributors (@congvu)
attributes:
  check_mode:
    support: full
    details: What is noted already counts as a change.
  diff_mode:
    support: full
    details: Shows what is done.
extends_documentation_fragment:
  - congvu.mail.attributes
"""

EXAMPLES = r"""
- name: Run Valkey and Rspamd
  congvu.mail.services:
    started: [valkey-server, rspamd]
"""

RETURN = r"""
done:
  description: What was done, or in check mode would be, in the words of C(systemctl).
  type: list
  elements: str
  returned: always
"""

from collections.abc import Callable
from pathlib import Path

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.congvu.mail.plugins.module_utils.host import pending

STATES = ("masked", "stopped", "started", "enabled", "kept")
PROPERTIES = "--property=LoadState,ActiveState,UnitFileState,NeedDaemonReload"
# There is nothing to enable where another unit brings it.
AT_BOOT = ("enabled", "static", "indirect", "alias", "generated")
RUNNING = ("active", "activating", "reloading")


def main() -> None:
    units = {"type": "list", "elements": "str", "default": []}
    module = AnsibleModule(argument_spec=dict.fromkeys(STATES, units), supports_check_mode=True)

    def systemctl(*words: str) -> str:
        code, out, err = module.run_command(["systemctl", *words])
        if code:
            module.fail_json(msg=f"systemctl {' '.join(words)}: {(err or out).strip()}", rc=code)
        return str(out)

    wanted = {pending.unit(name): state for state in STATES for name in module.params[state]}
    done = apply(wanted, systemctl, only_look=module.check_mode)
    module.exit_json(changed=bool(done), done=done, diff=[{"prepared": line} for line in done])


def apply(
    wanted: dict[str, str],
    systemctl: Callable[..., str],
    notes: Path = pending.FOLDER,
    *,
    only_look: bool = False,
) -> list[str]:
    """Bring units (name to state) into their states; return what was done, or would be."""
    done: list[str] = []

    def do(*words: str) -> None:
        done.append(" ".join(words))
        if not only_look:
            systemctl(*words)

    names = list(dict.fromkeys([*wanted, *(started_by(name) for name in wanted)]))
    known = read_units(names, systemctl)
    if any(unit["NeedDaemonReload"] == "yes" for unit in known.values()):
        do("daemon-reload")
        known = read_units(names, systemctl)
    for name, state in wanted.items():
        for words in steps(name, state, known[name], pending.for_service(name, notes)):
            do(*words)
        if not only_look:
            pending.complete(name, notes)
    return done


def started_by(name: str) -> str:
    """Return the unit that a timer starts: nobody else asks whether its file changed. Else itself."""
    return f"{name.removesuffix('.timer')}.service" if name.endswith(".timer") else name


def steps(name: str, state: str, unit: dict[str, str], due: str) -> list[tuple[str, ...]]:
    """Return what has to be said to systemctl about one unit; `due` is restart, reload or nothing."""
    at_boot, running = unit["UnitFileState"] in AT_BOOT, unit["ActiveState"] in RUNNING
    needed: list[tuple[str, ...]] = []
    if state in ("started", "enabled") and unit["UnitFileState"] == "masked":
        needed.append(("unmask", name))
    if state in ("started", "enabled") and not at_boot:
        needed.append(("enable", name))
    if state in ("stopped", "masked"):
        if running:
            needed.append(("stop", name))
        if unit["ActiveState"] == "failed":  # else it counts as failed for good
            needed.append(("reset-failed", name))
        if unit["UnitFileState"] == "enabled":
            needed.append(("disable", name))
        if state == "masked" and unit["UnitFileState"] != "masked":
            needed.append(("mask", name))
    elif state == "started" and not running:
        needed.append(("start", name))
    elif due and running:
        # What does not run reads its newest files when it starts. `reload` fails while a unit still starts.
        needed.append((pending.RESTART if due == pending.RESTART else "reload-or-restart", name))
    return needed


def read_units(names: list[str], systemctl: Callable[..., str]) -> dict[str, dict[str, str]]:
    """Return what systemd knows of each unit, asked once for all."""
    said = systemctl("show", PROPERTIES, "--", *names).strip().split("\n\n")
    return {
        name: dict(line.split("=", 1) for line in block.splitlines())
        for name, block in zip(names, said, strict=True)
    }


if __name__ == "__main__":
    main()
