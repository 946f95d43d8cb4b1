#include "controller/cli/manifest_files.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>

#include "src/base/file_text.h"
#include "src/base/text.h"

namespace labgallery::cli {
namespace {

namespace fs = std::filesystem;

bool IsManifestName(const fs::path& path) {
  const std::string extension = Lower(path.extension().string());
  return (extension == ".yaml" || extension == ".yml" || extension == ".json") &&
         path.filename() != fs::path(kAssumptionsFile);
}

bool IsHidden(const fs::path& path) { return path.filename().string().starts_with("."); }

/// The manifests below a directory. Links to files count (mounted ConfigMaps consist of them),
/// links to directories are not followed.
Result<std::vector<fs::path>> Below(const fs::path& directory) {
  std::vector<fs::path> found;
  std::error_code error;
  fs::recursive_directory_iterator entry(directory, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    if (IsHidden(entry->path())) {
      entry.disable_recursion_pending();
    } else if (IsManifestName(entry->path()) && !entry->is_directory()) {
      found.push_back(entry->path());
    }
  }
  if (error) return InvalidInput("cannot be read: " + error.message());
  std::sort(found.begin(), found.end());
  return found;
}

class Collector {
 public:
  explicit Collector(std::vector<InputError>& errors) : errors_(errors) {}

  void AddDirectory(const std::string& path) {
    const auto found = Below(path);
    if (!found) return Fail(path, found.error().message, "");
    if (found->empty()) {
      return Fail(path, "holds no manifest", "manifests end in .yaml, .yml or .json");
    }
    for (const fs::path& file : *found) AddFile(file.string());
  }

  void AddFile(const std::string& path) {
    std::error_code error;
    const fs::path canonical = fs::weakly_canonical(path, error);
    if (!error && !seen_.insert(canonical).second) return;
    auto text = ReadTextFile(path);
    if (!text) return Fail(path, text.error().message, "");
    files_.push_back(
        {path, *std::move(text), Lower(fs::path(path).extension().string()) == ".json"});
  }

  void AddStdin(const std::function<Result<std::string>()>& read_stdin) {
    if (!seen_.insert("-").second) return;
    auto text = read_stdin();
    if (!text) return Fail("stdin", text.error().message, "");
    files_.push_back({"stdin", *std::move(text), false});
  }

  void Fail(const std::string& path, std::string reason, std::string remedy) {
    errors_.push_back({.file = path, .reason = std::move(reason), .remedy = std::move(remedy)});
  }

  std::vector<ManifestFile> Take() { return std::move(files_); }

 private:
  std::vector<InputError>& errors_;
  std::set<fs::path> seen_;
  std::vector<ManifestFile> files_;
};

}  // namespace

std::vector<ManifestFile> ReadManifestFiles(const std::vector<std::string>& paths,
                                            const std::function<Result<std::string>()>& read_stdin,
                                            std::vector<InputError>& errors) {
  Collector collector(errors);
  for (const std::string& path : paths) {
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (path == "-") {
      collector.AddStdin(read_stdin);
    } else if (!fs::exists(status)) {
      collector.Fail(path, "does not exist", "");
    } else if (fs::is_directory(status)) {
      collector.AddDirectory(path);
    } else {
      collector.AddFile(path);
    }
  }
  return collector.Take();
}

Result<std::string> ReadTextFile(const std::string& path) {
  std::error_code error;  // of a name that cannot be looked at: opening it fails, too
  if (fs::is_directory(path, error)) return InvalidInput("is a directory, not a file");
  auto text = ReadFileText(path);
  if (!text) return InvalidInput("cannot be opened or read");
  return text;
}

}  // namespace labgallery::cli
