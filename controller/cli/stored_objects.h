// The objects of our kinds as a Kubernetes API holds them, and making them what the manifests say.
// Only what differs is written, so that applying the same files again writes nothing.
#pragma once

#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "controller/cli/manifest_input.h"
#include "controller/cli/manifest_kinds.h"
#include "src/base/result.h"
#include "src/kube/client/client.h"

namespace labgallery::cli {

/// All objects of a type in all namespaces, whole. Blocks for one request a page.
Result<std::vector<json::Value>> ListObjects(kube::Client& client, const kube::ResourceType& type,
                                             const std::stop_token& stop);

/// What happened to the objects of the manifests; namespaces and secrets are not counted.
struct Written {
  int created = 0;
  int changed = 0;
  int unchanged = 0;
  int deleted = 0;
  /// Still being deleted since an earlier time; to be written when they are gone.
  std::vector<Manifest> held_up;

  /// "2 created, 1 changed"; "nothing to change" if so.
  std::string Summary() const;
};

/// Used by one thread.
class ObjectWriter {
 public:
  /// `kinds` outlives it.
  ObjectWriter(kube::Client& client, const std::vector<ManifestKind>& kinds)
      : client_(client), kinds_(kinds) {}

  /// Creates what is missing (the namespaces that objects lie in, too) and replaces the spec,
  /// labels and annotations of what differs. Fails at the first error; what was written stays, and
  /// a second call goes on.
  Result<Written> Write(const Manifests& manifests, const std::stop_token& stop);

  /// Deletes the objects of our kinds that are not among the manifests; how many.
  Result<int> Prune(const Manifests& manifests, const std::stop_token& stop);

 private:
  using Present = std::map<kube::ObjectKey, json::Value>;

  Status EnsureNamespaces(const Manifests& manifests, const std::stop_token& stop);
  Status WriteContext(const Manifest& manifest, const std::stop_token& stop);
  Status WriteObject(const ManifestKind& kind, const Manifest& manifest, const Present& present,
                     Written& written, const std::stop_token& stop);
  Result<Present> ReadPresent(const kube::ResourceType& type, const std::stop_token& stop);

  kube::Client& client_;
  const std::vector<ManifestKind>& kinds_;
};

}  // namespace labgallery::cli
