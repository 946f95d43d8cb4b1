#include "src/azure/model/rate_headers.h"

#include <gtest/gtest.h>

namespace labgallery::azure {
namespace {

using Scope = RemainingRequests::Scope;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(RateHeaders, ReadArmsCounters) {
  const RateHeaders read =
      ReadRateHeaders({{"X-Ms-RateLimit-Remaining-Subscription-Writes", "199"},
                       {"x-ms-ratelimit-remaining-subscription-global-writes", "2999"},
                       {"x-ms-ratelimit-remaining-tenant-reads", "249"},
                       {"x-ms-ratelimit-remaining-subscription-deletes", "0"}});
  EXPECT_EQ(read.requests,
            (std::vector<RemainingRequests>{{Scope::kSubscription, RateKind::kWrites, 199},
                                            {Scope::kSubscriptionGlobal, RateKind::kWrites, 2999},
                                            {Scope::kTenant, RateKind::kReads, 249},
                                            {Scope::kSubscription, RateKind::kDeletes, 0}}));
  EXPECT_TRUE(read.Any());
}

TEST(RateHeaders, ReadThePoliciesOfAProvider) {
  const RateHeaders read =
      ReadRateHeaders({{"x-ms-ratelimit-remaining-resource",
                        "Microsoft.Compute/CreateUpdateGallery3Min;49,Microsoft.Compute/"
                        "CreateUpdateGallery30Min;299"}});
  EXPECT_EQ(read.policies, (std::vector<RemainingPolicy>{
                               {"Microsoft.Compute/CreateUpdateGallery", minutes(3), 49},
                               {"Microsoft.Compute/CreateUpdateGallery", minutes(30), 299}}));
  EXPECT_TRUE(read.Any());
}

TEST(RateHeaders, LeaveOutWhatCannotBeRead) {
  const RateHeaders read =
      ReadRateHeaders({{"x-ms-ratelimit-remaining-subscription-writes", "many"},
                       {"x-ms-ratelimit-remaining-subscription-resource-requests", "5"},
                       {"x-ms-ratelimit-remaining-resource", "A/B;7,A/C3Min;x,3Min;4,,A/D30Min;-1"},
                       {"x-ms-user-quota-resets-after", "soon"},
                       {"Content-Type", "text/plain"}});
  EXPECT_TRUE(read.requests.empty());
  EXPECT_TRUE(read.policies.empty());
  EXPECT_FALSE(read.Any());
  EXPECT_FALSE(read.user_quota_resets_after.has_value());
}

TEST(RateHeaders, ReadTheQuotaOfResourceGraph) {
  const RateHeaders read = ReadRateHeaders(
      {{"x-ms-user-quota-remaining", "14"}, {"x-ms-user-quota-resets-after", "00:01:05.5"}});
  EXPECT_EQ(read.user_quota_remaining, 14.0);
  EXPECT_EQ(read.user_quota_resets_after, Duration(seconds(65) + milliseconds(500)));
  EXPECT_FALSE(read.Any());
}

}  // namespace
}  // namespace labgallery::azure
