"""What no object may ask for: one row for each rule that the CRDs word in CEL, with what the operator says where the server
does not know the rule."""
import copy
import dataclasses

SUBSCRIPTION = "00000000-0000-0000-0000-0000000000c1"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg"
WHERE = {"subscriptionId": SUBSCRIPTION, "resourceGroup": "rg"}
SOURCE = f"{GROUP}/providers/Microsoft.Compute/images/source"
OTHER_SOURCE = f"{GROUP}/providers/Microsoft.Compute/images/other"
SOURCE_IMAGE = {"location": "westeurope", "properties": {"hyperVGeneration": "V2", "storageProfile": {
    "osDisk": {"osType": "Linux", "osState": "Generalized", "diskSizeGB": 30}}}}
GALLERY, ELSEWHERE = "base", "elsewhere"  # two galleries that are there, the second attached by nobody


def gallery(**spec):
    return "SharedImageGallery", {**WHERE, "location": "westeurope", **spec}


def account(**spec):
    return "LabAccount", {"service": "LabAccount", **WHERE, "location": "westeurope", **spec}


def definition(number=0, **more):
    return {"osType": "Linux", "osState": "Generalized",
            "identifier": {"publisher": "contoso", "offer": "rules", "sku": f"sku-{number}"}, **more}


def image(**spec):
    return "Image", {"galleryRef": {"name": GALLERY}, **spec}


@dataclasses.dataclass
class Row:
    """`before` is what the object asks for first, where the rule is about a change. None as a value takes a field away."""
    name: str
    message: str
    change: dict
    reason: str = "InvalidSpec"
    kind: str = ""
    before: dict = None
    object_name: str = ""

    def spec(self):
        """What the object must not ask for."""
        return merged(self.before or {}, self.change)


def merged(spec, change):
    """A merge patch, as the API server understands it."""
    result = copy.deepcopy(spec)
    for field, value in change.items():
        if value is None:
            result.pop(field, None)
        elif isinstance(value, dict) and isinstance(result.get(field), dict):
            result[field] = merged(result[field], value)
        else:
            result[field] = value
    return result


def new(name, made, message, object_name=""):
    kind, spec = made
    return Row(name, message, spec, kind=kind, object_name=object_name or name)


def changed(name, made, message, change, reason="InvalidSpec"):
    kind, before = made
    return Row(name, message, change, reason, kind, before, name)


def _versioned(number=0, **spec):
    return image(**{"definition": definition(number), "version": "1.0.0", "source": {"managedImageId": SOURCE},
                    "replication": {"scope": "SourceOnly"}, **spec})


TAGS = "the keys of `tags` must have at most 512 characters and must not begin with 'labgallery-'"
RESOURCE_ID = "`resourceId` must not be combined with"
REQUIRED = "`subscriptionId` and `resourceGroup` must be set unless `resourceId` is"
NAMED = "must go on naming the"
LAB_ACCOUNT_ID = f"{GROUP}/providers/Microsoft.LabServices/labaccounts/some"
GALLERY_ID = f"{GROUP}/providers/Microsoft.Compute/galleries/some"

ROWS = [
    new("gallery-name", gallery(), "`spec.azureName` must be set", "with-a-dash"),
    new("gallery-twice-named", gallery(azureName="g1", resourceId=GALLERY_ID), RESOURCE_ID),
    new("gallery-nowhere", ("SharedImageGallery", {"azureName": "g2"}), REQUIRED),
    new("gallery-tags", gallery(azureName="g3", tags={"labgallery-mine": "x"}), TAGS),
    changed("gallery-renamed", gallery(azureName="g4"), NAMED, {"azureName": "g5"}, "IdentityChanged"),
    changed("gallery-regrouped", gallery(azureName="g6"), NAMED, {"resourceGroup": "rg2"}, "IdentityChanged"),
    changed("gallery-by-other-id", gallery(azureName="g7"), NAMED,
            {"azureName": None, "subscriptionId": None, "resourceGroup": None, "location": None,
             "resourceId": GALLERY_ID}, "IdentityChanged"),
    changed("gallery-moved", gallery(azureName="g8"), "`location` must not change", {"location": "northeurope"}),

    new("account-name", account(), "`spec.azureName` must be set", "a" * 101),
    new("account-twice-named", account(azureName="a1", resourceId=LAB_ACCOUNT_ID), RESOURCE_ID),
    new("account-nowhere", ("LabAccount", {"service": "LabAccount", "azureName": "a2"}), REQUIRED),
    new("account-tags", account(tags={"labgallery-mine": "x"}), TAGS),
    new("account-without-gallery", account(gallery={"state": "Attached"}), "`ref` must be set when `state` is 'Attached'"),
    new("account-with-gallery", account(gallery={"state": "Detached", "ref": {"name": GALLERY}}),
        "`ref` must be set when `state` is 'Attached'"),
    changed("account-renamed", account(), NAMED, {"azureName": "a3"}, "IdentityChanged"),
    changed("account-moved", account(), "`location` must not change", {"location": "northeurope"}),
    changed("account-another-service", account(), "`service` must not change", {"service": "LabPlan"}, "IdentityChanged"),
    changed("account-swapped", account(gallery={"state": "Attached", "swap": "DetachFirst", "ref": {"name": GALLERY}}),
            "`state` must be set to 'Detached' before another gallery is named",
            {"gallery": {"ref": {"name": ELSEWHERE}}}, "SwapRefused"),

    new("image-name", image(), "`spec.azureName` must be set", "i" * 81),
    new("image-nowhere", ("Image", {"azureName": "i1"}), "exactly one of `galleryRef` and `resourceId` must be set"),
    new("image-twice-named", ("Image", {"azureName": "i2", "resourceId": f"{GALLERY_ID}/images/i2"}),
        "`azureName` must not be combined with `resourceId`"),
    new("image-without-source", image(version="1.0.0"), "`version` and `source` must be set together"),
    new("image-without-version", image(excludeFromLatest=True), "must not be set without `version`"),
    new("image-feature", image(definition=definition(1, features=[{"name": "SecurityType", "value": "Standard"}])),
        "`features` must not name 'SecurityType'"),
    new("image-processors", image(definition=definition(2, recommended={"vCPUs": {"min": 4, "max": 2}})),
        "`min` must not be greater than `max`"),
    new("image-memory", image(definition=definition(3, recommended={"memory": {"min": 4, "max": 2}})),
        "`min` must not be greater than `max`"),
    new("image-huge-version", _versioned(4, version="1.0.2147483648"), "must be at most 2147483647"),
    new("image-regions", _versioned(5, replication={"scope": "SourceOnly", "regions": [{"name": "northeurope"}]}),
        "`regions` and `excludeRegions` must be empty when `scope` is 'SourceOnly'"),
    new("image-exclusions", _versioned(6, replication={
        "scope": "Regions", "regions": [{"name": "northeurope"}], "excludeRegions": ["northeurope"]}),
        "`excludeRegions` must not name a region that `regions` names"),
    new("image-tags", image(tags={"labgallery-mine": "x"}), TAGS),
    changed("image-renamed", _versioned(7), NAMED, {"azureName": "i3"}, "IdentityChanged"),
    changed("image-elsewhere", _versioned(8), NAMED, {"galleryRef": {"name": ELSEWHERE}}, "IdentityChanged"),
    changed("image-redefined", _versioned(9), "must not change: Azure cannot", {"definition": {"osType": "Windows"}}),
    changed("image-another-sku", _versioned(10), "must not change: Azure cannot",
            {"definition": {"identifier": {"sku": "another"}}}),
    changed("image-moved", _versioned(11, location="westeurope"), "`location` must not change",
            {"location": "northeurope"}),
    changed("image-another-source", _versioned(12), "`source` must not change unless `version` changes too",
            {"source": {"managedImageId": OTHER_SOURCE}}),
]
# Changes that look like those and are none: what they name is the same.
HARMLESS = [
    changed("gallery-same-by-id", gallery(azureName="h1"), "",
            {"azureName": None, "subscriptionId": None, "resourceGroup": None, "location": None,
             "resourceId": f"{GROUP.upper()}/providers/microsoft.compute/galleries/H1".replace(
                 "/SUBSCRIPTIONS", "/Subscriptions").replace("/RESOURCEGROUPS", "/ResourceGroups")}),
    changed("gallery-same-place", gallery(azureName="h2"), "", {"location": "West Europe", "resourceGroup": "RG"}),
    changed("account-same", account(azureName="h3"), "", {"azureName": "H3", "location": "West Europe"}),
    changed("image-same", _versioned(13, azureName="h4"), "",
            {"azureName": "H4", "definition": {"identifier": {"sku": "SKU-13"}, "architecture": "x64"}}),
    changed("image-bare", _versioned(14, azureName="h5"), "", {"definition": None}),
]
