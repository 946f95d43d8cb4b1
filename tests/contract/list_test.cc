// Lists: selectors, pages, versions.
#include "src/http/model/url.h"
#include "tests/contract/api.h"

namespace labgallery::contract {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class ListContract : public Contract {
 protected:
  void CreateFive() {
    for (const char* name : {"a", "b", "c", "d", "e"}) CreateWidget(name);
  }
  static std::string Token(const Answer& list) {
    return http::Escape(list.Text({"metadata", "continue"}));
  }
};

TEST_F(ListContract, GivesAnEmptyListAVersion) {
  const Answer list = Get(Widgets());
  EXPECT_EQ(list.Text({"kind"}), "WidgetList");
  EXPECT_EQ(list.Text({"apiVersion"}), "contract.labgallery.test/v1");
  EXPECT_NE(list.version(), "");
  EXPECT_NE(list.version(), "0");
  EXPECT_THAT(Names(list), IsEmpty());
}

TEST_F(ListContract, GivesTheObjectsOfANamespaceInTheOrderOfNames) {
  CreateWidget("b");
  CreateWidget("a");
  const Answer list = Get(Widgets());
  EXPECT_THAT(Names(list), ElementsAre("a", "b"));
  EXPECT_EQ(list.body.Find("items")->AsArray()->at(0), Get(WidgetPath("a")).body);
  EXPECT_GE(std::stoll(list.version()), std::stoll(Get(WidgetPath("a")).version()));
  EXPECT_THAT(
      Names(Get(std::string(kApi) + "/widgets?fieldSelector=metadata.namespace%3D" + name_space_)),
      ElementsAre("a", "b"));
}

TEST_F(ListContract, SelectsByLabels) {
  CreateWidget("a", R"({"size": 1})", R"({"labels": {"tier": "gold", "env": "x"}})");
  CreateWidget("b", R"({"size": 1})", R"({"labels": {"tier": "iron"}})");
  CreateWidget("c");
  struct Row {
    const char* selector;
    std::vector<std::string> names;
  };
  for (const Row& row :
       {Row{"tier=gold", {"a"}}, Row{"tier==gold", {"a"}}, Row{"tier!=gold", {"b", "c"}},
        Row{"tier in (gold, iron)", {"a", "b"}}, Row{"tier notin (gold)", {"b", "c"}},
        Row{"tier", {"a", "b"}}, Row{"!tier", {"c"}}, Row{"tier,env", {"a"}},
        Row{"tier in (gold,iron),env!=x", {"b"}}}) {
    EXPECT_EQ(Names(Get(Widgets() + "?labelSelector=" + http::Escape(row.selector))), row.names)
        << row.selector;
  }
  EXPECT_TRUE(
      IsRefusal(Get(Widgets() + "?labelSelector=" + http::Escape("a in b")), 400, "BadRequest"));
}

TEST_F(ListContract, SelectsByFields) {
  CreateWidget("a", R"({"size": 1, "color": "Red"})");
  CreateWidget("b");
  EXPECT_THAT(Names(Get(Widgets() + "?fieldSelector=metadata.name%3Da")), ElementsAre("a"));
  EXPECT_THAT(Names(Get(Widgets() + "?fieldSelector=metadata.name!%3Da")), ElementsAre("b"));
  EXPECT_THAT(Names(Get(Widgets() + "?fieldSelector=spec.color%3DRed")), ElementsAre("a"));
  const Answer unknown = Get(Widgets() + "?fieldSelector=spec.size%3D1");
  EXPECT_TRUE(IsRefusal(unknown, 400, "BadRequest"));
  EXPECT_THAT(unknown.Text({"message"}), HasSubstr("field label not supported"));
}

TEST_F(ListContract, ShowsOneVersionOverAllPages) {
  CreateFive();
  const Answer first = Get(Widgets() + "?limit=2");
  EXPECT_THAT(Names(first), ElementsAre("a", "b"));
  EXPECT_EQ(*first.body.At({"metadata", "remainingItemCount"}), json::Value(3));
  ASSERT_EQ(Delete(WidgetPath("c")).status, 200);
  CreateWidget("bb");
  const Answer second = Get(Widgets() + "?limit=2&continue=" + Token(first));
  EXPECT_THAT(Names(second), ElementsAre("c", "d")) << "as it was at the first page";
  EXPECT_EQ(second.version(), first.version());
  const Answer third = Get(Widgets() + "?limit=2&continue=" + Token(second));
  EXPECT_THAT(Names(third), ElementsAre("e"));
  EXPECT_EQ(third.Text({"metadata", "continue"}), "");
  EXPECT_THAT(Names(Get(Widgets())), ElementsAre("a", "b", "bb", "d", "e"));
}

TEST_F(ListContract, PagesWhatASelectorLeaves) {
  for (const char* name : {"a", "b", "c"})
    CreateWidget(name, R"({"size": 1})", R"({"labels": {"l": "1"}})");
  CreateWidget("aa");
  const Answer first = Get(Widgets() + "?limit=2&labelSelector=l");
  EXPECT_THAT(Names(first), ElementsAre("a", "b"));
  EXPECT_EQ(first.body.At({"metadata", "remainingItemCount"}), nullptr);
  EXPECT_THAT(Names(Get(Widgets() + "?limit=2&labelSelector=l&continue=" + Token(first))),
              ElementsAre("c"));
}

TEST_F(ListContract, IgnoresALimitAtVersionZero) {
  CreateFive();
  // At version zero a server may tell what it happens to know: it has to know of all five first.
  const std::string version(Get(Widgets()).body.Text({"metadata", "resourceVersion"}));
  Get(Widgets() + "?resourceVersionMatch=NotOlderThan&resourceVersion=" + version);
  EXPECT_EQ(Names(Get(Widgets() + "?limit=2&resourceVersion=0")).size(), 5U);
}

TEST_F(ListContract, ExpiresAContinueTokenWhoseVersionIsForgotten) {
  CreateFive();
  const Answer first = Get(Widgets() + "?limit=2");
  TheApi().forget_past();
  EXPECT_TRUE(IsRefusal(Get(Widgets() + "?limit=2&continue=" + Token(first)), 410, "Expired"));
}

TEST_F(ListContract, ExpiresAContinueTokenAfterMinutes) {
  CreateFive();
  const Answer first = Get(Widgets() + "?limit=2");
  TheApi().pass(std::chrono::minutes(11));
  EXPECT_TRUE(IsRefusal(Get(Widgets() + "?limit=2&continue=" + Token(first)), 410, "Expired"));
}

TEST_F(ListContract, RefusesWhatDoesNotGoWithAContinueToken) {
  CreateFive();
  const std::string next = Widgets() + "?limit=2&continue=" + Token(Get(Widgets() + "?limit=2"));
  EXPECT_TRUE(IsRefusal(Get(next + "&resourceVersion=1"), 400, "BadRequest"));
  EXPECT_EQ(Get(Widgets() + "?limit=2&continue=nonsense").status, 400);
}

TEST_F(ListContract, GivesExactlyTheVersionThatIsAskedFor) {
  const Answer created = CreateWidget("a");
  CreateWidget("b");
  const std::string at = Widgets() + "?resourceVersion=" + created.version();
  const Answer exact = Get(at + "&resourceVersionMatch=Exact");
  EXPECT_THAT(Names(exact), ElementsAre("a"));
  EXPECT_EQ(exact.version(), created.version());
  EXPECT_THAT(Names(Get(at + "&limit=5")), ElementsAre("a")) << "a limit has always meant exactly";
  EXPECT_THAT(Names(Get(at)), ElementsAre("a", "b"));
  EXPECT_THAT(Names(Get(at + "&resourceVersionMatch=NotOlderThan&limit=5")), ElementsAre("a", "b"));
}

TEST_F(ListContract, ExpiresAnExactVersionThatIsForgotten) {
  const Answer created = CreateWidget("a");
  CreateWidget("b");
  TheApi().forget_past();
  EXPECT_TRUE(
      IsRefusal(Get(Widgets() + "?resourceVersionMatch=Exact&resourceVersion=" + created.version()),
                410, "Expired"));
}

TEST_F(ListContract, TimesOutForAVersionOfTheFuture) {
  const Answer list = Get(Widgets() + "?resourceVersion=999999999");
  EXPECT_TRUE(IsRefusal(list, 504, "Timeout"));
  EXPECT_THAT(list.Text({"message"}), HasSubstr("Too large resource version"));
}

TEST_F(ListContract, RefusesAMatchWithoutAVersion) {
  EXPECT_TRUE(IsRefusal(Get(Widgets() + "?resourceVersionMatch=Exact"), 422, "Invalid"));
  EXPECT_TRUE(
      IsRefusal(Get(Widgets() + "?resourceVersionMatch=Exact&resourceVersion=0"), 422, "Invalid"));
  EXPECT_TRUE(IsRefusal(Get(Widgets() + "?resourceVersionMatch=Sometime&resourceVersion=1"), 422,
                        "Invalid"));
}

}  // namespace
}  // namespace labgallery::contract
