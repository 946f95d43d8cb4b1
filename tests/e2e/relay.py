"""A TCP relay between the operator and the API server, TLS and all. It can be slow, cut what flows through it, and hold back
what the server says on connections on which the client says nothing more: then the watches are stale while requests, writes
above all, go through."""
import queue
import socket
import threading
import time

CHUNK = 16384


class Relay:
    """Serves at `url` what the server at `port` of this machine serves."""

    def __init__(self, port):
        self.delay = 0.0  # seconds before each piece of an answer
        self._port = port
        self._lock = threading.Lock()
        self._connections = []  # those that are open
        self._held = set()  # those of them whose answers wait,
        self._longest = None  # so long, or until they are released
        self._released = threading.Condition(self._lock)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._listener.close()
        self.cut()

    def cut(self):
        """Breaks every connection."""
        with self._lock:
            ends, self._connections = self._connections, []
            self._held.clear()
            self._released.notify_all()
        for pair in ends:
            for end in pair:
                _close(end)

    def hold(self, longest=None):
        """From now on nothing arrives on the watches that exist, or each piece of them so many seconds late."""
        with self._lock:
            self._longest = longest
            self._held = {id(pair) for pair in self._connections}

    def release(self):
        with self._lock:
            self._held.clear()
            self._released.notify_all()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            try:
                pair = (client, socket.create_connection(("127.0.0.1", self._port)))
            except OSError:  # the server is down, and so it looks from here
                _close(client)
                continue
            with self._lock:
                self._connections.append(pair)
            arrived = queue.SimpleQueue()
            for pump in ((self._pass, pair, *pair), (self._take, pair[1], arrived), (self._answer, pair, arrived)):
                threading.Thread(target=pump[0], args=pump[1:], daemon=True).start()

    def _pass(self, pair, source, sink):
        try:
            while piece := source.recv(CHUNK):
                with self._lock:  # a client that asks anew is no watch
                    self._held.discard(id(pair))
                    self._released.notify_all()
                sink.sendall(piece)
        except OSError:
            pass
        self._end(pair)

    @staticmethod
    def _take(source, arrived):
        try:
            while piece := source.recv(CHUNK):
                arrived.put((time.monotonic(), piece))
        except OSError:
            pass
        arrived.put((time.monotonic(), b""))

    def _answer(self, pair, arrived):
        try:
            while True:
                when, piece = arrived.get()
                if not piece or not self._may_pass(pair, when):
                    break
                pair[0].sendall(piece)
        except OSError:
            pass
        self._end(pair)

    def _may_pass(self, pair, when):
        """Waits as long as what arrived then has to wait; whether the connection is still there."""
        if self.delay:
            time.sleep(self.delay)
        with self._lock:
            left = None if self._longest is None else max(0.0, when + self._longest - time.monotonic())
            self._released.wait_for(lambda: id(pair) not in self._held, left)
            return any(open_ is pair for open_ in self._connections)

    def _end(self, pair):
        for end in pair:
            _close(end)
        with self._lock:
            self._connections = [open_ for open_ in self._connections if open_ is not pair]


def _close(end):
    try:
        end.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
    end.close()
