// docs/reference/flags.md is made from the options that the program parses.
#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <set>
#include <variant>

#include "controller/cli/help_text.h"
#include "controller/cli/option_groups.h"
#include "controller/cli/options.h"
#include "src/base/text.h"
#include "tests/golden/golden.h"
#include "tests/golden/markdown.h"

namespace labgallery::golden {
namespace {

std::string Cut(const std::string& text, std::string_view end) {
  return text.substr(0, text.find(end));
}

// "N:INT in [1 - 64]" is the value N with a limit, "json|yaml:{json,yaml}" one of two words,
// "HOST:PORT" a name.
std::string ValueText(const CLI::Option& option) {
  if (option.get_expected_max() == 0) return "";
  const std::string words = option.get_option_text();
  if (!words.empty()) return Join(Split(words.substr(words.find(':') + 1), '|'), ", ");
  const std::string type = option.get_type_name();
  if (type.ends_with(":POSITIVE")) return Code(Cut(type, ":")) + " > 0";
  if (const auto range = type.find(" in ["); range != std::string::npos)
    return Code(Cut(type, ":")) + type.substr(range);
  return Code(Cut(type, ":{"));
}

std::string NamesOf(const CLI::Option& option) {
  std::vector<std::string> names;
  for (const std::string& name : option.get_snames()) names.push_back(Code("-" + name));
  for (const std::string& name : option.get_lnames()) names.push_back(Code("--" + name));
  return Join(names, ", ");
}

std::string Others(const std::string& word, const std::set<CLI::Option*>& options) {
  std::set<std::string> names;
  for (const CLI::Option* option : options) names.insert(Code("--" + option->get_lnames().front()));
  if (names.empty()) return "";
  return " " + word + " " + Join({names.begin(), names.end()}, ", ") + ".";
}

std::string FlagRow(const CLI::Option& option) {
  std::string meaning = Escaped(option.get_description()) + ".";
  if (!option.get_default_str().empty())
    meaning += " Default: " + Code(option.get_default_str()) + ".";
  if (option.get_required()) meaning += " Required.";
  meaning += Others("Only with", option.get_needs()) + Others("Not with", option.get_excludes());
  return TableRow({NamesOf(option), ValueText(option), meaning});
}

std::string CommandSection(const CLI::App& command) {
  std::string text = "\n## labgallery " + command.get_name() + "\n\n" + command.get_description() +
                     ".\n\n" + TableHead({"Flag", "Value", "Meaning"});
  for (const CLI::Option* option : command.get_options()) text += FlagRow(*option);
  return text + "\n```\n" + command.get_footer().substr(command.get_footer().find('\n') + 1) +
         "\n```\n";
}

std::string ExitTable() {
  std::string text = "\n## Exit status\n\n" + TableHead({"Status", "Meaning"});
  for (const std::string& line : Split(Cut(cli::kFooter, "\n\n"), '\n')) {
    const std::string row(Trim(line));
    if (row.empty() || std::isdigit(static_cast<unsigned char>(row.front())) == 0) continue;
    const auto blank = row.find(' ');
    text += TableRow({row.substr(0, blank), std::string(Trim(row.substr(blank)))});
  }
  return text;
}

constexpr const char* kEnvironment = R"(
## Environment

| Variable | Commands | Meaning |
|---|---|---|
| `AZURE_TENANT_ID`, `AZURE_CLIENT_ID`, `AZURE_CLIENT_SECRET`, `AZURE_CLIENT_CERTIFICATE_PATH`, `AZURE_CLIENT_CERTIFICATE_PASSWORD`, `AZURE_FEDERATED_TOKEN_FILE`, `AZURE_TOKEN_CREDENTIALS`, `AZURE_AUTHORITY_HOST`, `AZURE_POD_IDENTITY_AUTHORITY_HOST` | apply, controller | the login to Azure: [credentials.md](../credentials.md) |
| `KUBECONFIG`, `HOME`, `KUBERNETES_SERVICE_HOST`, `KUBERNETES_SERVICE_PORT` | controller, check | the cluster: [connecting.md](../connecting.md) |
| `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`, or in small letters | apply, controller | proxies, for Azure and where the kubeconfig names none |
| `SSL_CERT_FILE`, `SSL_CERT_DIR` | apply, controller | whom TLS connections trust, instead of the system's authorities |
| `NO_COLOR`, `TERM` | apply | no colours; lines instead of a live view where the terminal cannot show one |

Credential plugins of a kubeconfig and the Azure CLI get the whole environment. No flag has a variable of its own.
)";

struct Commands {
  CLI::App app{"", "labgallery"};
  cli::ApplyOptions apply{};
  cli::ControllerOptions controller{};
  cli::CheckOptions check{};
  cli::SimulatorOptions azure{};
  cli::SimulatorOptions kube{};
  std::vector<const CLI::App*> all = {
      &cli::AddApply(app, apply), &cli::AddController(app, controller), &cli::AddCheck(app, check),
      &cli::AddSimulator(app, azure, cli::SimulatorOptions::Which::kAzure),
      &cli::AddSimulator(app, kube, cli::SimulatorOptions::Which::kKube)};
};

TEST(FlagsPage, SaysWhatTheProgramParses) {
  const Commands commands;
  std::string text =
      "# Flags\n\n"
      "Of every command, as `labgallery COMMAND --help` tells them. Made from the options that the "
      "program parses by\n`make golden`. `labgallery version` prints the version.\n\n"
      "Durations are written like `90s`, `5m` or `1h30m`. Flags may be written `--flag value` or "
      "`--flag=value`.\n";
  for (const CLI::App* command : commands.all) text += CommandSection(*command);
  ExpectFile("docs/reference/flags.md", text + ExitTable() + kEnvironment);
}

TEST(FlagsPage, HasASectionForEveryCommand) {
  const Commands commands;
  std::set<std::string> known = {"version"};
  for (const CLI::App* command : commands.all) known.insert(command->get_name());
  const auto help = std::get<cli::Message>(cli::ParseCommandLine({"--help"}, {})).text;
  const auto from = help.find("Subcommands:\n") + 13;
  std::set<std::string> there;
  for (const std::string& line : Split(help.substr(from, help.find("\n\n", from) - from), '\n'))
    there.insert(Cut(std::string(Trim(line)), " "));
  there.erase("");
  EXPECT_EQ(there, known);
}

}  // namespace
}  // namespace labgallery::golden
