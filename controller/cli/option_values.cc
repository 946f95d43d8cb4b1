#include "controller/cli/option_values.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <utility>

#include "controller/cli/duration_text.h"

namespace labgallery::cli {
namespace {

struct NameRule {
  std::size_t longest;
  bool capitals;
  std::string_view marks;  // allowed between letters and digits
  const char* what;
};

NameRule RuleOf(NameForm form) {
  switch (form) {
    case NameForm::kLabel:
      return {63, false, "-", "at most 63 small letters, digits and dashes"};
    case NameForm::kSubdomain:
      return {253, false, "-.", "at most 253 small letters, digits, dashes and dots"};
    case NameForm::kInstallation:
      return {63, true, "-._", "at most 63 letters, digits, dashes, dots and underscores"};
  }
  return {};
}

bool IsLetterOrDigit(char c, bool capitals) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (capitals && c >= 'A' && c <= 'Z');
}

bool Obeys(std::string_view name, const NameRule& rule) {
  if (name.size() > rule.longest || !IsLetterOrDigit(name.front(), rule.capitals) ||
      !IsLetterOrDigit(name.back(), rule.capitals))
    return false;
  return std::ranges::all_of(name, [&](char c) {
    return IsLetterOrDigit(c, rule.capitals) || rule.marks.find(c) != std::string_view::npos;
  });
}

}  // namespace

void MustBeName(CLI::Option& option, NameForm form) {
  option.check([rule = RuleOf(form)](const std::string& name) {
    // An empty value is what an unset variable of a script leaves, and means the default.
    if (name.empty() || Obeys(name, rule)) return std::string();
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
