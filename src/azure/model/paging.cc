#include "src/azure/model/paging.h"

#include <utility>

#include "src/base/text.h"
#include "src/http/model/url.h"

namespace labgallery::azure {

Result<Page> ReadPage(json::Value body) {
  if (body.IsArray()) return Page{.items = std::move(body.MakeArray()), .next_link = {}};
  json::Value* value = body.Find("value");
  if (value == nullptr || !value->IsArray()) {
    return ProtocolError(
        "the answer to a list is neither an array nor an object with one in value");
  }
  return Page{.items = std::move(value->MakeArray()),
              .next_link = std::string(body.Text({"nextLink"}))};
}

Result<std::string> FollowLink(std::string_view link, std::string_view origin) {
  std::string text =
      link.starts_with('/') ? std::string(origin) + std::string(link) : std::string(link);
  const auto url = http::ParseUrl(text);
  const auto home = http::ParseUrl(origin);
  if (!url || !home || url->origin() != home->origin()) {
    return ProtocolError("the next page of a list is not at " + std::string(origin));
  }
  return text;
}

void ListCollector::Add(std::vector<json::Value> items) {
  for (json::Value& item : items) {
    const std::string_view id = item.Text({"id"});
    if (!id.empty() && !seen_.insert(Lower(id)).second) continue;
    items_.push_back(std::move(item));
  }
}

}  // namespace labgallery::azure
