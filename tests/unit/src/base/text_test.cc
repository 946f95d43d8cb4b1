#include "src/base/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace labgallery {
namespace {

using testing::ElementsAre;

TEST(Lower, ChangesAsciiAndLeavesOtherBytes) { EXPECT_EQ(Lower("AzÜre"), "azÜre"); }

TEST(EqualsIgnoreCase, ComparesWholeTexts) {
  EXPECT_TRUE(EqualsIgnoreCase("Microsoft.Compute", "MICROSOFT.COMPUTE"));
  EXPECT_FALSE(EqualsIgnoreCase("gallery", "galleries"));
  EXPECT_FALSE(EqualsIgnoreCase("a", "b"));
}

TEST(Split, KeepsEmptyPieces) {
  EXPECT_THAT(Split("", '/'), ElementsAre(""));
  EXPECT_THAT(Split("/a//b", '/'), ElementsAre("", "a", "", "b"));
  EXPECT_THAT(Split("a,", ','), ElementsAre("a", ""));
}

TEST(Join, PutsTheSeparatorBetween) {
  EXPECT_EQ(Join({}, ", "), "");
  EXPECT_EQ(Join({"a"}, ", "), "a");
  EXPECT_EQ(Join({"a", "a", ""}, ", "), "a, a, ");
}

TEST(Trim, TakesBlanksFromBothEnds) {
  EXPECT_EQ(Trim(" \t a b\r\n"), "a b");
  EXPECT_EQ(Trim(" \n"), "");
}

struct NearestRow {
  std::string name;
  std::string word;
  std::string nearest;
};
class NearestWord : public testing::TestWithParam<NearestRow> {};
TEST_P(NearestWord, IsSuggested) {
  EXPECT_EQ(Nearest(GetParam().word, {"replicaCount", "excludeRegions", "scope", "regions"}),
            GetParam().nearest);
}
INSTANTIATE_TEST_SUITE_P(Table, NearestWord,
                         testing::ValuesIn<NearestRow>({
                             {"AfterATypingError", "replicaCuont", "replicaCount"},
                             {"WhateverItsCase", "REPLICACOUNT", "replicaCount"},
                             {"AtALetterLess", "region", "regions"},
                             {"AtALetterLessInAShortWord", "scop", "scope"},
                             {"NotWhenFar", "storageAccountType", ""},
                             {"NotForAnEmptyWord", "", ""},
                         }),
                         [](const auto& row) { return row.param.name; });

TEST(Hash, IsTheSameOnEveryMachineAndRelease) {
  // The published test vectors of 64-bit FNV-1a.
  EXPECT_EQ(Fnv1a(""), 0xcbf29ce484222325ULL);
  EXPECT_EQ(Fnv1a("a"), 0xaf63dc4c8601ec8cULL);
  EXPECT_EQ(Fnv1a("foobar"), 0x85944171f73967e8ULL);
  // Part of tag values in Azure: it may never change.
  EXPECT_EQ(Hash128("labs/cs-department"), "9458ced21af0669d4ef45041e32812e4");
  EXPECT_NE(Hash128("a"), Hash128("b"));
}

TEST(CutUtf8, NeverLeavesHalfACharacter) {
  EXPECT_EQ(CutUtf8("abc", 3), "abc");
  EXPECT_EQ(CutUtf8("abc", 2), "ab");
  EXPECT_EQ(CutUtf8("aé", 2), "a");
  EXPECT_EQ(CutUtf8("aé", 3), "aé");
  EXPECT_EQ(CutUtf8("€", 2), "");
}

}  // namespace
}  // namespace labgallery
