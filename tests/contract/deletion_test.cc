// Deleting: at once, through finalizers, under preconditions, whole collections, whole namespaces.
#include "tests/contract/api.h"

namespace labgallery::contract {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kHeld = R"({"finalizers": ["contract.test/f"]})";

class DeletionContract : public Contract {
 protected:
  static json::Value Options(const std::string& preconditions) {
    return Json(R"({"kind": "DeleteOptions", "apiVersion": "v1", "preconditions": )" +
                preconditions + "}");
  }
};

TEST_F(DeletionContract, RemovesAnObjectAtOnceWhenNothingHoldsIt) {
  const Answer created = CreateWidget("a");
  const Answer deleted = Delete(WidgetPath("a"));
  EXPECT_EQ(deleted.status, 200);
  EXPECT_EQ(deleted.Text({"kind"}), "Status");
  EXPECT_EQ(deleted.Text({"status"}), "Success");
  EXPECT_EQ(deleted.Text({"details", "name"}), "a");
  EXPECT_EQ(deleted.Text({"details", "uid"}), created.Text({"metadata", "uid"}));
  EXPECT_EQ(Get(WidgetPath("a")).status, 404);
}

TEST_F(DeletionContract, OnlyMarksAnObjectThatAFinalizerHolds) {
  CreateWidget("a", R"({"size": 1})", kHeld);
  const Answer deleted = Delete(WidgetPath("a"));
  EXPECT_EQ(deleted.status, 200);
  EXPECT_EQ(deleted.Text({"kind"}), "Widget");
  EXPECT_NE(deleted.Text({"metadata", "deletionTimestamp"}), "");
  EXPECT_EQ(*deleted.body.At({"metadata", "deletionGracePeriodSeconds"}), json::Value(0));
  const Answer again = Delete(WidgetPath("a"));
  EXPECT_EQ(again.version(), deleted.version()) << "a second deletion changes nothing";
  EXPECT_EQ(Get(WidgetPath("a")).body, deleted.body);
}

TEST_F(DeletionContract, RemovesTheObjectWithTheRequestThatTakesTheLastFinalizerAway) {
  CreateWidget("a", R"({"size": 1})", R"({"finalizers": ["contract.test/f", "contract.test/g"]})");
  ASSERT_EQ(Delete(WidgetPath("a")).status, 200);
  const Answer first =
      JsonPatch(WidgetPath("a"),
                R"([{"op": "test", "path": "/metadata/finalizers/0", "value": "contract.test/f"},
                                     {"op": "remove", "path": "/metadata/finalizers/0"}])");
  ASSERT_EQ(first.status, 200) << first.text;
  EXPECT_EQ(Get(WidgetPath("a")).status, 200);
  const Answer last =
      JsonPatch(WidgetPath("a"), R"([{"op": "remove", "path": "/metadata/finalizers/0"}])");
  EXPECT_EQ(last.status, 200) << last.text;
  EXPECT_EQ(last.Text({"metadata", "name"}), "a") << "the answer is the last state";
  EXPECT_EQ(Get(WidgetPath("a")).status, 404);
}

TEST_F(DeletionContract, RefusesANewFinalizerOnAnObjectThatIsBeingDeleted) {
  CreateWidget("a", R"({"size": 1})", kHeld);
  ASSERT_EQ(Delete(WidgetPath("a")).status, 200);
  const Answer added =
      JsonPatch(WidgetPath("a"),
                R"([{"op": "add", "path": "/metadata/finalizers/-", "value": "contract.test/g"}])");
  EXPECT_TRUE(IsRefusal(added, 422, "Invalid"));
  EXPECT_THAT(added.Text({"message"}),
              HasSubstr("no new finalizers can be added if the object is being deleted"));
}

TEST_F(DeletionContract, LetsTheSpecChangeWhileAnObjectIsBeingDeleted) {
  CreateWidget("a", R"({"size": 1})", kHeld);
  const Answer deleted = Delete(WidgetPath("a"));
  const Answer changed = MergePatch(WidgetPath("a"), R"({"spec": {"size": 2}})");
  EXPECT_EQ(changed.status, 200) << changed.text;
  EXPECT_EQ(changed.Text({"metadata", "deletionTimestamp"}),
            deleted.Text({"metadata", "deletionTimestamp"}));
}

TEST_F(DeletionContract, TakesAFinalizerWithoutADomainFromCustomObjectsOnlyAndWarns) {
  const Answer created = CreateWidget("a", R"({"size": 1})", R"({"finalizers": ["plain"]})");
  EXPECT_THAT(created.Warnings(), HasSubstr("prefer a domain-qualified finalizer name"));
  EXPECT_EQ(MergePatch(WidgetPath("a"), R"({"spec": {"size": 2}})").Warnings(), "")
      << "it is not new any more";
  EXPECT_TRUE(
      IsRefusal(Post(Widgets(), Widget("b", R"({"size": 1})", R"({"finalizers": ["no name!"]})")),
                422, "Invalid"));
  EXPECT_TRUE(IsRefusal(Post("/api/v1/namespaces/" + name_space_ + "/secrets",
                             Json(R"({"apiVersion": "v1", "kind": "Secret",
                    "metadata": {"name": "s", "finalizers": ["plain"]}})")),
                        422, "Invalid"));
}

TEST_F(DeletionContract, HoldsPreconditions) {
  const Answer created = CreateWidget("a");
  const std::string other = R"({"uid": "00000000-0000-4000-8000-000000000000"})";
  EXPECT_TRUE(IsRefusal(Delete(WidgetPath("a"), Options(other)), 409, "Conflict"));
  EXPECT_TRUE(
      IsRefusal(Delete(WidgetPath("a"), Options(R"({"resourceVersion": "1"})")), 409, "Conflict"));
  EXPECT_EQ(Get(WidgetPath("a")).status, 200);
  const std::string right = R"({"uid": ")" + created.Text({"metadata", "uid"}) +
                            R"(", "resourceVersion": ")" + created.version() + R"("})";
  EXPECT_EQ(Delete(WidgetPath("a"), Options(right)).status, 200);
}

TEST_F(DeletionContract, TakesEveryPropagationPolicyAndNoOther) {
  for (const char* policy : {"Background", "Orphan"}) {
    CreateWidget("a");
    EXPECT_EQ(Delete(WidgetPath("a") + "?propagationPolicy=" + policy).status, 200) << policy;
  }
  CreateWidget("b");
  EXPECT_GE(Delete(WidgetPath("b") + "?propagationPolicy=Sideways").status, 400);
}

TEST_F(DeletionContract, DeletesACollectionAsASelectorSays) {
  CreateWidget("a", R"({"size": 1})", R"({"labels": {"l": "1"}})");
  CreateWidget("b", R"({"size": 1})",
               R"({"labels": {"l": "1"}, "finalizers": ["contract.test/f"]})");
  CreateWidget("c");
  const Answer deleted = Delete(Widgets() + "?labelSelector=l%3D1");
  EXPECT_EQ(deleted.status, 200) << deleted.text;
  EXPECT_THAT(Names(Get(Widgets())), ElementsAre("b", "c"));
  EXPECT_NE(Get(WidgetPath("b")).Text({"metadata", "deletionTimestamp"}), "");
}

TEST_F(DeletionContract, TellsAWatchOfADeletionAtItsOwnVersion) {
  const Answer created = CreateWidget("a");
  auto events =
      Watch(Widgets() + "?watch=true&timeoutSeconds=5&resourceVersion=" + created.version());
  Delete(WidgetPath("a"));
  const auto event = events.Next();
  ASSERT_TRUE(event);
  EXPECT_EQ(event->type, kube::WatchEventType::kDeleted);
  EXPECT_GT(std::stoll(std::string(event->object.Text({"metadata", "resourceVersion"}))),
            std::stoll(created.version()));
  EXPECT_EQ(event->object.Find("spec") == nullptr, false);
}

class NamespaceContract : public Contract {
 protected:
  std::string Path() const { return "/api/v1/namespaces/" + name_space_; }
};

TEST_F(NamespaceContract, HasTheTwoThatAlwaysExist) {
  for (const char* name : {"default", "kube-system"}) {
    const Answer answer = Get(std::string("/api/v1/namespaces/") + name);
    EXPECT_EQ(answer.status, 200) << name;
    EXPECT_EQ(answer.Text({"metadata", "uid"}).size(), 36U) << name;
    EXPECT_EQ(answer.Text({"status", "phase"}), "Active") << name;
  }
  EXPECT_TRUE(IsRefusal(Delete("/api/v1/namespaces/default"), 403, "Forbidden"));
}

TEST_F(NamespaceContract, LabelsANamespaceWithItsName) {
  EXPECT_EQ(*Get(Path()).body.At({"metadata", "labels", "kubernetes.io/metadata.name"}),
            json::Value(name_space_));
}

TEST_F(NamespaceContract, MustExistBeforeItsObjects) {
  const Answer answer = Post(std::string(kApi) + "/namespaces/never-made/widgets", Widget("a"));
  EXPECT_TRUE(IsRefusal(answer, 404, "NotFound"));
  EXPECT_EQ(answer.Text({"message"}), R"(namespaces "never-made" not found)");
  EXPECT_EQ(answer.Text({"details", "kind"}), "namespaces");
  EXPECT_THAT(Names(Get(std::string(kApi) + "/namespaces/never-made/widgets")), IsEmpty());
}

TEST_F(NamespaceContract, IsAnnotatedLikeAnyObject) {
  const Answer patched = MergePatch(Path(), R"({"metadata": {"annotations": {"a": "1"}}})");
  EXPECT_EQ(patched.status, 200) << patched.text;
  EXPECT_EQ(*Get(Path()).body.At({"metadata", "annotations"}), Json(R"({"a": "1"})"));
}

TEST_F(NamespaceContract, TakesItsContentsAlongButWaitsForFinalizers) {
  CreateWidget("free");
  CreateWidget("held", R"({"size": 1})", kHeld);
  const Answer deleted = Delete(Path());
  EXPECT_EQ(deleted.status, 200);
  EXPECT_EQ(deleted.Text({"status", "phase"}), "Terminating");
  EXPECT_TRUE(InTheEnd([&] { return Get(WidgetPath("free")).status == 404; }));
  EXPECT_TRUE(InTheEnd(
      [&] { return !Get(WidgetPath("held")).Text({"metadata", "deletionTimestamp"}).empty(); }));
  EXPECT_THAT(Names(Get(Widgets())), ElementsAre("held"));
  const Answer refused = Post(Widgets(), Widget("late"));
  EXPECT_TRUE(IsRefusal(refused, 403, "Forbidden"));
  EXPECT_THAT(refused.Text({"message"}), HasSubstr("because it is being terminated"));
  const json::Value* causes = refused.body.At({"details", "causes"});
  ASSERT_NE(causes, nullptr);
  EXPECT_EQ(causes->AsArray()->front().Text({"reason"}), "NamespaceTerminating");
  EXPECT_EQ(Get(Path()).status, 200);
  ASSERT_EQ(MergePatch(WidgetPath("held"), R"({"metadata": {"finalizers": null}})").status, 200);
  EXPECT_TRUE(InTheEnd([&] { return Get(Path()).status == 404; }));
}

TEST_F(NamespaceContract, WaitsForItsOwnFinalizers) {
  ASSERT_EQ(MergePatch(Path(), R"({"metadata": {"finalizers": ["contract.test/f"]}})").status, 200);
  ASSERT_EQ(Delete(Path()).status, 200);
  EXPECT_EQ(Get(Path()).status, 200);
  ASSERT_EQ(MergePatch(Path(), R"({"metadata": {"finalizers": null}})").status, 200);
  EXPECT_TRUE(InTheEnd([&] { return Get(Path()).status == 404; }));
}

}  // namespace
}  // namespace labgallery::contract
