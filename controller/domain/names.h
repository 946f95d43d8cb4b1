// Every name that a user meets in a manifest, in Azure's tags or in a condition, in one place.
#pragma once

#include <array>
#include <string_view>

#include "src/kube/model/object.h"

namespace labgallery::domain {

inline constexpr std::string_view kGroup = "labgallery.io";
inline constexpr std::string_view kVersion = "v1alpha1";
inline constexpr std::string_view kFinalizer = "labgallery.io/azure-cleanup";
/// On a Secret by which an object of a namespace that ends is cleaned up.
inline constexpr std::string_view kSecretFinalizer = "labgallery.io/credential-in-use";
inline constexpr std::string_view kAnnotationPrefix = "labgallery.io/";

/// The three kinds, in the order in which they depend on each other.
enum class Kind { kSharedImageGallery, kImage, kLabAccount };
inline constexpr std::array kKinds{Kind::kSharedImageGallery, Kind::kImage, Kind::kLabAccount};

/// "SharedImageGallery", ...
std::string_view Name(Kind kind);
kube::ResourceType ResourceTypeOf(Kind kind);

namespace annotation {
inline constexpr std::string_view kPaused = "labgallery.io/paused";
inline constexpr std::string_view kRecreateVersion = "labgallery.io/recreate-version";
inline constexpr std::string_view kReconcileAt = "labgallery.io/reconcile-at";
// On a namespace:
inline constexpr std::string_view kAllowedScopes = "labgallery.io/allowed-scopes";
inline constexpr std::string_view kDefaultDeletionPolicy = "labgallery.io/default-deletion-policy";
inline constexpr std::string_view kDefaultAdoption = "labgallery.io/default-adoption";
inline constexpr std::string_view kCredentials = "labgallery.io/credentials";
}  // namespace annotation

namespace tag {
inline constexpr std::string_view kOwner = "labgallery-owner";
inline constexpr std::string_view kOrigin = "labgallery-origin";
inline constexpr std::string_view kReleased = "labgallery-released";
}  // namespace tag

namespace condition {
inline constexpr std::string_view kReady = "Ready";
inline constexpr std::string_view kProvisioned = "Provisioned";
inline constexpr std::string_view kGalleryAttached = "GalleryAttached";
inline constexpr std::string_view kRoleAssigned = "RoleAssigned";
inline constexpr std::string_view kImagesSwitched = "ImagesSwitched";
inline constexpr std::string_view kReplicated = "Replicated";
inline constexpr std::string_view kCostKnown = "CostKnown";
inline constexpr std::string_view kServiceRetiring = "ServiceRetiring";
}  // namespace condition

}  // namespace labgallery::domain
