#!/usr/bin/env python3
"""Every story of manifests/samples on a real cluster, as a person plays it: kubectl diff, apply (by turns client and server
side), wait, get, describe, apply again, edit, replace, scale, delete, and away with the namespace."""
import json
import time

from control_plane import HERE
import product
from product import expect, expect_same
import stories
from world import KINDS, World, condition, forbidden, is_ready, key

ALL_KINDS = ",".join(f"{plural}.labgallery.io" for plural in KINDS.values())
EDITOR = HERE / "editor.py"


def gallery_of(account):
    return account["status"].get("gallery", {}).get("name", "")


class Stories:
    def __init__(self, world):
        self.world, self.kubectl = world, world.kubectl
        self.stories = stories.load(world.plane.folder / "stories")

    # ---- words

    def how(self, story):
        """Stories are applied client and server side by turns."""
        return ["--server-side"] if list(self.stories).index(story.name) % 2 else []

    def apply(self, story, step):
        return self.kubectl("apply", *self.how(story), "-f", story.steps[step])

    def get(self, story, kind, name):
        return self.world.get(kind, story.name_space, name)

    def in_azure(self, story, *names):
        """Ids of this story's resources in Azure that end with one of the names."""
        return [id_ for id_ in product.cloud(self.world.azure)
                if id_.startswith(f"/subscriptions/{story.subscription}/") and id_.endswith(names)]

    def wait_ready(self, story):
        told = self.kubectl("wait", "--for=condition=Ready", f"--timeout={product.PATIENCE}s", ALL_KINDS, "--all",
                            "--namespace", story.name_space)
        expect("condition met" in told, told)
        for item in self.world.objects(story.name_space):
            expect(is_ready(item), f"kubectl wait has returned, but {key(item)} is not Ready: {condition(item, 'Ready')}")

    def until(self, story, what, holds):
        product.until(f"{story.name}: {what}", holds)

    # ---- steps

    def first_moments(self):
        """kubectl diff shows what is new, apply makes it, wait sees it Ready: the first moment of every story"""
        for story in self.stories.values():
            story.assume(self.world.azure)
            self.world.plane.run_kubectl("create", "namespace", story.name_space)
            status, told, _ = self.world.plane.run_kubectl("diff", *self.how(story), "-f", story.steps[0])
            expect(status == 1 and "+kind:" in told, f"kubectl diff of {story.name} ends with {status}:\n{told[-500:]}")
            self.apply(story, 0)
        for story in self.stories.values():
            self.wait_ready(story)
        return f"{len(self.world.objects())} objects of {len(self.stories)} stories"

    def later_moments(self):
        """the second moment of every story is applied, and what left the files is deleted"""
        count = 0
        for story in self.stories.values():
            if len(story.steps) == 1:
                continue
            count += 1
            self.apply(story, 1)
            for kind, name in story.named(0):
                if (kind, name) not in story.named(1):
                    self.kubectl("delete", KINDS[kind], name, "--namespace", story.name_space, "--wait=false")
        for story in self.stories.values():
            self.until(story, "what left the files is gone", lambda story=story: sorted(
                (item["kind"], item["metadata"]["name"]) for item in self.world.objects(story.name_space))
                == sorted(story.named(-1)))
            self.wait_ready(story)
        return f"{count} stories"

    def look(self):
        """Has the operator look at every object anew, as a person would."""
        asked = str(time.monotonic_ns())
        for story in self.stories.values():
            self.kubectl("annotate", ALL_KINDS, "--all", "--namespace", story.name_space, "--overwrite",
                         f"labgallery.io/reconcile-at={asked}")
        product.until("every object was looked at anew", lambda: all(
            item["status"].get("handledReconcileAt") == asked for item in self.world.objects()))

    def ends(self):
        """status and Azure are what each story's README says"""
        self.look()  # at what the images, which became Ready after their accounts, have changed
        self.look()  # and at what the first look led to: what is no news is told once a minute
        wanted = {
            "attach-existing": ("teaching", "1/1"), "create-and-attach": ("teaching", "1/1"),
            "attach-later": ("teaching", None), "swap": ("spring", None), "detach": ("", None),
            "switch-images": ("teaching", "2/3"), "delete": ("", None)}
        for name, (gallery, images) in wanted.items():
            story = self.stories[name]

            def as_wanted(story=story, gallery=gallery, images=images):
                account = self.get(story, "LabAccount", "cs-department")
                return gallery_of(account) == gallery and (
                    images is None or account["status"].get("imagesEnabled") == images)

            self.until(story, f"the account says {gallery or 'no gallery'}, {images}", as_wanted)
        full = self.stories["full"]
        self.until(full, "the images are switched", lambda: [
            self.get(full, "LabAccount", name)["status"].get("imagesEnabled") for name in ("cs-department", "physics")]
            == ["1/3", "3/3"])
        expect(not self.in_azure(self.stories["delete"], "/galleries/teaching"), "the deleted gallery is in Azure")
        for name in ("detach", "swap"):
            expect(self.in_azure(self.stories[name], "/versions/1.0.0"), f"{name}: the image has gone from Azure")
        image = self.get(self.stories["adopt"], "Image", "statistics")
        expect(image["status"]["origin"] == "Adopted", "the adopted image does not say so")

    def again(self):
        """the same again: apply says unchanged, diff nothing, and not a write is sent to Azure"""
        product.until("Azure rests", self.world.resting)
        before = product.last_request(self.world.azure)
        for story in self.stories.values():
            told = self.apply(story, -1).splitlines()
            word = "serverside-applied" if self.how(story) else "unchanged"
            expect(all(line.endswith(word) for line in told), f"{story.name}:\n" + "\n".join(told))
            self.kubectl("diff", *self.how(story), "-f", story.steps[-1])
        self.look()
        sent = [f"{write['method']} {write['path']}" for write in self.world.writes(before)]
        expect(not sent, "these writes were sent:\n" + "\n".join(sent[:product.SHOWN_LINES]))

    def shown(self):
        """get, get -o wide, describe and explain are readable"""
        full = self.stories["full"]
        where = ["--namespace", full.name_space]
        told = self.kubectl("get", "labgallery", *where)
        for line in ("NAME READY REASON VERSION REPLICATED MONTHLY AGE", "NAME READY REASON GALLERY IMAGES AGE",
                     "NAME READY REASON IMAGES ATTACHED MONTHLY AGE"):
            expect(line in [" ".join(row.split()) for row in told.splitlines()], f"no line {line!r} in\n{told}")
        for name in ("sig", "labimg", "labacct"):
            wide = self.kubectl("get", name, *where, "--output", "wide")
            expect("<none>" not in wide and "<unknown>" not in wide, wide)
            for word in ("MESSAGE", "RESOURCE ID"):
                expect(word in wide, wide)
        told = self.kubectl("describe", "labimg", "windows-cad", *where)
        for words in ("Conditions:", "Type:                  Ready", "version 1.0.0 is in 4/4 regions", "Events:"):
            expect(words in told, f"no {words!r} in\n{told}")
        expect("The images of the attached gallery" in self.kubectl("explain", "labaccount.status.images"), "explain")
        return "\n" + self.kubectl("get", "labgallery", *where)

    def edited(self):
        """kubectl edit changes a description, and Azure has it"""
        story = self.stories["create-and-attach"]
        self.kubectl("edit", "sig", "teaching", "--namespace", story.name_space,
                     environment={"KUBE_EDITOR": f"{EDITOR} description Edited"})
        (gallery,) = self.in_azure(story, "/galleries/teaching")
        self.until(story, "Azure has the new description", lambda: product.cloud(
            self.world.azure)[gallery]["properties"].get("description") == "Edited")
        self.wait_ready(story)

    def replaced(self):
        """kubectl replace (Argo CD's Replace=true) takes the finalizer away; it comes back, and Azure sees nothing of it"""
        story = self.stories["switch-images"]
        product.until("Azure rests", self.world.resting)
        before = product.last_request(self.world.azure)
        self.kubectl("replace", "-f", story.steps[-1])

        def guarded():
            return all(item["metadata"].get("finalizers") for item in self.world.objects(story.name_space))

        self.until(story, "the finalizers are back", guarded)
        self.wait_ready(story)
        sent = [write for write in self.world.writes(before) if story.subscription in write["path"]]
        expect(not sent, f"these writes were sent: {sent}")

    def scaled(self):
        """kubectl scale is refused and says why"""
        told = self.world.plane.refused("scale", "--replicas=2", "labaccount/cs-department", "--namespace",
                                        self.stories["full"].name_space)
        expect("NotFound" in told, told)
        return told.strip()

    def blocked(self):
        """a gallery that is attached is not deleted: describe says what is in the way, and Retain lets go at once"""
        story = self.stories["attach-later"]
        where = ["--namespace", story.name_space]
        self.kubectl("delete", "sig", "teaching", *where, "--wait=false")

        def reason():
            return condition(self.get(story, "SharedImageGallery", "teaching"), "Ready").get("reason")

        self.until(story, "the deletion is blocked", lambda: reason() == "DeletionBlocked")
        told = self.kubectl("describe", "sig", "teaching", *where)
        for words in ("DeletionBlocked", "Inventory:", "in the way:"):
            expect(words in told, f"no {words!r} in\n{told}")
        self.kubectl("patch", "sig", "teaching", *where, "--type=merge", "--patch",
                     '{"spec": {"deletionPolicy": "Retain"}}')
        self.kubectl("wait", "--for=delete", f"--timeout={product.PATIENCE}s", "sig/teaching", *where)
        expect(self.in_azure(story, "/galleries/teaching"), "the retained gallery is not in Azure")

    def deleted(self):
        """kubectl delete waits until an image has gone from Azure"""
        story = self.stories["create-and-attach"]
        expect(self.in_azure(story, "/images/ubuntu-ml/versions/1.0.0"), "there is no version to delete")
        self.kubectl("delete", "labimg", "ubuntu-ml", "--namespace", story.name_space)
        expect(not self.in_azure(story, "/galleries/teaching/images/ubuntu-ml"), "the definition is still in Azure")

    def unfinalized(self):
        """an object without a finalizer, because nothing of it is in Azure, goes at once"""
        story = self.stories["full"]
        image = {"apiVersion": "labgallery.io/v1alpha1", "kind": "Image", "metadata": {"name": "early"},
                 "spec": {"galleryRef": {"name": "not-yet"}}}
        where = ["--namespace", story.name_space]
        self.kubectl("create", *where, "-f", "-", stdin=json.dumps(image))
        self.until(story, "the image waits for its gallery", lambda: condition(
            self.get(story, "Image", "early"), "Ready").get("reason") == "WaitingForGallery")
        self.kubectl("delete", "labimg", "early", *where)

    def namespaces(self):
        """deleting the namespaces takes the objects along, and from Azure what the operator made"""
        spaces = [story.name_space for story in self.stories.values()]
        self.kubectl("delete", "namespace", *spaces, "--wait=false")
        # Galleries are deleted where nothing attaches them any more, and accounts are never deleted unasked.
        status, _, told = self.world.plane.run_kubectl(
            "wait", "--for=delete", f"--timeout={product.PATIENCE}s", *[f"namespace/{name}" for name in spaces],
            timeout=2 * product.PATIENCE)  # kubectl gives up first, so that what is left can be told
        left = [f"{key(item)}: {condition(item, 'Ready')}" for item in self.world.objects()]
        expect(status == 0, "\n".join([told, *left]))
        expect_same("the objects", [], [key(item) for item in self.world.objects()])
        twice = self.world.doubled()
        expect(not twice, f"created twice: {twice}")


    def denied(self):
        """in all of this nothing was denied to the operator"""
        denied = [f"{event['verb']} {event['requestURI']}" for event in self.world.plane.audited() if forbidden(event)]
        expect(not denied, denied)
        return f"{len(self.world.plane.audited())} requests"


if __name__ == "__main__":
    with World() as world, world.operator():
        played = Stories(world)
        product.run_steps(played.first_moments, played.later_moments, played.ends, played.again, played.shown, played.edited,
                          played.replaced, played.scaled, played.unfinalized, played.deleted, played.blocked,
                          played.namespaces, played.denied)
