// The query of a request: read once, names compared exactly, as Kubernetes does.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "src/embedded_kube/refusal.h"

namespace labgallery::embedded_kube {

class Query {
 public:
  explicit Query(std::string_view text);

  /// The first value of that name; empty when there is none.
  std::string Get(std::string_view name) const;
  bool Has(std::string_view name) const { return values_.find(name) != values_.end(); }
  /// False when absent; refused unless it is a boolean.
  Outcome<bool> Boolean(std::string_view name) const;
  /// Nothing when absent or empty; refused unless it is a number that is not negative.
  Outcome<std::optional<std::int64_t>> Number(std::string_view name) const;

 private:
  std::map<std::string, std::string, std::less<>> values_;
};

}  // namespace labgallery::embedded_kube
