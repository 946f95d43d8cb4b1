#include "controller/cli/option_values.h"

#include <CLI/CLI.hpp>
#include <utility>

#include "controller/cli/duration_text.h"

namespace labgallery::cli {

void AddDuration(CLI::App& command, const std::string& name, const std::string& text,
                 std::function<void(Duration)> take) {
  const auto read = [name, take = std::move(take)](const std::string& value) {
    const auto duration = ParseDuration(value);
    if (!duration) {
      throw CLI::ValidationError(name, "'" + value + "' is no duration, like 90s, 5m or 1h30m");
    }
    take(*duration);
  };
  command.add_option_function<std::string>(name, read, text)->type_name("DURATION");
}

void AddWord(CLI::App& command, const std::string& name, const std::vector<std::string>& words,
             const std::string& text, const std::function<void(const std::string&)>& take) {
  command.add_option_function<std::string>(name, take, text)
      ->transform(CLI::IsMember(words, CLI::ignore_case))
      ->type_name(CLI::detail::join(words, "|"));
}

}  // namespace labgallery::cli
