#include "src/embedded_kube/query.h"

#include <charconv>

#include "src/http/model/url.h"

namespace labgallery::embedded_kube {

Query::Query(std::string_view text) {
  for (auto& [name, value] : http::ParseQuery(text))
    values_.emplace(std::move(name), std::move(value));
}

std::string Query::Get(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? std::string() : found->second;
}

Outcome<bool> Query::Boolean(std::string_view name) const {
  const std::string value = Get(name);
  if (value.empty()) return Has(name);  // "?watch" means watch=true
  if (value == "true" || value == "1" || value == "True") return true;
  if (value == "false" || value == "0" || value == "False") return false;
  return Refuse(BadRequest(std::string(name) + ": \"" + value + "\" is no boolean"));
}

Outcome<std::optional<std::int64_t>> Query::Number(std::string_view name) const {
  const std::string text = Get(name);
  if (text.empty()) return std::nullopt;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 0) {
    return Refuse(BadRequest(std::string(name) + ": \"" + text + "\" is no number"));
  }
  return number;
}

}  // namespace labgallery::embedded_kube
