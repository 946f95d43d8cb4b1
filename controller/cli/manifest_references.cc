#include "controller/cli/manifest_references.h"

#include <array>
#include <string>
#include <string_view>

#include "src/base/text.h"

namespace labgallery::cli {
namespace {

constexpr std::string_view kGalleryKind = "SharedImageGallery";
constexpr std::string_view kSecretKind = "Secret";

struct Reference {
  std::string_view kind;  // whose field it is; empty: of all kinds
  std::string_view field;
  std::array<std::string_view, 4> path;
  std::string_view target;
};

// The first three members of a path are there for all; the fourth may be empty.
constexpr std::array<Reference, 3> kReferences = {{
    {"Image", "spec.galleryRef.name", {"spec", "galleryRef", "name", ""}, kGalleryKind},
    {"LabAccount", "spec.gallery.ref.name", {"spec", "gallery", "ref", "name"}, kGalleryKind},
    {"", "spec.credentialsRef.name", {"spec", "credentialsRef", "name", ""}, kSecretKind},
}};

std::string_view NameIn(const json::Value& object, const Reference& reference) {
  const auto& path = reference.path;
  return path[3].empty() ? object.Text({path[0], path[1], path[2]})
                         : object.Text({path[0], path[1], path[2], path[3]});
}

std::string Remedy(const std::set<kube::ObjectKey>& there, const kube::ObjectKey& wanted,
                   std::string_view target) {
  std::vector<std::string> here;
  std::vector<std::string> elsewhere;
  for (const kube::ObjectKey& known : there) {
    if (known.name_space == wanted.name_space) here.push_back(known.name);
    if (known.name == wanted.name) elsewhere.push_back(known.name_space);
  }
  if (!elsewhere.empty()) {
    return "one of that name is in namespace " + Join(elsewhere, ", ") + ", but it must be in " +
           wanted.name_space;
  }
  if (const std::string nearest = Nearest(wanted.name, here); !nearest.empty()) {
    return "did you mean \"" + nearest + "\"?";
  }
  if (target == kSecretKind) return "add it to the input";
  return "add it to the input, or name the gallery by resourceId";
}

}  // namespace

void CheckDangling(const Manifests& manifests, const std::vector<Place>& places,
                   const KnownObjects& known, std::vector<InputError>& errors) {
  KnownObjects all = known;
  for (const Manifest& manifest : manifests.objects) {
    if (manifest.type.kind == kGalleryKind) all.galleries.insert(manifest.key);
  }
  for (const Manifest& manifest : manifests.context) {
    if (manifest.type.kind == kSecretKind) all.secrets.insert(manifest.key);
  }
  for (std::size_t i = 0; i < manifests.objects.size(); ++i) {
    const Manifest& manifest = manifests.objects[i];
    for (const Reference& reference : kReferences) {
      if (!reference.kind.empty() && manifest.type.kind != reference.kind) continue;
      const auto& there = reference.target == kSecretKind ? all.secrets : all.galleries;
      const kube::ObjectKey wanted{manifest.key.name_space,
                                   std::string(NameIn(manifest.object, reference))};
      if (wanted.name.empty() || there.contains(wanted)) continue;
      errors.push_back(places[i].Error(
          reference.field,
          "there is no " + std::string(reference.target) + " \"" + wanted.name + "\"",
          Remedy(there, wanted, reference.target)));
    }
  }
}

}  // namespace labgallery::cli
