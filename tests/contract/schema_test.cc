// What a definition's schema does to objects.
#include "tests/contract/api.h"

namespace labgallery::contract {
namespace {

using testing::HasSubstr;

class SchemaContract : public Contract {
 protected:
  Answer Create(const std::string& name, const std::string& spec, const std::string& query = "") {
    return Post(Widgets() + query, Widget(name, spec));
  }
};

TEST_F(SchemaContract, FillsInDefaultsToAnyDepth) {
  const Answer created = Create("a", R"({"size": 1, "parts": [{"name": "p"}]})");
  EXPECT_EQ(*created.body.Find("spec"),
            Json(R"({"size": 1, "color": "Green", "parts": [{"name": "p", "count": 1}]})"));
}

TEST_F(SchemaContract, ReplacesANullByTheDefaultAndKeepsOneThatIsAllowed) {
  const Answer created = Create("a", R"({"size": 1, "color": null, "code": null, "note": null})");
  ASSERT_EQ(created.status, 201) << created.text;
  EXPECT_EQ(*created.body.Find("spec"), Json(R"({"size": 1, "color": "Green", "note": null})"));
}

TEST_F(SchemaContract, CutsUnknownFieldsAndWarns) {
  const Answer created = Create("a", R"({"size": 1, "siez": 2, "parts": [{"name": "p", "x": 1}]})");
  ASSERT_EQ(created.status, 201) << created.text;
  EXPECT_EQ(created.body.At({"spec", "siez"}), nullptr);
  const std::string warnings = created.Warnings();
  EXPECT_THAT(warnings, HasSubstr(R"(299 - "unknown field \"spec.siez\"")"));
  EXPECT_THAT(warnings, HasSubstr(R"(unknown field \"spec.parts[0].x\")"));
}

TEST_F(SchemaContract, RefusesUnknownFieldsWhenAskedToBeStrict) {
  const Answer strict = Create("a", R"({"size": 1, "siez": 2})", "?fieldValidation=Strict");
  EXPECT_TRUE(IsRefusal(strict, 400, "BadRequest"));
  EXPECT_THAT(strict.Text({"message"}),
              HasSubstr(R"(strict decoding error: unknown field "spec.siez")"));
  EXPECT_EQ(Get(WidgetPath("a")).status, 404);
  json::Value odd = Widget("b");
  odd.Find("metadata")->Set("unheardOf", 1);
  EXPECT_TRUE(IsRefusal(Post(Widgets() + "?fieldValidation=Strict", odd), 400, "BadRequest"));
}

TEST_F(SchemaContract, PassesUnknownFieldsOverSilentlyWhenAskedToIgnore) {
  const Answer created = Create("a", R"({"size": 1, "siez": 2})", "?fieldValidation=Ignore");
  EXPECT_EQ(created.status, 201) << created.text;
  EXPECT_FALSE(created.headers.Get("Warning").has_value());
}

TEST_F(SchemaContract, RefusesAnUnknownFieldValidation) {
  EXPECT_GE(Create("a", R"({"size": 1})", "?fieldValidation=Sometimes").status, 400);
}

TEST_F(SchemaContract, KeepsUnknownFieldsWhereTheDefinitionWantsThem) {
  const Answer created = Create("a", R"({"size": 1, "open": {"any": {"thing": [1, "x"]}}})",
                                "?fieldValidation=Strict");
  EXPECT_EQ(*created.body.At({"spec", "open"}), Json(R"({"any": {"thing": [1, "x"]}})"));
}

struct Row {
  const char* name;
  const char* spec;
  const char* field;
  const char* message;
};

class SchemaRefusal : public SchemaContract, public testing::WithParamInterface<Row> {};

TEST_P(SchemaRefusal, NamesFieldAndReason) {
  const Answer refused = Create("a", GetParam().spec);
  EXPECT_TRUE(IsRefusal(refused, 422, "Invalid"));
  EXPECT_THAT(refused.Text({"message"}),
              HasSubstr(R"(Widget.contract.labgallery.test "a" is invalid: )"));
  EXPECT_THAT(refused.Text({"message"}),
              HasSubstr(std::string(GetParam().field) + ": " + GetParam().message));
  EXPECT_EQ(refused.Text({"details", "kind"}), "Widget");
  EXPECT_EQ(refused.Text({"details", "name"}), "a");
  const json::Value* causes = refused.body.At({"details", "causes"});
  ASSERT_NE(causes, nullptr);
  EXPECT_EQ(causes->AsArray()->at(0).Text({"field"}), GetParam().field);
}

INSTANTIATE_TEST_SUITE_P(
    Each, SchemaRefusal,
    testing::Values(
        Row{"Required", "{}", "spec.size", "Required value"},
        Row{"Type", R"({"size": "1"})", "spec.size",
            R"(Invalid value: "string": spec.size in body must be of type integer: "string")"},
        Row{"Enum", R"({"size": 1, "color": "Blue"})", "spec.color",
            R"(Unsupported value: "Blue": supported values: )"},
        Row{"Minimum", R"({"size": 0})", "spec.size",
            "Invalid value: 0: spec.size in body should be greater than or equal to 1"},
        Row{"Maximum", R"({"size": 101})", "spec.size",
            "Invalid value: 101: spec.size in body should be less than or equal to 100"},
        Row{"Pattern", R"({"size": 1, "code": "A"})", "spec.code",
            R"(Invalid value: "A": spec.code in body should match '^[a-z]+$')"},
        Row{"MaxLength", R"({"size": 1, "code": "abcdef"})", "spec.code",
            "Too long: may not be more than 5 bytes"},
        Row{"DuplicateKey", R"({"size": 1, "parts": [{"name": "p"}, {"name": "p"}]})",
            "spec.parts[1]", "Duplicate value: "},
        Row{"NullItem", R"({"size": 1, "parts": [null]})", "spec.parts[0]",
            R"(Invalid value: "null")"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST_F(SchemaContract, JudgesChangesToo) {
  const Answer created = Create("a", R"({"size": 1})");
  EXPECT_TRUE(IsRefusal(MergePatch(WidgetPath("a"), R"({"spec": {"size": 0}})"), 422, "Invalid"));
  EXPECT_TRUE(IsRefusal(JsonPatch(WidgetPath("a"), R"([{"op": "remove", "path": "/spec/size"}])"),
                        422, "Invalid"));
  json::Value changed = created.body;
  changed.Find("spec")->Set("color", "Blue");
  EXPECT_TRUE(IsRefusal(Put(WidgetPath("a"), changed), 422, "Invalid"));
  EXPECT_EQ(Get(WidgetPath("a")).body, created.body);
}

TEST_F(SchemaContract, RefusesMetadataOfAWrongType) {
  EXPECT_TRUE(IsRefusal(Post(Widgets(), Widget("a", R"({"size": 1})", R"({"labels": {"l": 1}})")),
                        400, "BadRequest"));
  EXPECT_TRUE(IsRefusal(Post(Widgets(), Widget("a", R"({"size": 1})", R"({"labels": {"l": "-"}})")),
                        422, "Invalid"));
}

TEST_F(SchemaContract, EvaluatesCel) {
  if (!TheApi().real) {
    EXPECT_EQ(Create("a", R"({"size": 1, "odd": 2})").status, 201)
        << "not evaluated here, and said so";
    GTEST_SKIP() << "only a kube-apiserver: CEL";
  }
  EXPECT_TRUE(IsRefusal(Create("a", R"({"size": 1, "odd": 2})"), 422, "Invalid"));
}

TEST_F(SchemaContract, RefusesADefinitionThatIsNotStructural) {
  const Answer refused = Post("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", Json(R"({
      "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
      "metadata": {"name": "broken.contract.labgallery.test"},
      "spec": {"group": "contract.labgallery.test", "scope": "Namespaced",
        "names": {"kind": "Broken", "plural": "broken"},
        "versions": [{"name": "v1", "served": true, "storage": true,
          "schema": {"openAPIV3Schema": {"type": "object", "properties": {"spec": {"properties": {}}}}}}]}})"));
  EXPECT_TRUE(IsRefusal(refused, 422, "Invalid"));
}

TEST_F(SchemaContract, SaysThatADefinitionIsEstablished) {
  const Answer definition = Get(
      "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.contract.labgallery.test");
  ASSERT_EQ(definition.status, 200);
  std::string established;
  for (const json::Value& condition : *definition.body.At({"status", "conditions"})->AsArray()) {
    if (condition.Text({"type"}) == "Established") established = condition.Text({"status"});
  }
  EXPECT_EQ(established, "True");
}

}  // namespace
}  // namespace labgallery::contract
