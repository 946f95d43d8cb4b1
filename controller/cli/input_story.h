// A story of manifests/samples/ (or of a user): what it assumes to exist in the simulated Azure,
// and the directories to apply one after the other. Reading only; sending and applying are left to
// the command.
#pragma once

#include <string>
#include <vector>

#include "controller/cli/input_error.h"
#include "src/json/value.h"

namespace labgallery::cli {

/// One request to the simulator's control API.
struct Assumption {
  std::string method;  // PUT or DELETE
  std::string id;      // "/subscriptions/.../resourceGroups/labs-rg"
  json::Value body;    // null with DELETE
};

struct Story {
  std::vector<Assumption> assumptions;
  /// What to give to LoadManifests, one after the other against the same state; each is the whole
  /// input of its moment, so what a step no longer contains is to be deleted. Just the path itself
  /// if it has none.
  std::vector<std::string> steps;
};

/// Steps are the folders named 1, 2, 3, ... of a directory that has no other manifests; assumptions
/// are in its azure.json. Neither has to be there, and a file has neither. What is wrong with
/// azure.json is appended to `errors`. Blocks on the disk.
Story ReadStory(const std::string& path, std::vector<InputError>& errors);

}  // namespace labgallery::cli
