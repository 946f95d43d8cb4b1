"""A proxy between the controller and one of its servers. It sees every write with its body and its answer, and
kills the controller at writes: before the server has seen them, or after, when only the answer is still missing."""
import collections
import http.client
import http.server
import threading
import time

READING = ("GET", "HEAD", "OPTIONS")
HOP_BY_HOP = ("connection", "transfer-encoding", "content-length", "keep-alive")

# With the moments at which it came and went on, by the system's clock.
Write = collections.namedtuple("Write", "method path body status arrived passed")


def is_write(method, path):
    """Queries and tokens are asked for by POST, and change nothing."""
    lower = path.lower()
    return method not in READING and "microsoft.resourcegraph" not in lower and "/oauth2/" not in lower


class Trigger:
    """Kills the watched controller at the first write of its life, by turns before and after the write takes effect."""

    def __init__(self, kills):
        self.kills = {"before": 0, "after": 0}
        self.fired = threading.Event()  # the watched controller was killed
        self._armed = kills
        self._lock = threading.Lock()
        self._process = None
        self._turn = "before"

    def watch(self, process):
        """A new life begins; or, without a process, the last one is not killed any more."""
        with self._lock:
            self._process = process
            if process is not None:
                self.fired.clear()

    def take(self):
        """At a write: (process to kill, when), or (None, None)."""
        with self._lock:
            process, when = self._process, self._turn
            if process is None or not self._armed:
                return None, None
            self._process = None
            self._turn = "after" if when == "before" else "before"
            self.kills[when] += 1
            return process, when

    def fire(self, process):
        process.kill()
        process.wait()
        self.fired.set()


class Wiretap:
    """Serves at `url` what the server at `address` answers; `writes` holds what it has answered."""

    def __init__(self, address, trigger):
        self.writes, self.trigger, self.address = [], trigger, address
        self.requests = 0  # of all kinds; it only tells that there were some
        self.open = threading.Event()  # while it is not set, writes stay on their way
        self.open.set()
        self.held = []  # the paths of those
        tap = self

        class Handler(_Handler):
            wiretap = tap

        self._server = _Server(("127.0.0.1", 0), Handler)
        self._server.handle_error = lambda *_: None  # a killed client leaves broken connections behind
        self.url = "http://127.0.0.1:%d" % self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()


class _Server(http.server.ThreadingHTTPServer):
    request_queue_size = 128  # who is turned away because many come at once tries again a second later


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wiretap = None

    def log_message(self, *_):
        pass

    def _pass_on(self):
        body, arrived = self.rfile.read(int(self.headers.get("Content-Length") or 0)), time.time()
        self.wiretap.requests += 1
        process = when = None
        if is_write(self.command, self.path):
            process, when = self.wiretap.trigger.take()
        if when == "before":
            return self._die(process)
        if is_write(self.command, self.path):
            self.wiretap.held.append(self.path)
            self.wiretap.open.wait()
            self.wiretap.held.remove(self.path)
        passed = time.time()
        upstream = http.client.HTTPConnection(self.wiretap.address)
        try:
            upstream.request(self.command, self.path, body or None, dict(self.headers))
            answer = upstream.getresponse()
            if is_write(self.command, self.path):
                self.wiretap.writes.append(Write(self.command, self.path, body, answer.status, arrived, passed))
            if when == "after":
                return self._die(process)
            self._answer(answer)
        finally:
            upstream.close()

    def _die(self, process):
        self.wiretap.trigger.fire(process)
        self.close_connection = True

    def _answer(self, answer):
        self.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in HOP_BY_HOP:
                self.send_header(name, value)
        if not answer.chunked:
            body = answer.read()
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            return
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        while piece := answer.read1(65536):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            self.wfile.flush()
        self.wfile.write(b"0\r\n\r\n")

    do_GET = do_HEAD = do_OPTIONS = do_POST = do_PUT = do_PATCH = do_DELETE = _pass_on
