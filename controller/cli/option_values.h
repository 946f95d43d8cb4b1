// Kinds of values that several options share. The groups of option_groups.h are built with them.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "src/base/clock.h"

namespace CLI {  // NOLINT(readability-identifier-naming): the library calls itself so
class App;
class Option;
}  // namespace CLI

namespace labgallery::cli {

/// An option that takes a duration, like 1h30m.
void AddDuration(CLI::App& command, const std::string& name, const std::string& text,
                 std::function<void(Duration)> take);

/// What its value must be, or the command is refused with a sentence that says so.
enum class NameForm {
  kLabel,         // of a namespace: what Kubernetes takes as a DNS label
  kSubdomain,     // of most other objects: labels with dots between them
  kInstallation,  // what stands before the first slash of an owner tag
};
void MustBeName(CLI::Option& option, NameForm form);

/// A number above zero that a computer can count with.
void MustBePositive(CLI::Option& option);

/// An option that takes one of the words, spelled in any case; `take` gets it as it is here.
void AddWord(CLI::App& command, const std::string& name, const std::vector<std::string>& words,
             const std::string& text, const std::function<void(const std::string&)>& take);

/// The same for words that stand for values.
template <typename T>
void AddChoice(CLI::App& command, const std::string& name, const std::map<std::string, T>& choices,
               const std::string& text, std::function<void(T)> take) {
  std::vector<std::string> words;
  for (const auto& [word, value] : choices) words.push_back(word);
  AddWord(command, name, words, text,
          [choices, take = std::move(take)](const std::string& word) { take(choices.at(word)); });
}

}  // namespace labgallery::cli
