#!/usr/bin/env python3
"""What a machine has to have for a node: says what is lacking, a line each, and ends with 1 then. What can be installed or
built is no part of it."""
import os
import pathlib
import subprocess
import sys

SPACES = ("--net", "--mount", "--pid", "--uts", "--ipc", "--fork", "--mount-proc")


def lacking():
    if os.geteuid() != 0:
        return ["root, because its pods have namespaces and control groups of their own"]
    found = []
    if subprocess.run(["unshare", *SPACES, "mount", "-t", "sysfs", "sysfs", "/sys"], capture_output=True).returncode != 0:
        found.append("the right to make namespaces and to mount in them; in a container only a privileged one has it")
    groups = pathlib.Path("/sys/fs/cgroup")
    limits = groups / "cgroup.controllers"  # of version 2
    memory = groups / "memory"  # of version 1
    if not memory.is_dir() and not (limits.exists() and "memory" in limits.read_text().split()):
        found.append("a control group of the controller memory, of version 1 or 2, in /sys/fs/cgroup")
    elif not may_make_group(memory if memory.is_dir() else groups):
        found.append("the right to make control groups in /sys/fs/cgroup")
    return found


def may_make_group(parent):
    group = parent / f"labgallery-test-{os.getpid()}"
    try:
        group.mkdir()
        group.rmdir()
    except OSError:
        return False
    return True


if __name__ == "__main__":
    lacks = lacking()
    for one in lacks:
        print(one)
    sys.exit(1 if lacks else 0)
