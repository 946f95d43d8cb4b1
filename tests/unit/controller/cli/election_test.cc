#include "controller/cli/election.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace labgallery::cli {
namespace {

TEST(Election, IsHeldUnlessTheServerIsAPlainOne) {
  ControllerOptions options;
  ASSERT_TRUE(LeaseFor(options, "me", "own"));
  options.kube_endpoint = "http://127.0.0.1:1";
  EXPECT_FALSE(LeaseFor(options, "me", "own"));
  options.election.elect = true;
  EXPECT_TRUE(LeaseFor(options, "me", "own"));
  options.kube_endpoint = "";
  options.election.elect = false;
  EXPECT_FALSE(LeaseFor(options, "me", "own"));
}

TEST(Election, IsAboutTheLeaseThatTheFlagsName) {
  ControllerOptions options;
  const auto own = LeaseFor(options, "me", "own");
  EXPECT_EQ(own->key, (kube::ObjectKey{"own", "labgallery"}));
  EXPECT_EQ(own->identity, "me");
  options.election = {.elect = true, .name_space = "other", .id = "lab"};
  EXPECT_EQ(LeaseFor(options, "me", "own")->key, (kube::ObjectKey{"other", "lab"}));
  EXPECT_EQ(LeaseFor({}, "me", "")->key, (kube::ObjectKey{"default", "labgallery"}));
}

TEST(Election, HasAHomeWithoutALease) {
  ControllerOptions options;
  options.election.elect = false;
  EXPECT_EQ(HomeFor(options, "own"), "own");
  EXPECT_EQ(HomeFor(options, ""), "default");
  options.election.name_space = "other";
  EXPECT_EQ(HomeFor(options, "own"), "other");
}

TEST(Election, SaysInTheLeaseWhichNamespacesAreSelected) {
  ControllerOptions options;
  EXPECT_TRUE(LeaseFor(options, "me", "own")->annotations.empty());
  options.name_space = "labs";
  options.election.shard = "red";
  options.election.namespace_selector = "team=red";
  const auto lease = LeaseFor(options, "me", "own");
  EXPECT_EQ(lease->key.name, "labgallery-red");
  EXPECT_EQ(lease->labels.at("app.kubernetes.io/name"), "labgallery");
  EXPECT_EQ(lease->annotations.at("labgallery.io/namespace-selector"), "team=red");
  EXPECT_EQ(lease->annotations.at("labgallery.io/namespace"), "labs");
}

TEST(Election, KnowsAProcessFromTheNextOneOnTheSameHost) {
  SeededRandom random(1);
  const std::string first = ProcessIdentity(random);
  EXPECT_THAT(first, testing::MatchesRegex(".+_[0-9a-f]{8}-[0-9a-f-]{27}"));
  EXPECT_NE(first, ProcessIdentity(random));
}

}  // namespace
}  // namespace labgallery::cli
