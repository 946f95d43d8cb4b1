#include "src/http/model/transport.h"

#include <gtest/gtest.h>

#include <vector>

namespace labgallery::http {
namespace {

// A stream of the given pieces that ends, or breaks with `error`.
BodyReader Pieces(std::vector<std::string> pieces, std::optional<Error> error = std::nullopt) {
  return [pieces, error, next = std::size_t{0}](
             const std::stop_token&) mutable -> Result<std::optional<std::string>> {
    if (next < pieces.size()) return std::optional(pieces[next++]);
    if (error) return *error;
    return std::optional<std::string>();
  };
}

TEST(InProcessTransport, ShowsTheServerPathQueryAndHost) {
  Request seen;
  InProcessTransport transport([&seen](const Request& request) -> Reply {
    seen = request;
    return JsonResponse(200, "{}");
  });
  const auto response = transport.Send(
      {.method = Method::kPut, .url = "http://arm.local:8080/a?b=c", .body = "{}"}, {});
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(seen, (Request{.method = Method::kPut,
                           .url = "/a?b=c",
                           .headers = {{"Host", "arm.local:8080"}},
                           .body = "{}"}));
}

TEST(InProcessTransport, ReadsAStreamToItsEndWhereOneAnswerWasAskedFor) {
  InProcessTransport transport([](const Request&) -> Reply {
    return StreamResponse{.status = 200, .headers = {}, .body = Pieces({"a", "b"})};
  });
  EXPECT_EQ(transport.Send({.url = "http://h/"}, {})->body, "ab");
}

TEST(InProcessTransport, ReportsAStreamThatBreaks) {
  InProcessTransport transport([](const Request&) -> Reply {
    return StreamResponse{.status = 200, .headers = {}, .body = Pieces({"a"}, Unavailable("cut"))};
  });
  EXPECT_EQ(transport.Send({.url = "http://h/"}, {}).error(), Unavailable("cut"));
}

TEST(InProcessTransport, OpensAWholeAnswerAsAStreamOfOnePiece) {
  InProcessTransport transport([](const Request&) -> Reply { return JsonResponse(404, "{}"); });
  auto stream = transport.Open({.url = "http://h/"}, {});
  ASSERT_TRUE(stream);
  EXPECT_EQ(stream->status, 404);
  EXPECT_EQ(*stream->body({}), "{}");
  EXPECT_EQ(*stream->body({}), std::nullopt);
}

TEST(InProcessTransport, SendsNothingAfterAStop) {
  bool called = false;
  InProcessTransport transport([&called](const Request&) -> Reply {
    called = true;
    return JsonResponse(200, "");
  });
  std::stop_source source;
  source.request_stop();
  EXPECT_EQ(transport.Send({.url = "http://h/"}, {.stop = source.get_token()}).error().kind,
            ErrorKind::kCancelled);
  EXPECT_FALSE(transport.Open({.url = "http://h/"}, {.stop = source.get_token()}));
  EXPECT_FALSE(called);
}

}  // namespace
}  // namespace labgallery::http
