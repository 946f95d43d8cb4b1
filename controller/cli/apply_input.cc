#include "controller/cli/apply_input.h"

#include <utility>

namespace labgallery::cli {
namespace {

// A gallery of one moment need not be there in the next, so references are checked in each alone.
void LoadSteps(const Story& story, const std::vector<ManifestKind>& kinds, ApplyInput& input) {
  for (const std::string& step : story.steps)
    input.steps.push_back(LoadManifests({step}, kinds, {}));
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
    input.steps.push_back(
        LoadManifests(paths, kinds, {.read_stdin = options.read_stdin, .known = options.known}));
  }
  for (const Manifests& step : input.steps)
    input.errors.insert(input.errors.end(), step.errors.begin(), step.errors.end());
  return input;
}

}  // namespace labgallery::cli
