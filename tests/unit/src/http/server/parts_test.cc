#include <gtest/gtest.h>

#include "src/http/server/listen_address.h"
#include "src/http/server/wire.h"

namespace labgallery::http {
namespace {

struct AddressCase {
  const char* name;
  const char* text;
  std::optional<ListenAddress> want;
};

class ListenAddresses : public ::testing::TestWithParam<AddressCase> {};

TEST_P(ListenAddresses, AreHostAndPort) {
  const auto address = ParseListenAddress(GetParam().text);
  ASSERT_EQ(address.has_value(), GetParam().want.has_value());
  if (address) {
    EXPECT_EQ(*address, *GetParam().want);
  } else {
    EXPECT_EQ(address.error().kind, ErrorKind::kInvalidInput);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Rows, ListenAddresses,
    ::testing::Values(AddressCase{"Address", "127.0.0.1:80", ListenAddress{"127.0.0.1", 80}},
                      AddressCase{"Name", "localhost:0", ListenAddress{"localhost", 0}},
                      AddressCase{"Everywhere", ":8443", ListenAddress{"0.0.0.0", 8443}},
                      AddressCase{"Ipv6", "[::1]:65535", ListenAddress{"::1", 65535}},
                      AddressCase{"NoPort", "127.0.0.1", std::nullopt},
                      AddressCase{"EmptyPort", "127.0.0.1:", std::nullopt},
                      AddressCase{"BadPort", "127.0.0.1:http", std::nullopt},
                      AddressCase{"PortTooLarge", "127.0.0.1:65536", std::nullopt},
                      AddressCase{"NegativePort", "127.0.0.1:-1", std::nullopt},
                      AddressCase{"BareIpv6", "::1:80", std::nullopt},
                      AddressCase{"Empty", "", std::nullopt}),
    [](const auto& row) { return row.param.name; });

TEST(ListenAddress, HasTheNamesOfThisMachineAndItsOwn) {
  const std::vector<std::string> here{"localhost", "127.0.0.1", "::1"};
  EXPECT_EQ(NamesFor({"0.0.0.0", 1}), here);
  EXPECT_EQ(NamesFor({"::", 1}), here);
  EXPECT_EQ(NamesFor({"::1", 1}), here);
  EXPECT_EQ(NamesFor({"pod.example", 1}).back(), "pod.example");
}

TEST(HeadText, KeepsLineBreaksOutOfFields) {
  const Headers headers{{"X-A", "a\r\nSet-Cookie: b"}, {"X\nB", "c"}};
  EXPECT_EQ(HeadText({200, headers, Framing::kNone, 0, true}),
            "HTTP/1.1 200 OK\r\nX-A: a  Set-Cookie: b\r\nX B: c\r\nConnection: keep-alive\r\n\r\n");
}

TEST(HeadText, LeavesFramingToTheServer) {
  const Headers headers{
      {"content-length", "99"}, {"Transfer-Encoding", "gzip"}, {"Connection", "upgrade"}};
  EXPECT_EQ(HeadText({200, headers, Framing::kLength, 5, false}),
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\n");
}

TEST(HeadText, WritesStatusesThatHaveNoName) {
  EXPECT_TRUE(HeadText({299, Headers(), Framing::kNone, 0, true}).starts_with("HTTP/1.1 299 "));
}

}  // namespace
}  // namespace labgallery::http
