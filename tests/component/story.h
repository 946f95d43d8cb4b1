// The stories of manifests/samples as tests play them: the moments in order, each the whole of what
// a user has in the files then.
#pragma once

#include <string>
#include <vector>

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

/// `name` is the folder below manifests/samples. Throws when it cannot be read.
Story LoadStory(const std::string& name);

}  // namespace labgallery::component
