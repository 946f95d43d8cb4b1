#include "controller/cli/option_values.h"

#include <CLI/CLI.hpp>
#include <cmath>
#include <utility>

#include "controller/cli/duration_text.h"
#include "src/kube/model/names.h"

namespace labgallery::cli {
namespace {

struct NameRule {
  bool (*holds)(std::string_view);
  const char* what;
};

NameRule RuleOf(NameForm form) {
  switch (form) {
    case NameForm::kLabel:
      return {&kube::IsDnsLabel, "at most 63 small letters, digits and dashes"};
    case NameForm::kSubdomain:
      return {&kube::IsDnsSubdomain, "at most 253 small letters, digits, dashes and single dots"};
    case NameForm::kInstallation:
      return {&kube::IsLabelValue, "at most 63 letters, digits, dashes, dots and underscores"};
  }
  return {};
}

}  // namespace

void MustBeName(CLI::Option& option, NameForm form) {
  option.check([rule = RuleOf(form)](const std::string& name) {
    // An empty value is what an unset variable of a script leaves, and means the default.
    if (name.empty() || rule.holds(name)) return std::string();
    return "'" + name + "' must be " + rule.what +
           ", beginning and ending with a letter or a digit";
  });
}

void MustBePositive(CLI::Option& option) {
  const auto check = [](const std::string& text) {
    double number = 0;
    const bool counts = CLI::detail::lexical_cast(text, number) && std::isfinite(number);
    return counts && number > 0 ? std::string() : "'" + text + "' is no number above 0";
  };
  option.check(check, "POSITIVE");
}

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
