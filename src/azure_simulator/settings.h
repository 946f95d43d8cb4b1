// Everything about the simulated cloud that can be turned at run time: how long things take, and
// every behaviour of Azure that no source confirms, so that a client can be tried against both
// possibilities. All durations are in the time of the simulator's clock.
#pragma once

#include <chrono>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "src/azure_simulator/arm_answer.h"
#include "src/azure_simulator/login.h"
#include "src/base/clock.h"
#include "src/json/value.h"

namespace labgallery::azure_simulator {

/// How a write that takes time tells its end.
enum class OperationStyle { kAzureAsyncOperation, kLocation, kProvisioningState, kSynchronous };

struct Settings {
  // How long things take.
  Duration gallery_write = std::chrono::seconds(1);
  Duration gallery_delete = std::chrono::seconds(1);
  Duration definition_write = std::chrono::seconds(2);
  Duration definition_delete = std::chrono::seconds(2);
  Duration version_source = std::chrono::minutes(7);  // until the version's own region is Completed
  Duration version_region_min = std::chrono::minutes(5);  // each further region after it: between
  Duration version_region_max = std::chrono::minutes(20);
  Duration version_replicas = std::chrono::minutes(2);  // more replicas in a region that has some
  Duration version_update = std::chrono::seconds(5);    // an update that replicates nothing
  Duration version_delete = std::chrono::minutes(2);
  Duration account_write = std::chrono::seconds(30);
  Duration account_delete = std::chrono::seconds(30);
  Duration attach = std::chrono::seconds(3);
  Duration detach = std::chrono::seconds(3);
  Duration detach_lag{0};  // how long a detached gallery is still listed
  Duration switch_image = std::chrono::seconds(1);
  Duration lab_write = std::chrono::seconds(60);
  Duration lab_delete = std::chrono::seconds(20);
  Duration save_image = std::chrono::minutes(5);  // of a lab's template VM
  Duration save_lag = std::chrono::minutes(3);    // until its version is seen in the gallery
  Duration group_delete = std::chrono::seconds(10);
  Duration child_lag_min =
      std::chrono::seconds(10);  // a deleted child still bars its parent: between
  Duration child_lag_max = std::chrono::seconds(20);
  Duration principal_lag{0};  // a principal is unknown for so long after it was first named
  Duration role_lag{0};       // until a new role assignment counts, where attach_needs_role
  Duration graph_lag{0};      // how old Resource Graph's picture is
  Duration registration{0};   // of a provider, until it is Registered
  Duration slow_poll = std::chrono::minutes(1);  // the Retry-After of writes that replicate
  Duration location_poll =
      std::chrono::seconds(10);  // of 202 with Location: no less in ARM's contract
  Duration operation_kept = std::chrono::hours(1);  // an ended operation's URL answers so long

  // Switches.
  bool throttling = true;
  bool rate_headers = true;
  bool upper_case_group_in_lists = true;
  bool attach_grants_role = false;  // the service writes its own Contributor assignment
  bool attach_needs_role = false;   // attach without the role is refused
  bool second_gallery_accepted = false;
  bool new_accounts_refused = false;       // the retired service: no new lab accounts
  bool plan_put_clears_gallery = true;     // a PUT of a lab plan without its gallery takes it off
  bool plan_patch_clears_gallery = false;  // so does a PATCH that says null
  bool duplicates_in_lists = false;        // lists of lab accounts repeat their first entry
  bool write_while_busy_accepted = false;  // otherwise 409 while an operation runs on the resource
  bool allow_and_remove_at_once = false;  // one PUT may allow the removal of regions and remove one
  bool failed_regions_retried = false;  // an unchanged region that Failed starts anew with any PUT
  bool read_only_state_refused =
      true;                           // 400 for a provisioningState that differs from the real one
  bool enable_state_capital = false;  // "EnableState" in answers, not "enableState"
  bool role_prefix_stripped = false;  // roleDefinitionId without its subscription
  bool programmatic_regions_in_status = false;  // replicationStatus says "eastus2", not "East US 2"
  bool patch_merges_tags = false;               // PATCH adds to the tags, not replaces them
  bool empty_first_page = false;                // lists begin with an empty page and a nextLink
  bool create_missing_groups = false;           // a PUT into a missing resource group makes it

  std::int64_t page_size = 100;
  std::set<std::string> subscriptions;           // empty: every subscription exists
  std::set<std::string> regions_not_offered;     // for any resource type
  std::set<std::string> unregistered_providers;  // lower case, until somebody registers them
  std::set<std::string> graph_missing;           // ids that Resource Graph never shows
  std::map<std::string, OperationStyle> styles;  // by lower-case type, over the defaults
  std::map<std::string, std::string>
      principals;  // application id to object id, over the made-up ones
  Logins logins;   // who may log in; empty: everybody, in whatever way
};

/// As the control API shows and takes them: durations in seconds, names in camelCase.
json::Value ToJson(const Settings& settings);

/// Changes the settings named in `patch`; nothing if one is unknown or of the wrong type.
Check Patch(Settings& settings, const json::Value& patch);

std::string_view Name(OperationStyle style);

}  // namespace labgallery::azure_simulator
