// From what a user gives to -f to texts: files as they are, directories with everything below them,
// and standard input. What the texts mean is left to manifest_input.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "controller/cli/input_error.h"
#include "src/base/result.h"

namespace labgallery::cli {

/// Beside manifests it says what a story assumes to exist in the simulated Azure; it is no
/// manifest.
inline constexpr std::string_view kAssumptionsFile = "azure.json";

struct ManifestFile {
  std::string name;  // as it is shown to the user
  std::string text;
  bool is_json = false;
};

/// Files in the order of `paths`; below a directory those ending in .yaml, .yml and .json, sorted
/// by path, without hidden ones (their own name or a folder's begins with a dot) and without
/// kAssumptionsFile. A file that is named is read whatever it is called, "-" is standard input, and
/// what is named twice is read once. What cannot be read, and a directory without manifests, is an
/// error. Blocks on the disk.
std::vector<ManifestFile> ReadManifestFiles(const std::vector<std::string>& paths,
                                            const std::function<Result<std::string>()>& read_stdin,
                                            std::vector<InputError>& errors);

/// The text of one file. kInvalidInput, without its name, which the caller knows. Blocks on the
/// disk.
Result<std::string> ReadTextFile(const std::string& path);

}  // namespace labgallery::cli
