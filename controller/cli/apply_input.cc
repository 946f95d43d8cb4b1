#include "controller/cli/apply_input.h"

#include <utility>

#include "src/base/text.h"

namespace labgallery::cli {
namespace {

constexpr const char* kSomewhere = "westeurope";  // of a group whose objects name no location

// A gallery of one moment need not be there in the next, so references are checked in each alone.
void LoadSteps(const Story& story, const std::vector<ManifestKind>& kinds, ApplyInput& input) {
  for (const std::string& step : story.steps)
    input.steps.push_back(LoadManifests({step}, kinds, {}));
}

std::string GroupOf(const json::Value& object) {
  const std::string_view whole = object.Text({"spec", "resourceId"});
  if (!whole.empty()) {
    const std::vector<std::string> pieces = Split(whole, '/');
    return pieces.size() < 5 ? "" : Join({pieces.begin(), pieces.begin() + 5}, "/");
  }
  const std::string_view subscription = object.Text({"spec", "subscriptionId"});
  const std::string_view group = object.Text({"spec", "resourceGroup"});
  if (subscription.empty() || group.empty()) return {};
  return "/subscriptions/" + std::string(subscription) + "/resourceGroups/" + std::string(group);
}

}  // namespace

ApplyInput ReadApplyInput(const std::vector<std::string>& paths,
                          const std::vector<ManifestKind>& kinds,
                          const ApplyInputOptions& options) {
  ApplyInput input;
  for (const std::string& path : paths) {
    if (path == "-") continue;
    Story story = ReadStory(path, input.errors);
    input.assumptions.insert(input.assumptions.end(), story.assumptions.begin(),
                             story.assumptions.end());
    if (story.steps.front() == path) continue;
    if (paths.size() > 1) {
      input.errors.push_back(
          {.file = path, .reason = "has numbered steps", .remedy = "apply such a directory alone"});
    } else {
      LoadSteps(story, kinds, input);
    }
  }
  if (input.steps.empty()) {
    input.steps.push_back(LoadManifests(
        paths, kinds,
        {.read_stdin = options.read_stdin, .known_galleries = options.known_galleries}));
  }
  for (const Manifests& step : input.steps)
    input.errors.insert(input.errors.end(), step.errors.begin(), step.errors.end());
  return input;
}

std::vector<Assumption> GroupsOf(const std::vector<Manifest>& objects) {
  std::vector<Assumption> groups;
  std::set<std::string> known;
  for (const Manifest& manifest : objects) {
    const std::string group = GroupOf(manifest.object);
    if (group.empty() || !known.insert(Lower(group)).second) continue;
    const std::string_view location = manifest.object.Text({"spec", "location"});
    json::Value body;
    body.Set("location", location.empty() ? kSomewhere : location);
    groups.push_back({.method = "PUT", .id = group, .body = std::move(body)});
  }
  return groups;
}

}  // namespace labgallery::cli
