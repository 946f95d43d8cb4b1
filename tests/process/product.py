"""Starts the product's commands, asks its servers, waits with deadlines, and reports steps one line each."""
import ctypes
import difflib
import fcntl
import http.client
import json
import os
import pathlib
import random
import re
import select
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "manifests" / "samples"
BINARY = sys.argv[1] if len(sys.argv) > 1 else str(ROOT / "build" / "dev" / "controller" / "cli" / "labgallery")
PATIENCE = 180  # seconds until a wait is given up; generous, because sanitizers and full machines are slow
SHOWN_LINES = 40  # of a difference
GROUP = "/apis/labgallery.io/v1alpha1"
PLURALS = ("sharedimagegalleries", "images", "labaccounts")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


class Failure(Exception):
    """A step did not see what it should."""


def expect(holds, what):
    if not holds:
        raise Failure(what)


def difference(wanted, seen):
    """Between two JSON values, line by line, cut where it gets long."""
    lines = [json.dumps(value, indent=1, sort_keys=True).splitlines() for value in (wanted, seen)]
    found = list(difflib.unified_diff(*lines, "wanted", "seen", lineterm="", n=2))
    cut = [f"... {len(found) - SHOWN_LINES} more lines"] if len(found) > SHOWN_LINES else []
    return "\n".join(found[:SHOWN_LINES] + cut)


def expect_same(name, wanted, seen):
    expect(wanted == seen, f"{name} is not the same:\n{difference(wanted, seen)}")


def until(what, probe, news=None, patience=None):
    """The first true answer of `probe`, which is asked ten times a second, and when the event `news` is set; a Failure
    when patience ends."""
    patience = patience or PATIENCE
    deadline, pause = time.monotonic() + patience, news or threading.Event()
    while True:
        answer = probe()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise Failure(f"not within {patience} s: {what}")
        pause.wait(0.1)


def connect(parts):
    """To a server of ours; over TLS the one that its folder of certificates tells to trust (`trust`)."""
    if parts.scheme == "http":
        return http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)
    return http.client.HTTPSConnection(parts.hostname, parts.port, timeout=30, context=_trust)


_trust = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def trust(authority):
    """From now on those are trusted whom the authority in this file has certified."""
    _trust.load_verify_locations(authority)


def ask(method, url, body=None, content_type="application/json"):
    """(status, JSON or None) of one request."""
    parts = urllib.parse.urlsplit(url)
    connection = connect(parts)
    try:
        target = parts.path + ("?" + parts.query if parts.query else "")
        text = None if body is None else json.dumps(body)
        connection.request(method, target, text, {"Content-Type": content_type})
        answer = connection.getresponse()
        read = answer.read()
        return answer.status, json.loads(read) if read else None
    finally:
        connection.close()


def must(method, url, body=None):
    status, answer = ask(method, url, body)
    expect(status < 300, f"{method} {url} is answered {status}: {str(answer)[:500]}")
    return answer


def _die_with_parent():
    """A test that is killed, by a timeout for instance, leaves no process behind (prctl(2), PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def log_file():
    """A temporary file that a process writes while it is read here. The two share one place in it: if the process did not
    append, it would write over whatever the reader has just gone back to."""
    file = tempfile.TemporaryFile("w+")
    fcntl.fcntl(file, fcntl.F_SETFL, fcntl.fcntl(file, fcntl.F_GETFL) | os.O_APPEND)
    return file


def free_ports(count):
    """Ports for servers that have to be told theirs, or get it back when they are started anew. The system gives none of them to
    whoever asks for any port; tests that run at the same time keep them from each other by names of Unix sockets, until they end."""
    lowest, highest = map(int, pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split())
    found, ports = [], [port for port in range(10000, 65536) if not lowest <= port <= highest] or range(lowest, highest)
    for port in random.SystemRandom().sample(ports, len(ports)):
        name = socket.socket(socket.AF_UNIX)
        try:
            name.bind(f"\0labgallery-port-{port}")
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            name.close()
            continue
        _reserved.append(name)
        found.append(port)
        if len(found) == count:
            return found
    raise Failure("no port is free")


_reserved = []


def spawn(program, *arguments, **options):
    return subprocess.Popen([str(program), *map(str, arguments)], preexec_fn=_die_with_parent, **options)


def start(*arguments, **options):
    return spawn(BINARY, *arguments, **options)


class Server:
    """One of the product's servers; `url` is where it says it listens."""

    def __init__(self, command, *options, listen="127.0.0.1:0"):
        self.process = start(command, "--listen", listen, *options, stdout=subprocess.PIPE, text=True)
        ready, _, _ = select.select([self.process.stdout], [], [], PATIENCE)
        first = self.process.stdout.readline() if ready else ""
        found = re.search(r"https?://(\S+:\d+)", first)
        if not found:
            self.kill()
            raise Failure(f"{command} does not say where it listens: {first!r}")
        self.address, self.url = found.group(1), found.group(0)

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()


def run_apply(*arguments):
    """(exit status, stdout, stderr) of `labgallery apply`."""
    ran = subprocess.run([BINARY, "apply", *map(str, arguments)], capture_output=True, text=True, timeout=PATIENCE * 2)
    return ran.returncode, ran.stdout, ran.stderr


def must_apply(*arguments):
    status, out, err = run_apply(*arguments)
    expect(status == 0, f"apply {' '.join(map(str, arguments))} ends with {status}:\n{(out + err)[-3000:]}")
    return out


def writes(simulator, since=0):
    return must("GET", f"{simulator.url}/simulator/requests?writes=true&since={since}")["requests"]


def last_request(simulator):
    return must("GET", f"{simulator.url}/simulator/requests?writes=true")["lastNumber"]


def assume(simulator, story):
    """Makes what the story takes for granted, as `apply` does from the same file."""
    make(simulator, json.loads((story / "azure.json").read_text()))


def make(simulator, changes):
    """Changes the simulated cloud from outside: each has a method, an id and a body."""
    for change in changes:
        target = f"{simulator.url}/simulator/resources?id={urllib.parse.quote(change['id'], safe='')}"
        must(change["method"], target, change["body"])


def without_times(value, drop=()):
    """The value without the members named in `drop`, and every time in it replaced."""
    if isinstance(value, dict):
        return {key: without_times(item, drop) for key, item in value.items() if key not in drop}
    if isinstance(value, list):
        return [without_times(item, drop) for item in value]
    return _TIME.sub("TIME", value) if isinstance(value, str) else value


def cloud(simulator):
    """Every resource of the simulated Azure by its id, without what differs from run to run."""
    shown = must("GET", f"{simulator.url}/simulator/state")
    return {resource["id"].lower(): without_times(resource, {"uniqueIdentifier"})
            for resource in shown["resources"]}


def stop(process, sent):
    """Sends the signal; the exit status once the process has ended."""
    process.send_signal(sent)
    return process.wait(timeout=PATIENCE)


def run_steps(*steps):
    """Runs functions in order, one line each named by their first docstring line; stops at the first that fails."""
    for step in steps:
        name, start = step.__doc__.strip().splitlines()[0], time.monotonic()
        try:
            said = step() or ""
        except Exception as error:  # whatever went wrong, the step has failed and says so
            print(f"FAIL {name}\n{error if isinstance(error, Failure) else traceback.format_exc()}", flush=True)
            sys.exit(1)
        print(f"ok   {name}{': ' + said if said else ''} ({time.monotonic() - start:.1f} s)", flush=True)
