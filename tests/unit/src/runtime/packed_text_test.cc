#include "src/runtime/packed_text.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace labgallery::runtime {
namespace {

// Ids without a pattern that deflate could use.
std::string Id(int number) {
  std::uint64_t state = std::uint64_t(static_cast<std::uint32_t>(number)) * 0x9E3779B97F4A7C15U + 1;
  std::string id;
  for (int i = 0; i < 12; ++i) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    id += static_cast<char>('a' + state % 26);
  }
  return id;
}

std::string AStatus(int number, const std::string& phase) {
  std::string text = R"({"conditions":[)";
  for (const char* type : {"Provisioned", "CostKnown", "Replicated", "Ready"}) {
    text += R"({"type":")" + std::string(type) + R"(","status":"True","reason":"Reconciled",)" +
            R"("message":")" + phase + R"(","lastTransitionTime":"2026-11-26T01:04:07Z"},)";
  }
  return text + R"(],"resourceId":"/subscriptions/s/galleries/g/images/)" + Id(number) + R"("})";
}

struct Row {
  std::string name;
  std::string text;
};

class Packing : public testing::TestWithParam<Row> {};

TEST_P(Packing, GivesBack) {
  TextPacker packer;
  const PackedText first = packer.Pack(GetParam().text);
  const PackedText second = packer.Pack(GetParam().text + " ");
  EXPECT_EQ(first.Text(), GetParam().text);
  EXPECT_EQ(second.Text(), GetParam().text + " ");
  EXPECT_FALSE(first == second);
}

INSTANTIATE_TEST_SUITE_P(, Packing,
                         testing::Values(Row{"AnEmptyText", ""}, Row{"AShortText", "{}"},
                                         Row{"ATextThatCannotBeDeflated", Id(1)},
                                         Row{"TextThatIsNoText", std::string("\0\xFF\x80\0", 4)},
                                         Row{"ATextLongerThanTheWindow",
                                             std::string(100000, 'a') + Id(2)},
                                         Row{"AStatus", AStatus(1, "it is there")}),
                         [](const auto& row) { return row.param.name; });

TEST(PackedText, IsEmptyByDefault) {
  EXPECT_EQ(PackedText().Text(), "");
  EXPECT_TRUE(PackedText() == PackedText());
}

TEST(TextPacker, TakesATenthForTextsThatResembleEachOther) {
  TextPacker packer;
  packer.Pack(AStatus(0, "it is there"));
  for (int i = 1; i < 100; ++i) {
    const std::string text = AStatus(i, "it is there");
    EXPECT_LE(packer.Pack(text).packed_size(), text.size() / 10);
  }
}

TEST(TextPacker, FollowsWhatTextsSayInTheCourseOfTheirLives) {
  TextPacker packer;
  for (int i = 0; i < 1000; ++i) packer.Pack(R"({"observedGeneration":1,"id":")" + Id(i) + "\"}");
  std::size_t last = 0;
  for (int i = 0; i < 100; ++i) last = packer.Pack(AStatus(i, "it is there")).packed_size();
  EXPECT_LE(last, AStatus(0, "it is there").size() / 10);
}

TEST(TextPacker, LeavesOldTextsReadable) {
  TextPacker packer;
  std::vector<PackedText> packed;
  std::vector<std::string> texts;
  for (int i = 0; i < 500; ++i) {
    texts.push_back(i % 2 == 0 ? AStatus(i, "it is there")
                               : std::string(2000, 'x') + Id(i) + Id(-i));
    packed.push_back(packer.Pack(texts.back()));
  }
  for (std::size_t i = 0; i < texts.size(); ++i) EXPECT_EQ(packed[i].Text(), texts[i]);
}

TEST(TextPacker, IsUsedByManyThreads) {
  TextPacker packer;
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&packer, t] {
      for (int i = 0; i < 200; ++i) {
        const std::string text = AStatus(t * 1000 + i, t % 2 == 0 ? "waits" : "it is there");
        EXPECT_EQ(packer.Pack(text).Text(), text);
      }
    });
  }
}

}  // namespace
}  // namespace labgallery::runtime
