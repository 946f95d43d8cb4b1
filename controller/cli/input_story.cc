#include "controller/cli/input_story.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

#include "controller/cli/manifest_check.h"
#include "controller/cli/manifest_files.h"
#include "src/yaml/parse.h"

namespace labgallery::cli {
namespace {

namespace fs = std::filesystem;

/// The number that a folder's name is, or 0.
int StepNumber(const fs::path& path) {
  const std::string name = path.filename().string();
  int number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  return error == std::errc() && end == name.data() + name.size() && number > 0 ? number : 0;
}

/// The numbered folders in their order; none if the directory holds other manifests too.
std::vector<std::string> Steps(const std::string& directory) {
  std::vector<std::pair<int, std::string>> steps;
  std::error_code error;
  for (fs::directory_iterator entry(directory, error); !error && entry != fs::directory_iterator();
       entry.increment(error)) {
    const fs::path& path = entry->path();
    const std::string extension = path.extension().string();
    if (entry->is_directory(error)) {
      if (path.filename().string().starts_with(".")) continue;
      if (StepNumber(path) == 0) return {};
      steps.emplace_back(StepNumber(path), path.string());
    } else if (extension == ".yaml" || extension == ".yml") {
      return {};
    }
  }
  std::sort(steps.begin(), steps.end());
  std::vector<std::string> paths;
  for (auto& [number, path] : steps) paths.push_back(std::move(path));
  return paths;
}

void ReadAssumption(const json::Value& item, const Place& place, Story& story,
                    std::vector<InputError>& errors) {
  Assumption assumption{.method = std::string(item.Text({"method"})),
                        .id = std::string(item.Text({"id"})),
                        .body = {}};
  if (const json::Value* body = item.Find("body")) assumption.body = *body;
  if (assumption.method != "PUT" && assumption.method != "DELETE") {
    errors.push_back(place.Error("method", "must be PUT or DELETE", ""));
  } else if (!assumption.id.starts_with("/subscriptions/")) {
    errors.push_back(
        place.Error("id", "must be an Azure resource id", "it begins with /subscriptions/"));
  } else if (assumption.body.IsObject() != (assumption.method == "PUT")) {
    errors.push_back(place.Error("body", "must be an object with PUT, and absent with DELETE", ""));
  } else {
    story.assumptions.push_back(std::move(assumption));
  }
}

void ReadAssumptions(const std::string& file, Story& story, std::vector<InputError>& errors) {
  const auto text = ReadTextFile(file);
  if (!text) {
    errors.push_back({.file = file, .reason = text.error().message});
    return;
  }
  yaml::Parsed parsed = yaml::ParseJson(*text);
  for (yaml::Problem& problem : parsed.problems) {
    errors.push_back({.file = file,
                      .document = 1,
                      .position = problem.position,
                      .field = std::move(problem.path),
                      .reason = std::move(problem.reason),
                      .remedy = std::move(problem.remedy)});
  }
  if (parsed.documents.empty()) return;
  const auto document = std::make_shared<const yaml::Document>(std::move(parsed.documents.front()));
  const Place place(file, document);
  const json::Value::Array* items = document->value.AsArray();
  if (items == nullptr) {
    errors.push_back(place.Error("", "must be a list", R"(of {"method", "id", "body"})"));
    return;
  }
  for (std::size_t i = 0; i < items->size(); ++i) {
    ReadAssumption((*items)[i], place.Below(yaml::ItemPath("", i)), story, errors);
  }
}

}  // namespace

Story ReadStory(const std::string& path, std::vector<InputError>& errors) {
  Story story;
  std::error_code error;
  if (fs::is_directory(path, error)) {
    story.steps = Steps(path);
    const fs::path assumptions = fs::path(path) / kAssumptionsFile;
    if (fs::exists(assumptions, error)) ReadAssumptions(assumptions.string(), story, errors);
  }
  if (story.steps.empty()) story.steps.push_back(path);
  return story;
}

}  // namespace labgallery::cli
