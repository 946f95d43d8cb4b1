#include "src/json/schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/json/parse.h"

namespace labgallery::json {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Value Json(std::string_view text) {
  auto value = Parse(text);
  EXPECT_TRUE(value) << text;
  return value ? *value : Value();
}

// A schema of one member "x" under "spec".
Schema Of(const std::string& node) {
  auto schema = Schema::Compile(Json(R"({"type": "object", "properties": {"spec": {"type": "object",
      "properties": {"x": )" + node + "}}}}"));
  EXPECT_TRUE(schema) << node << ": " << (schema ? "" : schema.error().ToString());
  return *schema;
}

std::vector<std::string> Told(const Schema& schema, const Value& value) {
  std::vector<std::string> lines;
  for (const Violation& violation : schema.Validate(value)) {
    lines.push_back(violation.path + ": " + violation.message);
  }
  return lines;
}

struct Row {
  const char* name;
  const char* node;
  const char* x;
  std::vector<std::string> told;
};

class SchemaRule : public testing::TestWithParam<Row> {};

TEST_P(SchemaRule, IsToldInTheServersWords) {
  const Value value = Json(std::string(R"({"spec": {"x": )") + GetParam().x + "}}");
  EXPECT_EQ(Told(Of(GetParam().node), value), GetParam().told);
}

const char* const kMapList = R"({"type": "array", "x-kubernetes-list-type": "map",
    "x-kubernetes-list-map-keys": ["name"], "items": {"type": "object", "required": ["name"],
    "properties": {"name": {"type": "string"}, "count": {"type": "integer"}}}})";
const char* const kOneOf = R"({"type": "object", "properties": {"a": {"type": "string"},
    "b": {"type": "string"}}, "oneOf": [{"required": ["a"]}, {"required": ["b"]}]})";

INSTANTIATE_TEST_SUITE_P(
    Each, SchemaRule,
    testing::Values(
        Row{"StringFits", R"({"type": "string"})", R"("a")", {}},
        Row{"WrongType",
            R"({"type": "string"})",
            "5",
            {R"(spec.x: Invalid value: "integer": spec.x in body must be of type string: "integer")"}},
        Row{"NullIsNoString",
            R"({"type": "string"})",
            "null",
            {R"(spec.x: Invalid value: "null": spec.x in body must be of type string: "null")"}},
        Row{"NullableTakesNull", R"({"type": "string", "nullable": true})", "null", {}},
        Row{"WholeNumberIsInteger", R"({"type": "integer"})", "2.0", {}},
        Row{"FractionIsNoInteger",
            R"({"type": "integer"})",
            "2.5",
            {R"(spec.x: Invalid value: "number": spec.x in body must be of type integer: "number")"}},
        Row{"IntegerIsNumber", R"({"type": "number"})", "2", {}},
        Row{"IntOrStringTakesString", R"({"x-kubernetes-int-or-string": true})", R"("5%")", {}},
        Row{"IntOrStringTakesInteger", R"({"x-kubernetes-int-or-string": true})", "5", {}},
        Row{"IntOrStringRefusesBoolean",
            R"({"x-kubernetes-int-or-string": true})",
            "true",
            {R"(spec.x: Invalid value: "boolean": spec.x in body must be of type integer or string: "boolean")"}},
        Row{"Enum",
            R"({"type": "string", "enum": ["A", "B"]})",
            R"("x")",
            {R"(spec.x: Unsupported value: "x": supported values: "A", "B")"}},
        Row{"PatternIsUnanchored", R"({"type": "string", "pattern": "b+"})", R"("abbc")", {}},
        Row{"Pattern",
            R"({"type": "string", "pattern": "^[a-z]+$"})",
            R"("A")",
            {R"(spec.x: Invalid value: "A": spec.x in body should match '^[a-z]+$')"}},
        Row{"PatternCountsCharacters", R"({"type": "string", "pattern": "^.{2}$"})", R"("äö")", {}},
        Row{"TooLong",
            R"({"type": "string", "maxLength": 3})",
            R"("abcd")",
            {"spec.x: Too long: may not be more than 3 bytes"}},
        Row{"LengthCountsCharacters", R"({"type": "string", "maxLength": 3})", R"("äöü")", {}},
        Row{"TooShort",
            R"({"type": "string", "minLength": 1})",
            R"("")",
            {R"(spec.x: Invalid value: "": spec.x in body should be at least 1 chars long)"}},
        Row{"BelowMinimum",
            R"({"type": "integer", "minimum": 1})",
            "0",
            {"spec.x: Invalid value: 0: spec.x in body should be greater than or equal to 1"}},
        Row{"AboveMaximum",
            R"({"type": "number", "maximum": 1.5})",
            "2",
            {"spec.x: Invalid value: 2: spec.x in body should be less than or equal to 1.5"}},
        Row{"ExclusiveMaximum",
            R"({"type": "integer", "maximum": 2, "exclusiveMaximum": true})",
            "2",
            {"spec.x: Invalid value: 2: spec.x in body should be less than 2"}},
        Row{"MultipleOf",
            R"({"type": "integer", "multipleOf": 3})",
            "4",
            {"spec.x: Invalid value: 4: spec.x in body should be a multiple of 3"}},
        Row{"Int32",
            R"({"type": "integer", "format": "int32"})",
            "3000000000",
            {R"(spec.x: Invalid value: 3000000000: spec.x in body must be of type int32: "3000000000")"}},
        Row{"Int32TakesItsBounds", R"({"type": "integer", "format": "int32"})", "-2147483648", {}},
        Row{"DateTime",
            R"({"type": "string", "format": "date-time"})",
            R"("yesterday")",
            {R"(spec.x: Invalid value: "yesterday": spec.x in body must be of type date-time: "yesterday")"}},
        Row{"DateTimeFits",
            R"({"type": "string", "format": "date-time"})",
            R"("2026-01-02T03:04:05+01:00")",
            {}},
        Row{"UnknownFormatIsIgnored", R"({"type": "string", "format": "colour"})", R"("no")", {}},
        Row{"TooManyItems",
            R"({"type": "array", "maxItems": 1, "items": {"type": "string"}})",
            R"(["a", "b"])",
            {"spec.x: Too many: 2: must have at most 1 items"}},
        Row{"TooFewItems",
            R"({"type": "array", "minItems": 1, "items": {"type": "string"}})",
            "[]",
            {"spec.x: Invalid value: 0: spec.x in body should have at least 1 items"}},
        Row{"WrongItem",
            R"({"type": "array", "items": {"type": "string"}})",
            R"(["a", 1])",
            {R"(spec.x[1]: Invalid value: "integer": spec.x[1] in body must be of type string: "integer")"}},
        Row{"SetRefusesDuplicates",
            R"({"type": "array", "x-kubernetes-list-type": "set", "items": {"type": "string"}})",
            R"(["a", "b", "a"])",
            {R"(spec.x[2]: Duplicate value: "a")"}},
        Row{"MapRefusesDuplicateKeys",
            kMapList,
            R"([{"name": "a", "count": 1}, {"name": "a", "count": 2}])",
            {R"(spec.x[1]: Duplicate value: {"name":"a"})"}},
        Row{"RequiredInItem", kMapList, R"([{"count": 1}])", {"spec.x[0].name: Required value"}},
        Row{"AdditionalProperties",
            R"({"type": "object", "additionalProperties": {"type": "string"}})",
            R"({"0": "a", "k": 1})",
            {R"(spec.x.k: Invalid value: "integer": spec.x.k in body must be of type string: "integer")"}},
        Row{"TooManyProperties",
            R"({"type": "object", "maxProperties": 1, "additionalProperties": {"type": "string"}})",
            R"({"a": "", "b": ""})",
            {"spec.x: Too many: 2: must have at most 1 items"}},
        Row{"TooFewProperties",
            R"({"type": "object", "minProperties": 1, "properties": {"a": {"type": "string"}}})",
            "{}",
            {"spec.x: Invalid value: 0: spec.x in body should have at least 1 properties"}},
        Row{"OneOfFits", kOneOf, R"({"a": ""})", {}},
        Row{"OneOfNone",
            kOneOf,
            "{}",
            {"spec.x.a: Required value", "spec.x.b: Required value",
             R"(spec.x: Invalid value: "": "spec.x" must validate one and only one schema (oneOf). Found none valid)"}},
        Row{"OneOfSeveral",
            kOneOf,
            R"({"a": "", "b": ""})",
            {R"(spec.x: Invalid value: "": "spec.x" must validate one and only one schema (oneOf). Found several valid)"}},
        Row{"AnyOf",
            R"({"type": "integer", "anyOf": [{"maximum": 1}, {"minimum": 5}]})",
            "3",
            {"spec.x: Invalid value: 3: spec.x in body should be less than or equal to 1",
             "spec.x: Invalid value: 3: spec.x in body should be greater than or equal to 5",
             R"(spec.x: Invalid value: "": "spec.x" must validate at least one schema (anyOf))"}},
        Row{"AllOf",
            R"({"type": "integer", "allOf": [{"maximum": 1}]})",
            "3",
            {"spec.x: Invalid value: 3: spec.x in body should be less than or equal to 1"}},
        Row{"Not",
            R"({"type": "object", "properties": {"a": {"type": "string"}}, "not": {"required": ["a"]}})",
            R"({"a": ""})",
            {R"(spec.x: Invalid value: "": "spec.x" must not validate the schema (not))"}},
        Row{"CelIsNotEvaluated",
            R"({"type": "integer", "x-kubernetes-validations": [{"rule": "self > 5"}]})",
            "1",
            {}},
        Row{"UnknownFieldIsNoViolation",
            R"({"type": "object", "properties": {"a": {"type": "string"}}})",
            R"({"b": 1})",
            {}}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Schema, TellsAllViolationsOfAValueAtOnce) {
  const auto schema =
      Schema::Compile(Json(R"({"type": "object", "required": ["spec"], "properties": {
      "spec": {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"},
      "b": {"type": "integer"}}}}})"));
  EXPECT_THAT(Told(*schema, Json("{}")), ElementsAre("spec: Required value"));
  EXPECT_THAT(
      Told(*schema, Json(R"({"spec": {"b": "x"}})")),
      testing::UnorderedElementsAre(
          "spec.a: Required value",
          R"(spec.b: Invalid value: "string": spec.b in body must be of type integer: "string")"));
}

TEST(Schema, MatchesAPatternAgainstAVeryLongValueWithoutExhaustingTheStack) {
  const Schema schema = Of(R"({"type": "string", "pattern": "^(a|b|ab)*c$"})");
  Value value = Json(R"({"spec": {}})");
  value.Find("spec")->Set("x", std::string(300000, 'a'));
  EXPECT_EQ(schema.Validate(value).size(), 1U);
}

TEST(SchemaDefaults, FillWhatIsAbsentToAnyDepth) {
  const Schema schema = Of(R"({"type": "array", "default": [{}], "items": {"type": "object",
      "properties": {"n": {"type": "integer", "default": 1}, "o": {"type": "object", "default": {},
      "properties": {"s": {"type": "string", "default": "d"}}}}}})");
  Value value = Json(R"({"spec": {}})");
  schema.ApplyDefaults(value);
  EXPECT_EQ(value, Json(R"({"spec": {"x": [{"n": 1, "o": {"s": "d"}}]}})"));
}

TEST(SchemaDefaults, NeverCreateTheParentOfADefault) {
  const Schema schema =
      Of(R"({"type": "object", "properties": {"n": {"type": "integer", "default": 1}}})");
  Value value = Json(R"({"spec": {}})");
  schema.ApplyDefaults(value);
  EXPECT_EQ(value, Json(R"({"spec": {}})"));
}

TEST(SchemaDefaults, ReplaceANullThatIsNotAllowedAndKeepOneThatIs) {
  const auto schema = Schema::Compile(Json(R"({"type": "object", "properties": {
      "a": {"type": "string", "default": "d"}, "b": {"type": "string"},
      "c": {"type": "string", "nullable": true, "default": "d"},
      "m": {"type": "object", "additionalProperties": {"type": "string"}}}})"));
  Value value = Json(R"({"a": null, "b": null, "c": null, "m": {"k": null}, "unknown": null})");
  schema->ApplyDefaults(value);
  EXPECT_EQ(value, Json(R"({"a": "d", "c": null, "m": {}, "unknown": null})"));
}

TEST(SchemaPrune, CutsUnknownFieldsAndNamesTheirPaths) {
  const Schema schema = Of(kMapList);
  Value value = Json(R"({"apiVersion": "v1", "kind": "K", "metadata": {"any": 1}, "extra": 1,
      "spec": {"x": [{"name": "a", "nmae": 1}], "y": {"z": 1}}})");
  EXPECT_THAT(schema.Prune(value), ElementsAre("extra", "spec.x[0].nmae", "spec.y"));
  EXPECT_EQ(value, Json(R"({"apiVersion": "v1", "kind": "K", "metadata": {"any": 1},
      "spec": {"x": [{"name": "a"}]}})"));
}

TEST(SchemaPrune, KeepsWhatIsMeantToBeOpen) {
  const Schema schema = Of(R"({"type": "object", "x-kubernetes-preserve-unknown-fields": true,
      "properties": {"known": {"type": "object", "properties": {"a": {"type": "string"}}}}})");
  Value value = Json(R"({"spec": {"x": {"any": {"thing": 1}, "known": {"a": "", "b": ""}}}})");
  EXPECT_THAT(schema.Prune(value), ElementsAre("spec.x.known.b"));
  EXPECT_EQ(value, Json(R"({"spec": {"x": {"any": {"thing": 1}, "known": {"a": ""}}}})"));
}

TEST(SchemaKnownFields, NamesWhatMayStandAtAPlace) {
  const Schema schema = Of(kMapList);
  EXPECT_THAT(schema.KnownFields("spec.x[0]"), ElementsAre("count", "name"));
  EXPECT_THAT(schema.KnownFields("spec.x"), ElementsAre("count", "name"));
  EXPECT_THAT(schema.KnownFields("spec"), ElementsAre("x"));
  EXPECT_THAT(schema.KnownFields(""), ElementsAre("spec"));
  EXPECT_THAT(schema.KnownFields("spec.nothing.here"), IsEmpty());
}

TEST(SchemaCompile, RefusesWhatTheServerWouldNotTake) {
  struct Refused {
    const char* name;
    const char* node;
    const char* problem;
  };
  for (
      const Refused& row : {
          Refused{"no type", R"({"properties": {}})", "spec.x: type is required"},
          Refused{"unknown type", R"({"type": "text"})", "unknown type"},
          Refused{"ref", R"({"type": "string", "$ref": "#/x"})", "spec.x: $ref is forbidden"},
          Refused{"array without items", R"({"type": "array"})", "spec.x: an array needs items"},
          Refused{
              "both kinds of members",
              R"({"type": "object", "properties": {}, "additionalProperties": {"type": "string"}})",
              "exclude each other"},
          Refused{
              "map list without keys",
              R"({"type": "array", "items": {"type": "object"}, "x-kubernetes-list-type": "map"})",
              "x-kubernetes-list-map-keys"},
          Refused{"broken pattern", R"({"type": "string", "pattern": "("})", "pattern \"(\""},
          Refused{"look-ahead", R"x({"type": "string", "pattern": "a(?!b)"})x", "RE2"},
          Refused{"back-reference", R"({"type": "string", "pattern": "(a)\\1"})", "pattern"},
          Refused{"default of the wrong type", R"({"type": "string", "default": 1})",
                  "spec.x: its default breaks it"},
      }) {
    SCOPED_TRACE(row.name);
    const auto schema =
        Schema::Compile(Json(std::string(R"({"type": "object", "properties": {"spec":
        {"type": "object", "properties": {"x": )") +
                             row.node + "}}}}"));
    ASSERT_FALSE(schema);
    EXPECT_EQ(schema.error().kind, ErrorKind::kInvalidInput);
    EXPECT_THAT(schema.error().message, HasSubstr(row.problem));
  }
}

}  // namespace
}  // namespace labgallery::json
