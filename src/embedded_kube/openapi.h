// OpenAPI v3 documents, as far as kubectl reads them: the index, and per group and version the
// schemas
// (`kubectl explain`) and the sign that fieldValidation is understood (`kubectl apply`).
#pragma once

#include <optional>
#include <string_view>

#include "src/embedded_kube/catalog.h"
#include "src/http/model/message.h"

namespace labgallery::embedded_kube {

/// `rest` is what stands behind /openapi/v3. Nothing where no document is.
std::optional<http::Response> OpenApi(const Catalog& catalog, std::string_view rest);

}  // namespace labgallery::embedded_kube
