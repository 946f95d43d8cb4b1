#include "controller/cli/azure_wire.h"

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "src/base/file_text.h"
#include "src/base/text.h"
#include "src/base/time_text.h"

namespace labgallery::cli {
namespace {

namespace fs = std::filesystem;

Error CannotUse(const char* flag, const std::string& directory, const std::error_code& why) {
  return InvalidInput(std::string(flag) + " " + directory + ": " + why.message());
}

// Files are named by when they began, so that their names are in order.
Result<std::vector<std::string>> LinesIn(const std::string& directory) {
  std::error_code failure;
  std::vector<fs::path> files;
  for (fs::directory_iterator entry(directory, failure), end; !failure && entry != end;
       entry.increment(failure)) {
    if (entry->path().extension() == ".jsonl") files.push_back(entry->path());
  }
  if (failure) return CannotUse("--replay", directory, failure);
  if (files.empty()) return InvalidInput("--replay " + directory + ": it holds no .jsonl file");
  std::sort(files.begin(), files.end());
  std::vector<std::string> lines;
  for (const fs::path& file : files) {
    LAB_ASSIGN_OR_RETURN(const std::string text, ReadFileText(file.string()));
    for (std::string& line : Split(text, '\n')) lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace

Result<std::unique_ptr<AzureWire>> AzureWire::Open(const WireOptions& options,
                                                   http::HttpTransport& inner, Clock& clock) {
  std::unique_ptr<AzureWire> wire(new AzureWire(inner));
  if (!options.replay.empty()) {
    LAB_ASSIGN_OR_RETURN(const std::vector<std::string> lines, LinesIn(options.replay));
    auto replay = azure::ReplayTransport::From(lines);
    if (!replay) return std::move(replay).error().With("--replay " + options.replay);
    wire->replay_.emplace(*std::move(replay));
  } else if (!options.record.empty()) {
    LAB_RETURN_IF_ERROR(wire->BeginRecording(options, clock));
  }
  return wire;
}

Status AzureWire::BeginRecording(const WireOptions& options, Clock& clock) {
  std::error_code failure;
  fs::create_directories(options.record, failure);
  if (failure) return CannotUse("--record", options.record, failure);
  std::string name = "azure-" + Rfc3339Micro(clock.Now()) + ".jsonl";
  std::replace(name.begin(), name.end(), ':', '-');
  const fs::path path = fs::path(options.record) / name;
  file_.open(path, std::ios::app);
  if (!file_) return InvalidInput("--record " + options.record + ": cannot write " + name);
  fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write, failure);
  if (failure) return CannotUse("--record", options.record, failure);
  // Each line is complete on the disk when the next request leaves, whatever ends the process.
  recording_.emplace(
      inner_, clock, [this](const std::string& line) { file_ << line << '\n'
                                                             << std::flush; },
      options.without_principals);
  return Ok();
}

http::HttpTransport& AzureWire::transport() {
  if (replay_) return *replay_;
  if (recording_) return *recording_;
  return inner_;
}

}  // namespace labgallery::cli
