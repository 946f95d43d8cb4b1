// The stories of manifests/samples as tests play them: the moments in order, each the whole of what
// a user has in the files then.
#pragma once

#include <string>
#include <vector>

#include "controller/cli/input_story.h"
#include "src/json/value.h"

namespace labgallery::component {

struct StoryStep {
  std::string directory;
  std::vector<json::Value> objects;  // of our kinds, in the order of the files
};

struct Story {
  std::string directory;
  std::vector<StoryStep> steps;
};

/// `name` is the folder below manifests/samples. Played with another generation of Lab Services,
/// only the `service` line of its manifests changes. Throws when it cannot be read.
Story LoadStory(const std::string& name, const std::string& service = "LabAccount");

/// The story's azure.json; with lab plans where it has lab accounts.
std::vector<cli::Assumption> AssumptionsOf(const std::string& story_directory,
                                           const std::string& service = "LabAccount");

}  // namespace labgallery::component
