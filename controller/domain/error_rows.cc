// Sources: common-deployment-errors.md, troubleshooting-shared-images.md, the troubleshooting page
// of role-based access control (MicrosoftDocs/azure-docs), common-api-details.md of
// Azure/azure-resource-manager-rpc. Messages are matched only where Azure has no code of its own
// for the case: codes are stable, messages are not.
#include "controller/domain/error_rows.h"

#include <array>

namespace labgallery::domain {
namespace {

using enum azure::ErrorClass;
using Reason::kAzureError;
using Reason::kInvalidSpec;

constexpr std::string_view kFixSpec = "Change the field that Azure names.";
constexpr std::string_view kNewImage =
    "Make a new Image: what the definition was made with cannot be changed in Azure.";
constexpr std::string_view kSourceFits =
    "Choose a source that fits spec.definition, or make a new Image for it.";
constexpr std::string_view kOurs = "This is a fault of the operator: please report it.";
constexpr std::string_view kOfferRegion =
    "Choose another region, exclude it, or ask Azure for access to it.";
constexpr std::string_view kRegister =
    "Register the resource provider in the subscription and wait until it is Registered.";
constexpr std::string_view kRole =
    "Give the operator's identity a role with this action at this scope.";
constexpr std::string_view kSubscription =
    "Check subscriptionId, the tenant and the cloud, and that the operator's identity has a role "
    "in "
    "the subscription.";
constexpr std::string_view kEnable = "Have the owner of the subscription enable it again.";
constexpr std::string_view kToken = "Check the credential: its tenant, its cloud, its expiry.";
constexpr std::string_view kRaise = "Remove what is not needed, or ask Azure for a higher limit.";
constexpr std::string_view kOtherName = "Choose another name or the location where it exists.";
constexpr std::string_view kSource =
    "Check the id in spec.source, and that it lies in the same region as the image.";
constexpr std::string_view kCheckIds = "Check the ids in the spec.";

constexpr std::array kRows = std::to_array<ErrorRow>({
    // ---- sources, regions and names: only the words tell
    {"", "409", kRegionFailed, "", "replication jobs failed"},
    {"", "409", kRegionFailed, "", "replication to all the target regions not completed"},
    {"", "409, 429", kSourceBusy, "Wait; fewer copies at once from one source help.",
     "too many requests on source"},
    {"", "409", kSourceBusy, "Wait; fewer copies at once from one source help.",
     "being used by another replication"},
    {"", "400, 404", kSourceMissing, kSource, "source was not found"},
    {"", "400, 404", kSourceMissing, kSource, "source image was not found"},
    {"", "400, 404", kSourceMissing, kSource, "please check source exists"},
    {"", "400", kSourceMissing, kSource, "in the same region as"},
    {"", "400, 409", kRegionUnavailable, "Set storageAccountType to Standard_LRS or Premium_LRS.",
     "zrs storage account type"},
    {"", "404", kParentMissing, "", "can not perform requested operation on nested resource"},
    {"", "409", kChildrenExist, "", "before nested resources are deleted"},
    {"", "409", kImmutable, kOtherName, "already exists in location"},
    {"", "400, 409", kImmutable, "Set spec.azureName to a name that no other gallery has.",
     "is not unique within the subscription"},
    {"", "400, 409", kImmutable, "Choose another publisher, offer or sku: a gallery has each once.",
     "choose a different publisher, offer, sku"},
    {"", "400, 409", kImmutable, kNewImage, "changing property 'galleryimage.properties"},
    {"", "400, 409", kImmutable, "Set a new spec.version: a version's source cannot be changed.",
     "changing property 'galleryimageversion.properties.storageprofile"},
    {"", "400, 409", kImmutable, "Set a new spec.version: a version's disks cannot be changed.",
     "changing the lun of a data disk"},
    {"", "400", kRefusedByService, kSourceFits, "since the os state in the parent gallery image",
     kInvalidSpec},
    {"", "400", kRefusedByService, kSourceFits, "has a different hypervisor generation",
     kInvalidSpec},
    {"", "400", kRefusedByService, kSourceFits, "has a different os type", kInvalidSpec},
    {"", "400", kRefusedByService,
     "Choose a machine with managed disks, none of them ephemeral "
     "or Ultra.",
     "source virtual machine", kInvalidSpec},
    {"", "400", kRefusedByService, "Set spec.azureName to a name that follows the rule.",
     "invalid according to its validation rule", kInvalidSpec},
    {"", "400", kRefusedByService, "Set spec.azureName to a name that follows the rule.",
     "has these invalid trailing characters", kInvalidSpec},
    {"", "400", kRefusedByService, "Set spec.azureName to a name that follows the rule.",
     "gallery name is invalid", kInvalidSpec},
    {"", "400", kRefusedByService, "Set spec.version to three numbers, as in 1.0.0.",
     "image version name is invalid", kInvalidSpec},
    {"", "400", kRefusedByService, kFixSpec, "asset name galleryimage.properties.identifier",
     kInvalidSpec},
    {"", "400", kRefusedByService, "Set replicaCount within the range that Azure names.",
     "is out of range. the value must be between", kInvalidSpec},
    {"", "400", kRefusedByService, "Set endOfLifeDate to a day to come, or take it away.",
     "endoflifedate must be set to a future date", kInvalidSpec},
    {"", "400", kBug, kOurs, "duplicate regions are not allowed"},
    {"", "400", kBug, kOurs, "must contain the location of image version"},
    {"GalleryImageNotFound", "404", kSourceMissing,
     "Wait until the version is replicated to the region, or check the id in spec.source."},

    // ---- rates and quotas
    {.code = "OperationNotAllowed", .http = "429", .verdict = kThrottled, .status = 429},
    {"OperationNotAllowed", "409", kQuotaExceeded, kRaise, "quota"},
    {.code = "OperationNotAllowed",
     .http = "400",
     .verdict = kRefusedByService,
     .remedy = kFixSpec,
     .status = 400},
    {"OperationNotAllowed", "409", kBusy},
    {"OperationNotAllowedOnVMImageAsVMsBeingProvisioned", "409", kBusy},
    {"QuotaExceeded", "409", kQuotaExceeded, kRaise},
    {"ResourceQuotaExceeded", "409", kQuotaExceeded, kRaise},
    {"RoleAssignmentLimitExceeded", "400, 409", kQuotaExceeded,
     "Remove role assignments of the subscription that nobody needs."},
    {"TooManyRequests", "429", kThrottled},
    {"SubscriptionRequestsThrottled", "429", kThrottled},
    {"ResourceRequestsThrottled", "429", kThrottled},
    {"RateLimiting", "429", kThrottled},

    // ---- regions and providers
    {"LocationNotAvailableForResourceType", "400, 409", kRegionUnavailable, kOfferRegion},
    {"RegionDoesNotAllowProvisioning", "400, 409", kRegionUnavailable, kOfferRegion},
    {"MissingRegistrationForLocation", "400, 409", kRegionUnavailable, kOfferRegion},
    {"SkuNotAvailable", "400, 409", kRegionUnavailable, kOfferRegion},
    {"NoRegisteredProviderFound", "400, 404, 409", kProviderMissing, kRegister},
    {"MissingSubscriptionRegistration", "409", kProviderMissing, kRegister},
    {"SubscriptionNotRegistered", "409", kProviderMissing, kRegister},
    {"InvalidSubscriptionRegistrationState", "409", kProviderMissing, kRegister},

    // ---- identity and rights
    {"InvalidAuthenticationToken", "401", kUnauthenticated, kToken},
    {"InvalidAuthenticationTokenTenant", "401", kUnauthenticated,
     "Use a credential of the tenant that the subscription belongs to."},
    {"ExpiredAuthenticationToken", "401", kUnauthenticated,
     "A fresh token is asked for; check the clock of this machine if it stays so."},
    {"AuthenticationFailed", "401", kUnauthenticated, kToken},
    {"AuthorizationFailed", "403", kForbidden,
     "Make the operator's identity Role Based Access Control Administrator of the gallery, or set "
     "spec.access.mode to External and assign the role yourself.",
     "microsoft.authorization/roleassignments/write"},
    {"AuthorizationFailed", "403", kForbidden, kRole},
    {"LinkedAuthorizationFailed", "403", kForbidden,
     "Give the operator's identity a role on the linked resource too, in the same tenant."},
    {"LinkedAccessCheckFailed", "403", kForbidden,
     "Give the operator's identity a role on the linked resource too."},
    {"RequestDisallowedByPolicy", "403", kPolicyDenied,
     "Change the spec to what the policy wants, or ask its owner for an exemption."},
    {"RequestDisallowedByAzure", "403", kPolicyDenied, kOfferRegion},
    {"SubscriptionNotFound", "404", kSubscriptionUnknown, kSubscription},
    {"InvalidSubscriptionId", "400, 404", kSubscriptionUnknown, kSubscription},
    {"DisallowedSubscription", "403", kSubscriptionUnknown, kSubscription},
    {.code = "SubscriptionIsDisabled",
     .http = "403",
     .verdict = kForbidden,
     .remedy = kEnable,
     .reason = kAzureError},
    {.code = "ReadOnlyDisabledSubscription",
     .http = "403, 409",
     .verdict = kForbidden,
     .remedy = kEnable,
     .reason = kAzureError},
    {"PrincipalNotFound", "400", kDirectoryLag,
     "Wait; a principal is known everywhere some minutes after it was made. Otherwise check the "
     "configured object id of Lab Services."},

    // ---- what is there, and what is not
    {"ResourceGroupNotFound", "404", kResourceGroupMissing},
    {"ParentResourceNotFound", "404", kParentMissing},
    {"ResourceNotFound", "404", kAbsent},
    {"InvalidResourceReference", "400", kSourceMissing, kCheckIds},
    {"LinkedInvalidPropertyId", "400", kRefusedByService, kCheckIds, "", kInvalidSpec},
    {"CannotDeleteResource", "409", kChildrenExist},
    {"RoleAssignmentExists", "409", kAlreadyExists},
    {"RoleAssignmentUpdateNotPermitted", "400", kImmutable,
     "Remove the role assignment of this name: it was made for another principal."},

    // ---- what stands in the way
    {"ScopeLocked", "409, 423", kLocked, "Remove the lock, or leave the resource as it is."},
    {"ResourceGroupBeingDeleted", "409", kBusy},
    {"AnotherOperationInProgress", "409", kBusy},
    {"Conflict", "409", kBusy},
    {"PropertyChangeNotAllowed", "409", kImmutable,
     "Change it back; Azure sets this property only once."},
    {"InvalidResourceLocation", "409", kImmutable, kOtherName},
    {"PreconditionFailed", "412", kRaced},

    // ---- what Azure cannot take, and its own failures
    {"InvalidParameter", "400", kRefusedByService, kFixSpec},
    {"InvalidRequestContent", "400", kRefusedByService, kFixSpec},
    {"InvalidRequestFormat", "400", kRefusedByService, kOurs},
    {"BadRequest", "400", kRefusedByService, kFixSpec},
    {"LocationRequired", "400", kRefusedByService, "Set spec.location."},
    {"ReservedResourceName", "400", kRefusedByService, "Set spec.azureName to another name.", "",
     kInvalidSpec},
    {"InvalidResourceNamespace", "404", kRefusedByService,
     "Check that the cloud offers the service."},
    {"InvalidResourceType", "400, 404", kRefusedByService,
     "Check that the cloud offers the service."},
    {"InternalServerError", "500", kTransient},
    {"ServiceUnavailable", "503", kTransient},
    {"OperationCanceled", "200", kTransient},
    {.code = "",
     .http = "501",
     .verdict = kRefusedByService,
     .remedy = "Check that the endpoint is Azure Resource Manager.",
     .status = 501},
});

}  // namespace

std::span<const ErrorRow> ErrorRows() { return kRows; }

}  // namespace labgallery::domain
