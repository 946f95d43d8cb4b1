#include "tests/component/story.h"

#include <cstdlib>
#include <stdexcept>

#include "controller/cli/embedded_servers.h"
#include "controller/cli/input_story.h"
#include "controller/cli/manifest_input.h"
#include "controller/cli/manifest_kinds.h"
#include "src/base/text.h"
#include "tests/component/world.h"

namespace labgallery::component {

namespace {

// Where an account has children for its gallery and its switches, a plan has a property, and images
// that are called after gallery and definition.
cli::Assumption ForPlan(cli::Assumption assumption, std::string& gallery) {
  const std::size_t account = Lower(assumption.id).find("/labaccounts/");
  if (account == std::string::npos) return assumption;
  assumption.id.replace(account, std::string("/labaccounts/").size(), "/labPlans/");
  const std::vector<std::string> pieces = Split(assumption.id, '/');
  const std::string collection = pieces.size() > 9 ? Lower(pieces[9]) : "";
  const std::string plan = Join({pieces.begin(), pieces.begin() + 9}, "/");
  json::Value body;
  if (collection == "sharedgalleries") {
    gallery = pieces[10];
    body.Set("properties", {})
        .Set("sharedGalleryId", assumption.body.Text({"properties", "galleryId"}));
    return {.method = "PATCH", .id = plan, .body = std::move(body)};
  }
  if (collection == "sharedimages") {
    body.Set("properties", {})
        .Set("enabledState", assumption.body.Text({"properties", "enableState"}));
    return {.method = "PUT", .id = plan + "/images/" + gallery + "." + pieces[10], .body = body};
  }
  return assumption;
}

}  // namespace

std::vector<cli::Assumption> AssumptionsOf(const std::string& story_directory,
                                           const std::string& service) {
  std::vector<cli::InputError> errors;
  std::vector<cli::Assumption> assumptions = cli::ReadStory(story_directory, errors).assumptions;
  if (!errors.empty()) throw std::runtime_error(cli::ToString(errors.front()));
  std::string gallery;
  for (cli::Assumption& assumption : assumptions) {
    if (service == "LabPlan") assumption = ForPlan(std::move(assumption), gallery);
  }
  return assumptions;
}

Story LoadStory(const std::string& name, const std::string& service) {
  Story story{.directory = Samples() + "/" + name, .steps = {}};
  std::vector<cli::InputError> errors;
  auto kinds = cli::ReadKinds(cli::CrdFiles());
  if (!kinds) throw std::runtime_error(kinds.error().ToString());
  for (const std::string& step : cli::ReadStory(story.directory, errors).steps) {
    cli::Manifests manifests = cli::LoadManifests({step}, *kinds, {});
    for (const cli::InputError& error : manifests.errors) errors.push_back(error);
    StoryStep read{.directory = step, .objects = {}};
    for (cli::Manifest& manifest : manifests.objects) {
      // A story of lab plans stays one.
      if (service != "LabAccount" && manifest.object.At({"spec", "service"}) != nullptr)
        manifest.object.Find("spec")->Set("service", service);
      read.objects.push_back(std::move(manifest.object));
    }
    story.steps.push_back(std::move(read));
  }
  if (!errors.empty()) throw std::runtime_error(name + ": " + cli::ToString(errors.front()));
  return story;
}

}  // namespace labgallery::component
