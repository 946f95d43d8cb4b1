// What the operator costs the two servers, and how it waits: writes from creation to Ready, silence
// when all is well, what heals by itself, throttling.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "tests/component/campus.h"

namespace labgallery::component {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

class EconomyTest : public testing::Test {
 protected:
  EconomyTest() : EconomyTest(WorldOptions()) {}
  explicit EconomyTest(WorldOptions options) : world_(std::move(options)) {
    world_.StartOperator();
  }
  void Settled() { ASSERT_TRUE(world_.Settle()) << world_.Remains(); }
  /// The name of the image, which is new.
  std::string AddImage(int number) {
    std::string name = "image-" + std::to_string(number);
    HaveManagedImage(world_, name);
    world_.Apply(Image("", name));
    return name;
  }
  /// A gallery with so many images, of which nothing has been new for a while.
  void HaveConverged(int images) {
    Hurry(world_);
    world_.Apply(Gallery());
    for (int i = 0; i < images; ++i) AddImage(i);
    Settled();
    world_.Run(std::chrono::minutes(30));
  }
  bool Reaches(const std::string& kind, const std::string& name, const std::string& condition) {
    return world_.RunUntil([&] { return world_.Condition(kind, name) == condition; });
  }
  /// Writes to the API server about one object.
  std::vector<std::string> ToObject(const std::string& plural_and_name) {
    std::vector<std::string> writes;
    for (const std::string& entry : world_.effects().log()) {
      if (entry.find("kube.test") != std::string::npos &&
          entry.find("/" + plural_and_name) != std::string::npos) {
        writes.push_back(entry);
      }
    }
    return writes;
  }
  std::int64_t Reads() {
    const json::Value log = world_.Control(http::Method::kGet, "requests");
    return Number(log, {"counts", "reads"});
  }

  World world_;
};

TEST_F(EconomyTest, AnObjectCostsThreeWritesToTheApiServerFromCreationToReady) {
  HaveManagedImage(world_);
  Hurry(world_);
  world_.Apply(Gallery());
  ASSERT_TRUE(Reaches("SharedImageGallery", "teaching", "True/Reconciled"));
  world_.Apply(Image());
  world_.Apply(Account(""));
  ASSERT_TRUE(Reaches("Image", "ubuntu", "True/Reconciled"));
  ASSERT_TRUE(Reaches("LabAccount", "cs", "True/Reconciled"));
  EXPECT_THAT(ToObject("sharedimagegalleries/teaching"), SizeIs(testing::Le(4U)))
      << "and one for the image that it holds since";
  EXPECT_THAT(ToObject("images/ubuntu"), SizeIs(4)) << "a minute passes until the version is asked";
  EXPECT_THAT(ToObject("labaccounts/cs"), SizeIs(3));
  EXPECT_THAT(ToAzure(world_.effects().log()), SizeIs(4))
      << "gallery, definition, version, account";
  EXPECT_THAT(world_.Events(), testing::ElementsAre(HasSubstr("ServiceRetiring")))
      << "nothing else to tell on the happy path";
}

TEST_F(EconomyTest, LongWorkAddsAtMostOneStatusAMinute) {
  HaveManagedImage(world_);
  Set(world_, "versionSource", 1800);
  world_.Apply(Gallery());
  world_.Apply(Image("replication: {scope: Geography}"));
  Settled();
  EXPECT_LE(ToObject("images/ubuntu").size(), 3U + 60U);
  EXPECT_GE(ToObject("images/ubuntu").size(), 6U) << "progress is shown";
}

TEST_F(EconomyTest, ConvergedObjectsCostNoWriteAndOnlyBulkReads) {
  HaveConverged(20);
  world_.Control(http::Method::kDelete, "requests");
  EXPECT_THAT(WritesDuring(world_, std::chrono::hours(1)), IsEmpty());
  // 12 pictures of Resource Graph an hour; each image's regions every six hours; the catalog.
  EXPECT_LE(Reads(), 12 + 2 + 2 * 20 / 6 + 4) << "for 21 objects";
}

/// Nothing is looked at again because time has passed: each look has a reason that a test can see.
class UnrepeatedEconomyTest : public EconomyTest {
 protected:
  UnrepeatedEconomyTest()
      : EconomyTest(
            {.settings = {.installation = "test", .sync_period = std::chrono::hours(240)}}) {}
};

TEST_F(UnrepeatedEconomyTest, WhatAGalleryAddsUpIsNoReasonToLookAtItsImages) {
  LoseResourceGraph(world_);
  HaveConverged(10);
  world_.Control(http::Method::kDelete, "requests");
  HaveManagedImage(world_, "one-more");
  world_.Apply(Image("", "one-more"));
  ASSERT_TRUE(Reaches("Image", "one-more", "True/Reconciled"));
  ASSERT_TRUE(world_.RunUntil([&] {
    const json::Value gallery = world_.Object("SharedImageGallery", "teaching");
    return Number(gallery, {"status", "imageCounts", "total"}) == 11;
  }));
  EXPECT_LE(Reads(), 12) << "what the new one needs, and not a look at each";
}

// While a list is one request it serves all who wait for their definitions; one of many pages is
// read once a minute at most, for those whose definition may not be there.
TEST_F(UnrepeatedEconomyTest, ALongListIsNotReadForTheSakeOfOneDefinition) {
  Hurry(world_);
  Set(world_, "definitionWrite", 5);
  Set(world_, "pageSize", 1);
  world_.Apply(Gallery());
  const int images = 20;
  for (int i = 0; i < images; ++i) {
    AddImage(i);
    world_.Run(std::chrono::seconds(3));
  }
  Settled();
  std::map<std::string, int> reads = ReadsByPath(world_);
  EXPECT_LE(reads[GalleryId() + "/images"], 3 * images) << "three lists of twenty pages";
  EXPECT_LE(reads[DefinitionId("image-0")], 2);
}

TEST_F(UnrepeatedEconomyTest, InALargeGalleryADefinitionIsNotReadAgainWhileItsVersionIsMade) {
  Hurry(world_);
  Set(world_, "pageSize", 1);
  Set(world_, "slowPoll", 1);
  world_.Apply(Gallery());
  for (int i = 0; i < 3; ++i) AddImage(i);
  Settled();
  world_.Run(std::chrono::minutes(2));
  world_.Control(http::Method::kDelete, "requests");
  const std::string name = AddImage(3);
  ASSERT_TRUE(Reaches("Image", name, "True/Reconciled"));
  EXPECT_EQ(ReadsByPath(world_)[DefinitionId(name)], 1);
}

// The list is older than the definitions that have been asked for alone since.
TEST_F(UnrepeatedEconomyTest, AnOldListDoesNotProveThatADefinitionHasGone) {
  Hurry(world_);
  Set(world_, "pageSize", 1);
  Set(world_, "slowPoll", 1);
  world_.Apply(Gallery());
  const int images = 5;
  for (int i = 0; i < images; ++i) {
    const std::string name = AddImage(i);
    ASSERT_TRUE(Reaches("Image", name, "True/Reconciled"));
    world_.Annotate("Image", name, "labgallery.io/note", "a reason to look again");
    world_.Run(std::chrono::seconds(2));
    EXPECT_EQ(world_.Condition("Image", name), "True/Reconciled") << Message(world_, "Image", name);
  }
  EXPECT_THAT(ToAzure(world_.effects().log()), SizeIs(1 + 2 * images));
}

// Each image's version by its own read, the definitions in lists that they share.
TEST_F(EconomyTest, WithoutResourceGraphALookCostsOneReadPerImageAndSharedLists) {
  LoseResourceGraph(world_);
  const int images = 60;
  HaveConverged(images);
  world_.Control(http::Method::kDelete, "requests");
  EXPECT_THAT(WritesDuring(world_, std::chrono::hours(1)), IsEmpty());
  const int periods = 12;
  const int refusals_of_graph = 2 * periods;
  const int gallery_reads = 3 * periods;
  EXPECT_LE(Reads(), periods * (images + 11) + gallery_reads + refusals_of_graph);
}

// What has to wait for its turn at Azure's read limit is no more expensive than the rest.
TEST_F(EconomyTest, WithoutResourceGraphALookThatIsHeldBackCostsNoMore) {
  LoseResourceGraph(world_);
  const int images = 400;
  HaveConverged(images);
  world_.Control(http::Method::kDelete, "requests");
  EXPECT_THAT(WritesDuring(world_, std::chrono::hours(1)), IsEmpty());
  const int rounds = 13;
  const int regions = images / 6 + images / 10;
  EXPECT_LE(Reads(), rounds * (images + 11) + regions + 5 * rounds);
}

TEST_F(EconomyTest, AReconcileAtAnnotationAsksForALookNow) {
  HaveGroup(world_);
  world_.Apply(Gallery());
  Settled();
  json::Value body;
  body.Set("properties", {}).Set("description", "by hand");
  world_.Apply(Gallery("description: ours"));
  Settled();
  world_.Control(http::Method::kPatch, "resources?id=" + GalleryId(), body);
  world_.Annotate("SharedImageGallery", "teaching", "labgallery.io/reconcile-at", "now");
  world_.Run(std::chrono::seconds(20));
  EXPECT_EQ(world_.Resource(GalleryId()).Text({"properties", "description"}), "ours");
  EXPECT_EQ(world_.Object("SharedImageGallery", "teaching").Text({"status", "handledReconcileAt"}),
            "now");
  Settled();
  ExpectConverged(world_);
}

// One object that is looked at alone takes a picture, too, which is forgotten soon; the next round
// does not have to do without.
TEST_F(EconomyTest, ALookBetweenTwoRoundsCostsTheNextRoundNothing) {
  const int images = 10;
  HaveConverged(images);
  world_.Control(http::Method::kDelete, "requests");
  for (int i = 0; i < 40; ++i) {
    world_.Annotate("Image", "image-0", "labgallery.io/note", std::to_string(i));
    world_.Run(std::chrono::seconds(97));
  }
  int lists_of_others = 0;
  for (const auto& [path, reads] : ReadsByPath(world_)) {
    if (path.ends_with("/versions") && !path.ends_with("/image-0/versions"))
      lists_of_others += reads;
  }
  EXPECT_LE(lists_of_others, images) << "each image's regions every six hours";
}

// Accounts are read one by one, and each of these slowly: whoever of the subscription comes next
// asks for its picture later than it is kept for nobody.
TEST_F(EconomyTest, ALongRoundKeepsThePicturesForThoseWhoseTurnIsStillToCome) {
  const int accounts = 6;
  for (int i = 0; i < accounts; ++i)
    world_.Apply(Account("gallery: {state: Detached}", "cs" + std::to_string(i)));
  const int images = accounts;
  HaveConverged(images);
  Fault(world_, R"({"match": {"method": "GET", "pathContains": "/labaccounts/"}, "action": "delay",
                    "seconds": 20, "count": 1000000})");
  world_.Control(http::Method::kDelete, "requests");
  world_.Run(std::chrono::hours(1));
  int lists = 0;
  for (const auto& [path, reads] : ReadsByPath(world_)) {
    if (path.find("/galleries/") != std::string::npos) lists += reads;
  }
  EXPECT_LE(lists, images) << "each image's regions every six hours";
}

// Which of them is current is seen in bulk; their regions are read when it is their time.
TEST_F(EconomyTest, VersionsThatWereFoundCostNoReadsOfTheirOwnEither) {
  HaveGallery(world_);
  HaveDefinition(world_);
  const int versions = 4;
  for (int i = 1; i <= versions; ++i) HaveVersion(world_, "1.0." + std::to_string(i));
  world_.Apply(Gallery("adoption: Always"));
  world_.Apply(Definition("adoption: Always"));
  Settled();
  world_.Run(std::chrono::minutes(30));
  world_.Control(http::Method::kDelete, "requests");
  EXPECT_THAT(WritesDuring(world_, std::chrono::hours(6)), IsEmpty());
  int reads = 0;
  for (const auto& [path, count] : ReadsByPath(world_)) {
    if (path.find("/versions") != std::string::npos) reads += count;
  }
  EXPECT_LE(reads, 2 * versions) << "once in six hours, by the clock twice";
}

// Resource Graph answers fifteen queries in five seconds: who comes later waits for his turn.
TEST_F(EconomyTest, MoreSubscriptionsThanTheQuotaHasQueriesAreNotReadSinglyForThat) {
  const int subscriptions = 20;
  for (int i = 0; i < subscriptions; ++i) {
    const std::string number = std::to_string(100 + i);
    const std::string subscription = "00000000-0000-0000-0000-000000000" + number;
    json::Value group;
    group.Set("location", "westeurope");
    world_.Put("/subscriptions/" + subscription + "/resourceGroups/labs", group);
    const std::string head =
        "apiVersion: labgallery.io/v1alpha1\nmetadata: {name: g" + number + "}\n";
    world_.Apply(head + "kind: SharedImageGallery\nspec: {subscriptionId: " + subscription +
                 ", resourceGroup: labs, location: westeurope}\n");
    world_.Apply(head + "kind: Image\nspec: {galleryRef: {name: g" + number +
                 "}, definition: {osType: Linux, osState: Generalized, identifier: {publisher: p, "
                 "offer: o, sku: s}}}\n");
  }
  HaveConverged(1);
  world_.Control(http::Method::kDelete, "requests");
  EXPECT_THAT(WritesDuring(world_, std::chrono::hours(1)), IsEmpty());
  int reads = 0;
  for (const auto& [path, count] : ReadsByPath(world_)) reads += count;
  EXPECT_LE(reads, subscriptions + 1) << "regions every six hours, the catalog";
}

// What only somebody else can heal is tried again in minutes; he who has healed it need not wait.
TEST_F(EconomyTest, AReconcileAtAnnotationTriesOnceAgainWhatFailed) {
  HaveGroup(world_);
  json::Value fault;
  fault.Set("match", json::Value::Object{{"method", json::Value("PUT")},
                                         {"pathContains", json::Value("/galleries/teaching")}});
  fault.Set("action", "fail");
  fault.Set("status", 403);
  fault.Set("code", "RequestDisallowedByPolicy");
  fault.Set("count", 1000000);
  world_.Control(http::Method::kPost, "faults", fault);
  world_.Apply(Gallery());
  ASSERT_TRUE(Reaches("SharedImageGallery", "teaching", "False/PolicyDenied"));
  const auto attempts = [&] { return ToAzure(world_.effects().log()).size(); };
  world_.Run(std::chrono::seconds(20));
  EXPECT_EQ(attempts(), 1U);

  world_.Annotate("SharedImageGallery", "teaching", "labgallery.io/reconcile-at", "first");
  world_.Run(std::chrono::seconds(20));
  EXPECT_EQ(attempts(), 2U);

  world_.Control(http::Method::kDelete, "faults");
  world_.Annotate("SharedImageGallery", "teaching", "labgallery.io/reconcile-at", "second");
  world_.Run(std::chrono::seconds(20));
  EXPECT_EQ(world_.Condition("SharedImageGallery", "teaching"), "True/Reconciled");
}

TEST_F(EconomyTest, DriftIsPutBackWithinTheSyncPeriod) {
  HaveGroup(world_);
  world_.Apply(Gallery("description: ours"));
  Settled();
  json::Value body;
  body.Set("properties", {}).Set("description", "by hand");
  world_.Control(http::Method::kPatch, "resources?id=" + GalleryId(), body);
  world_.Run(std::chrono::minutes(7));
  EXPECT_EQ(world_.Resource(GalleryId()).Text({"properties", "description"}), "ours");
}

TEST_F(EconomyTest, AGalleryThatSomebodyDeletedIsMadeAgain) {
  HaveGroup(world_);
  world_.Apply(Gallery());
  Settled();
  world_.Remove(GalleryId());
  EXPECT_TRUE(world_.RunUntil([&] { return world_.Resource(GalleryId()).IsObject(); },
                              std::chrono::minutes(12)));
  Settled();
  EXPECT_EQ(OwnerOf(world_, GalleryId()), "test/labs/teaching");
}

TEST_F(EconomyTest, DriftIsFoundWhereResourceGraphShowsNothing) {
  HaveGroup(world_);
  Set(world_, "graphMissing", json::Value::Array{GalleryId()});
  world_.Apply(Gallery("description: ours"));
  Settled();
  json::Value body;
  body.Set("properties", {}).Set("description", "by hand");
  world_.Control(http::Method::kPatch, "resources?id=" + GalleryId(), body);
  world_.Run(std::chrono::minutes(12));
  EXPECT_EQ(world_.Resource(GalleryId()).Text({"properties", "description"}), "ours");
  Settled();
  ExpectConverged(world_);
}

TEST_F(EconomyTest, AnOldPictureOfResourceGraphIsOnlyAHint) {
  HaveGroup(world_);
  Set(world_, "graphLag", 600);
  world_.Apply(Gallery("description: first"));
  Settled();
  world_.Run(std::chrono::minutes(20));
  world_.Apply(Gallery("description: second"));
  Settled();
  const std::size_t before = ToAzure(world_.effects().log()).size();
  world_.Run(std::chrono::hours(1));
  EXPECT_THAT(ToAzure(world_.effects().log()), SizeIs(before));
  EXPECT_EQ(world_.Resource(GalleryId()).Text({"properties", "description"}), "second");
}

TEST_F(EconomyTest, AMissingResourceGroupIsAwaitedAndHealsWhenItAppears) {
  world_.Apply(Gallery());
  world_.Apply(Account(kAttachTeaching));
  EXPECT_TRUE(Reaches("SharedImageGallery", "teaching", "False/WaitingForResourceGroup"));
  EXPECT_TRUE(Reaches("LabAccount", "cs", "False/WaitingForResourceGroup"));
  EXPECT_THAT(Message(world_, "SharedImageGallery", "teaching"), HasSubstr("labs-rg"));
  HaveGroup(world_);
  Settled();
  EXPECT_TRUE(world_.Resource(GalleryId()).IsObject());
  ExpectConverged(world_);
}

TEST_F(EconomyTest, RetriesOfWhatOnlyOthersCanHealAreSlow) {
  world_.Apply(Gallery());
  ASSERT_TRUE(Reaches("SharedImageGallery", "teaching", "False/WaitingForResourceGroup"));
  const std::vector<std::string> writes = ToAzure(WritesDuring(world_, std::chrono::hours(1)));
  EXPECT_LE(writes.size(), 12U);
  EXPECT_GE(writes.size(), 3U) << "they go on for ever";
}

TEST_F(EconomyTest, AnUnregisteredProviderIsAwaited) {
  HaveGroup(world_);
  Set(world_, "unregisteredProviders", json::Value::Array{"microsoft.compute"});
  world_.Apply(Gallery());
  EXPECT_TRUE(Reaches("SharedImageGallery", "teaching", "False/WaitingForProvider"));
  Set(world_, "unregisteredProviders", json::Value::Array{});
  Settled();
}

struct Trouble {
  std::string name;
  std::string fault;
  std::string reason;
};

class TroubleTest : public EconomyTest, public testing::WithParamInterface<Trouble> {};

TEST_P(TroubleTest, IsNamedWithCodeAndCorrelationAndHealsByItself) {
  HaveGroup(world_);
  Fault(world_,
        R"({"match": {"method": "PUT", "pathContains": "/galleries/teaching"}, "count": 2,)" +
            GetParam().fault + "}");
  world_.Apply(Gallery());
  EXPECT_TRUE(Reaches("SharedImageGallery", "teaching", "False/" + GetParam().reason));
  EXPECT_THAT(Message(world_, "SharedImageGallery", "teaching"), HasSubstr(", request "));
  EXPECT_GE(Count(world_.Events(), "SharedImageGallery/teaching " + GetParam().reason), 1U);
  Settled();
}

INSTANTIATE_TEST_SUITE_P(
    Economy, TroubleTest,
    testing::Values(
        Trouble{
            "Policy",
            R"("action": "fail", "status": 403, "code": "RequestDisallowedByPolicy", "message": "no")",
            "PolicyDenied"},
        Trouble{
            "Rights",
            R"("action": "fail", "status": 403, "code": "AuthorizationFailed", "message": "no")",
            "PolicyDenied"},
        Trouble{"Lock",
                R"("action": "fail", "status": 409, "code": "ScopeLocked", "message": "no")",
                "ResourceLocked"},
        Trouble{"Quota",
                R"("action": "fail", "status": 409, "code": "QuotaExceeded", "message": "no")",
                "QuotaExceeded"}),
    [](const auto& row) { return row.param.name; });

TEST_F(EconomyTest, ThrottlingNeverTurnsReadyFalseAndIsObeyed) {
  HaveGroup(world_);
  world_.Apply(Gallery());
  Settled();
  Fault(world_, R"({"match": {"method": "PATCH"}, "action": "throttle",
                    "retryAfterSeconds": 120, "count": 3})");
  world_.Apply(Gallery("description: new"));
  std::size_t not_ready = 0;
  ASSERT_TRUE(world_.RunUntil([&] {
    not_ready +=
        world_.Condition("SharedImageGallery", "teaching").find("Throttled") != std::string::npos
            ? 1U
            : 0U;
    return world_.Resource(GalleryId()).Text({"properties", "description"}) == "new";
  }));
  EXPECT_EQ(not_ready, 0U);
  Settled();
  EXPECT_EQ(Count(ToAzure(world_.effects().log()), "PATCH"), 4U) << "three refused, one taken";
  EXPECT_THAT(world_.Events(), Not(testing::Contains(HasSubstr("Throttled"))));
}

TEST_F(EconomyTest, ReadsThatAreThrottledDoNotTurnReadyFalse) {
  HaveGroup(world_);
  world_.Apply(Gallery());
  Settled();
  Fault(world_, R"({"match": {}, "action": "throttle", "retryAfterSeconds": 60, "count": 60})");
  std::size_t not_ready = 0;
  world_.RunUntil(
      [&] {
        not_ready +=
            world_.Condition("SharedImageGallery", "teaching") != "True/Reconciled" ? 1U : 0U;
        return false;
      },
      std::chrono::hours(2));
  EXPECT_EQ(not_ready, 0U);
}

TEST_F(EconomyTest, AFailedOperationIsReportedAndTriedAgain) {
  HaveGroup(world_);
  Fault(world_, R"({"match": {"method": "PUT", "pathContains": "/labaccounts/cs"},
                    "action": "failOperation", "code": "InternalServerError",
                    "message": "it broke", "count": 1})");
  world_.Apply(Account(""));
  Settled();
  EXPECT_EQ(world_.Resource(AccountId()).Text({"properties", "provisioningState"}), "Succeeded");
}

}  // namespace
}  // namespace labgallery::component
