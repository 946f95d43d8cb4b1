// What is done before the first request: built-in resources, what the state file holds, the
// definitions that came with the program, the namespaces that always exist.
#pragma once

#include <vector>

#include "src/base/clock.h"
#include "src/base/random.h"
#include "src/base/result.h"
#include "src/embedded_kube/catalog.h"
#include "src/embedded_kube/lifecycle.h"
#include "src/embedded_kube/storage.h"
#include "src/json/value.h"

namespace labgallery::embedded_kube {

struct BootstrapWorld {
  Storage& storage;
  Catalog& catalog;
  Lifecycle& lifecycle;
  Clock& clock;
  Random& random;
};

/// A definition that is stored already is replaced where it differs; objects stay as they are.
Status Bootstrap(const BootstrapWorld& world, const std::vector<json::Value>& crds);

}  // namespace labgallery::embedded_kube
