#include "src/kube/client/line_reader.h"

#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <vector>

namespace labgallery::kube {
namespace {

http::BodyReader Pieces(std::vector<std::string> pieces) {
  return [left = std::deque<std::string>(pieces.begin(), pieces.end())](
             const std::stop_token&) mutable -> Result<std::optional<std::string>> {
    if (left.empty()) return std::optional<std::string>();
    std::string piece = std::move(left.front());
    left.pop_front();
    return std::optional(std::move(piece));
  };
}

struct Row {
  std::string name;
  std::vector<std::string> pieces;
  std::vector<std::string> lines;
};

class LineReaderCuts : public testing::TestWithParam<Row> {};

TEST_P(LineReaderCuts, Lines) {
  LineReader reader(Pieces(GetParam().pieces), 8);
  std::vector<std::string> lines;
  while (true) {
    const auto line = reader.Next({});
    ASSERT_TRUE(line) << line.error().ToString();
    if (!*line) break;
    lines.push_back(**line);
  }
  EXPECT_EQ(lines, GetParam().lines);
}

INSTANTIATE_TEST_SUITE_P(
    , LineReaderCuts,
    testing::Values(Row{"OneAPiece", {"a\n", "b\n"}, {"a", "b"}},
                    Row{"SeveralAPiece", {"a\nb\nc\n"}, {"a", "b", "c"}},
                    Row{"OneOverPieces", {"a", "b", "c\nd", "e\n"}, {"abc", "de"}},
                    Row{"WithCarriageReturns", {"a\r\nb\r", "\n"}, {"a", "b"}},
                    Row{"WithoutEmptyOnes", {"\n\na\n\r\n\nb\n"}, {"a", "b"}},
                    Row{"UpToTheLimit", {"12345678\n", "x\n"}, {"12345678", "x"}},
                    Row{"OfAnEmptyBody", {}, {}}),
    [](const auto& row) { return row.param.name; });

TEST(LineReader, RefusesALineOverTheLimitInOnePiece) {
  LineReader reader(Pieces({"123456789\n"}), 8);
  const auto line = reader.Next({});
  ASSERT_FALSE(line);
  EXPECT_EQ(line.error().kind, ErrorKind::kProtocol);
}

TEST(LineReader, RefusesALineOverTheLimitBeforeItsEndIsThere) {
  LineReader reader(Pieces({"12345", "67890", "never asked for"}), 8);
  const auto line = reader.Next({});
  ASSERT_FALSE(line);
  EXPECT_EQ(line.error().kind, ErrorKind::kProtocol);
}

TEST(LineReader, CallsAnEndInsideALineABrokenStream) {
  LineReader reader(Pieces({"a\nhalf"}));
  EXPECT_EQ(**reader.Next({}), "a");
  const auto line = reader.Next({});
  ASSERT_FALSE(line);
  EXPECT_EQ(line.error().kind, ErrorKind::kUnavailable);
}

TEST(LineReader, PassesOnTheErrorOfTheBody) {
  LineReader reader(
      [](const std::stop_token&) -> Result<std::optional<std::string>> { return Cancelled(); });
  EXPECT_EQ(reader.Next({}).error().kind, ErrorKind::kCancelled);
}

}  // namespace
}  // namespace labgallery::kube
