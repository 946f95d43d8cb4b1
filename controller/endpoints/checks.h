// Named checks and how they are asked for and shown, as kube-apiserver does it: "ok" where all is
// well, the list of all checks where not or with ?verbose, ?exclude=NAME, and /PATH/NAME for one of
// them. Pure but for the checks themselves.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/http/model/message.h"

namespace labgallery::endpoints {

struct Check {
  std::string name;  // one segment of a path
  /// What is wrong, in words for a person; nothing if all is well. Must not block.
  std::function<std::optional<std::string>()> trouble;
};

/// The checks that are asked for together, under "/" + name.
struct CheckGroup {
  std::string name;
  std::vector<Check> checks;
};

/// The answer for a request whose path begins with "/" + group.name: 200, 503 where a check that
/// was not excluded fails, 404 for a check that there is not. kube-apiserver answers 500 instead of
/// 503; for kubelet both are a failure, and this one says more truly whose turn it is.
http::Response Answer(const CheckGroup& group, std::string_view path, std::string_view query);

}  // namespace labgallery::endpoints
