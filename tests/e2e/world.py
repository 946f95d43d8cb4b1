"""One cluster with the product in it: a control plane, the simulated Azure and the operator, each in processes of their own.
`with World() as world:` starts the first two; `world.operator()` the third, as a user with the rights of rights.yaml."""
import signal
import threading

from control_plane import HERE, OPERATOR, SUBJECTS, ControlPlane
import product
from product import Failure, expect, must

KINDS = {"LabAccount": "labaccounts", "SharedImageGallery": "sharedimagegalleries", "Image": "images"}
# Hours of Azure pass in seconds, and what the operator looks at by the minute it looks at by the second.
TIME_SCALE = 1000
# Short operations end with their answer: where Azure names no interval the operator looks every 10 s of real time.
AT_ONCE = {name: "Synchronous" for name in
           ("Microsoft.Compute/galleries", "Microsoft.Compute/galleries/images", "Microsoft.LabServices/labAccounts",
            "Microsoft.LabServices/labAccounts/sharedGalleries", "Microsoft.LabServices/labAccounts/sharedImages")}
# Hardly anybody asks for metrics or health here, and the default ports are there once for all controllers.
OPERATOR_OPTIONS = {"--role-settle": "1s", "--sync-period": "5s", "--metrics-bind-address": "0",
                    "--health-probe-bind-address": "0"}


def key(item):
    return f"{item['kind']} {item['metadata']['namespace']}/{item['metadata']['name']}"


def condition(item, kind):
    found = [told for told in item.get("status", {}).get("conditions", []) if told["type"] == kind]
    return found[0] if found else {}


def is_ready(item):
    """Whether the operator says so about this very generation."""
    ready = condition(item, "Ready")
    return ready.get("status") == "True" and ready.get("observedGeneration") == item["metadata"]["generation"]


def forbidden(event):
    """Whether the audit log tells of a request that no right allowed."""
    return event.get("annotations", {}).get("authorization.k8s.io/decision") == "forbid"


def created_twice(writes):
    """Ids that were created more than once, which nothing but a deletion in between would explain; from the writes to Azure,
    each as (method, path, status)."""
    alive, twice = set(), []
    for method, path, status in writes:
        name = path.split("?")[0].lower()
        if method == "DELETE":
            alive.discard(name)
        elif method == "PUT" and status == 201:
            twice += [name] if name in alive else []
            alive.add(name)
    return twice


class Repeatedly:
    """Does something again and again in the background, at random intervals, until the `with` ends; what it raises is raised there."""

    def __init__(self, action, least, most, random):
        self._action, self._least, self._most, self._random = action, least, most, random
        self._over, self._error = threading.Event(), None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.count = 0

    def _run(self):
        try:
            while not self._over.wait(self._random.uniform(self._least, self._most)):
                self._action()
                self.count += 1
        except Exception as error:  # told by the thread that waits
            self._error = error

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()
        if self._error:
            raise self._error


class Operator:
    """One `labgallery controller`. At the end of the `with` it is stopped, so that the next one need not wait for its Lease; if
    something went wrong it is killed."""

    def __init__(self, world, *options, server=None, azure=None, certificate=OPERATOR, **process_options):
        self.log = product.log_file()
        usual = [word for pair in OPERATOR_OPTIONS.items() if pair[0] not in options for word in pair]
        self.process = product.start("controller", *world.kube_options(server, certificate), "--azure-endpoint",
                                     azure or world.azure.url, *usual, *options, stdout=self.log,
                                     stderr=self.log, **process_options)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def wait_for(self, words):
        """Until its log says so."""
        product.until(f"the operator says {words!r}", lambda: words in self.last_log(10**6))

    def stop(self):
        status = product.stop(self.process, signal.SIGTERM)
        expect(status == 0, f"SIGTERM ends the operator with {status}:\n{self.last_log()}")

    def last_log(self, length=3000):
        self.log.seek(0)
        return self.log.read()[-length:]

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        try:
            if kind is None and self.process.poll() is None:
                self.stop()
        finally:
            if kind is not None:
                print(f"the operator ({self.process.poll()}) said last:\n{self.last_log()}", flush=True)
            self.kill()


class World:
    def __init__(self, time_scale=TIME_SCALE, crds=True, **plane_options):
        self.plane = ControlPlane(**plane_options)
        self._time_scale, self._crds = time_scale, crds

    def __enter__(self):
        self.plane.__enter__()
        try:
            self.azure = product.Server("azure-simulator", "--time-scale", self._time_scale)
            status, told = product.ask("PATCH", f"{self.azure.url}/simulator/settings", {"styles": AT_ONCE})
            expect(status == 200, told)
            if self._crds:
                self.plane.install_crds()
            self.plane.kubectl("apply", "-f", HERE / "rights.yaml")
            # Whoever may not read this when he starts ends; the API server knows its roles a moment later.
            product.until("the operator has its rights", lambda: self.plane.run_kubectl(
                "auth", "can-i", "get", "namespace/kube-system", "--as", SUBJECTS[OPERATOR].removeprefix("/CN="))[0] == 0)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if hasattr(self, "azure"):
            self.azure.kill()
        self.plane.__exit__()

    def kube_options(self, server=None, certificate=OPERATOR):
        """How the operator reaches the API server, or what stands before it."""
        if server is None or server.startswith("https:"):
            return ("--kubeconfig", self.plane.kubeconfig(certificate, server),
                    "--leader-election-namespace", "labgallery-system")
        return "--kube-endpoint", server

    def operator(self, *options, **where):
        return Operator(self, *options, **where)

    # ---- what is there

    def kubectl(self, *arguments, **options):
        return self.plane.kubectl(*arguments, **options)

    @staticmethod
    def path(plural, name_space=None, name=None):
        return (product.GROUP + (f"/namespaces/{name_space}" if name_space else "") + f"/{plural}"
                + (f"/{name}" if name else ""))

    def objects(self, name_space=None):
        """All objects of our kinds."""
        found = []
        for kind, plural in KINDS.items():
            answer = self.plane.must("GET", self.path(plural, name_space))
            found += [dict(item, kind=kind) for item in answer["items"]]
        return found

    def get(self, kind, name_space, name):
        """The object, or nothing."""
        status, answer = self.plane.ask("GET", self.path(KINDS[kind], name_space, name))
        expect(status in (200, 404), answer)
        return answer if status == 200 else None

    def wait_ready(self, name_space=None):
        """Until all objects are Ready; a failure says which are not, and why."""
        def unready():
            return [item for item in self.objects(name_space) if not is_ready(item)]

        try:
            product.until("all objects are Ready", lambda: not unready())
        except Failure as failure:
            told = [f"{key(item)}: {condition(item, 'Ready')}" for item in unready()]
            raise Failure("\n".join([str(failure), *told])) from None

    # ---- Azure

    def writes(self, since=0):
        return product.writes(self.azure, since)

    def resting(self):
        """Whether no operation runs in Azure."""
        return not must("GET", f"{self.azure.url}/simulator/state")["operations"]

    def doubled(self):
        return created_twice((write["method"], write["path"], write.get("status")) for write in self.writes())
