#!/usr/bin/env python3
"""azure-mgmt-compute drives the simulator: every operation of galleries, image definitions, image versions and their sources
that the operator uses, with the client's own models, pollers, pagers and errors. Written for what its versions 30 and 39 have in common."""
import datetime

from azure.core.exceptions import ResourceNotFoundError
from azure.mgmt.compute import ComputeManagementClient, models

import judges
from judges import GROUP, SOON, SUBSCRIPTION, Cloud, Judge, expect, names, refused, same

GALLERY, DEFINITION = "course.images", "ubuntu-22"
YEAR = datetime.timedelta(days=365)


class Compute:
    def __init__(self, cloud):
        self.cloud = cloud
        self.client = Judge("azure-mgmt-compute",
                            ComputeManagementClient(judges.AnyToken(), SUBSCRIPTION, **cloud.options()))
        self.galleries, self.definitions = self.client.galleries, self.client.gallery_images
        self.versions = self.client.gallery_image_versions
        self.group_id = cloud.group()
        self.source = None

    # -- the parts of a version, in the client's words

    def region(self, name, replicas=1, **options):
        return models.TargetRegion(name=name, regional_replica_count=replicas, storage_account_type="Standard_LRS",
                                   **options)

    def version(self, *regions, source=None, **options):
        storage = models.GalleryImageVersionStorageProfile(
            source=models.GalleryArtifactVersionFullSource(id=source or self.source.id))
        return models.GalleryImageVersion(
            location="westeurope", storage_profile=storage,
            publishing_profile=models.GalleryImageVersionPublishingProfile(target_regions=list(regions)), **options)

    def definition(self, sku="ml", **options):
        return models.GalleryImage(
            location="westeurope", os_type="Linux", os_state="Generalized", hyper_v_generation="V2",
            architecture="x64",
            identifier=models.GalleryImageIdentifier(publisher="contoso", offer="ubuntu", sku=sku), **options)

    def put_version(self, name, body, definition=DEFINITION):
        return self.versions.begin_create_or_update(GROUP, GALLERY, definition, name, body, **SOON)

    def get_version(self, name, **options):
        return self.versions.get(GROUP, GALLERY, DEFINITION, name, **options)

    # -- steps

    def gallery(self):
        """a gallery is made, read, replaced, patched and listed"""
        poller = self.galleries.begin_create_or_update(
            GROUP, GALLERY, models.Gallery(location="West Europe", tags={"term": "autumn"}, description="Of one course"),
            **SOON)
        made = poller.result()
        same("the poller's status", "Succeeded", poller.status())
        same("provisioningState", "Succeeded", made.provisioning_state)
        same("uniqueName", f"{SUBSCRIPTION}-{GALLERY.upper()}", made.identifier.unique_name)
        same("location", "westeurope", made.location.replace(" ", "").lower())
        same("type", "microsoft.compute/galleries", made.type.lower())
        patched = self.galleries.begin_update(GROUP, GALLERY, models.GalleryUpdate(description="Of two courses"),
                                              **SOON).result()
        same("what a patch leaves", ("Of two courses", {"term": "autumn"}), (patched.description, patched.tags))
        self.galleries.begin_create_or_update(GROUP, GALLERY, models.Gallery(location="westeurope"), **SOON).result()
        read = self.galleries.get(GROUP, GALLERY)
        expect(not read.tags and not read.description, f"a PUT replaces all: {read.tags}, {read.description}")
        for name in ("b", "c", "d"):
            self.galleries.begin_create_or_update(GROUP, name, models.Gallery(location="northeurope"), **SOON).result()
        with self.cloud.having(pageSize=2, emptyFirstPage=True):
            same("the pages of a group", ["b", "c", GALLERY, "d"], names(self.galleries.list_by_resource_group(GROUP)))
            same("the pages of a subscription", ["b", "c", GALLERY, "d"], names(self.galleries.list()))

    def image_definition(self):
        """a definition is made with everything a manifest can say, read, patched and listed"""
        end = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0) + YEAR
        wanted = self.definition(
            description="With drivers", eula="https://example.org/eula", release_note_uri="https://example.org/notes",
            privacy_statement_uri="https://example.org/privacy", end_of_life_date=end,
            recommended=models.RecommendedMachineConfiguration(v_cp_us=models.ResourceRange(min=2, max=8),
                                                               memory=models.ResourceRange(min=4, max=32)),
            disallowed=models.Disallowed(disk_types=["Premium_LRS"]),
            purchase_plan=models.ImagePurchasePlan(name="plan", publisher="contoso", product="ml"),
            features=[models.GalleryImageFeature(name="SecurityType", value="TrustedLaunchSupported")])
        made = self.definitions.begin_create_or_update(GROUP, GALLERY, DEFINITION, wanted, **SOON).result()
        same("provisioningState", "Succeeded", made.provisioning_state)
        read = self.definitions.get(GROUP, GALLERY, DEFINITION)
        for name in ("os_type", "os_state", "hyper_v_generation", "architecture", "description", "eula", "release_note_uri",
                     "privacy_statement_uri", "end_of_life_date"):
            same(name, getattr(wanted, name), getattr(read, name))
        for name in ("identifier", "recommended", "disallowed", "purchase_plan"):
            same(name, getattr(wanted, name).as_dict(), getattr(read, name).as_dict())
        same("features", [("SecurityType", "TrustedLaunchSupported")], [(f.name, f.value) for f in read.features])
        patched = self.definitions.begin_update(GROUP, GALLERY, DEFINITION,
                                                models.GalleryImageUpdate(description="Without"), **SOON).result()
        same("what a patch leaves", ("Without", "ml"), (patched.description, patched.identifier.sku))
        for sku in ("one", "two"):
            self.definitions.begin_create_or_update(GROUP, GALLERY, sku, self.definition(sku), **SOON).result()
        with self.cloud.having(pageSize=1, emptyFirstPage=True):
            same("the pages", ["one", "two", DEFINITION], names(self.definitions.list_by_gallery(GROUP, GALLERY)))

    def image_definition_refused(self):
        """what cannot be in a definition is refused in Azure's words"""
        def put(body, name=DEFINITION, gallery=GALLERY):
            return lambda: self.definitions.begin_create_or_update(GROUP, gallery, name, body, **SOON)

        other_state = self.definition()
        other_state.os_state = "Specialized"
        refused("another osState", 409, "PropertyChangeNotAllowed", put(other_state))
        refused("a triple twice", 409, "OperationNotAllowed", put(self.definition("one"), "another"))
        refused("a bad name", 400, "InvalidParameter", put(self.definition("x"), "-bad"))
        refused("no gallery", 404, "ParentResourceNotFound", put(self.definition("x"), "another", "absent"))
        elsewhere = self.definition()
        elsewhere.location = "northeurope"
        refused("another location", 409, "InvalidResourceLocation", put(elsewhere))
        nowhere = self.definition("x")
        nowhere.location = "atlantis"
        refused("a region that is none", 400, "LocationNotAvailableForResourceType", put(nowhere, "another"))

    def sources(self):
        """managed images, disks, snapshots and virtual machines are made and read by the same client"""
        client, disk = self.client, {"creationData": {"createOption": "Empty"}, "diskSizeGB": 30, "osType": "Linux",
                                     "hyperVGeneration": "V2"}
        body = {"location": "westeurope", "properties": disk}
        made_disk = client.disks.begin_create_or_update(GROUP, "disk", body, **SOON).result()
        made_snapshot = client.snapshots.begin_create_or_update(GROUP, "snapshot", body, **SOON).result()
        image = models.Image(location="westeurope", hyper_v_generation="V2", storage_profile=models.ImageStorageProfile(
            os_disk=models.ImageOSDisk(os_type="Linux", os_state="Generalized", disk_size_gb=30,
                                       managed_disk=models.SubResource(id=made_disk.id))))
        self.source = client.images.begin_create_or_update(GROUP, "image", image, **SOON).result()
        machine = {"location": "westeurope",
                   "properties": {"storageProfile": {"osDisk": {"osType": "Linux", "createOption": "FromImage"}}}}
        client.virtual_machines.begin_create_or_update(GROUP, "machine", machine, **SOON).result()
        client.virtual_machines.generalize(GROUP, "machine")
        for found in (made_disk, made_snapshot, self.source, client.virtual_machines.get(GROUP, "machine"),
                      client.disks.get(GROUP, "disk"), client.snapshots.get(GROUP, "snapshot"),
                      client.images.get(GROUP, "image")):
            same(f"provisioningState of {found.id}", "Succeeded", found.provisioning_state)

    def image_version(self):
        """a version is made, polled to its end and shows every region Completed"""
        poller = self.put_version("1.0.0", self.version(self.region("westeurope"), self.region("North Europe", 2)))
        same("the status at first", "InProgress", poller.status())
        made = poller.result()
        same("provisioningState", "Succeeded", made.provisioning_state)
        same("targetRegions", [("West Europe", 1), ("North Europe", 2)],
             [(r.name, r.regional_replica_count) for r in made.publishing_profile.target_regions])
        same("the OS disk's size", 30, made.storage_profile.os_disk_image.size_in_gb)
        expect(not made.replication_status, "replicationStatus is only for those who ask")
        read = self.get_version("1.0.0", expand="ReplicationStatus")
        same("aggregatedState", "Completed", read.replication_status.aggregated_state)
        same("the regions' states", [("West Europe", "Completed", 100), ("North Europe", "Completed", 100)],
             [(r.region, r.state, r.progress) for r in read.replication_status.summary])
        expect(read.publishing_profile.published_date, "publishedDate is there")

    def version_changed(self):
        """regions are added by PUT and PATCH, and removed only where the version allows it"""
        grown = self.version(self.region("westeurope"), self.region("northeurope", 2), self.region("eastus"))
        same("after PUT", 3, len(self.put_version("1.0.0", grown).result().publishing_profile.target_regions))
        profile = models.GalleryImageVersionPublishingProfile(
            target_regions=grown.publishing_profile.target_regions + [self.region("westus")], exclude_from_latest=True)
        patched = self.versions.begin_update(GROUP, GALLERY, DEFINITION, "1.0.0",
                                             models.GalleryImageVersionUpdate(publishing_profile=profile), **SOON).result()
        same("after PATCH", (4, True), (len(patched.publishing_profile.target_regions),
                                        patched.publishing_profile.exclude_from_latest))
        less = self.version(self.region("westeurope"))
        error = refused("a region is removed", 409, "OperationNotAllowed", lambda: self.put_version("1.0.0", less))
        expect("allowDeletionOfReplicatedLocations" in error.message, error.message)
        safety = models.GalleryImageVersionSafetyProfile(allow_deletion_of_replicated_locations=True)
        self.put_version("1.0.0", self.version(*profile.target_regions, safety_profile=safety)).result()
        less.safety_profile = safety
        shrunk = self.put_version("1.0.0", less).result()
        same("after the removal", ["West Europe"], [r.name for r in shrunk.publishing_profile.target_regions])

    def version_refused(self):
        """what cannot be in a version is refused in Azure's words"""
        def put(body, name="1.0.1", definition=DEFINITION):
            return lambda: self.put_version(name, body, definition)

        home = self.region("westeurope")
        twice = refused("a region twice", 400, "InvalidParameter",
                        put(self.version(home, self.region("West Europe"))))
        same("the target", "galleryImageVersion.properties.publishingProfile.targetRegions", twice.error.target)
        refused("without the source's region", 400, "InvalidParameter", put(self.version(self.region("eastus"))))
        refused("no replica", 400, "InvalidParameter", put(self.version(self.region("westeurope", 0))))
        refused("a bad name", 400, "InvalidParameter", put(self.version(home), "1.0"))
        refused("no definition", 404, "ParentResourceNotFound", put(self.version(home), "1.0.0", "absent"))
        refused("no source", 404, "ResourceNotFound", put(self.version(home, source=self.source.id + "-absent")))
        refused("no version", 404, "ResourceNotFound", lambda: self.get_version("9.9.9"))

    def version_from_disks(self):
        """snapshots and disks, a virtual machine and another version are sources too"""
        def disk_image(kind, **options):
            return kind(source=models.GalleryDiskImageSource(id=f"{self.group_id}/providers/Microsoft.Compute/"
                                                             + options.pop("source")), **options)

        storage = models.GalleryImageVersionStorageProfile(
            os_disk_image=disk_image(models.GalleryOSDiskImage, source="snapshots/snapshot"),
            data_disk_images=[disk_image(models.GalleryDataDiskImage, source="disks/disk", lun=3)])
        body = self.version(self.region("westeurope"))
        body.storage_profile = storage
        made = self.put_version("1.1.0", body).result()
        same("LUNs", [3], [disk.lun for disk in made.storage_profile.data_disk_images])
        storage = models.GalleryImageVersionStorageProfile(source=models.GalleryArtifactVersionFullSource(
            virtual_machine_id=f"{self.group_id}/providers/Microsoft.Compute/virtualMachines/machine"))
        body.storage_profile = storage
        same("of a machine", "Succeeded", self.put_version("1.1.1", body).result().provisioning_state)
        copied = self.put_version("1.2.0", self.version(self.region("westeurope"),
                                                        source=self.get_version("1.0.0").id)).result()
        same("a copy", "Succeeded", copied.provisioning_state)
        with self.cloud.having(pageSize=1, emptyFirstPage=True):
            same("the pages", ["1.0.0", "1.1.0", "1.1.1", "1.2.0"],
                 names(self.versions.list_by_gallery_image(GROUP, GALLERY, DEFINITION)))

    def doubts(self):
        """what no source decides: tags of a PATCH, spellings in lists and regions, allowing and removing at once"""
        def patched(tags):
            return self.galleries.begin_update(GROUP, "b", models.GalleryUpdate(tags=tags), **SOON).result().tags

        for merges, left in ((False, {"two": "2"}), (True, {"two": "2", "three": "3"})):
            with self.cloud.having(patchMergesTags=merges):
                same(f"tags, patchMergesTags={merges}", left, patched({"three": "3"} if merges else {"two": "2"}))
        for upper in (False, True):
            with self.cloud.having(upperCaseGroupInLists=upper):
                expect(all((GROUP.upper() in one.id) == upper for one in self.galleries.list()), "the group's spelling")
        for short, region in ((False, "West Europe"), (True, "westeurope")):
            with self.cloud.having(programmaticRegionsInStatus=short):
                read = self.get_version("1.0.0", expand="ReplicationStatus")
                same("the region's name", [region], [one.region for one in read.replication_status.summary])
        safety = models.GalleryImageVersionSafetyProfile(allow_deletion_of_replicated_locations=False)
        two = [self.region("westeurope"), self.region("eastus")]
        safety_now = models.GalleryImageVersionSafetyProfile(allow_deletion_of_replicated_locations=True)
        for at_once in (False, True):
            self.put_version("1.0.0", self.version(*two, safety_profile=safety)).result()
            with self.cloud.having(allowAndRemoveAtOnce=at_once):
                def both():
                    return self.put_version("1.0.0", self.version(two[0], safety_profile=safety_now))
                if at_once:
                    same("the regions", 1, len(both().result().publishing_profile.target_regions))
                else:
                    refused("both at once", 409, "OperationNotAllowed", both)

    def deletion(self):
        """nothing cascades: children first, then their parents, and what is gone is gone"""
        error = refused("a gallery with definitions", 409, "CannotDeleteResource",
                        lambda: self.galleries.begin_delete(GROUP, GALLERY, **SOON))
        expect(DEFINITION in error.message, f"the message names the children: {error.message}")
        refused("a definition with versions", 409, "CannotDeleteResource",
                lambda: self.definitions.begin_delete(GROUP, GALLERY, DEFINITION, **SOON))
        self.cloud.set(childLagMin=0, childLagMax=0)
        for name in ("1.0.0", "1.1.0", "1.1.1", "1.2.0"):
            poller = self.versions.begin_delete(GROUP, GALLERY, DEFINITION, name, **SOON)
            same("the result", None, poller.result())
        for name in (DEFINITION, "one", "two"):
            self.definitions.begin_delete(GROUP, GALLERY, name, **SOON).result()
        for name in (GALLERY, "b", "c", "d"):
            self.galleries.begin_delete(GROUP, name, **SOON).result()
        same("what is left", [], names(self.galleries.list()))
        self.galleries.begin_delete(GROUP, GALLERY, **SOON).result()  # what is not there: 204
        try:
            self.galleries.get(GROUP, GALLERY)
        except ResourceNotFoundError as gone:
            same("the code", "ResourceNotFound", gone.error.code)
        for group, name in ((self.client.images, "image"), (self.client.disks, "disk"), (self.client.snapshots, "snapshot"),
                            (self.client.virtual_machines, "machine")):
            group.begin_delete(GROUP, name, **SOON).result()

    def styles(self):
        """the client's poller follows an operation in each style that Azure has"""
        for style in ("AzureAsyncOperation", "Location", "ProvisioningState", "Synchronous"):
            with self.cloud.having(styles={"microsoft.compute/galleries": style}):
                made = self.galleries.begin_create_or_update(GROUP, f"of.{style}", models.Gallery(location="westeurope"),
                                                             **SOON).result()
                same(f"the end of {style}", "Succeeded", made.provisioning_state)
                self.galleries.begin_delete(GROUP, f"of.{style}", **SOON).result()
                same(f"after a deletion by {style}", [], names(self.galleries.list()))


def main():
    with Cloud() as cloud:
        compute = Compute(cloud)
        judges.run(compute.gallery, compute.image_definition, compute.image_definition_refused, compute.sources,
                   compute.image_version, compute.version_changed, compute.version_refused, compute.version_from_disks,
                   compute.doubts, compute.deletion, compute.styles)


main()
