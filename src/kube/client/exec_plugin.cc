#include "src/kube/client/exec_plugin.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "src/base/text.h"
#include "src/base/time_text.h"
#include "src/json/parse.h"

namespace labgallery::kube {
namespace {

constexpr std::string_view kV1 = "client.authentication.k8s.io/v1";
constexpr std::string_view kV1Beta1 = "client.authentication.k8s.io/v1beta1";
constexpr std::chrono::seconds kLongest{60};
// Of what a plugin says about its failure; the whole may be a usage text.
constexpr std::size_t kWords = 600;

Error NoCredential(const ExecPlugin& plugin, const std::string& what) {
  Error error;
  error.kind = ErrorKind::kUnauthenticated;
  error.message = "the credential plugin " + plugin.command + " " + what;
  return error;
}

Result<ExecPlugin::Stdin> ReadInteractiveMode(const json::Reader& exec) {
  const std::string mode = exec.StringOr("interactiveMode", "");
  if (mode == "Never") return ExecPlugin::Stdin::kNever;
  if (mode == "IfAvailable") return ExecPlugin::Stdin::kIfAvailable;
  if (mode == "Always") return ExecPlugin::Stdin::kAlways;
  if (mode.empty() && exec.StringOr("apiVersion", "") == kV1Beta1)
    return ExecPlugin::Stdin::kIfAvailable;
  return InvalidInput("interactiveMode must be Never, IfAvailable or Always");
}

bool MayUseStdin(const ExecPlugin& plugin, const ExecSurroundings& around) {
  return plugin.standard_input != ExecPlugin::Stdin::kNever && around.terminal;
}

// KUBERNETES_EXEC_INFO.
std::string Told(const ExecPlugin& plugin, bool interactive) {
  json::Value told;
  told.Set("apiVersion", plugin.api_version);
  told.Set("kind", "ExecCredential");
  json::Value& spec = told.Set("spec", json::Value::Object{});
  spec.Set("interactive", interactive);
  if (!plugin.cluster.IsNull()) spec.Set("cluster", plugin.cluster);
  return json::Dump(told);
}

// The later of two entries with one name is what a program finds or not, so there is only one.
void SetVariable(std::vector<std::string>& environment, const std::string& name,
                 const std::string& value) {
  std::erase_if(environment,
                [&name](const std::string& entry) { return entry.starts_with(name + "="); });
  environment.push_back(name + "=" + value);
}

ChildCommand CommandOf(const ExecPlugin& plugin, const ExecSurroundings& around) {
  const bool interactive = MayUseStdin(plugin, around);
  ChildCommand command{.program = plugin.command,
                       .arguments = plugin.arguments,
                       .environment = around.environment,
                       .pass_stdin = interactive,
                       .timeout = kLongest};
  for (const auto& [name, value] : plugin.environment) {
    SetVariable(command.environment, name, value);
  }
  SetVariable(command.environment, "KUBERNETES_EXEC_INFO", Told(plugin, interactive));
  return command;
}

// What went wrong, with the plugin's own words.
std::string Failure(const ChildOutcome& outcome) {
  std::string text = "failed with exit status " + std::to_string(outcome.exit_status);
  const std::string_view words = Trim(outcome.errors);
  if (!words.empty()) text += ": " + CutUtf8(words, kWords);
  return text;
}

Result<std::shared_ptr<const http::ClientIdentity>> IdentityOf(const json::Reader& status) {
  http::ClientIdentity identity{status.StringOr("clientCertificateData", ""),
                                Secret(status.StringOr("clientKeyData", ""))};
  if (identity.certificate.empty() != identity.key.empty()) {
    return InvalidInput("only one of clientCertificateData and clientKeyData");
  }
  if (identity.certificate.empty()) return std::shared_ptr<const http::ClientIdentity>();
  return std::make_shared<const http::ClientIdentity>(std::move(identity));
}

Result<ExecCredential> ReadCredential(const std::string& output, const std::string& api_version) {
  const auto printed = json::Parse(output);
  // Not the parser's words: they may repeat what is secret.
  if (!printed || printed->Text({"kind"}) != "ExecCredential") {
    return InvalidInput("something that is no ExecCredential");
  }
  const std::string_view version = printed->Text({"apiVersion"});
  if (version != api_version) {
    return InvalidInput("an ExecCredential of " + std::string(version) + ", not of " + api_version);
  }
  json::Problems problems;
  const json::Reader status = json::Reader(*printed, problems).Object("status");
  ExecCredential credential{.token = Secret(status.StringOr("token", ""))};
  LAB_ASSIGN_OR_RETURN(credential.identity, IdentityOf(status));
  const std::string expires = status.StringOr("expirationTimestamp", "");
  if (!expires.empty()) {
    credential.expires = ParseRfc3339(expires);
    if (!credential.expires) return InvalidInput("an expirationTimestamp that is no time");
  }
  if (!problems.empty()) return InvalidInput("an ExecCredential that cannot be read");
  if (credential.token.empty() && !credential.identity) {
    return InvalidInput("an ExecCredential without a token and a certificate");
  }
  return credential;
}

}  // namespace

Result<ExecPlugin> ReadExecPlugin(const json::Reader& exec) {
  ExecPlugin plugin{.api_version = exec.StringOr("apiVersion", ""),
                    .command = exec.StringOr("command", ""),
                    .arguments = exec.Strings("args"),
                    .install_hint = exec.StringOr("installHint", "")};
  if (plugin.api_version != kV1 && plugin.api_version != kV1Beta1) {
    return InvalidInput("apiVersion must be " + std::string(kV1) + " or " + std::string(kV1Beta1) +
                        ", not \"" + plugin.api_version + "\"");
  }
  if (plugin.command.empty()) return InvalidInput("command is missing");
  for (const json::Reader& variable : exec.Items("env")) {
    plugin.environment.emplace_back(variable.String("name"), variable.StringOr("value", ""));
  }
  LAB_ASSIGN_OR_RETURN(plugin.standard_input, ReadInteractiveMode(exec));
  return plugin;
}

Result<ExecCredential> RunExecPlugin(const ExecPlugin& plugin, const ExecSurroundings& around,
                                     const std::stop_token& stop) {
  if (plugin.standard_input == ExecPlugin::Stdin::kAlways && !around.terminal) {
    return NoCredential(plugin,
                        "wants to ask a person (interactiveMode: Always), and standard input is no "
                        "terminal");
  }
  const auto outcome = around.run(CommandOf(plugin, around), stop);
  if (!outcome) {
    if (outcome.error().kind == ErrorKind::kCancelled) return outcome.error();
    const bool missing = outcome.error().kind == ErrorKind::kNotFound;
    const std::string hint =
        missing && !plugin.install_hint.empty() ? "\n" + plugin.install_hint : "";
    return NoCredential(plugin, "cannot be run: " + outcome.error().message + hint);
  }
  if (outcome->exit_status != 0) return NoCredential(plugin, Failure(*outcome));
  auto credential = ReadCredential(outcome->output, plugin.api_version);
  if (!credential) return NoCredential(plugin, "printed " + credential.error().message);
  return credential;
}

}  // namespace labgallery::kube
