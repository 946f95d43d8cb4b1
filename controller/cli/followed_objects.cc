#include "controller/cli/followed_objects.h"

#include <utility>

#include "controller/domain/names.h"
#include "src/json/parse.h"

namespace labgallery::cli {
namespace {

ObjectStatePtr StateOf(const std::string& kind, const runtime::Record& record) {
  const ObjectFacts facts{.key = {record.type(), record.key()},
                          .kind = kind,
                          .generation = record.generation(),
                          .deleting = record.deletion_time().has_value()};
  const auto status = json::Parse(record.status().Text());
  return std::make_shared<const ObjectState>(
      ReadObjectState(facts, status ? *status : json::Value()));
}

}  // namespace

FollowedObjects::FollowedObjects(Parts parts, std::function<void()> on_news)
    : on_news_(std::move(on_news)), threads_(parts.clock) {
  for (const domain::Kind kind : domain::kKinds) {
    runtime::WatchedType watched{.resource = domain::ResourceTypeOf(kind)};
    watched.project_status = [](const json::Value& status) { return json::Dump(status); };
    const std::string name(domain::Name(kind));
    const runtime::TypeIndex type = store_.AddType();
    watches_.emplace_back(
        runtime::ListWatch::Parts{parts.client, parts.clock, parts.random, store_},
        std::move(watched), type,
        runtime::ListWatch::Handlers{
            .on_change = [this, name](const runtime::Change& change) { OnChange(name, change); }});
  }
}

void FollowedObjects::Start() {
  for (runtime::ListWatch& watch : watches_)
    threads_.Start([&watch](const std::stop_token& stop) { watch.Run(stop); });
}

void FollowedObjects::OnChange(const std::string& kind, const runtime::Change& change) {
  ObjectStatePtr state = StateOf(kind, change.record());
  {
    std::lock_guard guard(mutex_);
    if (change.after) {
      states_.insert_or_assign(state->key, state);
    } else {
      states_.erase(state->key);
    }
    news_.push_back({std::move(state), !change.after});
  }
  on_news_();
}

std::vector<ObjectStatePtr> FollowedObjects::All() const {
  std::vector<ObjectStatePtr> all;
  std::lock_guard guard(mutex_);
  all.reserve(states_.size());
  for (const auto& [key, state] : states_) all.push_back(state);
  return all;
}

std::vector<ObjectNews> FollowedObjects::TakeNews() {
  std::lock_guard guard(mutex_);
  return std::exchange(news_, {});
}

}  // namespace labgallery::cli
