#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/json/parse.h"
#include "src/yaml/parse.h"

namespace labgallery::yaml {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::string Json(const Parsed& parsed) {
  std::string out;
  for (const Document& document : parsed.documents) out += json::Dump(document.value) + "\n";
  return out;
}

struct Reading {
  const char* name;
  const char* text;
  const char* want;
};
void PrintTo(const Reading& row, std::ostream* out) { *out << row.name; }

class ParseYamlReads : public testing::TestWithParam<Reading> {};

TEST_P(ParseYamlReads, AsJson) {
  const Parsed parsed = ParseYaml(GetParam().text);
  EXPECT_THAT(parsed.problems, IsEmpty())
      << (parsed.problems.empty() ? "" : parsed.problems[0].reason);
  EXPECT_EQ(Json(parsed), GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, ParseYamlReads,
    testing::Values(Reading{"BlockAndFlow", "a: {b: [1, 'x', null]}\nc:\n- true\n- d: 2\n",
                            "{\"a\":{\"b\":[1,\"x\",null]},\"c\":[true,{\"d\":2}]}\n"},
                    Reading{"QuotedScalarsAsStrings", "{a: '1', b: \"yes\", c: \"017\", d: ''}",
                            "{\"a\":\"1\",\"b\":\"yes\",\"c\":\"017\",\"d\":\"\"}\n"},
                    Reading{"TaggedScalars", "{a: !!str 5, b: !!int 5, c: ! x}",
                            "{\"a\":\"5\",\"b\":5,\"c\":\"x\"}\n"},
                    Reading{"BlockScalars", "a: |\n  x\n  y\nb: >-\n  x\n  y\n",
                            "{\"a\":\"x\\ny\\n\",\"b\":\"x y\"}\n"},
                    Reading{"SeveralDocuments", "a: 1\n---\nb: 2\n...\n---\nc: 3\n",
                            "{\"a\":1}\n{\"b\":2}\n{\"c\":3}\n"},
                    Reading{"NoEmptyDocuments", "---\n---\n# nothing\n---\na: 1\n---\n",
                            "{\"a\":1}\n"},
                    Reading{"Directives", "%YAML 1.2\n---\na: 1\n", "{\"a\":1}\n"},
                    Reading{"ByteOrderMark",
                            "\xEF\xBB\xBF"
                            "a: 1\n",
                            "{\"a\":1}\n"},
                    Reading{"AllOfUnicode", "a: \xC3\xBC\xEF\xBF\xBD\xF0\x9F\x8E\x93\n",
                            "{\"a\":\"\xC3\xBC\xEF\xBF\xBD\xF0\x9F\x8E\x93\"}\n"},
                    Reading{"CarriageReturns", "a: 1\r\n---\r\nb: 2\r\n", "{\"a\":1}\n{\"b\":2}\n"},
                    Reading{"MarkersInsideOfLines", "a: x---y\nb: '--- z'\n",
                            "{\"a\":\"x---y\",\"b\":\"--- z\"}\n"},
                    Reading{"Aliases", "a: &x {b: 1}\nc: *x\nd: [*x]\n",
                            "{\"a\":{\"b\":1},\"c\":{\"b\":1},\"d\":[{\"b\":1}]}\n"},
                    Reading{"MergeKeysOwnFirst", "a: &x {b: 1, c: 2}\nd:\n  <<: *x\n  c: 3\n",
                            "{\"a\":{\"b\":1,\"c\":2},\"d\":{\"b\":1,\"c\":3}}\n"},
                    Reading{"MergeKeysOfAListInOrder", "a: {<<: [{b: 1}, {b: 2, c: 3}]}\n",
                            "{\"a\":{\"b\":1,\"c\":3}}\n"},
                    Reading{"QuotedMergeKeyAsText", "{'<<': 1}", "{\"<<\":1}\n"},
                    Reading{"NumbersAsKeys", "{1: a}", "{\"1\":\"a\"}\n"},
                    Reading{"Unicode", "a: \"\\u00e9 é\"", "{\"a\":\"é é\"}\n"}),
    [](const auto& row) { return row.param.name; });

struct Refusal {
  const char* name;
  const char* text;
  Position at;
  const char* reason;
};
void PrintTo(const Refusal& row, std::ostream* out) { *out << row.name; }

class ParseYamlRefuses : public testing::TestWithParam<Refusal> {};

TEST_P(ParseYamlRefuses, WithThePlace) {
  const Parsed parsed = ParseYaml(GetParam().text);
  EXPECT_THAT(parsed.documents, IsEmpty());
  ASSERT_THAT(parsed.problems, SizeIs(1));
  EXPECT_EQ(parsed.problems[0].position, GetParam().at)
      << parsed.problems[0].position.line << ":" << parsed.problems[0].position.column;
  EXPECT_THAT(parsed.problems[0].reason, HasSubstr(GetParam().reason));
  EXPECT_NE(parsed.problems[0].remedy, "");
}

INSTANTIATE_TEST_SUITE_P(
    Rows, ParseYamlRefuses,
    testing::Values(
        Refusal{"DuplicateKeys",
                "a:\n  b: 1\n  c: 2\n  b: 3\n",
                {4, 3},
                "\"b\" stands here twice, first at line 2, column 3"},
        Refusal{"DisputedBooleans", "a: 1\nb:  on\n", {2, 5}, "boolean to some readers"},
        Refusal{"UnknownTags", "a: !ref x\n", {1, 4}, "tag"},
        Refusal{"UnknownTagsOnMappings", "a: !ref {b: 1}\n", {1, 4}, "tag"},
        Refusal{"MappingsAsKeys", "? {a: 1}\n: b\n", {1, 3}, "a key must be text, not object"},
        Refusal{"NullKeys", "~: b\n", {1, 1}, "a key must be text, not null"},
        Refusal{"MergesOfScalars", "a: {<<: 1}\n", {1, 5}, "must be given a mapping"},
        Refusal{"SelfReference", "a: &x [*x]\n", {1, 8}, "inside of what it names"},
        Refusal{"UnknownAliases", "a: *x\n", {1, 4}, "anchor"},
        Refusal{"OpenBrackets", "a: [1\nb: 2\n", {2, 2}, "not YAML"},
        Refusal{"Tabs", "a:\n\tb: 1\n", {2, 3}, "not YAML"},
        Refusal{"TextAfterTheEnd", "- a\nb: 1\n", {2, 1}, "not YAML"},
        Refusal{"Latin1", "a: x\nb: gr\xFC\xDF\n", {2, 6}, "the byte 0xFC is not UTF-8"},
        Refusal{"Latin1InComments", "a: x # \xE4\n", {1, 8}, "the byte 0xE4 is not UTF-8"},
        Refusal{"OverlongCharacters", "a: \xC0\xAF\n", {1, 4}, "the byte 0xC0 is not UTF-8"},
        Refusal{"Surrogates", "a: \xED\xA0\x80\n", {1, 4}, "the byte 0xED is not UTF-8"},
        Refusal{"CharactersBeyondUnicode", "a: \xF4\x90\x80\x80\n", {1, 4}, "0xF4 is not UTF-8"},
        Refusal{"CutCharacters", "a: \xE6\xBC", {1, 4}, "the byte 0xE6 is not UTF-8"},
        Refusal{"Utf16",
                "\xFF\xFE"
                "a",
                {1, 1},
                "UTF-16"},
        Refusal{"ControlCharacters", "a: x\nb: \x1B[2J\n", {2, 4}, "a control character, 0x1B"}),
    [](const auto& row) { return row.param.name; });

TEST(ParseYaml, DoesNotLetABrokenDocumentHideTheNextOnes) {
  const Parsed parsed = ParseYaml("a: 1\n---\nb: [\n---\nc: 1\nc: 2\n---\nd: 4\n");
  EXPECT_EQ(Json(parsed), "{\"a\":1}\n{\"d\":4}\n");
  ASSERT_THAT(parsed.problems, SizeIs(2));
  EXPECT_EQ(parsed.problems[0].document, 2);
  EXPECT_EQ(parsed.problems[1].document, 3);
  EXPECT_EQ(parsed.problems[1].position, (Position{6, 1}));
  EXPECT_EQ(parsed.documents[1].number, 4);
}

TEST(ParseYaml, FindsAllProblemsOfADocument) {
  const Parsed parsed = ParseYaml("a: yes\nb: 0x1F\nb: 2\n");
  EXPECT_THAT(parsed.problems, SizeIs(3));
}

TEST(ParseYaml, LeavesADocumentWithADoubtfulValueToBeLookedThrough) {
  const Parsed parsed = ParseYaml("a: yes\nb: 017\nc: 1\nc: 2\n---\nd: {<<: 1}\ne: no\n");
  EXPECT_THAT(parsed.documents, IsEmpty());
  ASSERT_THAT(parsed.doubtful, SizeIs(1));
  EXPECT_EQ(json::Dump(parsed.doubtful[0].value), R"({"a":"yes","b":"017","c":2})");
  EXPECT_THAT(parsed.problems, SizeIs(5));
}

TEST(ParseYaml, KnowsWhereEachPartStands) {
  const Parsed parsed =
      ParseYaml("# c\nx: 0\n---\nspec:\n  regions:\n  - name: a\n  - {name: b, count: 2}\n");
  ASSERT_THAT(parsed.documents, SizeIs(2));
  const Document& document = parsed.documents[1];
  EXPECT_EQ(document.PositionOf(""), (Position{4, 1}));
  EXPECT_EQ(document.PositionOf("spec"), (Position{4, 1}));
  EXPECT_EQ(document.PositionOf("spec.regions[0].name"), (Position{6, 5}));
  EXPECT_EQ(document.PositionOf("spec.regions[1]"), (Position{7, 5}));
  EXPECT_EQ(document.PositionOf("spec.regions[1].count"), (Position{7, 15}));
}

TEST(ParseYaml, PointsAtTheNearestParentOfWhatIsMissing) {
  const Parsed parsed = ParseYaml("spec:\n  a: 1\n");
  ASSERT_THAT(parsed.documents, SizeIs(1));
  EXPECT_EQ(parsed.documents[0].PositionOf("spec.b[3].c"), (Position{1, 1}));
}

TEST(ParseYaml, StopsAliasBombs) {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 10; ++i) {
    const std::string previous = "*a" + std::to_string(i - 1);
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + previous;
    for (int j = 1; j < 10; ++j) text += ", " + previous;
    text += "]\n";
  }
  const Parsed parsed = ParseYaml(text);
  EXPECT_THAT(parsed.documents, IsEmpty());
  ASSERT_THAT(parsed.problems, SizeIs(1));
  EXPECT_THAT(parsed.problems[0].reason, HasSubstr("aliases"));
}

TEST(ParseYaml, StopsAliasesFromGrowingInDepth) {
  std::string text = "a0: &a0 [x]\n";
  for (int i = 1; i < 100; ++i) {
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [*a" + std::to_string(i - 1) +
            "]\n";
  }
  EXPECT_THAT(ParseYaml(text).problems, SizeIs(1));
}

TEST(ParseYaml, LimitsTheDepth) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_THAT(ParseYaml(nested(64)).problems, IsEmpty());
  EXPECT_THAT(ParseYaml(nested(65)).problems, SizeIs(1));
  EXPECT_THAT(ParseYaml(nested(5000)).problems, testing::Not(IsEmpty()));
}

TEST(ParseYaml, LimitsTheSize) {
  EXPECT_THAT(ParseYaml("a: 1234567890", {.max_bytes = 10}).problems, SizeIs(1));
}

}  // namespace
}  // namespace labgallery::yaml
