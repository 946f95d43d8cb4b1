// Credentials by Secrets, end to end: three scopes, a change without a restart, a namespace that
// ends.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/base/base64.h"
#include "tests/component/campus.h"

namespace labgallery::component {
namespace {

using testing::HasSubstr;
using testing::Not;

class CredentialsTest : public testing::Test {
 protected:
  CredentialsTest() {
    HaveGroup(world_);
    world_.StartOperator();
  }
  void HaveSecret(const std::string& client_secret, const std::string& name_space = "labs") {
    world_.Apply("apiVersion: v1\nkind: Secret\nmetadata: {name: azure, namespace: " + name_space +
                 "}\ndata:\n  AZURE_TENANT_ID: " + EncodeBase64("tenant-1") +
                 "\n  AZURE_CLIENT_ID: " + EncodeBase64("client-1") +
                 "\n  AZURE_CLIENT_SECRET: " + EncodeBase64(client_secret) + "\n");
  }
  bool Reaches(const std::string& name, const std::string& condition,
               Duration limit = std::chrono::hours(12)) {
    return world_.RunUntil(
        [&] { return world_.Condition("SharedImageGallery", name) == condition; }, limit);
  }
  std::string Message(const std::string& name) {
    const json::Value object = world_.Object("SharedImageGallery", name);
    const json::Value* ready = kube::FindCondition(*object.Find("status"), "Ready");
    return std::string(ready->Text({"message"}));
  }

  std::ostringstream log_;
  World world_{{.log = &log_}};
};

TEST_F(CredentialsTest, OfASecretServeTheObjectThatNamesIt) {
  HaveSecret("hunter2");
  world_.Apply(Gallery("credentialsRef: {name: azure}"));
  ASSERT_TRUE(Reaches("teaching", "True/Reconciled")) << world_.Remains();
  EXPECT_EQ(world_.Resource(GalleryId()).Text({"tags", "labgallery-owner"}), "test/labs/teaching");
  world_.StopOperator();  // who has written the status tells the log of it afterwards
  EXPECT_THAT(log_.str(), Not(HasSubstr("hunter2")));
}

TEST_F(CredentialsTest, ThatAreMissingHoldNobodyElseUpAndAreTakenWhenTheyCome) {
  world_.Apply(Gallery("credentialsRef: {name: azure}"));
  world_.Apply(Gallery("", "other"));
  ASSERT_TRUE(Reaches("teaching", "False/CredentialUnavailable"));
  EXPECT_THAT(Message("teaching"), HasSubstr("labs/azure"));
  ASSERT_TRUE(Reaches("other", "True/Reconciled"));
  HaveSecret("s");
  EXPECT_TRUE(Reaches("teaching", "True/Reconciled", std::chrono::minutes(2)));
}

TEST_F(CredentialsTest, OfANamespaceServeAllItsObjects) {
  world_.Annotate("Namespace", "labs", "labgallery.io/credentials", "azure");
  world_.Apply(Gallery());
  ASSERT_TRUE(Reaches("teaching", "False/CredentialUnavailable"));
  HaveSecret("s");
  EXPECT_TRUE(Reaches("teaching", "True/Reconciled", std::chrono::minutes(2)));
}

TEST_F(CredentialsTest, ThatAreLostNeedNotHoldAnObjectThatRetains) {
  world_.Apply(Gallery("credentialsRef: {name: azure}\ndeletionPolicy: Retain"));
  ASSERT_TRUE(Reaches("teaching", "False/CredentialUnavailable"));
  world_.Delete("SharedImageGallery", "teaching");
  EXPECT_TRUE(world_.RunUntil([&] { return !world_.Exists("SharedImageGallery", "teaching"); },
                              std::chrono::minutes(2)));
}

TEST_F(CredentialsTest, CleanUpANamespaceThatEndsWithItsSecret) {
  HaveSecret("s");
  world_.Apply(Gallery("credentialsRef: {name: azure}"));
  ASSERT_TRUE(Reaches("teaching", "True/Reconciled"));
  world_.Delete("Namespace", "labs", "");
  EXPECT_TRUE(world_.RunUntil([&] { return !world_.Exists("Namespace", "labs", ""); }));
  EXPECT_TRUE(world_.Resource(GalleryId()).IsNull());
}

}  // namespace
}  // namespace labgallery::component
