#include "src/embedded_kube/json_patch.h"

#include <gtest/gtest.h>

#include "tests/unit/src/embedded_kube/kinds.h"

namespace labgallery::embedded_kube {
namespace {

struct Row {
  const char* name;
  const char* operations;
  const char* want;  // the value after them, or null for a refusal with `code`
  int code = 0;
};

class JsonPatch : public testing::TestWithParam<Row> {};

TEST_P(JsonPatch, DoesAsRfc6902Says) {
  json::Value value = Json(R"({"a": {"b": [1, 2]}, "x/y": 1, "m~n": 2, "null": null})");
  const auto outcome = ApplyJsonPatch(value, Json(GetParam().operations));
  if (GetParam().want != nullptr) {
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_EQ(value, Json(GetParam().want));
  } else {
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, GetParam().code);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Each, JsonPatch,
    testing::Values(
        Row{"AddMember",
            R"([{"op": "add", "path": "/a/c", "value": 3}, {"op": "remove", "path": "/a/b"}])",
            R"({"a": {"c": 3}, "x/y": 1, "m~n": 2, "null": null})"},
        Row{"AddReplacesAMember", R"([{"op": "add", "path": "/a", "value": 3}])",
            R"({"a": 3, "x/y": 1, "m~n": 2, "null": null})"},
        Row{"AddAtTheEnd", R"([{"op": "add", "path": "/a/b/-", "value": 3}])",
            R"({"a": {"b": [1, 2, 3]}, "x/y": 1, "m~n": 2, "null": null})"},
        Row{"AddAtTheSize", R"([{"op": "add", "path": "/a/b/2", "value": 3}])",
            R"({"a": {"b": [1, 2, 3]}, "x/y": 1, "m~n": 2, "null": null})"},
        Row{"AddBeyondTheSize", R"([{"op": "add", "path": "/a/b/3", "value": 3}])", nullptr, 422},
        Row{"AddBelowNothing", R"([{"op": "add", "path": "/c/d", "value": 3}])", nullptr, 422},
        Row{"AddBelowAScalar", R"([{"op": "add", "path": "/a/b/0/c", "value": 3}])", nullptr, 422},
        Row{"EscapedNames",
            R"([{"op": "remove", "path": "/x~1y"}, {"op": "replace", "path": "/m~0n", "value": 5}, {"op": "remove", "path": "/a"}])",
            R"({"m~n": 5, "null": null})"},
        Row{"RemoveAnItem", R"([{"op": "remove", "path": "/a/b/0"}])",
            R"({"a": {"b": [2]}, "x/y": 1, "m~n": 2, "null": null})"},
        Row{"RemoveTheEnd", R"([{"op": "remove", "path": "/a/b/-"}])", nullptr, 422},
        Row{"RemoveNothing", R"([{"op": "remove", "path": "/c"}])", nullptr, 422},
        Row{"RemoveEverything", R"([{"op": "remove", "path": ""}])", nullptr, 422},
        Row{"ReplaceNothing", R"([{"op": "replace", "path": "/c", "value": 1}])", nullptr, 422},
        Row{"ReplaceTheWhole", R"([{"op": "replace", "path": "", "value": {"z": 1}}])",
            R"({"z": 1})"},
        Row{"MoveOutOfAnArray",
            R"([{"op": "move", "from": "/a/b/0", "path": "/c"}, {"op": "remove", "path": "/x~1y"}])",
            R"({"a": {"b": [2]}, "c": 1, "m~n": 2, "null": null})"},
        Row{"MoveNothing", R"([{"op": "move", "from": "/c", "path": "/d"}])", nullptr, 422},
        Row{"CopyIsDeep",
            R"([{"op": "copy", "from": "/a", "path": "/c"}, {"op": "add", "path": "/c/b/-", "value": 3}])",
            R"({"a": {"b": [1, 2]}, "c": {"b": [1, 2, 3]}, "x/y": 1, "m~n": 2, "null": null})"},
        Row{"TestFits", R"([{"op": "test", "path": "/a", "value": {"b": [1, 2]}}])",
            R"({"a": {"b": [1, 2]}, "x/y": 1, "m~n": 2, "null": null})"},
        Row{"TestFails", R"([{"op": "test", "path": "/a/b/0", "value": 2}])", nullptr, 422},
        Row{"TestForNullOfNothing", R"([{"op": "test", "path": "/c", "value": null}])",
            R"({"a": {"b": [1, 2]}, "x/y": 1, "m~n": 2, "null": null})"},
        Row{"TestTellsTextFromNumber", R"([{"op": "test", "path": "/x~1y", "value": "1"}])",
            nullptr, 422},
        Row{"NegativeIndex", R"([{"op": "remove", "path": "/a/b/-1"}])", nullptr, 422},
        Row{"UnknownOperation", R"([{"op": "increment", "path": "/a"}])", nullptr, 400},
        Row{"NoPath", R"([{"op": "remove"}])", nullptr, 400},
        Row{"NoPointer", R"([{"op": "remove", "path": "a"}])", nullptr, 400},
        Row{"AddWithoutValue", R"([{"op": "add", "path": "/c"}])", nullptr, 400},
        Row{"NoList", R"({"op": "remove", "path": "/a"})", nullptr, 400}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace labgallery::embedded_kube
