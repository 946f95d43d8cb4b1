#include "src/yaml/write.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/json/parse.h"
#include "src/yaml/parse.h"

namespace labgallery::yaml {
namespace {

TEST(ToYaml, IsLaidOutAsKubectlDoesIt) {
  const auto value = json::Parse(
      R"({"items":[{"a":1,"b":{"c":[]}},[1,2],"x"],"kind":"List","metadata":{},"nothing":null,"t":true})");
  ASSERT_TRUE(value);
  EXPECT_EQ(ToYaml(*value),
            "items:\n"
            "- a: 1\n"
            "  b:\n"
            "    c: []\n"
            "- - 1\n"
            "  - 2\n"
            "- x\n"
            "kind: List\n"
            "metadata: {}\n"
            "nothing: null\n"
            "t: true\n");
}

TEST(ToYaml, WritesLongTextAsABlock) {
  EXPECT_EQ(ToYaml(json::Value(json::Value::Object{{"a", "x: y\n\nz"}, {"b", "x\ny\n"}})),
            "a: |-\n  x: y\n\n  z\nb: |\n  x\n  y\n");
}

struct Text {
  const char* name;
  const char* text;
  const char* want;
};
void PrintTo(const Text& row, std::ostream* out) { *out << row.name; }

class ToYamlText : public testing::TestWithParam<Text> {};

TEST_P(ToYamlText, IsQuotedWhereAReaderCouldMistakeIt) {
  EXPECT_EQ(ToYaml(json::Value(GetParam().text)), std::string(GetParam().want) + "\n");
}

INSTANTIATE_TEST_SUITE_P(
    Rows, ToYamlText,
    testing::Values(Text{"Word", "westeurope", "westeurope"}, Text{"Version", "1.0.0", "1.0.0"},
                    Text{"Path", "/subscriptions/x", "/subscriptions/x"}, Text{"Empty", "", "\"\""},
                    Text{"True", "true", "\"true\""}, Text{"Null", "null", "\"null\""},
                    Text{"Yes", "yes", "\"yes\""}, Text{"Number", "1", "\"1\""},
                    Text{"Octal", "017", "\"017\""}, Text{"Sexagesimal", "1:30", "\"1:30\""},
                    Text{"Date", "2026-11-25", "\"2026-11-25\""},
                    Text{"Time", "2026-11-25T10:00:00Z", "\"2026-11-25T10:00:00Z\""},
                    Text{"ColonBlank", "a: b", "\"a: b\""}, Text{"ColonAtTheEnd", "a:", "\"a:\""},
                    Text{"Comment", "a #b", "\"a #b\""}, Text{"Indicator", "*a", "\"*a\""},
                    Text{"Dash", "- a", "\"- a\""}, Text{"BlankAtTheEnd", "a ", "\"a \""},
                    Text{"Tab", "a\tb", "\"a\\tb\""}, Text{"Control", "a\x01", "\"a\\x01\""},
                    Text{"Delete", "a\x7F", "\"a\\x7F\""},
                    Text{"C1Control", "a\xC2\x85z", "\"a\\u0085z\""},
                    Text{"LineSeparator", "\xE2\x80\xA8", "\"\\u2028\""},
                    Text{"FeedAtTheStart", "\na", "\"\\na\""},
                    Text{"Umlaut", "\xC3\xA4", "\xC3\xA4"},
                    Text{"Quote", "\"a\" \\", "\"\\\"a\\\" \\\\\""}),
    [](const auto& row) { return row.param.name; });

TEST_P(ToYamlText, IsReadBackAsItWas) {
  for (const json::Value& value :
       {json::Value(GetParam().text),
        json::Value(json::Value::Object{{GetParam().text, GetParam().text}}),
        json::Value(json::Value::Array{GetParam().text, json::Value::Array{GetParam().text}})}) {
    const Parsed parsed = ParseYaml(ToYaml(value));
    ASSERT_EQ(parsed.problems.size(), 0U) << ToYaml(value) << parsed.problems[0].reason;
    ASSERT_EQ(parsed.documents.size(), 1U) << ToYaml(value);
    EXPECT_EQ(parsed.documents[0].value, value) << ToYaml(value);
  }
}

TEST(ToYaml, IsReadBackAsItWas) {
  const auto value = json::Parse(
      R"({"a":[[],[[1]],{},{"b":{"c":"x\ny\n\n"}},-1.5,1e300,""," x","a\n b\n","\n"],"k: y":{"":[{"d":[1]}]}})");
  ASSERT_TRUE(value);
  const Parsed parsed = ParseYaml(ToYaml(*value));
  ASSERT_EQ(parsed.documents.size(), 1U) << ToYaml(*value);
  EXPECT_EQ(parsed.documents[0].value, *value) << ToYaml(*value);
}

}  // namespace
}  // namespace labgallery::yaml
