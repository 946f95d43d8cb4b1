#include "src/embedded_kube/storage.h"

#include <algorithm>
#include <charconv>
#include <ranges>
#include <utility>

#include "src/json/parse.h"

namespace labgallery::embedded_kube {
namespace {

// Where the state file keeps the counter, which also deletions move.
constexpr const char* kCounterCollection = "counter";
constexpr const char* kCounterKey = "resourceVersion";

std::string StateKey(const kube::ObjectKey& key) { return key.name_space + "/" + key.name; }

std::int64_t ParseNumber(std::string_view text) {
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::string FieldText(const json::Value& object, std::string_view path) {
  const json::Value* at = &object;
  while (at != nullptr && !path.empty()) {
    const auto dot = path.find('.');
    at = at->Find(path.substr(0, dot));
    path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
  }
  if (at == nullptr || at->IsNull()) return {};
  return at->IsString() ? *at->AsString() : json::Dump(*at);
}

bool IsIn(const kube::ObjectKey& key, const std::string& name_space) {
  return name_space.empty() || key.name_space == name_space;
}

}  // namespace

ObjectPtr Freeze(const Resource& resource, const json::Value& object) {
  auto frozen = std::make_shared<StoredObject>();
  frozen->key = {std::string(object.Text({"metadata", "namespace"})),
                 std::string(object.Text({"metadata", "name"}))};
  frozen->version = ParseNumber(object.Text({"metadata", "resourceVersion"}));
  frozen->text = json::Dump(object);
  const json::Value* labels = object.At({"metadata", "labels"});
  if (labels != nullptr && labels->IsObject()) {
    for (const auto& [name, value] : *labels->AsObject()) {
      if (value.IsString()) frozen->labels.emplace(name, *value.AsString());
    }
  }
  for (const std::string& path : resource.selectable_fields) {
    frozen->fields.emplace(path, FieldText(object, path));
  }
  return frozen;
}

Storage::Collection& Storage::CollectionOf(const Resource& resource) const {
  auto& collection = collections_[resource.collection()];
  if (collection == nullptr) collection = std::make_unique<Collection>();
  return *collection;
}

Result<ObjectPtr> Storage::Commit(const WriteTurn&, const Resource& resource, Change change,
                                  json::Value object) {
  // Only the holder of the turn moves the counter, so reading it ahead is safe.
  const std::int64_t version = Version() + 1;
  object.Find("metadata")->Set("resourceVersion", std::to_string(version));
  ObjectPtr frozen = Freeze(resource, object);
  LAB_RETURN_IF_ERROR(Persist(resource, change, *frozen));
  Publish(resource, change, frozen);
  return frozen;
}

Status Storage::Persist(const Resource& resource, Change change, const StoredObject& object) const {
  if (options_.store == nullptr) return Ok();
  std::optional<std::string> body;
  if (change != Change::kDeleted) body = object.text;
  return options_.store->Apply({{resource.collection(), StateKey(object.key), std::move(body)},
                                {kCounterCollection, kCounterKey, std::to_string(object.version)}});
}

void Storage::Publish(const Resource& resource, Change change, const ObjectPtr& object) {
  std::lock_guard guard(mutex_);
  Collection& collection = CollectionOf(resource);
  version_ = object->version;
  const auto present = collection.objects.find(object->key);
  ObjectPtr before = present == collection.objects.end() ? nullptr : present->second;
  if (change == Change::kDeleted) {
    collection.objects.erase(object->key);
  } else {
    collection.objects[object->key] = object;
  }
  collection.events.push_back({change, object, std::move(before)});
  while (collection.events.size() > options_.history) {
    collection.forgotten = collection.events.front().object->version;
    collection.events.pop_front();
  }
  clock_.Notify(collection.changed);
}

Status Storage::Load(const Resource& resource) {
  if (options_.store == nullptr) return Ok();
  LAB_ASSIGN_OR_RETURN(const auto counter, options_.store->Load(kCounterCollection));
  LAB_ASSIGN_OR_RETURN(const auto records, options_.store->Load(resource.collection()));
  std::lock_guard guard(mutex_);
  if (!counter.empty()) version_ = std::max(version_, ParseNumber(counter.front().body));
  Collection& collection = CollectionOf(resource);
  // Nothing of the time before is known: a watch from an older version has to list anew.
  collection.forgotten = version_;
  for (const state::Record& record : records) {
    const auto object = json::Parse(record.body);
    if (!object) return InternalError("state record " + record.key + ": " + object.error().message);
    const ObjectPtr frozen = Freeze(resource, *object);
    collection.objects[frozen->key] = frozen;
  }
  return Ok();
}

std::int64_t Storage::Version() const {
  std::lock_guard guard(mutex_);
  return version_;
}

ObjectPtr Storage::Get(const Resource& resource, const kube::ObjectKey& key) const {
  std::lock_guard guard(mutex_);
  const Collection& collection = CollectionOf(resource);
  const auto found = collection.objects.find(key);
  return found == collection.objects.end() ? nullptr : found->second;
}

Snapshot Storage::List(const Resource& resource, const std::string& name_space) const {
  std::lock_guard guard(mutex_);
  const Collection& collection = CollectionOf(resource);
  Snapshot snapshot{.version = version_, .objects = {}};
  auto next = name_space.empty() ? collection.objects.begin()
                                 : collection.objects.lower_bound({name_space, ""});
  for (; next != collection.objects.end() && IsIn(next->first, name_space); ++next) {
    snapshot.objects.push_back(next->second);
  }
  return snapshot;
}

std::optional<Snapshot> Storage::ListAt(const Resource& resource, const std::string& name_space,
                                        std::int64_t version) const {
  std::map<kube::ObjectKey, ObjectPtr> objects;
  {
    std::lock_guard guard(mutex_);
    const Collection& collection = CollectionOf(resource);
    if (version < collection.forgotten) return std::nullopt;
    objects = collection.objects;
    // The present minus what happened since, youngest first.
    for (const auto& event : std::views::reverse(collection.events)) {
      if (event.object->version <= version) break;
      if (event.before == nullptr) {
        objects.erase(event.object->key);
      } else {
        objects[event.object->key] = event.before;
      }
    }
  }
  Snapshot snapshot{.version = version, .objects = {}};
  for (auto& [key, object] : objects) {
    if (IsIn(key, name_space)) snapshot.objects.push_back(std::move(object));
  }
  return snapshot;
}

Past Storage::Await(const Resource& resource, std::int64_t version, SteadyTime deadline,
                    const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  Collection& collection = CollectionOf(resource);
  auto nothing_new = [&] {
    return collection.forgotten <= version &&
           (collection.events.empty() || collection.events.back().object->version <= version);
  };
  while (nothing_new() && !stop.stop_requested() && clock_.SteadyNow() < deadline) {
    clock_.Wait(lock, collection.changed, deadline, stop);
  }
  Past past{.expired = version < collection.forgotten, .events = {}, .version = version_};
  const auto first = std::upper_bound(
      collection.events.begin(), collection.events.end(), version,
      [](std::int64_t known, const Event& event) { return known < event.object->version; });
  if (!past.expired) past.events.assign(first, collection.events.end());
  return past;
}

}  // namespace labgallery::embedded_kube
