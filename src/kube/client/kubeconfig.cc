#include "src/kube/client/kubeconfig.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "src/base/base64.h"
#include "src/base/file_text.h"
#include "src/base/text.h"
#include "src/http/model/proxy.h"
#include "src/http/model/url.h"
#include "src/json/reader.h"
#include "src/kube/client/exec_plugin.h"

namespace labgallery::kube {
namespace {

// A named entry of a list, with the file that it comes from.
struct Entry {
  std::string name;
  std::string kind;  // "user", ...: also the member that holds what is named
  const KubeconfigFile* file = nullptr;
  const json::Value* content = nullptr;

  std::string ToString() const { return kind + " \"" + name + "\" of " + file->path; }
};

Error Wrong(const Entry& entry, const std::string& what) {
  return InvalidInput("the " + entry.ToString() + ": " + what);
}

std::string NamesOf(const std::vector<KubeconfigFile>& files) {
  std::vector<std::string> paths;
  for (const KubeconfigFile& file : files) paths.push_back(file.path);
  return Join(paths, ", ");
}

// The entries of all files under "users", ...: the first of each name.
std::vector<Entry> Entries(const std::vector<KubeconfigFile>& files, const std::string& kind) {
  std::vector<Entry> found;
  for (const KubeconfigFile& file : files) {
    const json::Value* list = file.content.Find(kind + "s");
    if (list == nullptr || !list->IsArray()) continue;
    for (const json::Value& item : *list->AsArray()) {
      const std::string name(item.Text({"name"}));
      const bool known = std::any_of(found.begin(), found.end(),
                                     [&name](const Entry& entry) { return entry.name == name; });
      if (!known) found.push_back({name, kind, &file, item.Find(kind)});
    }
  }
  return found;
}

std::string Choices(const std::vector<Entry>& entries) {
  std::vector<std::string> names;
  for (const Entry& entry : entries) names.push_back(entry.name);
  return names.empty() ? "there is none" : "there are: " + Join(names, ", ");
}

Result<Entry> Find(const std::vector<KubeconfigFile>& files, const std::string& kind,
                   const std::string& name) {
  const std::vector<Entry> entries = Entries(files, kind);
  for (const Entry& entry : entries) {
    if (entry.name == name && entry.content != nullptr) return entry;
  }
  return InvalidInput("there is no " + kind + " \"" + name + "\" in " + NamesOf(files) + "; " +
                      Choices(entries));
}

Result<std::string> ContextName(const std::vector<KubeconfigFile>& files,
                                const std::string& wanted) {
  if (!wanted.empty()) return wanted;
  for (const KubeconfigFile& file : files) {
    const std::string_view current = file.content.Text({"current-context"});
    if (!current.empty()) return std::string(current);
  }
  return InvalidInput("no current-context is set in " + NamesOf(files) +
                      "; name one with --context: " + Choices(Entries(files, "context")));
}

// Absolute, so that the process's working directory does not matter.
std::string Resolved(const Entry& entry, const std::string& path) {
  if (path.empty()) return path;
  const auto folder = std::filesystem::absolute(entry.file->path).parent_path();
  return (folder / path).lexically_normal().string();
}

// "certificate-authority-data" or "certificate-authority".
Result<http::PemSource> PemOf(const json::Reader& reader, const Entry& entry,
                              const std::string& key) {
  const std::string encoded = reader.StringOr(key + "-data", "");
  if (encoded.empty()) return http::PemSource{.file = Resolved(entry, reader.StringOr(key, ""))};
  auto text = DecodeBase64(encoded);
  if (!text) return Wrong(entry, key + "-data is not Base64");
  return http::PemSource{.text = Secret(*std::move(text))};
}

Status TakeServer(const json::Reader& reader, const Entry& cluster, ServerAccess& access) {
  const std::string server = reader.StringOr("server", "");
  const auto url = http::ParseUrl(server);
  if (!url || !url->query.empty()) {
    return Wrong(cluster, "server must be https://HOST[:PORT][/PATH], not \"" +
                              (server.find('@') == std::string::npos ? server : "...@...") + "\"");
  }
  access.server = url->origin() + url->path;
  while (access.server.ends_with('/')) access.server.pop_back();
  access.proxy = Secret(reader.StringOr("proxy-url", ""));
  if (!access.proxy.empty()) {
    const auto proxy = http::ParseProxy(access.proxy.Reveal());
    if (!proxy) return Wrong(cluster, "proxy-url: " + proxy.error().message);
  }
  return Ok();
}

Status TakeCluster(const Entry& cluster, ServerAccess& access) {
  json::Problems problems;
  const json::Reader reader(*cluster.content, problems);
  LAB_RETURN_IF_ERROR(TakeServer(reader, cluster, access));
  access.tls.server_name = reader.StringOr("tls-server-name", "");
  access.tls.insecure = reader.BooleanOr("insecure-skip-tls-verify", false);
  LAB_ASSIGN_OR_RETURN(access.tls.authority, PemOf(reader, cluster, "certificate-authority"));
  if (access.tls.insecure && !access.tls.authority.empty()) {
    return Wrong(cluster,
                 "insecure-skip-tls-verify contradicts certificate-authority: remove one of them");
  }
  if (!problems.empty()) return Wrong(cluster, problems.ToStatus().error().message);
  return Ok();
}

Impersonation ReadImpersonation(const json::Reader& user) {
  Impersonation as{.user = user.StringOr("as", ""),
                   .uid = user.StringOr("as-uid", ""),
                   .groups = user.Strings("as-groups"),
                   .extra = {}};
  const json::Value* extra = user.Raw("as-user-extra");
  if (extra == nullptr || !extra->IsObject()) return as;
  const json::Reader keys = user.Object("as-user-extra");
  for (const auto& [key, values] : *extra->AsObject()) as.extra[key] = keys.Strings(key);
  return as;
}

Status TakeLogin(const json::Reader& reader, const Entry& user, Login& login) {
  if (reader.Has("auth-provider")) {
    return Wrong(user,
                 "auth-provider is not supported any more, by no client of Kubernetes: use an exec "
                 "plugin");
  }
  login.token_file = Resolved(user, reader.StringOr("tokenFile", ""));
  login.token = Secret(reader.StringOr("token", ""));
  login.user = reader.StringOr("username", "");
  login.password = Secret(reader.StringOr("password", ""));
  login.impersonation = ReadImpersonation(reader);
  const bool acts_as = !login.impersonation.uid.empty() || !login.impersonation.groups.empty() ||
                       !login.impersonation.extra.empty();
  if (acts_as && login.impersonation.user.empty()) {
    return Wrong(user, "as-uid, as-groups and as-user-extra need as, the user to act as");
  }
  const bool has_token = !login.token.empty() || !login.token_file.empty();
  if (has_token && !login.user.empty()) {
    return Wrong(user, "token and username are two logins: remove one of them");
  }
  return Ok();
}

Status TakeCertificate(const json::Reader& reader, const Entry& user, http::TlsOptions& tls) {
  LAB_ASSIGN_OR_RETURN(tls.certificate, PemOf(reader, user, "client-certificate"));
  LAB_ASSIGN_OR_RETURN(tls.key, PemOf(reader, user, "client-key"));
  if (tls.certificate.empty() == tls.key.empty()) return Ok();
  return Wrong(user, tls.key.empty() ? "client-certificate needs client-key"
                                     : "client-key needs client-certificate");
}

// As the plugin is told about it; client-go does not tell files but what is in them.
Result<json::Value> ClusterForPlugin(const Entry& cluster) {
  json::Value told;
  for (const char* key : {"server", "tls-server-name", "insecure-skip-tls-verify",
                          "certificate-authority-data", "proxy-url"}) {
    const json::Value* value = cluster.content->Find(key);
    if (value != nullptr && !value->IsNull()) told.Set(key, *value);
  }
  const json::Value* extensions = cluster.content->Find("extensions");
  if (extensions == nullptr || !extensions->IsArray()) return told;
  for (const json::Value& item : *extensions->AsArray()) {
    const json::Value* config = item.Find("extension");
    if (item.Text({"name"}) == kExecExtension && config != nullptr) told.Set("config", *config);
  }
  return told;
}

Result<ExecPlugin> ExecOf(const json::Reader& user, const Entry& entry, const Entry& cluster) {
  const json::Reader exec = user.Object("exec");
  auto plugin = ReadExecPlugin(exec);
  if (!plugin) return Wrong(entry, "exec: " + plugin.error().message);
  if (plugin->command.find('/') != std::string::npos) {
    plugin->command = Resolved(entry, plugin->command);
  }
  if (exec.BooleanOr("provideClusterInfo", false)) {
    LAB_ASSIGN_OR_RETURN(plugin->cluster, ClusterForPlugin(cluster));
    const std::string authority(cluster.content->Text({"certificate-authority"}));
    if (plugin->cluster.Find("certificate-authority-data") == nullptr && !authority.empty()) {
      LAB_ASSIGN_OR_RETURN(const std::string text, ReadFileText(Resolved(cluster, authority)));
      plugin->cluster.Set("certificate-authority-data", EncodeBase64(text));
    }
  }
  return plugin;
}

Status TakeUser(const Entry& user, const Entry& cluster, ServerAccess& access) {
  json::Problems problems;
  const json::Reader reader(*user.content, problems);
  LAB_RETURN_IF_ERROR(TakeLogin(reader, user, access.login));
  LAB_RETURN_IF_ERROR(TakeCertificate(reader, user, access.tls));
  if (reader.Has("exec")) {
    LAB_ASSIGN_OR_RETURN(access.login.exec, ExecOf(reader, user, cluster));
  }
  if (!problems.empty()) return Wrong(user, problems.ToStatus().error().message);
  return Ok();
}

}  // namespace

Result<ServerAccess> AccessFromKubeconfig(const std::vector<KubeconfigFile>& files,
                                          const std::string& context) {
  LAB_ASSIGN_OR_RETURN(const std::string name, ContextName(files, context));
  LAB_ASSIGN_OR_RETURN(const Entry chosen, Find(files, "context", name));
  const auto named = [&](const std::string& kind) -> Result<Entry> {
    auto entry = Find(files, kind, std::string(chosen.content->Text({kind})));
    if (!entry) return std::move(entry).error().With("the " + chosen.ToString());
    return entry;
  };
  ServerAccess access{.name_space = std::string(chosen.content->Text({"namespace"})),
                      .origin = chosen.ToString()};
  LAB_ASSIGN_OR_RETURN(const Entry cluster, named("cluster"));
  LAB_RETURN_IF_ERROR(TakeCluster(cluster, access));
  const bool anonymous = chosen.content->Text({"user"}).empty();
  if (anonymous || access.server.starts_with("http://")) return access;
  LAB_ASSIGN_OR_RETURN(const Entry user, named("user"));
  LAB_RETURN_IF_ERROR(TakeUser(user, cluster, access));
  return access;
}

}  // namespace labgallery::kube
