// Reads of Azure that many objects share: the definitions of a gallery as one list, what Resource
// Graph shows of a subscription, the regions, the providers, the identity of Lab Services. Each is
// read once and handed to all who ask while it is fresh enough for them.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "controller/domain/geography.h"
#include "controller/domain/observation.h"
#include "controller/reconcile/single_flight.h"
#include "src/azure/client/client.h"
#include "src/azure/client/graph_directory.h"
#include "src/azure/client/resource_graph.h"
#include "src/base/clock.h"

namespace labgallery::reconcile {

struct SharedReadOptions {
  Duration bulk_period = std::chrono::minutes(5);  // --sync-period
  /// A row is believed only when it was read so long after our own last write to the object.
  Duration bulk_lag = std::chrono::seconds(30);
  Duration catalog_period = std::chrono::hours(6);
  /// Whenever Resource Graph is read: makes the one who is told each row of a subscription, and
  /// then null. What ends without null counts for nothing.
  using SeeRow = std::function<void(const json::Value* row)>;
  std::function<SeeRow(const std::string& subscription)> on_picture = {};
  std::map<std::string, std::string, std::less<>>
      principal_ids;  // by application id, where they are configured
};

/// Items of one list by lower-case name. Kept as text: a tree would take ten times the room.
struct ListSnapshot {
  std::map<std::string, std::string> by_name;
  int pages = 0;  // requests that it took

  /// The item, or nothing.
  std::optional<json::Value> Find(std::string_view name) const;
};
using ListSnapshotPtr = std::shared_ptr<const ListSnapshot>;

/// Thread-safe. Calls block for the requests they need; a second caller of the same list waits for
/// the first one's answer.
class SharedReads {
 public:
  SharedReads(azure::Client& client, Clock& clock, azure::GraphDirectory* directory,
              SharedReadOptions options);

  /// The definitions of a gallery, as of `not_before` or later. A gallery that is not there has
  /// none.
  Result<ListSnapshotPtr> Definitions(const azure::ResourceId& gallery, SteadyTime not_before,
                                      const std::stop_token& stop);
  /// Whether the last such list took several requests: one definition is better asked by itself.
  bool AreInPages(const azure::ResourceId& gallery);

  /// A resource as Resource Graph shows it, where the picture of its subscription is later than
  /// `not_before` plus the lag; nothing where it has no row, or there is no Resource Graph.
  /// kThrottled, with retry_after, where the picture has to wait for its turn: reading what it
  /// would show one by one would cost far more. Pictures are taken for a round of looks at all
  /// objects; whoever comes between two rounds may find the last one forgotten, and reads its own
  /// resource then.
  Result<std::optional<json::Value>> BulkRow(const azure::ResourceId& id, SteadyTime not_before,
                                             const std::stop_token& stop);
  /// Calls `take` with each row below `parent`, of the same picture; false where there is none, as
  /// above. One after the other: the trees of thousands would take tens of MB.
  Result<bool> ForRowsBelow(const azure::ResourceId& parent, SteadyTime not_before,
                            const std::function<void(json::Value row)>& take,
                            const std::stop_token& stop);

  /// Lower-case names in a collection right below `parent`, of the same picture; nothing as above.
  Result<std::optional<std::set<std::string>>> BulkNames(const azure::ResourceId& parent,
                                                         std::string_view collection,
                                                         SteadyTime not_before,
                                                         const std::stop_token& stop);

  /// Where galleries can be around a region, from locations and provider listing; never null.
  Result<std::shared_ptr<const domain::RegionCatalog>> Catalog(const std::string& subscription,
                                                               const azure::Region& source,
                                                               const std::stop_token& stop);

  /// A resource provider of the subscription, as of `not_before` or later.
  Result<std::shared_ptr<const azure::Provider>> Provider(const std::string& subscription,
                                                          const std::string& name_space,
                                                          SteadyTime not_before,
                                                          const std::stop_token& stop);
  Duration catalog_period() const { return options_.catalog_period; }
  /// How old what was read in bulk may be: two looks at everything may be a tenth closer together
  /// than their period.
  Duration bulk_age() const { return options_.bulk_period * 3 / 4; }

  /// All objects are about to be looked at: whoever wants a picture first takes a new one.
  void BeginRound();
  /// Gives up the lists that nobody has asked for since `limit`, and the pictures, too, unless one
  /// had to wait for its turn since then: those who want it come again.
  void ForgetUnusedSince(SteadyTime limit);

  /// The object id of an application's service principal in this tenant.
  Result<std::string> PrincipalId(std::string_view application, const std::stop_token& stop);

 private:
  // What Resource Graph showed of a subscription; without rows where there is no Resource Graph.
  struct Picture {
    bool available = true;
    std::map<std::string, std::string> rows;  // as text, by lower-case id
  };
  struct Regions {
    std::vector<azure::Location> locations;
    std::vector<azure::Region> galleries;
  };
  template <typename T>
  using Flights = std::map<std::string, std::unique_ptr<SingleFlight<T>>>;
  template <typename T>
  SingleFlight<T>& FlightOf(Flights<T>& flights, const std::string& key);
  Result<std::shared_ptr<const Picture>> PictureOf(const std::string& subscription,
                                                   SteadyTime not_before,
                                                   const std::stop_token& stop);
  Result<Picture> TakePicture(const std::string& subscription, const std::stop_token& stop);
  Result<Regions> ReadRegions(const std::string& subscription, const std::stop_token& stop);

  azure::Client& client_;
  Clock& clock_;
  azure::GraphDirectory* directory_;
  azure::ResourceGraph graph_;
  const SharedReadOptions options_;
  std::mutex mutex_;                       // guards the maps, not what is in flight
  SteadyTime waited_ = SteadyTime::min();  // guarded by mutex_; the last time a picture had to
  Flights<ListSnapshot> definitions_;      // guarded by mutex_
  Flights<Picture> pictures_;              // guarded by mutex_
  Flights<Regions> regions_;               // guarded by mutex_
  struct CatalogOf {
    std::shared_ptr<const Regions> regions;  // that it was made from
    std::shared_ptr<const domain::RegionCatalog> catalog;
  };
  std::map<std::pair<std::string, std::string>, CatalogOf>
      catalogs_;                        // guarded by mutex_; by subscription and source region
  Flights<azure::Provider> providers_;  // guarded by mutex_; by subscription and namespace
  Flights<std::string> principals_;     // guarded by mutex_; by application id
};

}  // namespace labgallery::reconcile
