#include "src/azure_simulator/resources.h"

#include <algorithm>

#include "src/azure_simulator/resource_path.h"
#include "src/base/text.h"
#include "src/json/parse.h"

namespace labgallery::azure_simulator {
namespace {

Resources::Key KeyOf(std::string_view id) { return {Depth(id), Lower(id)}; }

bool StartsWith(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

std::string CounterKey(std::string_view subscription, std::string_view type,
                       std::string_view location) {
  return Lower(subscription) + "|" + std::string(type) + "|" + std::string(location);
}

constexpr std::size_t kDeepest = 32;  // no id of ours has more segments

}  // namespace

json::Value Document(const Resource& resource) {
  Result<json::Value> parsed = json::Parse(resource.document);
  if (!parsed) return json::Value::Object();
  return *std::move(parsed);
}

void SetDocument(Resource& resource, const json::Value& document) {
  resource.document = json::Dump(document);
  resource.document.shrink_to_fit();
}

Resource* Resources::Find(std::string_view id) {
  return const_cast<Resource*>(std::as_const(*this).Find(id));
}

const Resource* Resources::Find(std::string_view id) const {
  const auto found = map_.find(KeyOf(id));
  return found == map_.end() ? nullptr : &found->second;
}

Resource& Resources::Put(Resource resource) {
  Key key = KeyOf(resource.id);
  const auto found = map_.find(key);
  Changed(key.second, found == map_.end() ? nullptr : &found->second);
  if (found != map_.end()) Count(found->second, -1);
  Count(resource, 1);
  return map_.insert_or_assign(std::move(key), std::move(resource)).first->second;
}

void Resources::Erase(std::string_view id) {
  const auto found = map_.find(KeyOf(id));
  if (found == map_.end()) return;
  Changed(found->first.second, &found->second);
  Count(found->second, -1);
  map_.erase(found);
}

void Resources::Touch(const Resource& resource) { Changed(Lower(resource.id), &resource); }

void Resources::Visit(std::size_t depth, std::string_view prefix, std::string_view after,
                      const std::function<bool(const Resource&)>& visit) const {
  const std::string start = Lower(prefix);
  auto at =
      after.empty() ? map_.lower_bound({depth, start}) : map_.upper_bound({depth, Lower(after)});
  for (; at != map_.end(); ++at) {
    if (at->first.first != depth || !StartsWith(at->first.second, start)) return;
    if (!visit(at->second)) return;
  }
}

bool Resources::HasAny(std::size_t depth, std::string_view prefix) const {
  bool any = false;
  Visit(depth, prefix, "", [&any](const Resource&) {
    any = true;
    return false;
  });
  return any;
}

std::vector<std::string> Resources::Below(std::string_view id) const {
  std::vector<std::string> ids;
  const std::string prefix = Lower(id) + "/";
  for (std::size_t depth = Depth(id) + 1; depth <= kDeepest; ++depth) {
    Visit(depth, prefix, "", [&ids](const Resource& resource) {
      ids.push_back(resource.id);
      return true;
    });
  }
  return ids;
}

std::size_t Resources::CountOf(std::string_view subscription, std::string_view type,
                               std::string_view location) const {
  const auto found = counts_.find(CounterKey(subscription, type, location));
  return found == counts_.end() ? 0 : found->second;
}

void Resources::Clear() {
  for (const auto& [key, resource] : map_) {
    if (keeps_unsaved_) unsaved_.push_back(key.second);
  }
  map_.clear();
  counts_.clear();
  past_.clear();
}

std::map<std::string, std::optional<Resource>> Resources::ChangedSince(SystemTime instant) const {
  std::map<std::string, std::optional<Resource>> before;
  for (auto past = past_.rbegin(); past != past_.rend() && past->changed > instant; ++past) {
    before.insert_or_assign(past->key, past->before);
  }
  return before;
}

void Resources::Changed(const std::string& key, const Resource* before) {
  if (keeps_unsaved_) unsaved_.push_back(key);
  while (!past_.empty() && past_.front().changed < now_ - memory_) past_.pop_front();
  if (memory_ == Duration::zero()) return;
  past_.push_back({now_, key, before == nullptr ? std::nullopt : std::optional(*before)});
}

void Resources::Count(const Resource& resource, int by) {
  const auto path = ParseResourcePath(resource.id);
  if (!path) return;
  std::size_t& count = counts_[CounterKey(path->subscription, resource.type, resource.location)];
  count += static_cast<std::size_t>(by);  // wraps for -1, as unsigned arithmetic does
}

}  // namespace labgallery::azure_simulator
