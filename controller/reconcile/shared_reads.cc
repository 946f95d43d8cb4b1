#include "controller/reconcile/shared_reads.h"

#include <malloc.h>

#include <algorithm>
#include <utility>

#include "controller/domain/arm.h"
#include "src/base/text.h"
#include "src/json/dumped.h"
#include "src/json/parse.h"

namespace labgallery::reconcile {
namespace {

// One query for everything that this operator manages in a subscription; `id` and the order are
// what makes further pages possible.
constexpr std::string_view kBulkQuery =
    "resources | where type in~ ('microsoft.compute/galleries', "
    "'microsoft.compute/galleries/images', "
    "'microsoft.compute/galleries/images/versions', 'microsoft.labservices/labaccounts', "
    "'microsoft.labservices/labplans') "
    "| project id, name, type, location, tags, properties | order by id asc";

// It was dumped here.
json::Value Tree(const std::string& text) { return json::ParseDumped(text); }

template <typename Visit>
void VisitBelow(const std::map<std::string, std::string>& rows, const std::string& prefix,
                Visit&& visit) {
  for (auto row = rows.lower_bound(prefix); row != rows.end() && row->first.starts_with(prefix);
       ++row)
    visit(row->first, row->second);
}

}  // namespace

std::optional<json::Value> ListSnapshot::Find(std::string_view name) const {
  const auto found = by_name.find(Lower(name));
  if (found == by_name.end()) return std::nullopt;
  return Tree(found->second);
}

SharedReads::SharedReads(azure::Client& client, Clock& clock, azure::GraphDirectory* directory,
                         SharedReadOptions options)
    : client_(client),
      clock_(clock),
      directory_(directory),
      graph_(client, clock),
      options_(std::move(options)) {}

template <typename T>
SingleFlight<T>& SharedReads::FlightOf(Flights<T>& flights, const std::string& key) {
  std::lock_guard guard(mutex_);
  auto& flight = flights[key];
  if (!flight) flight = std::make_unique<SingleFlight<T>>();
  return *flight;
}

Result<ListSnapshotPtr> SharedReads::Definitions(const azure::ResourceId& gallery,
                                                 SteadyTime not_before,
                                                 const std::stop_token& stop) {
  auto loaded = FlightOf(definitions_, gallery.key())
                    .Get(clock_, not_before, stop, [&]() -> Result<ListSnapshot> {
                      ListSnapshot snapshot;
                      auto listed =
                          client_.ListAll({.path = gallery.text() + "/images",
                                           .api_version = std::string(domain::kGalleryVersion),
                                           .stop = stop});
                      if (!listed && listed.error().kind == ErrorKind::kNotFound) return snapshot;
                      if (!listed) return std::move(listed).error();
                      snapshot.pages = listed->pages;
                      for (const json::Value& item : listed->items) {
                        std::string name = Lower(item.Text({"name"}));
                        snapshot.by_name.emplace(std::move(name), json::Dump(item));
                      }
                      return snapshot;
                    });
  if (!loaded) return std::move(loaded).error();
  return loaded->value;
}

bool SharedReads::AreInPages(const azure::ResourceId& gallery) {
  const auto last = FlightOf(definitions_, gallery.key()).last();
  return last && last->pages > 1;
}

Result<SharedReads::Picture> SharedReads::TakePicture(const std::string& subscription,
                                                      const std::stop_token& stop) {
  Picture picture;
  const auto see = options_.on_picture ? options_.on_picture(subscription)
                                       : SharedReadOptions::SeeRow([](const json::Value*) {});
  const auto end = graph_.Rows(
      {.subscriptions = {subscription}, .text = std::string(kBulkQuery)},
      [&](const std::vector<json::Value>& rows) {
        for (const json::Value& row : rows) {
          see(&row);
          picture.rows.emplace(Lower(row.Text({"id"})), json::Dump(row));
        }
      },
      stop);
  // The C library would keep the room that a thousand rows as trees took until they were text.
  malloc_trim(0);
  if (!end && azure::IsGraphUnavailable(end.error()))
    return Picture{.available = false, .rows = {}};
  if (!end) return end.error();
  see(nullptr);
  return picture;
}

Result<std::shared_ptr<const SharedReads::Picture>> SharedReads::PictureOf(
    const std::string& subscription, SteadyTime not_before, const std::stop_token& stop) {
  const SteadyTime now = clock_.SteadyNow();
  // Right after our own write no picture can be late enough: the resource itself is read.
  if (not_before > now) return std::shared_ptr<const Picture>();
  const SteadyTime oldest = std::max(not_before, now - bulk_age());
  auto loaded = FlightOf(pictures_, Lower(subscription)).Get(clock_, oldest, stop, [&] {
    return TakePicture(subscription, stop);
  });
  if (!loaded && loaded.error().kind == ErrorKind::kThrottled) {
    std::lock_guard guard(mutex_);
    waited_ = clock_.SteadyNow();
    return std::move(loaded).error();
  }
  return loaded && loaded->value->available ? loaded->value : nullptr;
}

void SharedReads::BeginRound() {
  const SteadyTime now = clock_.SteadyNow();
  std::lock_guard guard(mutex_);
  for (auto& [subscription, flight] : pictures_) flight->Reduce(now, nullptr);
}

void SharedReads::ForgetUnusedSince(SteadyTime limit) {
  static const auto kForgotten =
      std::make_shared<const Picture>(Picture{.available = false, .rows = {}});
  std::lock_guard guard(mutex_);
  for (auto& [gallery, flight] : definitions_) flight->Reduce(limit, nullptr);
  if (waited_ >= limit) return;
  for (auto& [subscription, flight] : pictures_) flight->Reduce(limit, kForgotten);
}

Result<std::optional<json::Value>> SharedReads::BulkRow(const azure::ResourceId& id,
                                                        SteadyTime not_before,
                                                        const std::stop_token& stop) {
  LAB_ASSIGN_OR_RETURN(const auto picture, PictureOf(std::string(id.subscription()),
                                                     not_before + options_.bulk_lag, stop));
  using Row = std::optional<json::Value>;
  if (!picture) return Row();
  const auto row = picture->rows.find(id.key());
  if (row == picture->rows.end()) return Row();
  return Row(Tree(row->second));
}

Result<bool> SharedReads::ForRowsBelow(const azure::ResourceId& parent, SteadyTime not_before,
                                       const std::function<void(json::Value row)>& take,
                                       const std::stop_token& stop) {
  LAB_ASSIGN_OR_RETURN(const auto picture, PictureOf(std::string(parent.subscription()),
                                                     not_before + options_.bulk_lag, stop));
  if (!picture) return false;
  VisitBelow(picture->rows, parent.key() + "/",
             [&](const std::string&, const std::string& text) { take(Tree(text)); });
  return true;
}

Result<std::optional<std::set<std::string>>> SharedReads::BulkNames(const azure::ResourceId& parent,
                                                                    std::string_view collection,
                                                                    SteadyTime not_before,
                                                                    const std::stop_token& stop) {
  LAB_ASSIGN_OR_RETURN(const auto picture, PictureOf(std::string(parent.subscription()),
                                                     not_before + options_.bulk_lag, stop));
  if (!picture) return std::optional<std::set<std::string>>();
  std::optional<std::set<std::string>> names(std::in_place);
  const std::string prefix = parent.key() + "/" + Lower(collection) + "/";
  VisitBelow(picture->rows, prefix, [&](const std::string& id, const std::string&) {
    names->insert(id.substr(prefix.size(), id.find('/', prefix.size()) - prefix.size()));
  });
  return names;
}

Result<SharedReads::Regions> SharedReads::ReadRegions(const std::string& subscription,
                                                      const std::stop_token& stop) {
  const std::string root = "/subscriptions/" + subscription;
  LAB_ASSIGN_OR_RETURN(auto items,
                       client_.List({.path = root + "/locations",
                                     .api_version = std::string(domain::kLocationsVersion),
                                     .stop = stop}));
  Regions regions;
  LAB_ASSIGN_OR_RETURN(regions.locations, azure::ReadLocations(items));
  LAB_ASSIGN_OR_RETURN(azure::Answer answer,
                       client_.Get({.path = root + "/providers/Microsoft.Compute",
                                    .api_version = std::string(domain::kProvidersVersion),
                                    .stop = stop}));
  LAB_ASSIGN_OR_RETURN(azure::Provider provider, azure::ReadProvider(answer.body));
  if (const azure::ProviderType* type = provider.Find("galleries"))
    regions.galleries = type->regions;
  return regions;
}

Result<std::shared_ptr<const domain::RegionCatalog>> SharedReads::Catalog(
    const std::string& subscription, const azure::Region& source, const std::stop_token& stop) {
  auto loaded = FlightOf(regions_, Lower(subscription))
                    .Get(clock_, clock_.SteadyNow() - options_.catalog_period, stop,
                         [&] { return ReadRegions(subscription, stop); });
  if (!loaded) return std::move(loaded).error();
  const std::shared_ptr<const Regions>& regions = loaded->value;
  std::lock_guard guard(mutex_);
  CatalogOf& known = catalogs_[{Lower(subscription), source.name()}];
  if (known.regions != regions) {
    LAB_ASSIGN_OR_RETURN(domain::RegionCatalog catalog,
                         domain::CatalogRegions(source, regions->locations, regions->galleries));
    known = {regions, std::make_shared<const domain::RegionCatalog>(std::move(catalog))};
  }
  return known.catalog;
}

Result<std::shared_ptr<const azure::Provider>> SharedReads::Provider(
    const std::string& subscription, const std::string& name_space, SteadyTime not_before,
    const std::stop_token& stop) {
  auto loaded =
      FlightOf(providers_, Lower(subscription + "/" + name_space))
          .Get(clock_, not_before, stop, [&]() -> Result<azure::Provider> {
            LAB_ASSIGN_OR_RETURN(
                const azure::Answer answer,
                client_.Get({.path = "/subscriptions/" + subscription + "/providers/" + name_space,
                             .api_version = std::string(domain::kProvidersVersion),
                             .stop = stop}));
            return azure::ReadProvider(answer.body);
          });
  if (!loaded) return std::move(loaded).error();
  return loaded->value;
}

Result<std::string> SharedReads::PrincipalId(std::string_view application,
                                             const std::stop_token& stop) {
  const auto configured = options_.principal_ids.find(application);
  if (configured != options_.principal_ids.end()) return configured->second;
  if (directory_ == nullptr) {
    return NotFound(
        "the object id of Lab Services' service principal is not known: the endpoint names no "
        "directory "
        "to look it up in");
  }
  auto loaded =
      FlightOf(principals_, std::string(application)).Get(clock_, SteadyTime::min(), stop, [&] {
        return directory_->ServicePrincipal(application, stop);
      });
  if (!loaded) return std::move(loaded).error();
  return *loaded->value;
}

}  // namespace labgallery::reconcile
