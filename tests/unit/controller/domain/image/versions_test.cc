#include "controller/domain/image/versions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace labgallery::domain::image {
namespace {

using testing::ElementsAre;

struct NumberRow {
  const char* name;
  const char* text;
  std::optional<VersionNumber> want;
};

class VersionNumberText : public testing::TestWithParam<NumberRow> {};

TEST_P(VersionNumberText, IsRead) { EXPECT_EQ(ParseVersion(GetParam().text), GetParam().want); }

INSTANTIATE_TEST_SUITE_P(
    Rows, VersionNumberText,
    testing::Values(
        NumberRow{"Usual", "1.20.3", VersionNumber{1, 20, 3}},
        NumberRow{"Date", "2026.1125.0", VersionNumber{2026, 1125, 0}},
        NumberRow{"Largest", "0.0.2147483647", VersionNumber{0, 0, 2147483647}},
        NumberRow{"TooLarge", "0.0.2147483648", std::nullopt},
        NumberRow{"TwoParts", "1.0", std::nullopt}, NumberRow{"FourParts", "1.0.0.0", std::nullopt},
        NumberRow{"EmptyPart", "1..0", std::nullopt}, NumberRow{"Negative", "1.-1.0", std::nullopt},
        NumberRow{"Plus", "1.+1.0", std::nullopt}, NumberRow{"Letters", "1.0.0-rc", std::nullopt},
        NumberRow{"Empty", "", std::nullopt}),
    [](const auto& row) { return row.param.name; });

FoundVersion Good(std::string name) {
  return {.name = std::move(name),
          .ours = true,
          .succeeded = true,
          .replicating = false,
          .ready = true};
}

FoundVersion Foreign(std::string name) {
  FoundVersion version = Good(std::move(name));
  version.ours = false;
  return version;
}

FoundVersion Failed(std::string name) {
  FoundVersion version = Good(std::move(name));
  version.succeeded = version.ready = false;
  return version;
}

FoundVersion Filling(std::string name) {
  FoundVersion version = Good(std::move(name));
  version.replicating = true;
  version.ready = false;
  return version;
}

FoundVersion Excluded(std::string name) {
  FoundVersion version = Good(std::move(name));
  version.exclude_from_latest = true;
  return version;
}

struct CurrentRow {
  const char* name;
  std::optional<std::string> spec;
  std::vector<FoundVersion> versions;
  std::optional<std::string> want;
};

class CurrentVersionIs : public testing::TestWithParam<CurrentRow> {};

TEST_P(CurrentVersionIs, ForTheseVersions) {
  EXPECT_EQ(CurrentVersion(GetParam().spec, GetParam().versions), GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, CurrentVersionIs,
    testing::Values(
        CurrentRow{"TheOneInTheSpec", "1.0.0", {Good("2.0.0")}, "1.0.0"},
        CurrentRow{
            "TheHighestByNumber", {}, {Good("9.0.0"), Good("10.0.0"), Good("1.0.0")}, "10.0.0"},
        CurrentRow{"NotOneExcludedFromLatest", {}, {Good("1.0.0"), Excluded("2.0.0")}, "1.0.0"},
        CurrentRow{"NotOneThatFailed", {}, {Good("1.0.0"), Failed("2.0.0")}, "1.0.0"},
        CurrentRow{"NotOneThatIsBeingFilled", {}, {Good("1.0.0"), Filling("2.0.0")}, "1.0.0"},
        CurrentRow{"OneThatIsForeign", {}, {Foreign("1.0.0")}, "1.0.0"},
        CurrentRow{"NoneWhereNoneIsReady", {}, {Filling("1.0.0")}, std::nullopt},
        CurrentRow{"NoneWhereThereIsNone", {}, {}, std::nullopt}),
    [](const auto& row) { return row.param.name; });

struct RetentionRow {
  const char* name;
  Retention retention;
  std::optional<std::string> current;
  std::vector<FoundVersion> versions;
  std::vector<std::string> want;
};

class RetentionRemoves : public testing::TestWithParam<RetentionRow> {};

TEST_P(RetentionRemoves, TheseVersions) {
  const RetentionRow& row = GetParam();
  EXPECT_EQ(VersionsToRemove(row.retention, row.current, row.versions), row.want);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, RetentionRemoves,
    testing::Values(
        RetentionRow{"TheOldest",
                     {2, false},
                     "10.0.0",
                     {Good("10.0.0"), Good("1.0.0"), Good("9.0.0"), Good("2.0.0")},
                     {"1.0.0", "2.0.0"}},
        RetentionRow{"NoneWhileTheCurrentIsNotReady",
                     {1, false},
                     "2.0.0",
                     {Good("1.0.0"), Filling("2.0.0")},
                     {}},
        RetentionRow{"NoneWhileTheCurrentIsMissing", {1, false}, "2.0.0", {Good("1.0.0")}, {}},
        RetentionRow{"NoneWithoutACurrent", {1, false}, std::nullopt, {Good("1.0.0")}, {}},
        RetentionRow{"NeverTheCurrentThoughItIsLow",
                     {2, false},
                     "1.0.0",
                     {Good("1.0.0"), Good("2.0.0"), Good("3.0.0")},
                     {"2.0.0"}},
        RetentionRow{"OnlyOurs",
                     {1, false},
                     "3.0.0",
                     {Foreign("1.0.0"), Good("2.0.0"), Good("3.0.0")},
                     {"2.0.0"}},
        RetentionRow{"ForeignOnesWhenAsked",
                     {1, true},
                     "3.0.0",
                     {Foreign("1.0.0"), Good("2.0.0"), Good("3.0.0")},
                     {"1.0.0", "2.0.0"}},
        RetentionRow{"NotOneThatIsBeingReplicated",
                     {1, false},
                     "3.0.0",
                     {Good("1.0.0"), Filling("2.0.0"), Good("3.0.0")},
                     {"1.0.0"}},
        RetentionRow{"FailedOnesDoNotCount",
                     {2, false},
                     "4.0.0",
                     {Good("1.0.0"), Good("2.0.0"), Failed("3.0.0"), Good("4.0.0")},
                     {"1.0.0"}},
        RetentionRow{"FailedOnesGoWhenTheyAreOld",
                     {2, false},
                     "4.0.0",
                     {Failed("1.0.0"), Good("3.0.0"), Good("4.0.0")},
                     {"1.0.0"}},
        RetentionRow{
            "NoneWhenThereAreFewer", {5, true}, "2.0.0", {Good("1.0.0"), Good("2.0.0")}, {}}),
    [](const auto& row) { return row.param.name; });

struct RecreateRow {
  const char* name;
  std::optional<std::string> annotation;
  const char* handled;
  RecreateRequest want;
};

class RecreateAnnotation : public testing::TestWithParam<RecreateRow> {};

TEST_P(RecreateAnnotation, IsReadForVersion1) {
  EXPECT_EQ(ReadRecreateRequest(GetParam().annotation, GetParam().handled, "1.0.0"),
            GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, RecreateAnnotation,
    testing::Values(RecreateRow{"Absent", {}, "", RecreateRequest::kNone},
                    RecreateRow{"Empty", "", "", RecreateRequest::kNone},
                    RecreateRow{"Plain", "1.0.0", "", RecreateRequest::kRequested},
                    RecreateRow{"WithAMark", "1.0.0@monday", "1.0.0", RecreateRequest::kRequested},
                    RecreateRow{"SecondMark", "1.0.0@2", "1.0.0@1", RecreateRequest::kRequested},
                    RecreateRow{"Handled", "1.0.0@1", "1.0.0@1", RecreateRequest::kHandled},
                    RecreateRow{"OtherVersion", "2.0.0", "", RecreateRequest::kOtherVersion},
                    RecreateRow{"LongerVersion", "1.0.01", "", RecreateRequest::kOtherVersion}),
    [](const auto& row) { return row.param.name; });

TEST(VersionPresence, OfAVersionThatVanishedNeedsARequest) {
  using enum VersionPresence;
  EXPECT_EQ(PresenceOf("1.0.0", true, "1.0.0", RecreateRequest::kRequested), kPresent);
  EXPECT_EQ(PresenceOf("1.0.0", false, "", RecreateRequest::kNone), kToMake);
  EXPECT_EQ(PresenceOf("2.0.0", false, "1.0.0", RecreateRequest::kNone), kToMake);
  EXPECT_EQ(PresenceOf("1.0.0", false, "1.0.0", RecreateRequest::kNone), kMissing);
  EXPECT_EQ(PresenceOf("1.0.0", false, "1.0.0", RecreateRequest::kHandled), kMissing);
  EXPECT_EQ(PresenceOf("1.0.0", false, "1.0.0", RecreateRequest::kOtherVersion), kMissing);
  EXPECT_EQ(PresenceOf("1.0.0", false, "1.0.0", RecreateRequest::kRequested), kToRecreate);
}

}  // namespace
}  // namespace labgallery::domain::image
