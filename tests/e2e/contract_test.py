#!/usr/bin/env python3
"""The contract suite of tests/contract, put to a real kube-apiserver: the same binary sources as for the embedded API."""
import http.server
import os
import subprocess
import sys
import threading

from control_plane import ControlPlane, Proxy
import product
from product import expect

CONTRACT = sys.argv[2]
# Rows that make the API server restart: nothing else may run beside them. And rows that wait for a minute: all at once.
FORGETTING = "*Forgotten:*ExpiresAContinueTokenAfterMinutes:*TellsThatAVersionIsTooOldAsAnEvent"
WAITING = ["*BookmarksAboutEveryMinute", "*SendsNoBookmarksUnasked", "*SendsALastBookmarkBeforeItsEnd",
           "*ResumesFromABookmark"]


class Forgetting:
    """Serves one thing: a POST, after which the API server does not know what was before. etcd is compacted, and the API
    server begins with an empty watch cache."""

    def __init__(self, plane):
        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_POST(self):
                forget(plane)
                self.send_response(200)
                self.end_headers()

        self._server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()


def forget(plane):
    for change in ("first", "second"):  # the last revision is kept, and what it shows
        plane.kubectl("annotate", "--overwrite", "namespace", "default", f"e2e/forgotten={change}")
    plane.kill("kube-apiserver")
    plane.compact()
    plane.start_api_server()
    product.until("the contract's kinds are served again", lambda: plane.run_kubectl("get", "widgets,gadgets")[0] == 0)


class Contract:
    def __init__(self, plane, proxy, forgetting):
        self.environment = dict(os.environ, LABGALLERY_CONTRACT_URL=proxy.url, LABGALLERY_CONTRACT_FORGET=forgetting.url)

    def _start(self, rows):
        return product.spawn(CONTRACT, "--gtest_brief=1", f"--gtest_filter={rows}", env=self.environment, text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def _finish(self, process):
        told, _ = process.communicate(timeout=product.PATIENCE * 2)
        expect(process.returncode == 0, told[-6000:])
        return told.strip().splitlines()[-1]

    def present(self):
        """the rows about the present hold on a kube-apiserver"""
        started = [self._start(row) for row in WAITING]
        try:
            said = self._finish(self._start(f"*-{FORGETTING}:{':'.join(WAITING)}"))
            for process in started:
                self._finish(process)
            return f"{said} and {len(started)} that wait"
        finally:
            for process in started:
                process.kill()
                process.wait()

    def past(self):
        """the rows about a forgotten past hold on a kube-apiserver"""
        return self._finish(self._start(FORGETTING))


if __name__ == "__main__":
    with ControlPlane() as plane, Proxy(plane) as proxy, Forgetting(plane) as forgetting:
        contract = Contract(plane, proxy, forgetting)
        product.run_steps(contract.present, contract.past)
