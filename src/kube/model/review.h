// Questions to an API server about somebody else: whose a token is (authentication.k8s.io/v1
// TokenReview), and whether he may do something (authorization.k8s.io/v1 SubjectAccessReview).
// Objects that are answered and not kept; nothing is sent here.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "src/base/result.h"
#include "src/base/secret.h"
#include "src/kube/model/object.h"

namespace labgallery::kube {

/// Somebody, as an API server knows him.
struct KnownUser {
  std::string name;
  std::string uid{};
  std::vector<std::string> groups{};
  json::Value extra{};  // handed on as it came; null: nothing

  friend bool operator==(const KnownUser&, const KnownUser&) = default;
};

/// What is no resource of the API: a path, and the method in lower case.
struct PathAccess {
  std::string verb;
  std::string path;
};

const ResourceType& TokenReviews();
const ResourceType& SubjectAccessReviews();

/// The body holds the token.
json::Value TokenReviewOf(const Secret& token);
/// Whose it is; nothing for a token that the server does not accept. kProtocol for what is no
/// answer.
Result<std::optional<KnownUser>> ReadTokenReview(const json::Value& review);

json::Value SubjectAccessReviewOf(const KnownUser& user, const PathAccess& access);
/// Whether it is allowed. kProtocol for what is no answer.
Result<bool> ReadSubjectAccessReview(const json::Value& review);

}  // namespace labgallery::kube
