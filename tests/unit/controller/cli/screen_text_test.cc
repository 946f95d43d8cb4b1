#include "controller/cli/screen_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace labgallery::cli {
namespace {

using testing::ElementsAre;

TEST(ScreenText, CountsCharactersNotBytes) {
  EXPECT_EQ(Width("abc"), 3U);
  EXPECT_EQ(Width("Zürich"), 6U);
  EXPECT_EQ(Width("██░"), 3U);
  EXPECT_EQ(Width(""), 0U);
}

TEST(ScreenText, IsCutBetweenCharacters) {
  EXPECT_EQ(Fit("Zürich", 6), "Zürich");
  EXPECT_EQ(Fit("Zürich", 5), "Züri…");
  EXPECT_EQ(Fit("Zürich", 3), "Zü…");
  EXPECT_EQ(Fit("Zürich", 1), "…");
  EXPECT_EQ(Fit("Zürich", 0), "");
}

TEST(ScreenText, IsFilledUpByCharacters) {
  EXPECT_EQ(Pad("ü", 3), "ü  ");
  EXPECT_EQ(Pad("abcd", 3), "abcd");
}

TEST(ScreenText, CannotSteerTheTerminal) { EXPECT_EQ(OneLine("a\nb\x1b[2Jc\x7f"), "a b [2Jc "); }

TEST(ScreenText, IsColouredOnlyOnRequest) {
  EXPECT_EQ(Coloured("x", Colour::kNone), "x");
  EXPECT_EQ(Coloured("x", Colour::kRed), "\x1b[31mx\x1b[0m");
  EXPECT_EQ(Coloured("", Colour::kRed), "");
}

TEST(ScreenText, OfATableIsAligned) {
  EXPECT_THAT(Aligned({{"A", "LONGER", "C"}, {"Zürich", "b", ""}, {"x", "y", "z"}}),
              ElementsAre("A       LONGER  C", "Zürich  b", "x       y       z"));
}

}  // namespace
}  // namespace labgallery::cli
