#include "controller/domain/image/differences.h"

#include <algorithm>

#include "src/azure/model/region.h"
#include "src/base/text.h"
#include "src/base/time_text.h"
#include "src/json/parse.h"

namespace labgallery::domain::image {
namespace {

enum class Change { kMutable, kImmutable };

std::string Text(const json::Value* value) { return value == nullptr ? "" : json::Dump(*value); }

// To the second: Azure keeps no fractions.
bool SameInstant(const json::Value& have, const json::Value& want) {
  const std::string* left = have.AsString();
  const std::string* right = want.AsString();
  if (left == nullptr || right == nullptr) return false;
  const auto a = ParseRfc3339(*left);
  const auto b = ParseRfc3339(*right);
  using std::chrono::floor, std::chrono::seconds;
  return a && b && floor<seconds>(*a) == floor<seconds>(*b);
}

// Collects the differences below one object of the body.
class Comparison {
 public:
  Comparison(const json::Value& body, std::string path) : body_(body), path_(std::move(path)) {}

  // Where the spec has nothing, `want` is null. `otherwise` is what Azure's silence means, if
  // anything.
  void Field(std::string_view key, const json::Value& want, Change change = Change::kMutable,
             const json::Value& otherwise = {}) {
    if (want.IsNull()) return;
    const json::Value* have = body_.Find(key);
    const bool silent = have == nullptr || have->IsNull();
    if (Covers(silent ? otherwise : *have, want)) return;
    if (!silent && SameInstant(*have, want)) return;
    Add(std::string(key), want, silent ? nullptr : have, change);
  }

  // The leaves of an object, each a difference of its own.
  void Object(const std::string& key, const json::Value& want) {
    static const json::Value kNothing;
    const auto* members = want.AsObject();
    if (members == nullptr) return Field(key, want);
    const json::Value* have = body_.Find(key);
    Comparison inner(have == nullptr ? kNothing : *have, path_ + key + ".");
    for (const auto& [name, value] : *members) inner.Object(name, value);
    for (BodyDifference& difference : inner.list_) list_.push_back(std::move(difference));
  }

  void Add(const std::string& key, const json::Value& want, const json::Value* have,
           Change change) {
    list_.push_back({.path = path_ + key,
                     .want = Text(&want),
                     .have = Text(have),
                     .immutable = change == Change::kImmutable,
                     .addition = have == nullptr && change == Change::kMutable});
  }

  const json::Value& body() const { return body_; }
  std::vector<BodyDifference> Take() { return std::move(list_); }

 private:
  const json::Value& body_;
  std::string path_;
  std::vector<BodyDifference> list_;
};

template <typename T>
json::Value ValueOf(const std::optional<T>& field) {
  return field ? json::Value(*field) : json::Value();
}

const json::Value& Member(const json::Value& body, std::initializer_list<std::string_view> path) {
  static const json::Value kNothing;
  const json::Value* value = body.At(path);
  return value == nullptr ? kNothing : *value;
}

const json::Value* FindFeature(const json::Value& features, std::string_view name) {
  const auto* items = features.AsArray();
  if (items == nullptr) return nullptr;
  const auto found = std::ranges::find_if(
      *items, [&](const json::Value& item) { return EqualsIgnoreCase(item.Text({"name"}), name); });
  return found == items->end() ? nullptr : &*found;
}

void CompareFeature(Comparison& properties, const Feature& feature, Change change) {
  const json::Value* have = FindFeature(Member(properties.body(), {"features"}), feature.name);
  const bool standard = feature.name == "SecurityType" && feature.value == kDefaultSecurityType;
  if (have == nullptr && standard) return;  // Azure need not show what is the default
  json::Value want;
  want.Set("value", feature.value);
  want.SetIf("startsAtVersion", feature.starts_at_version);
  if (have != nullptr && Covers(*have, want)) return;
  properties.Add("features[" + feature.name + "]", want, have, change);
}

void CompareLocation(Comparison& body, const std::string& location) {
  const std::string_view have = body.body().Text({"location"});
  if (location.empty() || azure::Region(have) == azure::Region(location)) return;
  body.Add("location", azure::Region(location).name(), body.body().Find("location"),
           Change::kImmutable);
}

// The id inside a source, whichever kind it is of.
std::string_view SourceId(const json::Value& source) {
  for (const std::string_view key : {"id", "virtualMachineId", "communityGalleryImageId"}) {
    if (const auto id = source.Text({key}); !id.empty()) return id;
  }
  return {};
}

void CompareSourceId(Comparison& storage, const std::string& path, std::string_view want,
                     std::string_view have) {
  if (have.empty() || EqualsIgnoreCase(want, have)) return;
  const json::Value shown(have);
  storage.Add(path, json::Value(want), &shown, Change::kImmutable);
}

const json::Value* FindLun(const json::Value& disks, std::int64_t lun) {
  const auto* items = disks.AsArray();
  if (items == nullptr) return nullptr;
  const auto found = std::ranges::find_if(*items, [&](const json::Value& item) {
    const json::Value* value = item.Find("lun");
    return value != nullptr && *value == json::Value(lun);
  });
  return found == items->end() ? nullptr : &*found;
}

void CompareDisks(Comparison& storage, const VersionSource& source) {
  const json::Value& body = storage.body();
  const auto whole = SourceId(Member(body, {"source"}));
  CompareSourceId(storage, "source", source.os_disk.id, whole);
  if (!whole.empty()) return;
  CompareSourceId(storage, "osDiskImage.source", source.os_disk.id,
                  SourceId(Member(body, {"osDiskImage", "source"})));
  const json::Value& data_disks = Member(body, {"dataDiskImages"});
  for (const SourceDisk& disk : source.data_disks) {
    const std::string path = "dataDiskImages[" + std::to_string(disk.lun) + "]";
    if (const json::Value* have = FindLun(data_disks, disk.lun)) {
      CompareSourceId(storage, path + ".source", disk.id, SourceId(Member(*have, {"source"})));
    } else if (body.Find("osDiskImage") != nullptr) {
      storage.Add(path, disk.id, nullptr, Change::kImmutable);
    }
  }
}

std::string JsonText(const json::Value& value) { return value.IsNull() ? "" : json::Dump(value); }

void CompareTarget(const TargetRegion& want, const TargetRegion& have,
                   std::vector<BodyDifference>& list) {
  auto add = [&](std::string_view key, const json::Value& wanted, const json::Value& found,
                 Change change) {
    list.push_back({.path = "properties.publishingProfile.targetRegions[" + want.name + "]." +
                            std::string(key),
                    .want = JsonText(wanted),
                    .have = JsonText(found),
                    .immutable = change == Change::kImmutable,
                    .addition = false});
  };
  if (want.replicas && want.replicas != have.replicas) {
    add("regionalReplicaCount", *want.replicas, ValueOf(have.replicas), Change::kMutable);
  }
  if (want.storage_account_type && have.storage_account_type &&
      want.storage_account_type != have.storage_account_type) {
    add("storageAccountType", *want.storage_account_type, *have.storage_account_type,
        Change::kImmutable);
  }
  if (want.exclude_from_latest &&
      *want.exclude_from_latest != have.exclude_from_latest.value_or(false)) {
    add("excludeFromLatest", *want.exclude_from_latest, ValueOf(have.exclude_from_latest),
        Change::kMutable);
  }
  if (!want.encryption.IsNull() && !Covers(have.encryption, want.encryption)) {
    add("encryption", want.encryption, have.encryption, Change::kMutable);
  }
  if (!want.additional.empty() && want.additional != have.additional) {
    add("additionalReplicaSets", ToJson(want.additional), ToJson(have.additional),
        Change::kMutable);
  }
}

}  // namespace

bool Covers(const json::Value& have, const json::Value& want) {
  if (const auto* members = want.AsObject()) {
    return std::ranges::all_of(*members, [&](const auto& member) {
      const json::Value* value = have.Find(member.first);
      return value != nullptr && Covers(*value, member.second);
    });
  }
  if (const auto* items = want.AsArray()) {
    const auto* others = have.AsArray();
    return others != nullptr && std::ranges::all_of(*items, [&](const json::Value& item) {
             return std::ranges::any_of(*others, [&](const auto& o) { return Covers(o, item); });
           });
  }
  const std::string* text = want.AsString();
  const std::string* other = have.AsString();
  return text != nullptr && other != nullptr ? EqualsIgnoreCase(*text, *other) : have == want;
}

std::vector<BodyDifference> DefinitionDifferences(const Definition& definition,
                                                  const std::string& location,
                                                  const json::Value& actual) {
  Comparison body(actual, "");
  CompareLocation(body, location);
  Comparison properties(Member(actual, {"properties"}), "properties.");
  properties.Field("osType", definition.os_type, Change::kImmutable);
  properties.Field("osState", definition.os_state, Change::kImmutable);
  Comparison identifier(Member(actual, {"properties", "identifier"}), "properties.identifier.");
  identifier.Field("publisher", definition.publisher, Change::kImmutable);
  identifier.Field("offer", definition.offer, Change::kImmutable);
  identifier.Field("sku", definition.sku, Change::kImmutable);
  // Azure shows neither where they were never sent: then they are the first generation and x64.
  properties.Field("hyperVGeneration", ValueOf(definition.hyper_v_generation), Change::kImmutable,
                   "V1");
  properties.Field("architecture", ValueOf(definition.architecture), Change::kImmutable, "x64");
  properties.Field("description", ValueOf(definition.description));
  properties.Field("eula", ValueOf(definition.eula));
  properties.Field("privacyStatementUri", ValueOf(definition.privacy_statement_uri));
  properties.Field("releaseNoteUri", ValueOf(definition.release_note_uri));
  properties.Field("endOfLifeDate", ValueOf(definition.end_of_life_date));
  properties.Object("recommended", definition.recommended);
  properties.Object("disallowed", definition.disallowed);
  properties.Object("purchasePlan", definition.purchase_plan);
  const bool may = definition.allow_update_image.value_or(false);
  const Change change = may ? Change::kMutable : Change::kImmutable;
  if (definition.security_type) {
    CompareFeature(properties, {"SecurityType", *definition.security_type, std::nullopt}, change);
  }
  for (const Feature& feature : definition.features) CompareFeature(properties, feature, change);
  std::vector<BodyDifference> list = body.Take();
  for (Comparison* part : {&identifier, &properties}) {
    for (BodyDifference& difference : part->Take()) list.push_back(std::move(difference));
  }
  return list;
}

std::vector<BodyDifference> VersionDifferences(const ImageSpec& spec, const std::string& location,
                                               const json::Value& actual) {
  Comparison body(actual, "");
  CompareLocation(body, location);
  Comparison publishing(Member(actual, {"properties", "publishingProfile"}),
                        "properties.publishingProfile.");
  publishing.Field("excludeFromLatest", ValueOf(spec.exclude_from_latest), Change::kMutable, false);
  publishing.Field("endOfLifeDate", ValueOf(spec.end_of_life_date));
  publishing.Field("replicationMode", ValueOf(spec.replication_mode), Change::kImmutable, "Full");
  Comparison safety(Member(actual, {"properties", "safetyProfile"}), "properties.safetyProfile.");
  safety.Field("blockDeletionBeforeEndOfLife", ValueOf(spec.block_deletion_before_end_of_life),
               Change::kMutable, false);
  Comparison storage(Member(actual, {"properties", "storageProfile"}),
                     "properties.storageProfile.");
  if (spec.source && spec.source->kind == SourceKind::kDisks) {
    CompareDisks(storage, *spec.source);
  } else if (spec.source) {
    auto have = SourceId(Member(storage.body(), {"source"}));
    if (have.empty()) have = SourceId(Member(storage.body(), {"osDiskImage", "source"}));
    CompareSourceId(storage, "source", spec.source->id, have);
  }
  std::vector<BodyDifference> list = body.Take();
  for (Comparison* part : {&publishing, &safety, &storage}) {
    for (BodyDifference& difference : part->Take()) list.push_back(std::move(difference));
  }
  return list;
}

std::string ImmutableMessage(const std::vector<BodyDifference>& differences) {
  std::string text;
  for (const BodyDifference& d : differences) {
    if (!d.immutable) continue;
    if (!text.empty()) text += ", ";
    text += d.path + " is " + (d.have.empty() ? "absent" : d.have) +
            " in Azure, the spec asks for " + d.want;
  }
  return text.empty() ? text : text + ": Azure cannot change this";
}

std::vector<BodyDifference> TargetDifferences(const std::vector<TargetRegion>& desired,
                                              const std::vector<TargetRegion>& actual) {
  std::vector<BodyDifference> list;
  auto path = [](const TargetRegion& region) {
    return "properties.publishingProfile.targetRegions[" + region.name + "]";
  };
  for (const TargetRegion& want : desired) {
    if (const TargetRegion* have = FindRegion(actual, want.name)) {
      CompareTarget(want, *have, list);
    } else {
      list.push_back(
          {.path = path(want), .want = json::Dump(ToJson(want)), .have = {}, .addition = true});
    }
  }
  for (const TargetRegion& have : actual) {
    if (FindRegion(desired, have.name) != nullptr) continue;
    list.push_back({.path = path(have), .want = {}, .have = json::Dump(ToJson(have))});
  }
  return list;
}

}  // namespace labgallery::domain::image
