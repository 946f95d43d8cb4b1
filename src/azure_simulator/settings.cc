#include "src/azure_simulator/settings.h"

#include <array>
#include <optional>
#include <utility>

#include "src/base/text.h"

namespace labgallery::azure_simulator {
namespace {

template <typename T>
struct Field {
  std::string_view name;
  T Settings::* member;
};

constexpr auto kDurations = std::to_array<Field<Duration>>({
    {"galleryWrite", &Settings::gallery_write},
    {"galleryDelete", &Settings::gallery_delete},
    {"definitionWrite", &Settings::definition_write},
    {"definitionDelete", &Settings::definition_delete},
    {"versionSource", &Settings::version_source},
    {"versionRegionMin", &Settings::version_region_min},
    {"versionRegionMax", &Settings::version_region_max},
    {"versionReplicas", &Settings::version_replicas},
    {"versionUpdate", &Settings::version_update},
    {"versionDelete", &Settings::version_delete},
    {"accountWrite", &Settings::account_write},
    {"accountDelete", &Settings::account_delete},
    {"attach", &Settings::attach},
    {"detach", &Settings::detach},
    {"detachLag", &Settings::detach_lag},
    {"slowPoll", &Settings::slow_poll},
    {"locationPoll", &Settings::location_poll},
    {"switchImage", &Settings::switch_image},
    {"labWrite", &Settings::lab_write},
    {"labDelete", &Settings::lab_delete},
    {"groupDelete", &Settings::group_delete},
    {"saveImage", &Settings::save_image},
    {"saveLag", &Settings::save_lag},
    {"childLagMin", &Settings::child_lag_min},
    {"childLagMax", &Settings::child_lag_max},
    {"principalLag", &Settings::principal_lag},
    {"roleLag", &Settings::role_lag},
    {"graphLag", &Settings::graph_lag},
    {"registration", &Settings::registration},
    {"operationKept", &Settings::operation_kept},
});

constexpr auto kSwitches = std::to_array<Field<bool>>({
    {"throttling", &Settings::throttling},
    {"rateHeaders", &Settings::rate_headers},
    {"upperCaseGroupInLists", &Settings::upper_case_group_in_lists},
    {"attachGrantsRole", &Settings::attach_grants_role},
    {"attachNeedsRole", &Settings::attach_needs_role},
    {"secondGalleryAccepted", &Settings::second_gallery_accepted},
    {"newAccountsRefused", &Settings::new_accounts_refused},
    {"planPutClearsGallery", &Settings::plan_put_clears_gallery},
    {"planPatchClearsGallery", &Settings::plan_patch_clears_gallery},
    {"duplicatesInLists", &Settings::duplicates_in_lists},
    {"writeWhileBusyAccepted", &Settings::write_while_busy_accepted},
    {"allowAndRemoveAtOnce", &Settings::allow_and_remove_at_once},
    {"failedRegionsRetried", &Settings::failed_regions_retried},
    {"readOnlyStateRefused", &Settings::read_only_state_refused},
    {"enableStateCapital", &Settings::enable_state_capital},
    {"rolePrefixStripped", &Settings::role_prefix_stripped},
    {"programmaticRegionsInStatus", &Settings::programmatic_regions_in_status},
    {"patchMergesTags", &Settings::patch_merges_tags},
    {"emptyFirstPage", &Settings::empty_first_page},
    {"createMissingGroups", &Settings::create_missing_groups},
});

constexpr auto kSets = std::to_array<Field<std::set<std::string>>>({
    {"subscriptions", &Settings::subscriptions},
    {"regionsNotOffered", &Settings::regions_not_offered},
    {"unregisteredProviders", &Settings::unregistered_providers},
    {"graphMissing", &Settings::graph_missing},
});

constexpr std::array<std::pair<OperationStyle, std::string_view>, 4> kStyles{
    {{OperationStyle::kAzureAsyncOperation, "AzureAsyncOperation"},
     {OperationStyle::kLocation, "Location"},
     {OperationStyle::kProvisioningState, "ProvisioningState"},
     {OperationStyle::kSynchronous, "Synchronous"}}};

template <typename Table>
auto FindField(const Table& table, std::string_view name) -> decltype(&table[0]) {
  for (const auto& field : table) {
    if (field.name == name) return &field;
  }
  return nullptr;
}

ArmError Refused(std::string_view name, std::string_view problem) {
  return InvalidParameter(std::string(name), std::string(name) + " " + std::string(problem));
}

Check SetDuration(Duration& duration, std::string_view name, const json::Value& value) {
  const auto seconds = value.AsNumber();
  if (!seconds || *seconds < 0) return Refused(name, "takes seconds");
  duration = Duration(static_cast<std::int64_t>(*seconds * 1e6));
  return {};
}

Check SetTexts(std::set<std::string>& texts, std::string_view name, const json::Value& value) {
  if (!value.IsArray()) return Refused(name, "takes an array of strings");
  texts.clear();
  for (const json::Value& item : *value.AsArray()) {
    if (!item.IsString()) return Refused(name, "takes an array of strings");
    texts.insert(Lower(*item.AsString()));
  }
  return {};
}

Check SetStyles(Settings& settings, const json::Value& value) {
  if (!value.IsObject()) return Refused("styles", "takes an object");
  for (const auto& [type, style_name] : *value.AsObject()) {
    bool found = false;
    for (const auto& [style, name] : kStyles) {
      if (!style_name.IsString() || *style_name.AsString() != name) continue;
      settings.styles[Lower(type)] = style;
      found = true;
    }
    if (!found)
      return Refused("styles",
                     "knows AzureAsyncOperation, Location, ProvisioningState, Synchronous");
  }
  return {};
}

Check SetPrincipals(Settings& settings, const json::Value& value) {
  if (!value.IsObject()) return Refused("principals", "takes an object");
  for (const auto& [application, object] : *value.AsObject()) {
    if (!object.IsString()) return Refused("principals", "takes object ids");
    settings.principals[Lower(application)] = *object.AsString();
  }
  return {};
}

Check SetOne(Settings& settings, std::string_view name, const json::Value& value) {
  if (const auto* field = FindField(kDurations, name)) {
    return SetDuration(settings.*(field->member), name, value);
  }
  if (const auto* field = FindField(kSwitches, name)) {
    if (value.AsBoolean() == nullptr) return Refused(name, "takes true or false");
    settings.*(field->member) = *value.AsBoolean();
    return {};
  }
  if (const auto* field = FindField(kSets, name)) {
    return SetTexts(settings.*(field->member), name, value);
  }
  if (name == "styles") return SetStyles(settings, value);
  if (name == "principals") return SetPrincipals(settings, value);
  if (name == "logins") {
    LAB_ASSIGN_OR_RETURN(settings.logins, ReadLogins(value));
    return {};
  }
  if (name == "pageSize") {
    if (value.AsInteger() == nullptr || *value.AsInteger() < 1)
      return Refused(name, "takes a number from 1");
    settings.page_size = *value.AsInteger();
    return {};
  }
  return Refused(name, "is no setting");
}

}  // namespace

json::Value ToJson(const Settings& settings) {
  json::Value shown;
  for (const auto& field : kDurations) {
    shown.Set(field.name, static_cast<double>((settings.*(field.member)).count()) / 1e6);
  }
  for (const auto& field : kSwitches) shown.Set(field.name, settings.*(field.member));
  for (const auto& field : kSets) {
    json::Value& texts = shown.Set(field.name, json::Value::Array());
    for (const std::string& text : settings.*(field.member)) texts.Push(text);
  }
  json::Value& styles = shown.Set("styles", json::Value::Object());
  for (const auto& [type, style] : settings.styles) styles.Set(type, Name(style));
  json::Value& principals = shown.Set("principals", json::Value::Object());
  for (const auto& [application, object] : settings.principals) principals.Set(application, object);
  shown.Set("logins", ToJson(settings.logins));
  shown.Set("pageSize", settings.page_size);
  return shown;
}

Check Patch(Settings& settings, const json::Value& patch) {
  if (!patch.IsObject()) return Refused("body", "has to be an object");
  Settings changed = settings;
  for (const auto& [name, value] : *patch.AsObject()) {
    LAB_RETURN_IF_ERROR(SetOne(changed, name, value));
  }
  settings = std::move(changed);
  return {};
}

std::string_view Name(OperationStyle style) {
  for (const auto& [value, name] : kStyles) {
    if (value == style) return name;
  }
  return "";
}

}  // namespace labgallery::azure_simulator
