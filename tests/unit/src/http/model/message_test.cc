#include "src/http/model/message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace labgallery::http {
namespace {

using testing::ElementsAre;
using testing::Pair;

TEST(Headers, CompareNamesWithoutCase) {
  Headers headers{{"Content-Type", "text/plain"}, {"Link", "a"}, {"link", "b"}};
  EXPECT_EQ(headers.Get("content-type"), "text/plain");
  EXPECT_EQ(headers.Get("LINK"), "a");
  EXPECT_EQ(headers.Get("Location"), std::nullopt);
}

TEST(Headers, ReplaceAllValuesOrAddOne) {
  Headers headers{{"Link", "a"}, {"Host", "h"}, {"link", "b"}};
  headers.Set("LINK", "c");
  EXPECT_THAT(headers.fields(), ElementsAre(Pair("Host", "h"), Pair("LINK", "c")));
  headers.Add("Link", "d");
  EXPECT_EQ(headers.fields().size(), 3U);
  headers.Remove("link");
  EXPECT_THAT(headers.fields(), ElementsAre(Pair("Host", "h")));
}

TEST(Method, IsReadBackFromItsName) {
  for (const Method method : {Method::kGet, Method::kPost, Method::kPut, Method::kPatch,
                              Method::kDelete, Method::kHead, Method::kOptions}) {
    EXPECT_EQ(ParseMethod(Name(method)), method);
  }
  EXPECT_EQ(ParseMethod("get"), std::nullopt);
}

TEST(Method, ReadsOnlyWhenItChangesNothing) {
  EXPECT_TRUE(IsRead(Method::kGet) && IsRead(Method::kHead) && IsRead(Method::kOptions));
  EXPECT_FALSE(IsRead(Method::kPost) || IsRead(Method::kPut) || IsRead(Method::kPatch) ||
               IsRead(Method::kDelete));
}

TEST(JsonResponse, SaysWhatItIs) {
  const Response response = JsonResponse(201, "{}");
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(response.headers.Get("Content-Type"), "application/json");
}

}  // namespace
}  // namespace labgallery::http
