#include "controller/cli/manifest_references.h"

#include <array>
#include <string>
#include <string_view>

#include "src/base/text.h"

namespace labgallery::cli {
namespace {

constexpr std::string_view kGalleryKind = "SharedImageGallery";

struct Reference {
  std::string_view kind;
  std::string_view field;
  std::array<std::string_view, 4> path;
};

// The first three members of a path are there for both; the fourth may be empty.
constexpr std::array<Reference, 2> kReferences = {{
    {"Image", "spec.galleryRef.name", {"spec", "galleryRef", "name", ""}},
    {"LabAccount", "spec.gallery.ref.name", {"spec", "gallery", "ref", "name"}},
}};

std::string_view NameIn(const json::Value& object, const Reference& reference) {
  const auto& path = reference.path;
  return path[3].empty() ? object.Text({path[0], path[1], path[2]})
                         : object.Text({path[0], path[1], path[2], path[3]});
}

std::string Remedy(const std::set<kube::ObjectKey>& galleries, const kube::ObjectKey& wanted) {
  std::vector<std::string> here;
  std::vector<std::string> elsewhere;
  for (const kube::ObjectKey& gallery : galleries) {
    if (gallery.name_space == wanted.name_space) here.push_back(gallery.name);
    if (gallery.name == wanted.name) elsewhere.push_back(gallery.name_space);
  }
  if (!elsewhere.empty()) {
    return "one of that name is in namespace " + Join(elsewhere, ", ") + ", but it must be in " +
           wanted.name_space;
  }
  if (const std::string nearest = Nearest(wanted.name, here); !nearest.empty()) {
    return "did you mean \"" + nearest + "\"?";
  }
  return "add it to the input, or name the gallery by resourceId";
}

}  // namespace

void CheckGalleryReferences(const std::vector<Manifest>& objects, const std::vector<Place>& places,
                            const std::set<kube::ObjectKey>& known_galleries,
                            std::vector<InputError>& errors) {
  std::set<kube::ObjectKey> galleries = known_galleries;
  for (const Manifest& manifest : objects) {
    if (manifest.type.kind == kGalleryKind) galleries.insert(manifest.key);
  }
  for (std::size_t i = 0; i < objects.size(); ++i) {
    for (const Reference& reference : kReferences) {
      if (objects[i].type.kind != reference.kind) continue;
      const std::string name(NameIn(objects[i].object, reference));
      const kube::ObjectKey wanted{objects[i].key.name_space, name};
      if (name.empty() || galleries.contains(wanted)) continue;
      errors.push_back(places[i].Error(
          reference.field, "there is no " + std::string(kGalleryKind) + " \"" + name + "\"",
          Remedy(galleries, wanted)));
    }
  }
}

}  // namespace labgallery::cli
