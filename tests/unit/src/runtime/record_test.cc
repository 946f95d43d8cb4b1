#include "src/runtime/record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "tests/unit/src/runtime/widgets.h"

namespace labgallery::runtime {
namespace {

struct VersionRow {
  std::string name;
  std::string a;
  std::string b;
  Order order;
};

class ResourceVersionOrder : public testing::TestWithParam<VersionRow> {};

TEST_P(ResourceVersionOrder, IsOf) {
  const VersionRow& row = GetParam();
  EXPECT_EQ(Compare(ResourceVersion(row.a), ResourceVersion(row.b)), row.order);
  EXPECT_EQ(ResourceVersion(row.a).ToString(), row.a);
}

INSTANTIATE_TEST_SUITE_P(
    , ResourceVersionOrder,
    testing::Values(VersionRow{"NumbersByValueNotByText", "9", "10", Order::kOlder},
                    VersionRow{"ANewerNumber", "11", "10", Order::kNewer},
                    VersionRow{"EqualNumbers", "10", "10", Order::kSame},
                    VersionRow{"EqualTexts", "abc", "abc", Order::kSame},
                    VersionRow{"TextsNothing", "abc", "abd", Order::kUnknown},
                    VersionRow{"ANumberAndAText", "1", "abd", Order::kUnknown},
                    VersionRow{"ALeadingZeroNothing", "01", "1", Order::kUnknown},
                    VersionRow{"TooLargeNumbersNothing", "99999999999999999999",
                               "99999999999999999998", Order::kUnknown},
                    VersionRow{"NoVersionNothing", "", "1", Order::kUnknown}),
    [](const auto& row) { return row.param.name; });

TEST(Record, HoldsWhatReconcilersNeedAndNothingElse) {
  const RecordPtr record =
      ARecord({.name = "a",
               .version = 7,
               .generation = 2,
               .size = 3,
               .phase = "Ready",
               .annotations = R"("example.org/paused":"true","other.org/x":"y")",
               .finalizers = R"("example.org/f")"});
  EXPECT_EQ(record->key(), (kube::ObjectKey{"ns", "a"}));
  EXPECT_EQ(record->uid(), "uid-a");
  EXPECT_EQ(record->resource_version(), ResourceVersion("7"));
  EXPECT_EQ(record->generation(), 2);
  EXPECT_EQ(record->spec().Text(), R"({"size":3})");
  EXPECT_EQ(record->status().Text(), "Ready");
  EXPECT_EQ(record->annotations(),
            (std::map<std::string, std::string>{{"example.org/paused", "true"}}));
  EXPECT_THAT(record->index_values(), testing::ElementsAre(SizeValue(3)));
  EXPECT_TRUE(record->HasFinalizer("example.org/f"));
  EXPECT_FALSE(record->HasFinalizer("example.org/g"));
  EXPECT_EQ(MetaOf(*record).resource_version, "7");
  EXPECT_EQ(MetaOf(*record).finalizers, record->finalizers());
}

struct UidRow {
  std::string name;
  std::string uid;
};

class UidOfARecord : public testing::TestWithParam<UidRow> {};

TEST_P(UidOfARecord, IsGivenAsItWasReadIfItIs) {
  EXPECT_EQ(ARecord({.name = "a", .uid = GetParam().uid})->uid(), GetParam().uid);
}

INSTANTIATE_TEST_SUITE_P(
    , UidOfARecord,
    testing::Values(UidRow{"AUuid", "0f9e8d7c-6b5a-4321-8fed-00cba9876543"},
                    UidRow{"AUuidInUpperCase", "0F9E8D7C-6B5A-4321-8FED-00CBA9876543"},
                    UidRow{"AUuidWithAnotherSign", "0f9e8d7c-6b5a-4321-8fed-00cba987654g"},
                    UidRow{"AUuidWithDashesElsewhere", "0f9e8d7c6-b5a-4321-8fed-00cba9876543"},
                    UidRow{"SixteenSigns", "0123456789abcdef"},
                    UidRow{"AnyOtherText", "uid of another server"}),
    [](const auto& row) { return row.param.name; });

TEST(Record, KeepsItsTextsWhenTheOneBeforeHasGone) {
  RecordPtr before = ARecord({.name = "a", .version = 1, .size = 3, .phase = "Ready"});
  const RecordPtr after = ARecord({.name = "a", .version = 2, .size = 3, .phase = "Ready"}, before);
  before.reset();
  EXPECT_EQ(after->spec().Text(), R"({"size":3})");
  EXPECT_EQ(after->status().Text(), "Ready");
}

TEST(Record, LivesOnWhenItsTypeIsNotWatchedAnyMore) {
  auto watched = std::make_unique<WatchedType>(Widgets());
  const RecordPtr record =
      *MakeRecord(*watched, 0, *json::Parse(AWidget{.name = "a", .size = 3}.Json()), nullptr);
  watched.reset();
  EXPECT_EQ(record->name(), "a");
  EXPECT_EQ(record->spec().Text(), R"({"size":3})");
}

TEST(Record, SharesWhatIsTheSameInManyOfThem) {
  const WatchedType watched = Widgets();
  const auto made = [&](const AWidget& widget) {
    return *MakeRecord(watched, 0, *json::Parse(widget.Json()), nullptr);
  };
  const RecordPtr a = made({.name = "a", .finalizers = R"("example.org/f")"});
  const RecordPtr none = made({.name = "none"});
  const RecordPtr b = made({.name = "b", .finalizers = R"("example.org/f")"});
  const RecordPtr other = made({.name = "other", .finalizers = R"("example.org/g")"});
  EXPECT_EQ(&a->finalizers(), &b->finalizers());
  EXPECT_TRUE(none->finalizers().empty());
  EXPECT_TRUE(other->HasFinalizer("example.org/g"));
  EXPECT_TRUE(b->HasFinalizer("example.org/f"));
}

TEST(Record, TakesTheRoomOfItsTextsAndLittleMore) {
  const WatchedType watched = Widgets();
  std::vector<RecordPtr> records;
  for (int i = 0; i < 1000; ++i) {
    const AWidget widget{.name = "widget-" + std::to_string(i),
                         .size = i,
                         .phase = "Ready",
                         .finalizers = R"("example.org/f")",
                         .uid = "0f9e8d7c-6b5a-4321-8fed-" + std::to_string(100000000000 + i)};
    records.push_back(*MakeRecord(watched, 0, *json::Parse(widget.Json()), nullptr));
  }
  EXPECT_LE(watched.memory->slab()->used_bytes(), 1000U * 384U);
}

TEST(Record, SharesItsTextsWithTheOneBefore) {
  const RecordPtr before = ARecord({.name = "a", .version = 1, .size = 3, .phase = "Ready"});
  const RecordPtr echo = ARecord({.name = "a", .version = 2, .size = 3, .phase = "Ready"}, before);
  EXPECT_EQ(echo->spec(), before->spec());
  EXPECT_EQ(echo->status(), before->status());
  EXPECT_NE(echo->status_hash(), before->status_hash());  // of the whole status, noise included
  const RecordPtr changed =
      ARecord({.name = "a", .version = 3, .size = 4, .phase = "Gone"}, before);
  EXPECT_NE(changed->spec(), before->spec());
  EXPECT_EQ(changed->status().Text(), "Gone");
}

TEST(Record, IsMadeOfAnObjectWithoutSpecAndStatus) {
  const WatchedType plain{.resource = kWidget};
  const auto record = MakeRecord(
      plain, 0, *json::Parse(R"({"metadata":{"name":"n","annotations":{"example.org/a":"b"}}})"),
      nullptr);
  ASSERT_TRUE(record);
  EXPECT_EQ((*record)->spec().Text(), "{}");
  EXPECT_EQ((*record)->status().Text(), "");
  EXPECT_TRUE((*record)->annotations().empty());
  EXPECT_TRUE((*record)->resource_version().empty());
}

TEST(Record, IsRefusedForAnObjectWithoutAName) {
  EXPECT_EQ(MakeRecord(Widgets(), 0, *json::Parse(R"({"metadata":{}})"), nullptr).error().kind,
            ErrorKind::kProtocol);
}

struct OwnFieldsRow {
  std::string name;
  AWidget after;
  bool only_own;
};

class ChangeOfAWidget : public testing::TestWithParam<OwnFieldsRow> {};

TEST_P(ChangeOfAWidget, IsOnlyInOwnFieldsIf) {
  const RecordPtr before = ARecord({.name = "a", .version = 1});
  EXPECT_EQ(OnlyOwnFieldsDiffer({before, ARecord(GetParam().after, before)}), GetParam().only_own);
}

INSTANTIATE_TEST_SUITE_P(
    , ChangeOfAWidget,
    testing::Values(
        OwnFieldsRow{"StatusChanged", {.name = "a", .version = 2, .phase = "x"}, true},
        OwnFieldsRow{
            "FinalizersChanged", {.name = "a", .version = 2, .finalizers = R"("f")"}, true},
        OwnFieldsRow{"SpecChanged", {.name = "a", .version = 2, .generation = 2, .size = 1}, false},
        OwnFieldsRow{"GenerationChanged", {.name = "a", .version = 2, .generation = 2}, false},
        OwnFieldsRow{"AnnotationsChanged",
                     {.name = "a", .version = 2, .annotations = R"("example.org/p":"1")"},
                     false},
        OwnFieldsRow{"RecreatedMeanwhile", {.name = "a", .version = 2, .uid = "other"}, false}),
    [](const auto& row) { return row.param.name; });

TEST(Change, OfCreationOrDeletionIsNeverOnlyInOwnFields) {
  const RecordPtr record = ARecord({.name = "a"});
  EXPECT_FALSE(OnlyOwnFieldsDiffer({nullptr, record}));
  EXPECT_FALSE(OnlyOwnFieldsDiffer({record, nullptr}));
}

}  // namespace
}  // namespace labgallery::runtime
