#include "src/embedded_kube/deletion_options.h"

#include <utility>

#include "src/embedded_kube/admission.h"
#include "src/json/parse.h"
#include "src/json/reader.h"

namespace labgallery::embedded_kube {
namespace {

Outcome<void> CheckPropagation(const std::string& policy) {
  if (policy.empty() || policy == "Orphan" || policy == "Background" || policy == "Foreground")
    return {};
  return Refuse(BadRequest("propagationPolicy: Unsupported value: \"" + policy +
                           R"(": supported values: "Background", "Foreground", "Orphan")"));
}

Outcome<void> Mismatch(const Subject& subject, std::string_view what, std::string_view wanted,
                       std::string_view found) {
  return Refuse(Conflict(subject, "Precondition failed: " + std::string(what) +
                                      " in precondition: " + std::string(wanted) + ", " +
                                      std::string(what) +
                                      " in object meta: " + std::string(found)));
}

}  // namespace

Outcome<DeletionOptions> ReadDeletionOptions(const Call& call) {
  DeletionOptions options;
  EMK_ASSIGN_OR_REFUSE(options.dry_run, ReadDryRun(call.query));
  EMK_REFUSE_IF(CheckPropagation(call.query.Get("propagationPolicy")));
  if (call.request.body.empty()) return options;
  EMK_ASSIGN_OR_REFUSE(const json::Value body, DecodeObject(call.request));
  json::Problems problems;
  const json::Reader reader(body, problems);
  EMK_REFUSE_IF(CheckPropagation(reader.StringOr("propagationPolicy", "")));
  for (const std::string& mode : reader.Strings("dryRun")) {
    if (mode != "All") return Refuse(BadRequest("dryRun: Unsupported value: \"" + mode + "\""));
    options.dry_run = true;
  }
  const json::Reader preconditions = reader.Object("preconditions");
  options.uid = preconditions.StringOr("uid", "");
  options.resource_version = preconditions.StringOr("resourceVersion", "");
  if (!problems.empty()) return Refuse(BadRequest(problems.ToStatus().error().message));
  return options;
}

Outcome<void> CheckPreconditions(const DeletionOptions& options, const Subject& subject,
                                 const json::Value& object) {
  const std::string_view uid = object.Text({"metadata", "uid"});
  if (!options.uid.empty() && options.uid != uid) return Mismatch(subject, "UID", options.uid, uid);
  const std::string_view version = object.Text({"metadata", "resourceVersion"});
  if (!options.resource_version.empty() && options.resource_version != version) {
    return Mismatch(subject, "ResourceVersion", options.resource_version, version);
  }
  return {};
}

}  // namespace labgallery::embedded_kube
