#include "src/kube/client/access_reviews.h"

#include <openssl/evp.h>

#include <algorithm>
#include <utility>

namespace labgallery::kube {
namespace {

std::array<std::uint8_t, 32> Sha256(const std::string& text) {
  std::array<std::uint8_t, 32> digest{};
  EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
  return digest;
}

bool MayPass(const Error& error) {
  return error.kind == ErrorKind::kUnavailable || error.kind == ErrorKind::kThrottled;
}

}  // namespace

Result<AccessDecision> AccessReviews::Ask(const Secret& token, const PathAccess& access,
                                          const std::stop_token& stop) {
  const Question question{Sha256(token.Reveal()), access.verb, access.path};
  if (auto known = Recall(question)) return *std::move(known);
  LAB_ASSIGN_OR_RETURN(AccessDecision decision, AskServer(token, access, stop));
  Remember(question, decision);
  return decision;
}

Result<AccessDecision> AccessReviews::AskServer(const Secret& token, const PathAccess& access,
                                                const std::stop_token& stop) {
  LAB_ASSIGN_OR_RETURN(const json::Value told, Review(TokenReviews(), TokenReviewOf(token), stop));
  LAB_ASSIGN_OR_RETURN(const std::optional<KnownUser> user, ReadTokenReview(told));
  if (!user) return AccessDecision{};
  LAB_ASSIGN_OR_RETURN(const json::Value judged,
                       Review(SubjectAccessReviews(), SubjectAccessReviewOf(*user, access), stop));
  LAB_ASSIGN_OR_RETURN(const bool allowed, ReadSubjectAccessReview(judged));
  return AccessDecision{allowed ? Access::kAllowed : Access::kForbidden, user->name};
}

Result<json::Value> AccessReviews::Review(const ResourceType& type, const json::Value& object,
                                          const std::stop_token& stop) {
  for (int left = options_.tries - 1;; --left) {
    auto answer = client_.Review(type, object, stop);
    if (answer || left <= 0 || !MayPass(answer.error())) return answer;
    if (!clock_.Sleep(options_.pause, stop)) return Cancelled();
  }
}

std::optional<AccessDecision> AccessReviews::Recall(const Question& question) {
  const std::lock_guard lock(mutex_);
  const auto found = remembered_.find(question);
  if (found == remembered_.end() || found->second.until <= clock_.SteadyNow()) return std::nullopt;
  return found->second.decision;
}

void AccessReviews::Remember(const Question& question, const AccessDecision& decision) {
  const std::lock_guard lock(mutex_);
  const SteadyTime now = clock_.SteadyNow();
  std::erase_if(remembered_, [now](const auto& one) { return one.second.until <= now; });
  if (remembered_.size() >= options_.most) Forget();
  const bool allowed = decision.access == Access::kAllowed;
  remembered_.insert_or_assign(
      question,
      Remembered{decision, now + (allowed ? options_.keep_allowed : options_.keep_refused)});
}

// Refusals first: whoever sends many wrong tokens does not push out those that are right.
void AccessReviews::Forget() {
  const auto worth = [](const auto& one) {
    return std::pair(one.second.decision.access == Access::kAllowed, one.second.until);
  };
  remembered_.erase(
      std::min_element(remembered_.begin(), remembered_.end(),
                       [&worth](const auto& a, const auto& b) { return worth(a) < worth(b); }));
}

}  // namespace labgallery::kube
