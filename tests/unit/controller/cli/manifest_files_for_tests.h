// A folder of manifests that lives as long as a test, and the loading of it.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "controller/cli/manifest_input.h"

namespace labgallery::cli {

class Folder {
 public:
  Folder() {
    std::string name = testing::TempDir() + "labgallery-XXXXXX";
    path_ = mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string Write(const std::string& name, std::string_view text) const {
    const std::filesystem::path file = path_ / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
    return file.string();
  }
  std::string path() const { return path_.string(); }

  /// A message without the folder's own path.
  std::string Relative(const InputError& error) const {
    std::string text = ToString(error);
    for (auto at = text.find(path_.string()); at != std::string::npos;
         at = text.find(path_.string())) {
      text.erase(at, path_.string().size() + 1);
    }
    return text;
  }

 private:
  std::filesystem::path path_;
};

inline const std::vector<ManifestKind>& Kinds() {
  static const auto kinds = ReadKinds(CrdFiles());
  return *kinds;
}

inline Manifests Load(const std::vector<std::string>& paths, ManifestOptions options = {}) {
  return LoadManifests(paths, Kinds(), options);
}

inline Manifests LoadText(std::string text, std::set<kube::ObjectKey> known_galleries = {}) {
  return Load({"-"}, {.read_stdin = [&]() -> Result<std::string> { return text; },
                      .known = {.galleries = std::move(known_galleries)}});
}

}  // namespace labgallery::cli
