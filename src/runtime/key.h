// What the queue hands to workers: which object of which registered type. Never what happened to
// it.
#pragma once

#include <compare>
#include <cstddef>

#include "src/kube/model/object.h"

namespace labgallery::runtime {

/// The place of a type in the order of registration.
using TypeIndex = std::size_t;

struct Key {
  TypeIndex type = 0;
  kube::ObjectKey object;

  friend auto operator<=>(const Key&, const Key&) = default;
};

}  // namespace labgallery::runtime
