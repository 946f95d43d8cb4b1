"""Work for operators: objects are created, edited and deleted at random moments, and it is known what must be in the cluster
and in Azure when all of it is done. `with Load(world, seed) as load:` works until the `with` ends; then `load.settle()`."""
import random
import re

import product
from product import Failure, expect_same
import refusals
from world import KINDS, Repeatedly, condition, is_ready, key

NAME_SPACE = "load"
MERGE = "application/merge-patch+json"
ACCOUNTS, BASES = 3, 2  # there all the time; the accounts are attached to the base galleries and detached again
MOST = 40  # of the objects that come and go
GROUP = refusals.GROUP.lower()
GALLERY = re.compile(f"{GROUP}/providers/microsoft.compute/galleries/([^/]+)")
IMAGE = re.compile(f"{GALLERY.pattern}/images/([^/]+)")
VERSION = re.compile(f"{IMAGE.pattern}/versions/1.0.0")
ATTACHED = re.compile(f"{GROUP}/providers/microsoft.labservices/labaccounts/([^/]+)/sharedgalleries/([^/]+)")


class Load:
    def __init__(self, world, seed):
        self.world, self.plane = world, world.plane
        self.done = {"created": 0, "edited": 0, "deleted": 0}
        self.wanted = {}  # (kind, name) -> what its spec says at last
        self._gone = []  # (kind, name) of what was deleted
        self._random, self._number, self._edition = random.Random(seed), 0, 0
        self._acts = Repeatedly(self._act, 0.05, 0.4, self._random)

    def __enter__(self):
        self.world.kubectl("create", "namespace", NAME_SPACE)
        product.must("PATCH", f"{self.world.azure.url}/simulator/settings",
                     {"createMissingGroups": True, "rateHeaders": False, "throttling": False})
        product.make(self.world.azure, [{"method": "PUT", "id": refusals.SOURCE, "body": refusals.SOURCE_IMAGE}])
        for number in range(BASES):
            self._create(f"base{number}", *refusals.gallery(description="base"))
        for number in range(ACCOUNTS):
            self._create(f"account{number}", *refusals.account(gallery={"state": "Detached"}))
        self._acts.__enter__()
        return self

    def __exit__(self, *_):
        self._acts.__exit__()

    # ---- what is done

    def _act(self):
        passing = [named for named in self.wanted if not named[1].startswith(("base", "account"))]
        chance = self._random.random()
        if chance < 0.4 and len(passing) < MOST:
            self._make()
        elif chance < 0.7:
            self._edit(*self._random.choice(list(self.wanted)))
        elif passing:
            kind, name = self._random.choice(passing)
            self.plane.must("DELETE", self._path(kind, name))
            del self.wanted[kind, name]
            self._gone.append((kind, name))
            self.done["deleted"] += 1

    def _make(self):
        """Something new, under a new name or one that was there before."""
        self._number += 1
        kind = self._random.choice(["SharedImageGallery", "Image", "Image"])
        name = f"passing{self._number}"
        if self._gone and self._random.random() < 0.3:
            kind, name = self._gone.pop(self._random.randrange(len(self._gone)))
        if kind == "SharedImageGallery":
            made = refusals.gallery(description="new")
        else:
            made = refusals.image(galleryRef={"name": f"base{self._random.randrange(BASES)}"}, tags={"edition": "new"},
                                  definition=refusals.definition(self._number), version="1.0.0",
                                  source={"managedImageId": refusals.SOURCE}, replication={"scope": "SourceOnly"})
        self._create(name, *made)

    def _create(self, name, kind, spec):
        status, told = self.plane.ask("POST", self._path(kind), {
            "apiVersion": "labgallery.io/v1alpha1", "kind": kind, "metadata": {"name": name}, "spec": spec})
        if status == 409:  # the one of that name is not gone yet
            return
        if status >= 300:
            raise Failure(f"{kind} {name} cannot be created: {told}")
        self.wanted[kind, name] = spec
        self.done["created"] += 1

    def _edit(self, kind, name):
        self._edition += 1
        if kind == "SharedImageGallery":
            change = {"description": f"edition {self._edition}"}
        elif kind == "Image":
            change = {"tags": {"edition": str(self._edition)}}
        elif self.wanted[kind, name]["gallery"]["state"] == "Attached":
            change = {"gallery": {"state": "Detached", "ref": None}}
        else:
            change = {"gallery": {"state": "Attached", "ref": {"name": f"base{self._random.randrange(BASES)}"}}}
        self.plane.must("PATCH", self._path(kind, name), {"spec": change}, MERGE)
        self.wanted[kind, name] = refusals.merged(self.wanted[kind, name], change)
        self.done["edited"] += 1

    def _path(self, kind, name=None):
        return self.world.path(KINDS[kind], NAME_SPACE, name)

    # ---- what must come of it

    def settle(self, orphans=()):
        """Until the cluster and Azure are what was asked for; the ids `orphans` may be in Azure beside that,
        and those that are, are the answer."""
        def unsettled():
            items = {(item["kind"], item["metadata"]["name"]): item for item in self.world.objects(NAME_SPACE)}
            return ([f"there is no {named}" for named in self.wanted if named not in items]
                    + [f"{key(item)}: {item['metadata'].get('deletionTimestamp', '')} {condition(item, 'Ready')}"
                       for named, item in items.items() if named not in self.wanted or not is_ready(item)])

        try:
            product.until("the cluster is as it was asked for", lambda: not unsettled())
        except Failure as failure:
            raise Failure("\n".join([str(failure), *unsettled()])) from None
        product.until("Azure rests", self.world.resting)
        try:  # what differs is repaired when the operator looks at everything again
            product.until("Azure is as it was asked for", lambda: self._in_azure(orphans) == self._asked_for())
        except Failure:
            expect_same("Azure", self._asked_for(), self._in_azure(orphans))
        return sorted(set(self._in_azure(())) - set(self._asked_for()))

    def _asked_for(self):
        """One line for each thing that has to be in Azure."""
        lines = []
        for (kind, name), spec in self.wanted.items():
            if kind == "SharedImageGallery":
                lines.append(f"gallery {name}: {spec['description']}")
            elif kind == "Image":
                where = f"{spec['galleryRef']['name']}/{name}"
                lines += [f"definition {where}", f"version {where}: {spec['tags']['edition']}"]
            elif spec["gallery"]["state"] == "Attached":
                lines.append(f"attached {name}: {spec['gallery']['ref']['name']}")
        return sorted(lines)

    def _in_azure(self, orphans):
        asked_for, lines = self._asked_for(), []
        for id_, body in product.cloud(self.world.azure).items():
            line = self._line(id_, body)
            if line and (line in asked_for or id_ not in orphans):
                lines.append(line)
        return sorted(lines)

    @staticmethod
    def _line(id_, body):
        if found := GALLERY.fullmatch(id_):
            return f"gallery {found[1]}: {body['properties'].get('description')}"
        if found := IMAGE.fullmatch(id_):
            return f"definition {found[1]}/{found[2]}"
        if found := VERSION.fullmatch(id_):
            return f"version {found[1]}/{found[2]}: {body.get('tags', {}).get('edition')}"
        if found := ATTACHED.fullmatch(id_):
            return f"attached {found[1]}: {found[2]}"
        return None
