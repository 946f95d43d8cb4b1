#include "src/json/cursor.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "src/json/parse.h"

namespace labgallery::json {
namespace {

TEST(JsonCursor, ReadsWhatItIsAskedForAndPassesOverTheRest) {
  Cursor cursor(R"({"a": {"deep": [1, {"x": "]}"}]}, "b": "text", "c": [ "one" , "t\"wo", 3 ],
                    "d": null, "e": -2.5e1, "f": true})");
  ASSERT_TRUE(cursor.EnterObject());
  EXPECT_EQ(cursor.NextMember(), "a");
  cursor.Skip();
  EXPECT_EQ(cursor.NextMember(), "b");
  EXPECT_EQ(cursor.Text(), "text");
  EXPECT_EQ(cursor.NextMember(), "c");
  ASSERT_TRUE(cursor.EnterArray());
  std::vector<std::string> items;
  while (cursor.NextItem()) items.emplace_back(cursor.Text().value_or("none"));
  EXPECT_EQ(items, (std::vector<std::string>{"one", "t\\\"wo", "none"}));
  EXPECT_EQ(cursor.NextMember(), "d");
  EXPECT_FALSE(cursor.Text());
  EXPECT_EQ(cursor.NextMember(), "e");
  EXPECT_EQ(cursor.Number(), -25);
  EXPECT_EQ(cursor.NextMember(), "f");
  EXPECT_FALSE(cursor.EnterObject());
  EXPECT_FALSE(cursor.NextMember());
}

TEST(JsonCursor, PassesOverWhatIsOfAnotherKind) {
  Cursor cursor(R"({"a":{"b":1},"c":["d"],"e":"f","g":7})");
  ASSERT_TRUE(cursor.EnterObject());
  cursor.NextMember();
  EXPECT_FALSE(cursor.Text());
  cursor.NextMember();
  EXPECT_FALSE(cursor.Number());
  cursor.NextMember();
  EXPECT_FALSE(cursor.EnterArray());
  EXPECT_EQ(cursor.NextMember(), "g");
  EXPECT_EQ(cursor.Number(), 7);
}

TEST(JsonCursor, LeavesEmptyObjectsAndArrays) {
  Cursor cursor(R"([{},[],{"a":[]}])");
  ASSERT_TRUE(cursor.EnterArray());
  ASSERT_TRUE(cursor.NextItem());
  ASSERT_TRUE(cursor.EnterObject());
  EXPECT_FALSE(cursor.NextMember());
  ASSERT_TRUE(cursor.NextItem());
  ASSERT_TRUE(cursor.EnterArray());
  EXPECT_FALSE(cursor.NextItem());
  ASSERT_TRUE(cursor.NextItem());
  cursor.Skip();
  EXPECT_FALSE(cursor.NextItem());
}

// Walks into everything; how many values there were. It must end, whatever the text is.
std::size_t Walk(Cursor& cursor, char kind) {
  std::size_t values = 0;
  if (kind == '{' && cursor.EnterObject()) {
    for (; cursor.NextMember() && values < 1000; ++values) cursor.Skip();
  } else if (kind == '[' && cursor.EnterArray()) {
    for (; cursor.NextItem() && values < 1000; ++values) cursor.Skip();
  }
  return values;
}

TEST(JsonCursor, EndsBehindTextThatIsNoJson) {
  for (const char* text : {"",          "{",         "{\"",         "{\"a",     "{\"a\"",
                           "{\"a\":",   "{\"a\":\"", "{\"a\":\"\\", "{\"a\":[", "{\"a\":[[\"",
                           "{\"a\" 1}", "{a:1}",     "{,,,}",       "}",        "]",
                           "{\"a\":]}", "{\"a\":}",  "[1}",         "[,,",      "[1 2 3",
                           "[{]",       "[:]"}) {
    Cursor cursor(text);
    EXPECT_LT(Walk(cursor, *text), 5U) << text;
    EXPECT_LT(Walk(cursor, '['), 5U) << text;
  }
}

TEST(JsonCursor, FindsTheMembersThatTheParserFinds) {
  const Value value = *Parse(
      R"({"z":{"y":[{"x":"\\\"]"},[[]]]},"a":"b","n":[1,2.5,null,true],"s":"","o":{},"l":[]})");
  std::vector<std::string> wanted;
  for (const auto& [name, member] : *value.AsObject()) wanted.push_back(name);
  const std::string text = Dump(value);
  Cursor cursor(text);
  ASSERT_TRUE(cursor.EnterObject());
  std::vector<std::string> found;
  while (const auto name = cursor.NextMember()) {
    found.emplace_back(*name);
    cursor.Skip();
  }
  EXPECT_EQ(found, wanted);
}

}  // namespace
}  // namespace labgallery::json
