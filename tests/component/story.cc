#include "tests/component/story.h"

#include <cstdlib>
#include <stdexcept>

#include "controller/cli/embedded_servers.h"
#include "controller/cli/input_story.h"
#include "controller/cli/manifest_input.h"
#include "controller/cli/manifest_kinds.h"
#include "tests/component/world.h"

namespace labgallery::component {

Story LoadStory(const std::string& name) {
  Story story{.directory = Samples() + "/" + name, .steps = {}};
  std::vector<cli::InputError> errors;
  auto kinds = cli::ReadKinds(cli::CrdFiles());
  if (!kinds) throw std::runtime_error(kinds.error().ToString());
  for (const std::string& step : cli::ReadStory(story.directory, errors).steps) {
    cli::Manifests manifests = cli::LoadManifests({step}, *kinds, {});
    for (const cli::InputError& error : manifests.errors) errors.push_back(error);
    StoryStep read{.directory = step, .objects = {}};
    for (cli::Manifest& manifest : manifests.objects)
      read.objects.push_back(std::move(manifest.object));
    story.steps.push_back(std::move(read));
  }
  if (!errors.empty()) throw std::runtime_error(name + ": " + cli::ToString(errors.front()));
  return story;
}

}  // namespace labgallery::component
