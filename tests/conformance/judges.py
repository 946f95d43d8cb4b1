"""What the suites share: a simulator in a process of its own with its control API, and official clients whose calls are
noted, so that a suite can say at its end what each of them exercised."""
import contextlib
import importlib.metadata
import inspect
import logging
import pathlib
import sys
import time
import urllib.parse

from azure.core.credentials import AccessToken
from azure.core.exceptions import HttpResponseError
from azure.core.pipeline.policies import SansIOHTTPPolicy

try:  # what the clients before azure-core raise; only they bring it along
    from msrestazure.azure_exceptions import CloudError
    ERRORS = (HttpResponseError, CloudError)
except ImportError:
    ERRORS = (HttpResponseError,)

sys.path.insert(1, str(pathlib.Path(__file__).resolve().parents[1] / "process"))
import product  # noqa: E402  (it lies beside the tests of the processes)
from product import Failure, expect, must  # noqa: E402,F401  (for the suites)

SUBSCRIPTION = "7d3c1b1e-2f7a-4b43-9c55-6a0f3f1d2b10"
GROUP = "judged"
# The pollers of the clients wait 30 s where Azure does not say how long; a simulated hour is over in a second.
SOON = {"polling_interval": 0.05}
ONCE = {"retry_total": 0}  # the answer as it came: the client's own retry policy is off


class AnyToken:
    """A credential for a simulator that takes every token."""

    def get_token(self, *_scopes, **_options):
        return AccessToken("judged", int(time.time()) + 3600)


class OverPlainHttp(SansIOHTTPPolicy):
    """Lets the clients send their token without TLS: the simulator is on this machine."""

    def on_request(self, request):
        request.context.options["enforce_https"] = False


class Cloud:
    """One simulator, and what its control API can do to it."""

    def __init__(self, *options, authority=None):
        self.server = product.Server("azure-simulator", *options)
        self.url = self.server.url
        self.authority = authority and str(authority)  # whom to trust, where it serves HTTPS
        if authority:
            product.trust(authority)
        # The clients wait in whole seconds, in which hours pass here: what they ask about must still be there.
        self.set(operationKept=10 * 24 * 3600)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.kill()

    def options(self):
        """What a client of azure-core takes to reach this simulator."""
        safe = {"connection_verify": self.authority} if self.authority else {"per_call_policies": [OverPlainHttp()]}
        return {"base_url": self.url, "credential_scopes": [self.url + "/.default"], **safe}

    def make(self, path, body):
        target = f"{self.url}/simulator/resources?id={urllib.parse.quote(path, safe='')}"
        return must("PUT", target, body)

    def remove(self, path):
        must("DELETE", f"{self.url}/simulator/resources?id={urllib.parse.quote(path, safe='')}")

    def group(self, name=GROUP, location="westeurope"):
        """The id of a resource group that is there from now on."""
        path = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{name}"
        self.make(path, {"location": location})
        return path

    def set(self, **settings):
        must("PATCH", f"{self.url}/simulator/settings", settings)

    @contextlib.contextmanager
    def having(self, **settings):
        """With other settings for a while."""
        before = must("GET", f"{self.url}/simulator/settings")
        self.set(**settings)
        try:
            yield
        finally:
            self.set(**{name: before[name] for name in settings})

    @contextlib.contextmanager
    def fault(self, action, method, path_contains, **details):
        """A fault that has to be met before the block ends."""
        self.forget_faults()
        fault = must("POST", f"{self.url}/simulator/faults",
                     {"action": action, "match": {"method": method, "pathContains": path_contains}, **details})
        yield
        left = must("GET", f"{self.url}/simulator/faults")["faults"]
        expect(fault["id"] not in [other["id"] for other in left], f"the fault {action} was never met: {left}")

    def forget_faults(self):
        must("DELETE", f"{self.url}/simulator/faults")

    def requests(self, since=0, writes=False):
        return must("GET", f"{self.url}/simulator/requests?since={since}&writes={str(writes).lower()}")

    @contextlib.contextmanager
    def sent(self):
        """The list that gets the requests of the block, as (method, status)."""
        seen, last = [], self.requests()["lastNumber"]
        yield seen
        seen.extend((request["method"], request["status"]) for request in self.requests(last)["requests"])


class Judge:
    """An official client; what is called of it is noted."""

    used = {}  # package and version -> "group.operation" -> calls

    def __init__(self, package, client):
        self._operations = Judge.used.setdefault(f"{package} {importlib.metadata.version(package)}", {})
        self._client = client

    def __getattr__(self, name):
        found = getattr(self._client, name)
        if inspect.ismethod(found):  # a client without groups
            self._operations[name] = self._operations.get(name, 0) + 1
            return found
        return _Group(self._operations, name, found)


class _Group:
    def __init__(self, operations, name, group):
        self._operations, self._name, self._group = operations, name, group

    def __getattr__(self, operation):
        name = f"{self._name}.{operation}"
        self._operations[name] = self._operations.get(name, 0) + 1
        return getattr(self._group, operation)


def note(package, operation):
    """For a client that is no Judge."""
    operations = Judge.used.setdefault(f"{package} {importlib.metadata.version(package)}", {})
    operations[operation] = operations.get(operation, 0) + 1


def print_used():
    for client, operations in sorted(Judge.used.items()):
        print(f"exercised {client}: " + ", ".join(f"{name} {calls}x" for name, calls in sorted(operations.items())))


def run(*steps):
    """Runs the steps, then says what was exercised."""
    logging.getLogger("azure").setLevel(logging.CRITICAL)  # what is refused in a suite is meant to be
    product.run_steps(*steps)
    print_used()


def code_of(error):
    """ARM's code in an error of either generation of clients, or None."""
    return getattr(error.error, "code", None) or getattr(error.error, "error", None)


def refusal(what, call):
    """The error of a call that has to fail, as the client's own type."""
    try:
        call()
    except ERRORS as error:
        return error
    raise Failure(f"{what} is not refused")


def refused(what, status, code, call):
    """The same, of a certain kind."""
    error = refusal(what, call)
    told = code_of(error)
    expect((error.status_code, told) == (status, code),
           f"{what}: {error.status_code} {told} instead of {status} {code}: {error.message}")
    return error


def same(what, wanted, seen):
    expect(wanted == seen, f"{what} is {seen!r} instead of {wanted!r}")


def names(page):
    """The names in all pages of a list, sorted."""
    return sorted(item.name for item in page)
