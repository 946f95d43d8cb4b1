#include "src/azure/client/credential.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "src/azure/client/certificate_tokens.h"
#include "src/azure/client/client_secret_tokens.h"
#include "src/azure/client/token_chain.h"
#include "src/azure/client/workload_identity_tokens.h"
#include "src/base/base64.h"
#include "src/base/file_text.h"
#include "src/base/text.h"

namespace labgallery::azure {
namespace {

using Source = std::unique_ptr<TokenSource>;

constexpr std::array kNames{
    std::pair{CredentialKind::kDefault, std::string_view("DefaultAzureCredential")},
    std::pair{CredentialKind::kEnvironment, std::string_view("EnvironmentCredential")},
    std::pair{CredentialKind::kClientSecret, std::string_view("ClientSecretCredential")},
    std::pair{CredentialKind::kClientCertificate, std::string_view("ClientCertificateCredential")},
    std::pair{CredentialKind::kWorkloadIdentity, std::string_view("WorkloadIdentityCredential")},
    std::pair{CredentialKind::kManagedIdentity, std::string_view("ManagedIdentityCredential")},
    std::pair{CredentialKind::kAzureCli, std::string_view("AzureCliCredential")},
};

// A variable and whether it is set.
struct Wanted {
  std::string_view variable;
  bool there;
};

Status Check(CredentialKind kind, const std::vector<Wanted>& wanted) {
  std::vector<std::string> missing;
  for (const Wanted& one : wanted) {
    if (!one.there) missing.emplace_back(one.variable);
  }
  if (missing.empty()) return Ok();
  return InvalidInput(std::string(Name(kind)) + " needs " + Join(missing, ", "));
}

// They go into URLs and are shown: what is no id or domain is refused as soon as it is seen.
Status CheckIds(const CredentialSettings& settings) {
  const auto plain = [](std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](unsigned char c) {
      return std::isalnum(c) != 0 || c == '-' || c == '.' || c == '_';
    });
  };
  if (!plain(settings.tenant)) return InvalidInput("AZURE_TENANT_ID is no tenant id and no domain");
  if (!plain(settings.client)) return InvalidInput("AZURE_CLIENT_ID is no client id");
  return Ok();
}

TokenEndpoint EndpointOf(const CredentialSettings& settings, const LoginWorld& world) {
  return {world.transport, world.clock, {world.authority, settings.tenant, settings.client}};
}

Result<Source> MakeSecret(const CredentialSettings& settings, const LoginWorld& world) {
  LAB_RETURN_IF_ERROR(
      Check(CredentialKind::kClientSecret, {{"AZURE_TENANT_ID", !settings.tenant.empty()},
                                            {"AZURE_CLIENT_ID", !settings.client.empty()},
                                            {"AZURE_CLIENT_SECRET", !settings.secret.empty()}}));
  return std::make_unique<ClientSecretTokens>(EndpointOf(settings, world), settings.secret);
}

// As text it is PEM, or PKCS#12 in Base64.
Result<Secret> CertificateText(const Secret& given) {
  if (given.Reveal().find("-----BEGIN ") != std::string::npos) return given;
  std::string packed = given.Reveal();
  std::erase_if(packed, [](unsigned char c) { return std::isspace(c) != 0; });
  auto bytes = DecodeBase64(packed);
  return bytes ? Secret(*std::move(bytes)) : given;
}

Result<Source> MakeCertificate(const CredentialSettings& settings, const LoginWorld& world) {
  const bool text = !settings.certificate.empty();
  LAB_RETURN_IF_ERROR(
      Check(CredentialKind::kClientCertificate,
            {{"AZURE_TENANT_ID", !settings.tenant.empty()},
             {"AZURE_CLIENT_ID", !settings.client.empty()},
             {"AZURE_CLIENT_CERTIFICATE_PATH", text || !settings.certificate_file.empty()}}));
  if (!settings.certificate_password.empty()) {
    return InvalidInput(
        "AZURE_CLIENT_CERTIFICATE_PASSWORD is set, and certificates with a password are not read: "
        "give one without, in the same protected place");
  }
  auto read = [text, settings]() -> Result<Secret> {
    if (text) return CertificateText(settings.certificate);
    auto bytes = ReadFileText(settings.certificate_file);
    if (!bytes) return NoToken("the client certificate: " + bytes.error().message);
    return Secret(*std::move(bytes));
  };
  return std::make_unique<CertificateTokens>(EndpointOf(settings, world), world.clock, world.random,
                                             std::move(read));
}

Result<Source> MakeEnvironment(const CredentialSettings& settings, const LoginWorld& world) {
  if (!settings.secret.empty()) return MakeSecret(settings, world);
  if (!settings.certificate.empty() || !settings.certificate_file.empty())
    return MakeCertificate(settings, world);
  return InvalidInput(
      "EnvironmentCredential needs AZURE_CLIENT_SECRET or AZURE_CLIENT_CERTIFICATE_PATH, with "
      "AZURE_TENANT_ID and AZURE_CLIENT_ID");
}

Result<Source> MakeWorkloadIdentity(const CredentialSettings& settings, const LoginWorld& world) {
  LAB_RETURN_IF_ERROR(Check(CredentialKind::kWorkloadIdentity,
                            {{"AZURE_TENANT_ID", !settings.tenant.empty()},
                             {"AZURE_CLIENT_ID", !settings.client.empty()},
                             {"AZURE_FEDERATED_TOKEN_FILE", !settings.federated_file.empty()}}));
  return std::make_unique<WorkloadIdentityTokens>(EndpointOf(settings, world),
                                                  settings.federated_file);
}

Source MakeManagedIdentity(const CredentialSettings& settings, const LoginWorld& world,
                           bool probe) {
  ManagedIdentityTokens::Options options{.identity = settings.identity, .probe = probe};
  const bool named = !options.identity.object_id.empty() || !options.identity.resource_id.empty();
  if (!named) options.identity.client_id = settings.client;
  if (!settings.metadata_host.empty()) options.host = settings.metadata_host;
  return std::make_unique<ManagedIdentityTokens>(world.direct, world.clock, std::move(options));
}

TokenChain::Link LinkOf(CredentialKind kind, Result<Source> source, bool optional) {
  TokenChain::Link link{.name = std::string(Name(kind)), .source = nullptr, .optional = optional};
  if (source) {
    link.source = *std::move(source);
  } else {
    link.why_not = source.error().message;
  }
  return link;
}

Result<Source> MakeChain(const CredentialSettings& settings, const LoginWorld& world) {
  using enum CredentialKind;
  const std::string choice = Lower(settings.chain);
  const bool production = choice.empty() || choice == "prod";
  const bool desk = choice.empty() || choice == "dev";
  if (!production && !desk) {
    const auto kind = ParseCredentialKind(choice);
    if (kind && *kind != kDefault) return MakeTokenSource(*kind, settings, world);
    return InvalidInput("AZURE_TOKEN_CREDENTIALS must be prod, dev or the name of a credential");
  }
  std::vector<TokenChain::Link> links;
  if (production) {
    links.push_back(LinkOf(kEnvironment, MakeEnvironment(settings, world), false));
    links.push_back(LinkOf(kWorkloadIdentity, MakeWorkloadIdentity(settings, world), false));
    links.push_back(LinkOf(kManagedIdentity, MakeManagedIdentity(settings, world, true), true));
  }
  if (desk) {
    links.push_back(LinkOf(
        kAzureCli, std::make_unique<AzureCliTokens>(world.clock, world.programs, settings.tenant),
        true));
  }
  return std::make_unique<TokenChain>(std::move(links));
}

}  // namespace

std::string_view Name(CredentialKind kind) {
  for (const auto& [known, name] : kNames) {
    if (known == kind) return name;
  }
  return "";
}

std::vector<std::string> CredentialNames() {
  std::vector<std::string> names;
  for (const auto& [kind, name] : kNames) names.emplace_back(name);
  return names;
}

std::optional<CredentialKind> ParseCredentialKind(std::string_view name) {
  for (const auto& [kind, known] : kNames) {
    if (EqualsIgnoreCase(known, name)) return kind;
  }
  return std::nullopt;
}

Result<Source> MakeTokenSource(CredentialKind kind, const CredentialSettings& settings,
                               const LoginWorld& world) {
  LAB_RETURN_IF_ERROR(CheckIds(settings));
  switch (kind) {
    case CredentialKind::kDefault:
      return MakeChain(settings, world);
    case CredentialKind::kEnvironment:
      return MakeEnvironment(settings, world);
    case CredentialKind::kClientSecret:
      return MakeSecret(settings, world);
    case CredentialKind::kClientCertificate:
      return MakeCertificate(settings, world);
    case CredentialKind::kWorkloadIdentity:
      return MakeWorkloadIdentity(settings, world);
    case CredentialKind::kManagedIdentity:
      return MakeManagedIdentity(settings, world, false);
    case CredentialKind::kAzureCli:
      return std::make_unique<AzureCliTokens>(world.clock, world.programs, settings.tenant);
  }
  return InternalError("no such credential");
}

Result<std::unique_ptr<TokenSource>> MakeCachedTokens(CredentialKind kind,
                                                      const CredentialSettings& settings,
                                                      const LoginWorld& world,
                                                      const std::string& secret) {
  LAB_ASSIGN_OR_RETURN(Source source, MakeTokenSource(kind, settings, world));
  return std::make_unique<CachedTokens>(std::move(source), world.clock, world.random,
                                        world.follow ? world.follow(kind, secret) : OnLogin());
}

}  // namespace labgallery::azure
