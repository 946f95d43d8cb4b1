// What a user reads in status when Azure says no, and that all goes on by itself once the cause has
// gone. Each row is a trouble that somebody outside makes and ends.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/component/campus.h"

namespace labgallery::component {
namespace {

using testing::AllOf;
using testing::HasSubstr;

const std::string kAlways = R"(, "count": 1000000)";

std::string Refusal(const std::string& match, int status, const std::string& code,
                    const std::string& message) {
  return R"({"match": {)" + match + R"(}, "action": "fail", "status": )" + std::to_string(status) +
         R"(, "code": ")" + code + R"(", "message": ")" + message + "\"" + kAlways + "}";
}

struct Row {
  const char* name;
  std::string fault;     // of the control API
  std::string manifest;  // applied while it lasts
  const char* kind;      // whose condition is read
  const char* object;
  const char* condition;  // status and reason
  std::vector<const char*> words;
};

class Troubles : public testing::TestWithParam<Row> {};

TEST_P(Troubles, AreExplainedAndPass) {
  const Row& row = GetParam();
  World world;
  ASSERT_NO_FATAL_FAILURE(StartWithGallery(world));
  Fault(world, row.fault);
  world.Apply(row.manifest);
  EXPECT_TRUE(world.RunUntil([&] {
    return world.Condition(row.kind, row.object) == row.condition;
  })) << world.Condition(row.kind, row.object)
      << " " << Message(world, row.kind, row.object);
  const std::string message = Message(world, row.kind, row.object);
  RecordProperty("ready", world.Condition(row.kind, row.object));
  RecordProperty("message", message);
  for (const char* word : row.words) EXPECT_THAT(message, HasSubstr(word));
  // While it lasts nothing is hammered: what only somebody else can heal is tried every 5 to 15
  // minutes.
  const std::size_t before = ToAzure(world.effects().log()).size();
  world.Run(std::chrono::hours(1));
  EXPECT_LE(ToAzure(world.effects().log()).size(), before + 14);
  world.Control(http::Method::kDelete, "faults");
  EXPECT_TRUE(world.RunUntil([&] {
    return world.Condition(row.kind, row.object) == "True/Reconciled";
  })) << Message(world, row.kind, row.object);
}

const std::string kGalleries = R"("pathContains": "/galleries/teaching")";
const std::string kPatchGallery = R"("method": "PATCH", "pathContains": "/galleries/teaching")";
const std::string kPutVersion = R"("method": "PUT", "pathContains": "/versions/")";
const std::string kPutSpring = R"("method": "PUT", "pathContains": "/galleries/spring")";

INSTANTIATE_TEST_SUITE_P(
    Azure, Troubles,
    testing::Values(
        Row{"ALockForbidsTheChange",
            Refusal(kPatchGallery, 409, "ScopeLocked", "The scope cannot perform write operation."),
            Gallery("description: another"),
            "SharedImageGallery",
            "teaching",
            "False/ResourceLocked",
            {"The scope cannot perform write operation.", "code ScopeLocked", "Remove the lock",
             "request "}},
        Row{"APolicyDenies",
            Refusal(kPutSpring, 403, "RequestDisallowedByPolicy",
                    "Resource 'spring' was disallowed by policy 'allowed-locations'."),
            Gallery("", "spring"),
            "SharedImageGallery",
            "spring",
            "False/PolicyDenied",
            {"allowed-locations", "ask its owner for an exemption", "request "}},
        Row{"ARightIsMissing",
            Refusal(kPutSpring, 403, "AuthorizationFailed",
                    "The client does not have authorization to perform action "
                    "'Microsoft.Compute/galleries/write'."),
            Gallery("", "spring"),
            "SharedImageGallery",
            "spring",
            "False/PolicyDenied",
            {"Microsoft.Compute/galleries/write", "Give the operator's identity a role"}},
        Row{"ARegionIsWithdrawn",
            Refusal(kPutSpring, 400, "LocationNotAvailableForResourceType",
                    "The provided location 'westeurope' is not available for resource type "
                    "'Microsoft.Compute/galleries'."),
            Gallery("", "spring"),
            "SharedImageGallery",
            "spring",
            "False/RegionUnavailable",
            {"'westeurope' is not available", "Choose another region"}},
        Row{"AQuotaIsReached",
            Refusal(kPutVersion, 409, "OperationNotAllowed",
                    "Operation could not be completed as it results in exceeding approved Gallery "
                    "image version quota of 10000."),
            Image("replication: {scope: SourceOnly}"),
            "Image",
            "ubuntu",
            "False/QuotaExceeded",
            {"quota of 10000", "ask Azure for a higher limit", "request "}},
        Row{"TheSubscriptionDisappears",
            Refusal(kGalleries, 404, "SubscriptionNotFound",
                    "The subscription could not be found."),
            Gallery("description: another"),
            "SharedImageGallery",
            "teaching",
            "False/AzureError",
            {"code SubscriptionNotFound", "Check subscriptionId, the tenant and the cloud"}},
        Row{"TheSubscriptionIsDisabled",
            Refusal(kPatchGallery, 409, "ReadOnlyDisabledSubscription",
                    "The subscription is disabled and therefore marked as read only."),
            Gallery("description: another"),
            "SharedImageGallery",
            "teaching",
            "False/AzureError",
            {"marked as read only", "enable it again"}},
        Row{"TheTokenIsNotAcceptedAnyMore",
            Refusal(kGalleries, 401, "ExpiredAuthenticationToken", "The access token expired."),
            Gallery("description: another"),
            "SharedImageGallery",
            "teaching",
            "False/CredentialUnavailable",
            {"The access token expired.", "check the clock of this machine"}},
        Row{"TheGroupIsMissing",
            Refusal(kPutSpring, 404, "ResourceGroupNotFound",
                    "Resource group 'labs-rg' could not be found."),
            Gallery("", "spring"),
            "SharedImageGallery",
            "spring",
            "False/WaitingForResourceGroup",
            {"'labs-rg' could not be found", "Create the resource group"}},
        Row{"TheProviderIsNotRegistered",
            Refusal(kPutSpring, 409, "MissingSubscriptionRegistration",
                    "The subscription is not registered to use namespace 'Microsoft.Compute'."),
            Gallery("", "spring"),
            "SharedImageGallery",
            "spring",
            "False/WaitingForProvider",
            {"'Microsoft.Compute'", "Register the resource provider"}}),
    [](const auto& row) { return row.param.name; });

class TroubleTest : public testing::Test {
 protected:
  TroubleTest() {
    HaveGroup(world_);
    HaveManagedImage(world_);
    world_.StartOperator();
    world_.Apply(Gallery());
  }
  bool Reaches(const std::string& kind, const std::string& name, const std::string& condition) {
    return world_.RunUntil([&] { return world_.Condition(kind, name) == condition; });
  }

  World world_;
};

// One refused token is replaced by a fresh one; nobody sees it, and nothing is made twice.
TEST_F(TroubleTest, ATokenThatExpiresInTheMiddleOfAnOperationIsNotSeen) {
  world_.Apply(Image("replication: {scope: SourceOnly}"));
  ASSERT_TRUE(Reaches("Image", "ubuntu", "False/Creating") ||
              world_.Condition("Image", "ubuntu") == "False/Replicating");
  Fault(world_, R"({"match": {"pathContains": "/versions/"}, "action": "fail", "status": 401,
                    "code": "ExpiredAuthenticationToken", "message": "expired", "count": 1})");
  bool told = false;
  EXPECT_TRUE(world_.RunUntil([&] {
    told |= world_.Condition("Image", "ubuntu") == "False/CredentialUnavailable";
    return world_.Condition("Image", "ubuntu") == "True/Reconciled";
  }));
  EXPECT_FALSE(told);
  EXPECT_EQ(Count(ToAzure(world_.effects().log()), "PUT " + VersionId()), 1U);
}

// A subscription that cannot be seen proves nothing: the object keeps its finalizer, and Retain
// lets it go.
TEST_F(TroubleTest, ADeletionWaitsForASubscriptionThatDisappeared) {
  ASSERT_TRUE(world_.Settle());
  Fault(world_, Refusal(R"("pathContains": "/galleries/teaching")", 404, "SubscriptionNotFound",
                        "The subscription could not be found."));
  world_.Delete("SharedImageGallery", "teaching");
  EXPECT_TRUE(Reaches("SharedImageGallery", "teaching", "False/AzureError"));
  EXPECT_THAT(Message(world_, "SharedImageGallery", "teaching"),
              AllOf(HasSubstr("SubscriptionNotFound"), HasSubstr("Check subscriptionId")));
  world_.Run(std::chrono::hours(2));
  EXPECT_TRUE(world_.Exists("SharedImageGallery", "teaching"));
  world_.Control(http::Method::kDelete, "faults");
  EXPECT_TRUE(world_.RunUntil([&] { return !world_.Exists("SharedImageGallery", "teaching"); }));
}

TEST_F(TroubleTest, ALockHoldsADeletionAndIsNamed) {
  ASSERT_TRUE(world_.Settle());
  Fault(world_, Refusal(R"("method": "DELETE", "pathContains": "/galleries/teaching")", 409,
                        "ScopeLocked", "The scope cannot perform delete operation."));
  world_.Delete("SharedImageGallery", "teaching");
  EXPECT_TRUE(Reaches("SharedImageGallery", "teaching", "False/ResourceLocked"));
  EXPECT_THAT(Message(world_, "SharedImageGallery", "teaching"), HasSubstr("Remove the lock"));
  world_.Control(http::Method::kDelete, "faults");
  EXPECT_TRUE(world_.RunUntil([&] { return !world_.Exists("SharedImageGallery", "teaching"); }));
}

// Being asked to come back later is no trouble of the object's.
TEST_F(TroubleTest, ThrottlingNeverTakesReadyAway) {
  ASSERT_TRUE(world_.Settle());
  Fault(world_, R"({"match": {"pathContains": "/galleries/teaching"}, "action": "throttle",
                    "retryAfterSeconds": 30, "count": 100})");
  world_.Apply(Gallery("description: another"));
  for (int i = 0; i < 60; ++i) {
    world_.Run(std::chrono::seconds(10));
    EXPECT_EQ(world_.Condition("SharedImageGallery", "teaching"), "True/Reconciled") << i;
  }
  world_.Control(http::Method::kDelete, "faults");
  ASSERT_TRUE(world_.Settle());
  EXPECT_EQ(world_.Resource(GalleryId()).Text({"properties", "description"}), "another");
}

}  // namespace
}  // namespace labgallery::component
