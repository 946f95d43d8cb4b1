#include "src/kube/model/review.h"

#include <utility>

#include "src/json/reader.h"

namespace labgallery::kube {
namespace {

json::Value Asking(const ResourceType& type, json::Value spec) {
  json::Value review;
  review.Set("apiVersion", type.ApiVersion());
  review.Set("kind", type.kind);
  review.Set("spec", std::move(spec));
  return review;
}

Error NoAnswer(const ResourceType& type, const std::string& problem) {
  return ProtocolError("the answer to a " + type.kind + ": " + problem);
}

}  // namespace

const ResourceType& TokenReviews() {
  static const ResourceType kType{"authentication.k8s.io", "v1", "TokenReview", "tokenreviews",
                                  false};
  return kType;
}

const ResourceType& SubjectAccessReviews() {
  static const ResourceType kType{"authorization.k8s.io", "v1", "SubjectAccessReview",
                                  "subjectaccessreviews", false};
  return kType;
}

json::Value TokenReviewOf(const Secret& token) {
  json::Value spec;
  spec.Set("token", token.Reveal());
  return Asking(TokenReviews(), std::move(spec));
}

Result<std::optional<KnownUser>> ReadTokenReview(const json::Value& review) {
  json::Problems problems;
  const json::Reader status = json::Reader(review, problems).Object("status");
  if (!status.Present()) return NoAnswer(TokenReviews(), "it has no status");
  const bool authenticated = status.BooleanOr("authenticated", false);
  if (problems.empty() && !authenticated) return std::optional<KnownUser>();
  const json::Reader told = status.Object("user");
  KnownUser user{.name = told.String("username"),
                 .uid = told.StringOr("uid", ""),
                 .groups = told.Strings("groups")};
  if (const json::Value* extra = told.Raw("extra")) user.extra = *extra;
  if (user.name.empty()) told.Problem("username", "expected a name");
  if (!problems.empty()) return NoAnswer(TokenReviews(), problems.ToStatus().error().message);
  return std::optional(std::move(user));
}

json::Value SubjectAccessReviewOf(const KnownUser& user, const PathAccess& access) {
  json::Value spec;
  spec.Set("user", user.name);
  if (!user.uid.empty()) spec.Set("uid", user.uid);
  json::Value& groups = spec.Set("groups", json::Value::Array{});
  for (const std::string& group : user.groups) groups.Push(group);
  if (!user.extra.IsNull()) spec.Set("extra", user.extra);
  json::Value& attributes = spec.Set("nonResourceAttributes", json::Value());
  attributes.Set("path", access.path);
  attributes.Set("verb", access.verb);
  return Asking(SubjectAccessReviews(), std::move(spec));
}

Result<bool> ReadSubjectAccessReview(const json::Value& review) {
  json::Problems problems;
  const json::Reader status = json::Reader(review, problems).Object("status");
  if (!status.Present()) return NoAnswer(SubjectAccessReviews(), "it has no status");
  const bool allowed = status.BooleanOr("allowed", false) && !status.BooleanOr("denied", false);
  if (!problems.empty())
    return NoAnswer(SubjectAccessReviews(), problems.ToStatus().error().message);
  return allowed;
}

}  // namespace labgallery::kube
