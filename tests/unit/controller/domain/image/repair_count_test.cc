// A failed region may be repaired three times a day: what counts is what was sent.
#include <gtest/gtest.h>

#include "controller/domain/image/parts.h"
#include "controller/domain/rules.h"
#include "tests/unit/controller/domain/observations.h"

namespace labgallery::domain::image {
namespace {

/// An image of ours of which region b failed and never was completed.
ImageObservation WithAFailedRegion() {
  ImageObservation seen = AnImage(R"({"version": "1.0.0", "source": {"managedImageId": "/x"},
                                      "replication": {"scope": "Geography"}})");
  seen.versions = {
      AVersion("1.0.0", {{"a"}, {"b", "Failed", 10}, {"c"}}, Tagged::kCreated, "Failed")};
  seen.versions_read = true;
  seen.status.Set("version", "1.0.0");
  return seen;
}

std::int64_t Repairs(const ImageObservation& seen) {
  const Assessment assessment = Assess(seen);
  const json::Value* repairs = assessment.report.details.Find("repairs");
  if (repairs == nullptr || repairs->AsArray()->empty()) return 0;
  return *repairs->AsArray()->front().Find("count")->AsInteger();
}

TEST(ARepair, CountsWhenItIsSent) {
  const ImageObservation seen = WithAFailedRegion();
  ASSERT_EQ(NextStep(Assess(seen).situation).rule, "WritePart");
  EXPECT_EQ(Repairs(seen), 1);
}

TEST(ARepair, DoesNotCountWhileAnOperationOnTheVersionIsStillRemembered) {
  ImageObservation seen = WithAFailedRegion();
  Remember(seen, VersionPart("1.0.0"), Verb::kPut);
  ASSERT_EQ(NextStep(Assess(seen).situation).rule, "MovingPart");
  EXPECT_EQ(Repairs(seen), 0);
}

TEST(ARepair, DoesNotCountWhileTheDefinitionHasItsTurn) {
  ImageObservation seen = WithAFailedRegion();
  seen.spec.Set("tags", {}).Set("course", "ml");
  EXPECT_EQ(Repairs(seen), 0);
}

TEST(ARepair, DoesNotCountForAnObserver) {
  ImageObservation seen = WithAFailedRegion();
  seen.spec.Set("managementPolicy", "Observe");
  EXPECT_EQ(Repairs(seen), 0);
}

}  // namespace
}  // namespace labgallery::domain::image
