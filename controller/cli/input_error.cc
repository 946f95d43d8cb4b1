#include "controller/cli/input_error.h"

namespace labgallery::cli {

std::string ToString(const InputError& error) {
  std::string text = error.file;
  if (error.position.line > 0) {
    text += ":" + std::to_string(error.position.line) + ":" + std::to_string(error.position.column);
  }
  text += ": ";
  if (!error.field.empty()) text += error.field + ": ";
  text += error.reason;
  if (!error.remedy.empty()) text += " (" + error.remedy + ")";
  return text;
}

std::string ToString(const std::vector<InputError>& errors) {
  std::string text;
  for (const InputError& error : errors) text += ToString(error) + "\n";
  const std::string count = std::to_string(errors.size());
  return text + count + (errors.size() == 1 ? " error" : " errors") + "; nothing was written\n";
}

}  // namespace labgallery::cli
