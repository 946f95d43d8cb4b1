#include "src/json/reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/json/parse.h"

namespace labgallery::json {
namespace {

using testing::ElementsAre;
using testing::Pair;

class ReaderTest : public testing::Test {
 protected:
  Reader Over(std::string_view text) {
    value_ = Parse(text).value();
    return {value_, problems_};
  }

  Problems problems_;

 private:
  Value value_;
};

TEST_F(ReaderTest, ReadsWhatIsThere) {
  const Reader reader = Over(
      R"({"s":"text","i":3,"n":0.5,"b":true,"l":["x","y"],"m":{"k":"v"},"o":{"in":"side"},"os":[{"a":1},{"a":2}]})");
  EXPECT_EQ(reader.String("s"), "text");
  EXPECT_EQ(reader.Integer("i"), 3);
  EXPECT_EQ(reader.OptionalNumber("n"), 0.5);
  EXPECT_EQ(reader.OptionalNumber("i"), 3.0);
  EXPECT_EQ(reader.OptionalBoolean("b"), true);
  EXPECT_THAT(reader.Strings("l"), ElementsAre("x", "y"));
  EXPECT_THAT(reader.StringMap("m"), ElementsAre(Pair("k", "v")));
  EXPECT_EQ(reader.Object("o").String("in"), "side");
  const std::vector<Reader> items = reader.Items("os");
  ASSERT_EQ(items.size(), 2U);
  EXPECT_EQ(items.back().Integer("a"), 2);
  EXPECT_TRUE(problems_.empty());
}

TEST_F(ReaderTest, TakesNullForAbsent) {
  const Reader reader = Over(R"({"s":null,"o":null,"l":null})");
  EXPECT_FALSE(reader.Has("s"));
  EXPECT_EQ(reader.OptionalString("s"), std::nullopt);
  EXPECT_EQ(reader.StringOr("s", "default"), "default");
  EXPECT_EQ(reader.IntegerOr("s", 4), 4);
  EXPECT_TRUE(reader.BooleanOr("s", true));
  EXPECT_FALSE(reader.Object("o").Present());
  EXPECT_EQ(reader.Object("o").Object("deeper").OptionalString("s"), std::nullopt);
  EXPECT_TRUE(reader.Items("l").empty());
  EXPECT_TRUE(reader.Strings("absent").empty());
  EXPECT_TRUE(problems_.empty());
}

TEST_F(ReaderTest, RemembersAllProblemsWithTheirPaths) {
  const Reader reader = Over(
      R"({"properties":{"provisioningState":7,"regions":[{"name":"x"},{"name":false},"z"],"tags":{"a":1}}})");
  const Reader properties = reader.Object("properties");
  properties.OptionalString("provisioningState");
  for (const Reader& region : properties.Items("regions")) region.OptionalString("name");
  properties.StringMap("tags");
  properties.String("id");
  properties.Integer("count");
  properties.Problem("tags", "has no owner");
  EXPECT_THAT(problems_.list(),
              ElementsAre("properties.provisioningState: expected string, got integer",
                          "properties.regions[2]: expected object, got string",
                          "properties.regions[1].name: expected string, got boolean",
                          "properties.tags: expected object of strings, got integer",
                          "properties.id: is required", "properties.count: is required",
                          "properties.tags: has no owner"));
}

TEST_F(ReaderTest, SaysOnceThatARequiredMemberIsOfTheWrongType) {
  const Reader reader = Over(R"({"s":1,"i":"x"})");
  EXPECT_EQ(reader.String("s"), "");
  EXPECT_EQ(reader.Integer("i"), 0);
  EXPECT_THAT(problems_.list(),
              ElementsAre("s: expected string, got integer", "i: expected integer, got string"));
}

TEST_F(ReaderTest, DoesNotRoundNumbersToIntegers) {
  EXPECT_EQ(Over(R"({"i":1.5})").OptionalInteger("i"), std::nullopt);
  EXPECT_THAT(problems_.list(), ElementsAre("i: expected integer, got number"));
}

TEST_F(ReaderTest, RefusesADocumentThatIsNoObject) {
  EXPECT_FALSE(Over("[1]").Present());
  EXPECT_THAT(problems_.list(), ElementsAre("expected object, got array"));
}

TEST(Problems, BecomeOneInvalidInput) {
  Problems problems;
  EXPECT_TRUE(problems.ToStatus());
  problems.Add("a", "is required");
  problems.Add("", "is odd");
  EXPECT_EQ(problems.ToStatus().error(), InvalidInput("a: is required; is odd"));
}

}  // namespace
}  // namespace labgallery::json
