// Everything that exists in the simulated cloud, by id. One ordered map serves all look-ups: its
// order is (number of segments, lower-case id), so that the members of a collection lie side by
// side, and a list, a page of it, "has it children" and a whole subscription's resources of a type
// are ranges, never scans.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/base/clock.h"
#include "src/json/value.h"

namespace labgallery::azure_simulator {

/// One region of an image version: when its replication began, when it ends, and how.
struct Replica {
  enum class Fate { kCompletes, kFails, kStalls };
  std::string region;  // programmatic name
  std::int64_t count = 1;
  std::string storage_type;
  SystemTime started{};
  SystemTime ends{};  // of no meaning for kStalls
  Fate fate = Fate::kCompletes;
  std::string details;
};

struct Resource {
  std::string id;    // as ARM shows it
  std::string type;  // lower case
  std::string state = "Succeeded";
  std::string operation;  // that runs on it, or empty
  std::string location;   // programmatic name
  std::string
      document;  // JSON text of the rest; text, because ten thousand trees cost a hundred megabytes
  SystemTime created{};
  bool generalized = false;       // virtual machines
  std::vector<Replica> replicas;  // image versions
};

json::Value Document(const Resource& resource);
void SetDocument(Resource& resource, const json::Value& document);

/// How a resource looked before a change, for readers that lag behind.
struct PastResource {
  SystemTime changed;
  std::string key;
  std::optional<Resource> before;  // nothing: it did not exist
};

/// Not thread-safe: the simulator's one mutex guards it. References stay valid until Erase.
class Resources {
 public:
  using Key = std::pair<std::size_t, std::string>;
  using Map = std::map<Key, Resource>;

  Resource* Find(std::string_view id);
  const Resource* Find(std::string_view id) const;
  /// Adds or replaces.
  Resource& Put(Resource resource);
  void Erase(std::string_view id);
  /// To be called before a found resource is changed in place: remembers how it was, and that it is
  /// unsaved.
  void Touch(const Resource& resource);

  /// Calls `visit` for the resources whose id has `depth` segments and starts with `prefix`,
  /// ordered by id, those after the id `after`, until it returns false.
  void Visit(std::size_t depth, std::string_view prefix, std::string_view after,
             const std::function<bool(const Resource&)>& visit) const;
  bool HasAny(std::size_t depth, std::string_view prefix) const;
  /// The ids of all that lie under `id`, at any depth.
  std::vector<std::string> Below(std::string_view id) const;
  std::size_t CountOf(std::string_view subscription, std::string_view type,
                      std::string_view location) const;

  const Map& all() const { return map_; }
  void Clear();

  /// From now on changes are remembered for `span`; zero forgets them all.
  void Remember(Duration span) { memory_ = span; }
  void SetNow(SystemTime now) { now_ = now; }
  /// How what has changed after `instant` looked then, by key.
  std::map<std::string, std::optional<Resource>> ChangedSince(SystemTime instant) const;

  /// From now on the keys that change are kept until TakeUnsaved.
  void KeepUnsaved() { keeps_unsaved_ = true; }
  std::vector<std::string> TakeUnsaved() { return std::exchange(unsaved_, {}); }

 private:
  void Changed(const std::string& key, const Resource* before);
  void Count(const Resource& resource, int by);

  Map map_;
  std::map<std::string, std::size_t, std::less<>> counts_;  // "subscription|type|location"
  std::deque<PastResource> past_;
  bool keeps_unsaved_ = false;
  std::vector<std::string> unsaved_;
  Duration memory_{0};
  SystemTime now_{};
};

}  // namespace labgallery::azure_simulator
