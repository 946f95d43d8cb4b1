#include "controller/cli/option_groups.h"

#include <CLI/CLI.hpp>

namespace labgallery::cli {

void AddAzure(CLI::App& command, AzureOptions& azure, bool required) {
  command
      .add_option("--azure-endpoint", azure.endpoint,
                  required ? "Origin of an ARM endpoint"
                           : "Origin of an ARM endpoint, instead of the embedded simulator")
      ->type_name("URL")
      ->required(required);
  command
      .add_option("--azure-token-file", azure.token_file,
                  "File with the bearer token, read anew for each request; required unless the "
                  "endpoint is on this machine")
      ->type_name("FILE");
  command
      .add_option("--installation", azure.installation,
                  required ? "Name in the owner tags; default: the uid of the namespace kube-system"
                           : "Name in the owner tags; required unless the endpoint is on this "
                             "machine, 'standalone' there")
      ->type_name("NAME");
}

}  // namespace labgallery::cli
