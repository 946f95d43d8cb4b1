#include "controller/domain/spec_check.h"

#include <utility>

#include "controller/domain/image/spec.h"
#include "controller/domain/lab_account/lab_account.h"
#include "controller/domain/shared_image_gallery/gallery.h"

namespace labgallery::domain {
namespace {

template <typename T>
Status OnlyStatus(Result<T> read) {
  if (!read) return std::move(read).error();
  return Ok();
}

}  // namespace

Status CheckSpec(Kind kind, const json::Value& spec, const std::string& object_name) {
  switch (kind) {
    case Kind::kSharedImageGallery:
      return OnlyStatus(shared_image_gallery::ReadSpec(spec, object_name));
    case Kind::kImage:
      return OnlyStatus(image::ReadImageSpec(spec));
    case Kind::kLabAccount:
      return OnlyStatus(lab_account::ReadSpec(spec, object_name));
  }
  return Ok();
}

}  // namespace labgallery::domain
