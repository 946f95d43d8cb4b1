#include <unistd.h>

#include <cstdlib>

#include "controller/cli/options.h"
#include "controller/cli/terminal.h"

namespace labgallery::cli {
namespace {

/// Empty where it is not set.
std::string Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::string EitherVariable(const char* name, const char* other) {
  const std::string value = Variable(name);
  return value.empty() ? Variable(other) : value;
}

// The names are those of azure-identity.
AzureVariables ReadAzureVariables() {
  return {
      .credential = {.tenant = Variable("AZURE_TENANT_ID"),
                     .client = Variable("AZURE_CLIENT_ID"),
                     .secret = Secret(Variable("AZURE_CLIENT_SECRET")),
                     .certificate_file = Variable("AZURE_CLIENT_CERTIFICATE_PATH"),
                     .certificate_password = Secret(Variable("AZURE_CLIENT_CERTIFICATE_PASSWORD")),
                     .federated_file = Variable("AZURE_FEDERATED_TOKEN_FILE"),
                     .metadata_host = Variable("AZURE_POD_IDENTITY_AUTHORITY_HOST"),
                     .chain = Variable("AZURE_TOKEN_CREDENTIALS")},
      .authority = Variable("AZURE_AUTHORITY_HOST"),
      .programs = {}};
}

}  // namespace

Environment ReadEnvironment() {
  const std::string terminal = Variable("TERM");
  Environment environment{
      .no_colour = !Variable("NO_COLOR").empty(),
      .dumb_terminal = terminal.empty() || terminal == "dumb",
      .kubeconfig = Variable("KUBECONFIG"),
      .home = Variable("HOME"),
      .pod = {.host = Variable("KUBERNETES_SERVICE_HOST"),
              .port = Variable("KUBERNETES_SERVICE_PORT")},
      .azure = ReadAzureVariables(),
      .network = {.trust = {.file = Variable("SSL_CERT_FILE"),
                            .directory = Variable("SSL_CERT_DIR")},
                  .proxy = {.https = Secret(EitherVariable("HTTPS_PROXY", "https_proxy")),
                            .http = Secret(EitherVariable("HTTP_PROXY", "http_proxy")),
                            .except = EitherVariable("NO_PROXY", "no_proxy")}},
      .terminal = IsTerminal(STDIN_FILENO)};
  for (char** variable = environ; *variable != nullptr; ++variable) {
    environment.variables.emplace_back(*variable);
  }
  environment.azure.programs.environment = environment.variables;
  return environment;
}

}  // namespace labgallery::cli
