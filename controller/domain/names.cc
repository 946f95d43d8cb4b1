#include "controller/domain/names.h"

#include <string>

namespace labgallery::domain {

std::string_view Name(Kind kind) {
  switch (kind) {
    case Kind::kSharedImageGallery:
      return "SharedImageGallery";
    case Kind::kImage:
      return "Image";
    case Kind::kLabAccount:
      return "LabAccount";
  }
  return "";
}

kube::ResourceType ResourceTypeOf(Kind kind) {
  std::string plural;
  switch (kind) {
    case Kind::kSharedImageGallery:
      plural = "sharedimagegalleries";
      break;
    case Kind::kImage:
      plural = "images";
      break;
    case Kind::kLabAccount:
      plural = "labaccounts";
      break;
  }
  return {.group = std::string(kGroup),
          .version = std::string(kVersion),
          .kind = std::string(Name(kind)),
          .plural = std::move(plural),
          .namespaced = true};
}

}  // namespace labgallery::domain
