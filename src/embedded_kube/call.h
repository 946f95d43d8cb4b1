// One request for objects, taken apart: which resource, which object or collection, which options.
#pragma once

#include <string>

#include "src/embedded_kube/catalog.h"
#include "src/embedded_kube/query.h"
#include "src/http/model/message.h"
#include "src/kube/model/object.h"

namespace labgallery::embedded_kube {

/// Lives as long as the handling of its request.
struct Call {
  const http::Request& request;
  const Query& query;
  ResourcePtr resource;
  kube::ObjectKey key;  // without a name: the collection; without a namespace as well: all of them
  std::string subresource;  // "" or "status"

  Subject subject() const { return SubjectOf(resource->type, key.name); }
};

}  // namespace labgallery::embedded_kube
