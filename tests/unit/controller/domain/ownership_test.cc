#include "controller/domain/ownership.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controller/domain/names.h"
#include "controller/domain/tagging.h"

namespace labgallery::domain {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string kOurs = "inst/labs/teaching";

json::Value Tagged(const Tags& tags) {
  json::Value body;
  body.Set("tags", ToJson(tags));
  return body;
}

TEST(TheOwnerTag, NamesInstallationNamespaceAndObject) {
  EXPECT_EQ(OwnerTag("inst", {"labs", "teaching"}), kOurs);
}

TEST(TheOwnerTag, IsKeptWholeUpToAzuresLimit) {
  const std::string name(256 - std::string("inst/labs/").size(), 'x');
  EXPECT_EQ(OwnerTag("inst", {"labs", name}), "inst/labs/" + name);
}

TEST(TheOwnerTag, HasItsTailReplacedByAHashBeyondThat) {
  const std::string name(253, 'x');
  const std::string tag = OwnerTag("inst", {"labs", name});
  const std::string other = OwnerTag("inst", {"labs", name.substr(1) + "y"});
  EXPECT_EQ(tag.size(), 256U);
  EXPECT_EQ(tag.substr(0, 14), "inst/labs/xxxx");
  EXPECT_EQ(tag, OwnerTag("inst", {"labs", name}));
  EXPECT_NE(tag, other) << "the hash is of the whole";
}

struct OwnerRow {
  const char* name;
  Tags tags;
  Ownership expected;
};

class Ownerships : public testing::TestWithParam<OwnerRow> {};

TEST_P(Ownerships, Is) {
  EXPECT_EQ(OwnershipOf(Tagged(GetParam().tags), kOurs), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    All, Ownerships,
    testing::Values(OwnerRow{"NobodysWithoutATag",
                             {{"department", "cs"}},
                             {Owner::kNobody, Origin::kAdopted, "", ""}},
                    OwnerRow{"OursAndMade",
                             {{"labgallery-owner", kOurs}, {"labgallery-origin", "Created"}},
                             {Owner::kUs, Origin::kCreated, kOurs, ""}},
                    OwnerRow{"OursAndAdopted",
                             {{"labgallery-owner", kOurs}, {"labgallery-origin", "Adopted"}},
                             {Owner::kUs, Origin::kAdopted, kOurs, ""}},
                    OwnerRow{"AdoptedWithoutAnOrigin",
                             {{"labgallery-owner", kOurs}},
                             {Owner::kUs, Origin::kAdopted, kOurs, ""}},
                    OwnerRow{"OursInAnySpellingOfTheKey",
                             {{"LabGallery-Owner", kOurs}, {"LABGALLERY-ORIGIN", "Created"}},
                             {Owner::kUs, Origin::kCreated, kOurs, ""}},
                    OwnerRow{"AnotherObjects",
                             {{"labgallery-owner", "inst/labs/other"}},
                             {Owner::kOther, Origin::kAdopted, "inst/labs/other", ""}},
                    OwnerRow{"AnotherNamespaces",
                             {{"labgallery-owner", "inst/math/teaching"}},
                             {Owner::kOther, Origin::kAdopted, "inst/math/teaching", ""}},
                    OwnerRow{"AnotherInstallations",
                             {{"labgallery-owner", "else/labs/teaching"}},
                             {Owner::kOther, Origin::kAdopted, "else/labs/teaching", ""}},
                    OwnerRow{"NobodysOnceReleased",
                             {{"labgallery-released", "inst/labs/other"}},
                             {Owner::kNobody, Origin::kAdopted, "", "inst/labs/other"}}),
    [](const auto& test) { return test.param.name; });

TEST(OwnershipOf, AResourceWithoutTagsIsNobodys) {
  EXPECT_EQ(OwnershipOf(json::Value(), kOurs).owner, Owner::kNobody);
}

TEST(WithOwner, ReplacesTheReleasedMarkAndKeepsTheRest) {
  EXPECT_EQ(
      WithOwner({{"department", "cs"}, {"LabGallery-Released", "x"}}, kOurs, Origin::kAdopted),
      (Tags{{"department", "cs"}, {"labgallery-owner", kOurs}, {"labgallery-origin", "Adopted"}}));
}

TEST(WithRelease, TurnsOurMarksIntoTheReleasedOne) {
  EXPECT_EQ(
      WithRelease(
          {{"department", "cs"}, {"LabGallery-Owner", kOurs}, {"labgallery-origin", "Created"}},
          kOurs),
      (Tags{{"department", "cs"}, {"labgallery-released", kOurs}}));
}

Rival At(int second, const char* name_space, const char* name) {
  return {{name_space, name}, SystemTime(std::chrono::seconds(second))};
}

struct RivalRow {
  const char* name;
  std::vector<Rival> rivals;
  std::optional<Rival> winner;  // nothing: the object itself, of second 5, labs/m
};

class OlderRivals : public testing::TestWithParam<RivalRow> {};

TEST_P(OlderRivals, Win) {
  EXPECT_EQ(OlderRival(At(5, "labs", "m"), GetParam().rivals), GetParam().winner);
}

INSTANTIATE_TEST_SUITE_P(
    All, OlderRivals,
    testing::Values(
        RivalRow{"NotWithoutRivals", {}, {}}, RivalRow{"NotWhenYounger", {At(6, "a", "a")}, {}},
        RivalRow{"WhenOlder", {At(4, "z", "z")}, At(4, "z", "z")},
        RivalRow{"TheOldestOfThem",
                 {At(4, "z", "z"), At(3, "z", "z"), At(4, "a", "a")},
                 At(3, "z", "z")},
        RivalRow{"ByNamespaceAtTheSameTime", {At(5, "a", "z")}, At(5, "a", "z")},
        RivalRow{"ByNameAtTheSameTimeInOneNamespace", {At(5, "labs", "a")}, At(5, "labs", "a")},
        RivalRow{"NotByALaterName", {At(5, "labs", "z")}, {}}),
    [](const auto& test) { return test.param.name; });

TEST(TheClaimMessage, NamesTheOtherInstallationAndHowToTakeOver) {
  EXPECT_THAT(ClaimMessage("/id", "else/math/gallery", "inst"),
              AllOf(HasSubstr("installation else, namespace math, object gallery"),
                    HasSubstr("--installation else")));
}

TEST(TheClaimMessage, KnowsAnInstallationWithSlashesInItsName) {
  EXPECT_THAT(ClaimMessage("/id", "campus/west/math/gallery", "inst"),
              AllOf(HasSubstr("installation campus/west, namespace math, object gallery"),
                    HasSubstr("--installation campus/west to take over")));
  EXPECT_THAT(ClaimMessage("/id", "campus/west/math/gallery", "campus/west"),
              HasSubstr("deletionPolicy Retain"));
}

TEST(TheClaimMessage, NamesTheOtherObjectOfThisInstallation) {
  EXPECT_THAT(ClaimMessage("/id", "inst/math/gallery", "inst"),
              AllOf(HasSubstr("object gallery"), HasSubstr("deletionPolicy Retain"),
                    Not(HasSubstr("--installation"))));
}

TEST(TheClaimMessage, CopesWithATagOfSomebodyElse) {
  EXPECT_THAT(ClaimMessage("/id", "bob", "inst"), HasSubstr("Remove its tag labgallery-owner"));
}

struct TagRow {
  const char* name;
  Tags wanted;
  Tags present;
  std::vector<Difference> differences;
  Tags sent;
};

class SpecTagsAgainstAzures : public testing::TestWithParam<TagRow> {};

TEST_P(SpecTagsAgainstAzures, Are) {
  const TagRow& row = GetParam();
  EXPECT_EQ(TagDifferences(row.wanted, row.present, false), row.differences);
  EXPECT_EQ(DesiredTags(row.wanted, row.present, {.owner = Owner::kUs}, kOurs), row.sent);
}

INSTANTIATE_TEST_SUITE_P(
    All, SpecTagsAgainstAzures,
    testing::Values(
        TagRow{"Equal", {{"a", "1"}}, {{"a", "1"}, {"b", "2"}}, {}, {{"a", "1"}, {"b", "2"}}},
        TagRow{"AnAddition",
               {{"a", "1"}},
               {{"b", "2"}},
               {{"tags.a", "1", "", true}},
               {{"a", "1"}, {"b", "2"}}},
        TagRow{"AChange", {{"a", "1"}}, {{"a", "9"}}, {{"tags.a", "1", "9", false}}, {{"a", "1"}}},
        TagRow{"EqualInAnotherSpelling",
               {{"Department", "cs"}},
               {{"department", "cs"}},
               {},
               {{"department", "cs"}}},
        TagRow{"AChangeInAnotherSpelling",
               {{"Department", "cs"}},
               {{"department", "math"}},
               {{"tags.Department", "cs", "math", false}},
               {{"department", "cs"}}}),
    [](const auto& test) { return test.param.name; });

TEST(TagDifferences, HaveOurMarkWhereItIsWanted) {
  EXPECT_EQ(TagDifferences({}, {}, true),
            (std::vector<Difference>{{"tags.labgallery-owner", "this object", "", true}}));
}

TEST(DesiredTags, MarkWhatIsNobodysAsAdopted) {
  EXPECT_EQ(
      DesiredTags({{"a", "1"}}, {{"b", "2"}}, {.owner = Owner::kNobody}, kOurs),
      (Tags{
          {"a", "1"}, {"b", "2"}, {"labgallery-owner", kOurs}, {"labgallery-origin", "Adopted"}}));
}

TEST(NewTags, MarkWhatIsMadeAsCreated) {
  EXPECT_EQ(NewTags({{"a", "1"}}, kOurs),
            (Tags{{"a", "1"}, {"labgallery-owner", kOurs}, {"labgallery-origin", "Created"}}));
}

TEST(TagProblem, IsAKeyThatIsKeptForOurMarks) {
  EXPECT_EQ(TagProblem(Tagged({{"department", "cs"}, {"my-labgallery-owner", "x"}})), std::nullopt);
  for (const char* key : {"labgallery-owner", "LabGallery-Anything"}) {
    const auto problem = TagProblem(Tagged({{key, "x"}}));
    ASSERT_TRUE(problem) << key;
    EXPECT_EQ(problem->reason, Reason::kInvalidSpec);
    EXPECT_THAT(problem->message, HasSubstr(key));
  }
}

TEST(TagProblem, IsAKeyThatAzureWouldNotTake) {
  EXPECT_EQ(TagProblem(Tagged({{std::string(512, 'k'), "x"}})), std::nullopt);
  EXPECT_TRUE(TagProblem(Tagged({{std::string(513, 'k'), "x"}})));
}

}  // namespace
}  // namespace labgallery::domain
