#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/json/parse.h"
#include "src/yaml/parse.h"

namespace labgallery::yaml {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TEST(ParseJson, ReadsOneValueWithPositions) {
  const Parsed parsed = ParseJson("{\n  \"a\": [1,\n    {\"b\\n\": \"]}\"}],\n  \"c\": null\n}\n");
  ASSERT_THAT(parsed.problems, IsEmpty());
  ASSERT_THAT(parsed.documents, SizeIs(1));
  const Document& document = parsed.documents[0];
  EXPECT_EQ(json::Dump(document.value), "{\"a\":[1,{\"b\\n\":\"]}\"}],\"c\":null}");
  EXPECT_EQ(document.PositionOf(""), (Position{1, 1}));
  EXPECT_EQ(document.PositionOf("a"), (Position{2, 3}));
  EXPECT_EQ(document.PositionOf("a[0]"), (Position{2, 9}));
  EXPECT_EQ(document.PositionOf("a[1]"), (Position{3, 5}));
  EXPECT_EQ(document.PositionOf("a[1].b\n"), (Position{3, 6}));
  EXPECT_EQ(document.PositionOf("c"), (Position{4, 3}));
}

TEST(ParseJson, ReadsSurrogateEscapesThatYamlReadersRefuse) {
  const Parsed parsed = ParseJson("{\"a\": \"\\ud83d\\ude00\"}");
  ASSERT_THAT(parsed.documents, SizeIs(1));
  EXPECT_EQ(parsed.documents[0].value.Text({"a"}), "\xF0\x9F\x98\x80");
}

TEST(ParseJson, SaysWhereItIsBroken) {
  const Parsed parsed = ParseJson("{\n  \"a\": 1,\n  \"b\" 2\n}\n");
  EXPECT_THAT(parsed.documents, IsEmpty());
  ASSERT_THAT(parsed.problems, SizeIs(1));
  EXPECT_EQ(parsed.problems[0].position, (Position{3, 7}));
  EXPECT_THAT(parsed.problems[0].reason, HasSubstr("not JSON"));
}

TEST(ParseJson, NamesBothPlacesOfADuplicateKey) {
  const Parsed parsed = ParseJson("{\"x\": {\"a\": 1,\n \"a\": 2}}");
  EXPECT_THAT(parsed.documents, IsEmpty());
  ASSERT_THAT(parsed.problems, SizeIs(1));
  EXPECT_EQ(parsed.problems[0].position, (Position{2, 2}));
  EXPECT_EQ(parsed.problems[0].path, "x.a");
  EXPECT_THAT(parsed.problems[0].reason, HasSubstr("first at line 1, column 8"));
}

TEST(ParseJson, RefusesTextThatEndsTooEarly) {
  for (const char* text : {"", "{", "{\"a", "{\"a\":", "[1,", "{\"a\": \"x\\"}) {
    EXPECT_THAT(ParseJson(text).problems, SizeIs(1)) << text;
  }
}

TEST(ParseJson, LimitsTheDepth) {
  EXPECT_THAT(ParseJson(std::string(100'000, '[')).problems, SizeIs(1));
}

}  // namespace
}  // namespace labgallery::yaml
