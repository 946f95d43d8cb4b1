#include "controller/cli/option_groups.h"

#include <CLI/CLI.hpp>

#include "controller/cli/option_values.h"
#include "src/azure/client/clouds.h"
#include "src/base/text.h"

namespace labgallery::cli {
namespace {

void TakeCloud(AzureOptions& azure, const std::string& text) {
  azure.cloud = text;
  const azure::KnownCloud* known = azure::FindCloud(text);
  azure.endpoint = known == nullptr ? text : known->resource_manager;
  if (known != nullptr || text.find("://") != std::string::npos) return;
  std::vector<std::string> names;
  for (const azure::KnownCloud& cloud : azure::KnownClouds()) names.push_back(cloud.name);
  throw CLI::ValidationError("--cloud",
                             "'" + text + "' is neither a URL nor one of " + Join(names, ", "));
}

void TakeIdentity(azure::ManagedIdentity& identity, const std::string& text) {
  const auto equals = text.find('=');
  const std::string kind = Lower(text.substr(0, equals));
  const std::string id = equals == std::string::npos ? "" : text.substr(equals + 1);
  identity = {};
  if (kind == "client-id") identity.client_id = id;
  if (kind == "object-id") identity.object_id = id;
  if (kind == "resource-id") identity.resource_id = id;
  if (identity != azure::ManagedIdentity{}) return;
  throw CLI::ValidationError("--azure-managed-identity",
                             "'" + text + "' is not client-id=ID, object-id=ID or resource-id=ID");
}

// It would change nothing, and whoever gave it would look for the reason in Azure.
void CheckIdentity(const AzureOptions& azure) {
  const auto kind = azure.credential.value_or(azure::CredentialKind::kDefault);
  const bool looks =
      kind == azure::CredentialKind::kDefault || kind == azure::CredentialKind::kManagedIdentity;
  if (looks || azure.identity == azure::ManagedIdentity{}) return;
  throw CLI::ValidationError("--azure-managed-identity",
                             "--azure-credential " + std::string(azure::Name(kind)) +
                                 " does not look at it; give --azure-credential " +
                                 std::string(azure::Name(azure::CredentialKind::kManagedIdentity)) +
                                 ", or leave one of them out");
}

void AddLogin(CLI::App& command, AzureOptions& azure) {
  auto* token = command
                    .add_option("--azure-token-file", azure.token_file,
                                "File with a bearer token, read anew for each request, instead of "
                                "a login")
                    ->type_name("FILE");
  auto* credential =
      command
          .add_option_function<std::string>(
              "--azure-credential",
              [&azure](const std::string& name) {
                azure.credential = azure::ParseCredentialKind(name);
              },
              "How to log in, by the variables AZURE_TENANT_ID, AZURE_CLIENT_ID and so on; default "
              "with --cloud: DefaultAzureCredential, which tries them in order")
          ->transform(CLI::IsMember(azure::CredentialNames(), CLI::ignore_case))
          ->type_name("NAME")
          ->excludes(token);
  command
      .add_option_function<std::string>(
          "--azure-managed-identity",
          [&azure](const std::string& text) { TakeIdentity(azure.identity, text); },
          "Which of the machine's identities: client-id=ID, object-id=ID or resource-id=ID; "
          "default: AZURE_CLIENT_ID, else the machine's own")
      ->type_name("KIND=ID")
      ->excludes(token);
  credential->option_text("NAME:" + CLI::detail::join(azure::CredentialNames(), "|"));
}

void AddWire(CLI::App& command, WireOptions& wire) {
  auto* record = command
                     .add_option("--record", wire.record,
                                 "Write every exchange with Azure to a file in this directory, "
                                 "without tokens and other secrets, for a bug report")
                     ->type_name("DIR");
  command
      .add_flag("--record-without-principals", wire.without_principals,
                "Leave the ids of users and service principals out of the recording too")
      ->needs(record);
  command
      .add_option("--replay", wire.replay,
                  "Answer from a recording instead of asking Azure; nothing is sent")
      ->type_name("DIR")
      ->excludes(record);
}

}  // namespace

void AddAzure(CLI::App& command, AzureOptions& azure, bool required) {
  auto* endpoint =
      command
          .add_option("--azure-endpoint", azure.endpoint,
                      required ? "Origin of an ARM endpoint, to be shown one token"
                               : "Origin of an ARM endpoint, instead of the embedded simulator")
          ->type_name("URL");
  command.add_flag(
      "--azure-plain-http", azure.plain_http,
      "The endpoint is a simulator on another machine, by http:// and without a login");
  command
      .add_option_function<std::string>(
          "--cloud", [&azure](const std::string& text) { TakeCloud(azure, text); },
          "An Azure cloud to log in to, by its name or by the address of its Resource Manager")
      ->type_name("public|usgovernment|china|URL")
      ->excludes(endpoint);
  AddLogin(command, azure);
  AddWire(command, azure.wire);
  auto* installation =
      command
          .add_option("--installation", azure.installation,
                      required
                          ? "Name in the owner tags; default: the uid of the namespace kube-system"
                          : "Name in the owner tags; required unless the endpoint is on this "
                            "machine, 'standalone' there")
          ->type_name("NAME");
  MustBeName(*installation, NameForm::kInstallation);
  command.final_callback([&azure, required] {
    if (required && azure.endpoint.empty()) throw CLI::RequiredError("--cloud or --azure-endpoint");
    CheckIdentity(azure);
  });
}

}  // namespace labgallery::cli
