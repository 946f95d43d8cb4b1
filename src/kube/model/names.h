// What may be a name in Kubernetes: of objects (RFC 1123), of labels and their values, of
// finalizers. The source is k8s.io/apimachinery, pkg/util/validation.
#pragma once

#include <string_view>

namespace labgallery::kube {

/// Of a namespace: at most 63 small letters, digits and dashes.
bool IsDnsLabel(std::string_view text);
/// Of most other objects: at most 253 characters; dots between what is like a label, but as long as
/// it likes.
bool IsDnsSubdomain(std::string_view text);
/// "name" or "prefix/name", as keys of labels and finalizers are.
bool IsQualifiedName(std::string_view text);
/// At most 63 letters, digits, dashes, underscores and dots, or nothing.
bool IsLabelValue(std::string_view text);

}  // namespace labgallery::kube
