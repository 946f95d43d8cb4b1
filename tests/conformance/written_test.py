#!/usr/bin/env python3
"""What the operator wrote is read back by Azure's own clients and compared, field by field, with the manifests: nobody of
the product is asked. `labgallery apply` plays the fullest story against a simulator in a process of its own."""
import yaml
from azure.mgmt.authorization import AuthorizationManagementClient
from azure.mgmt.compute import ComputeManagementClient
from azure.mgmt.resource.resources import ResourceManagementClient
from azure.mgmt.resource.subscriptions import SubscriptionClient

import judges
from judges import Cloud, Judge, expect, product, same

STORY = product.SAMPLES / "full"
INSTALLATION = "standalone"  # of `apply` on this machine
PREVIEW = "2019-01-01-preview"
CONTRIBUTOR = "b24988ac-6180-42a0-ab88-20f7382dd24c"


def manifests(kind, story=STORY):
    """Those of the story, as a person wrote them."""
    documents = [document for file in sorted(story.glob("*.yaml")) for document in yaml.safe_load_all(file.read_text())]
    found = [document for document in documents if document["kind"] == kind]
    expect(found, f"the story has no {kind}")
    return found


def normal(region):
    return region.replace(" ", "").lower()


def owner(manifest):
    return f"{INSTALLATION}/{manifest['metadata']['namespace']}/{manifest['metadata']['name']}"


def azure_name(manifest):
    return manifest["spec"].get("azureName", manifest["metadata"]["name"])


class Written:
    role = CONTRIBUTOR

    def __init__(self, cloud, story=STORY):
        self.cloud = cloud
        product.assume(cloud.server, story)
        self.assumed = {(change["id"].lower()) for change in product.json.loads((story / "azure.json").read_text())}
        product.must_apply("-f", story, "--azure-endpoint", cloud.url)
        token, options = judges.AnyToken(), cloud.options()
        self.subscription = manifests("SharedImageGallery")[0]["spec"]["subscriptionId"]
        self.compute = Judge("azure-mgmt-compute", ComputeManagementClient(token, self.subscription, **options))
        resource = Judge("azure-mgmt-resource", ResourceManagementClient(token, self.subscription, **options))
        self.resources, self.providers = resource.resources, resource.providers
        self.places = Judge("azure-mgmt-resource-subscriptions", SubscriptionClient(token, **options)).subscriptions
        self.roles = Judge("azure-mgmt-authorization",
                           AuthorizationManagementClient(token, self.subscription, **options)).role_assignments
        self.gallery_of = {one["metadata"]["name"]: one for one in manifests("SharedImageGallery")}

    def check_tags(self, manifest, found):
        origin = "Adopted" if found.id.lower() in self.assumed else "Created"
        wanted = dict(manifest["spec"].get("tags", {}), **{"labgallery-owner": owner(manifest), "labgallery-origin": origin})
        same(f"the tags of {found.id}", wanted, {name: (found.tags or {}).get(name) for name in wanted})

    def galleries(self):
        """galleries: place, description, tags, owner"""
        for manifest in manifests("SharedImageGallery"):
            spec = manifest["spec"]
            found = self.compute.galleries.get(spec["resourceGroup"], azure_name(manifest))
            same("location", normal(spec["location"]), normal(found.location))
            same("description", spec.get("description"), found.description)
            same("provisioningState", "Succeeded", found.provisioning_state)
            self.check_tags(manifest, found)

    def place(self, image):
        """(resource group, gallery, definition, home region) of an Image."""
        gallery = self.gallery_of[image["spec"]["galleryRef"]["name"]]
        return (gallery["spec"]["resourceGroup"], azure_name(gallery), azure_name(image),
                normal(image["spec"].get("location", gallery["spec"]["location"])))

    def definitions(self):
        """definitions: system, state, generation, architecture, identifier, security type, tags, owner"""
        for manifest in manifests("Image"):
            group, gallery, name, home = self.place(manifest)
            found, wanted = self.compute.gallery_images.get(group, gallery, name), manifest["spec"]["definition"]
            seen = {"osType": found.os_type, "osState": found.os_state, "hyperVGeneration": found.hyper_v_generation,
                    "architecture": found.architecture,
                    "identifier": {part: getattr(found.identifier, part) for part in ("publisher", "offer", "sku")}}
            features = {feature.name: feature.value for feature in found.features or []}
            seen["securityType"] = features.get("SecurityType", "Standard")
            same(f"the definition {name}", wanted, {field: seen[field] for field in wanted})
            same(f"the place of {name}", home, normal(found.location))
            self.check_tags(manifest, found)

    def geography(self, home):
        """The regions of the home's geography that hold galleries."""
        places = {place.name: place for place in self.places.list_locations(self.subscription)}
        kinds = self.providers.get("Microsoft.Compute").resource_types
        offered = {normal(name) for kind in kinds if kind.resource_type == "galleries" for name in kind.locations}
        wanted = places[home].metadata.geography
        return {name for name, place in places.items() if name in offered and place.metadata.geography == wanted}

    def regions(self, manifest, home):
        """Region -> (replicas, kind of storage) that the manifest asks for."""
        replication = manifest["spec"].get("replication", {"scope": "SourceOnly"})
        usual = (replication.get("replicaCount", 1), replication.get("storageAccountType", "Standard_LRS"))
        wanted = {home: usual}
        if replication["scope"] == "Geography":
            wanted |= {name: usual for name in self.geography(home)}
        for region in replication.get("regions", []):
            wanted[region["name"]] = (region.get("replicaCount", usual[0]), region.get("storageAccountType", usual[1]))
        for name in replication.get("excludeRegions", []):
            wanted.pop(name, None)
        return wanted

    def versions(self):
        """versions: source, regions with replicas and storage, end of life, place among the latest, what may be removed"""
        for manifest in manifests("Image"):
            group, gallery, definition, home = self.place(manifest)
            spec, wanted = manifest["spec"], self.regions(manifest, home)
            name = spec.get("version") or self.newest(group, gallery, definition)
            found = self.compute.gallery_image_versions.get(group, gallery, definition, name, expand="ReplicationStatus")
            profile = found.publishing_profile
            seen = {normal(region.name): (region.regional_replica_count, region.storage_account_type)
                    for region in profile.target_regions}
            same(f"the regions of {definition}", wanted, seen)
            same(f"those that are done of {definition}", set(wanted),
                 {normal(one.region) for one in found.replication_status.summary if one.state == "Completed"})
            same(f"excludeFromLatest of {definition}", spec.get("excludeFromLatest", False), bool(profile.exclude_from_latest))
            same(f"endOfLifeDate of {definition}", spec.get("endOfLifeDate"), profile.end_of_life_date)
            if "version" in spec:
                self.check_source(spec["source"], found.storage_profile)
                same(f"what may be removed of {definition}", True,
                     found.safety_profile.allow_deletion_of_replicated_locations)
                self.check_tags(manifest, found)
            else:
                expect("labgallery-owner" not in (found.tags or {}), "what a teacher saved carries no tag")

    def newest(self, group, gallery, definition):
        pages = self.compute.gallery_image_versions.list_by_gallery_image(group, gallery, definition)
        return max((one.name for one in pages), key=lambda name: [int(part) for part in name.split(".")])

    def check_source(self, wanted, profile):
        if "disks" in wanted:
            same("the OS disk", wanted["disks"]["os"]["id"], profile.os_disk_image.source.id)
            same("the data disks", [(disk["lun"], disk["id"]) for disk in wanted["disks"].get("data", [])],
                 [(disk.lun, disk.source.id) for disk in profile.data_disk_images or []])
        elif "virtualMachineId" in wanted:
            same("the machine", wanted["virtualMachineId"], profile.source.virtual_machine_id)
        else:
            same("the source", wanted.get("managedImageId") or wanted["galleryImageVersionId"], profile.source.id)

    def accounts(self):
        """each account or plan: place and owner, the gallery that is attached, each image's switch, Lab Services' role"""
        for manifest in manifests("LabAccount"):
            spec = manifest["spec"]
            found, galleries, switches = self.account(spec["resourceGroup"], azure_name(manifest))
            same("location", normal(spec["location"]), normal(found.location))
            self.check_tags(manifest, found)
            gallery = self.gallery_of[spec["gallery"]["ref"]["name"]]
            wanted = (f"/subscriptions/{self.subscription}/resourceGroups/{gallery['spec']['resourceGroup']}/providers/"
                      f"Microsoft.Compute/galleries/{azure_name(gallery)}")
            same("the galleries", [wanted.lower()], [one.lower() for one in galleries])
            self.check_switches(spec["images"], switches)
            assigned = list(self.roles.list_for_scope(wanted, filter="atScope()"))
            expect([one for one in assigned if one.role_definition_id.lower().endswith(self.role)
                    and one.principal_type == "ServicePrincipal"], f"nobody has the role at {wanted}")

    def account(self, group, name):
        """(the resource, its galleries, definition -> state)."""
        path = (f"/subscriptions/{self.subscription}/resourceGroups/{group}/providers/"
                f"Microsoft.LabServices/labaccounts/{name}")
        attached, images = ([one["properties"] for one in self.resources.get_by_id(
            f"{path}/{kind}", api_version=PREVIEW)["value"]] for kind in ("sharedgalleries", "sharedimages"))
        return (self.resources.get_by_id(path, api_version="2018-10-15"), [one["galleryId"] for one in attached],
                {one["definitionName"]: one["enableState"] for one in images})

    def check_switches(self, spec, images):
        expect(images, "there are images")
        overrides = {one["definitionName"]: one["state"] for one in spec.get("overrides", [])}
        states = {azure_name(image): image["spec"]["definition"]["osState"] for image in manifests("Image")}
        for name, state in images.items():
            default = spec.get("default", "Keep")
            if default == "Keep" and name not in overrides:
                continue
            allowed = states[name] in spec.get("allowedOSStates", ["Generalized"])
            wanted = overrides.get(name, default) if allowed else "Disabled"
            same(f"the switch of {name}", wanted, state)


def main():
    with Cloud() as cloud:
        written = Written(cloud)
        judges.run(written.galleries, written.definitions, written.versions, written.accounts)


if __name__ == "__main__":
    main()
