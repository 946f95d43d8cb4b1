#include "controller/reconcile/wake_spacing.h"

#include <gtest/gtest.h>

namespace labgallery::reconcile {
namespace {

using std::chrono::seconds;

const runtime::Key kGallery{0, {"labs", "teaching"}};
const SteadyTime kNow{std::chrono::hours(1)};
constexpr Duration kTogether = WakeSpacing::kTogether;
constexpr Duration kSpacing = WakeSpacing::kSpacing;

TEST(TheFirstChange, WakesAtOnce) {
  WakeSpacing spacing;
  EXPECT_EQ(spacing.DelayOf(kGallery, kNow), kTogether);
}

TEST(ChangesThatComeTogether, WakeOnce) {
  WakeSpacing spacing;
  spacing.DelayOf(kGallery, kNow);
  EXPECT_EQ(spacing.DelayOf(kGallery, kNow + kTogether / 2), kTogether / 2);
}

TEST(ChangesThatFollow, WakeTogetherAMinuteLater) {
  WakeSpacing spacing;
  spacing.DelayOf(kGallery, kNow);
  const SteadyTime next = kNow + kTogether + kSpacing;
  EXPECT_EQ(spacing.DelayOf(kGallery, kNow + seconds(5)), next - (kNow + seconds(5)));
  EXPECT_EQ(spacing.DelayOf(kGallery, kNow + seconds(30)), next - (kNow + seconds(30)));
}

TEST(AChangeAfterAQuietTime, WakesAtOnceAgain) {
  WakeSpacing spacing;
  spacing.DelayOf(kGallery, kNow);
  EXPECT_EQ(spacing.DelayOf(kGallery, kNow + 2 * kSpacing), kTogether);
}

TEST(TwoWhoAddUp, DoNotWaitForEachOther) {
  WakeSpacing spacing;
  spacing.DelayOf(kGallery, kNow);
  EXPECT_EQ(spacing.DelayOf({2, {"labs", "account"}}, kNow + seconds(5)), kTogether);
}

TEST(WhatIsForgotten, HadNoInfluenceAnyMore) {
  WakeSpacing spacing;
  spacing.DelayOf(kGallery, kNow);
  spacing.ForgetOld(kNow + kSpacing);
  EXPECT_GT(spacing.DelayOf(kGallery, kNow + kSpacing), Duration(0));
  EXPECT_EQ(spacing.DelayOf(kGallery, kNow + kSpacing), kTogether);
}

}  // namespace
}  // namespace labgallery::reconcile
