#include <gtest/gtest.h>

#include "tests/unit/src/azure_simulator/cloud.h"

namespace labgallery::azure_simulator {
namespace {

using std::chrono::seconds;

const std::string kGallery = Compute("galleries/teaching");
constexpr const char* kBody = R"({"location": "westeurope"})";

TEST(Fault, FailsTheRequestWithoutDoingIt) {
  Cloud cloud;
  cloud.Fault(
      R"({"match": {"method": "PUT", "pathContains": "/Galleries/"}, "action": "fail", "status": 403,
                  "code": "AuthorizationFailed", "message": "no", "headers": {"x-special": "1"}})");
  const Seen seen = cloud.Put(kGallery, kBody);
  EXPECT_EQ(seen.status, 403);
  EXPECT_EQ(seen.code(), "AuthorizationFailed");
  EXPECT_EQ(seen.Header("x-special"), "1");
  EXPECT_EQ(cloud.Get(kGallery).status, 404);
  EXPECT_EQ(cloud.Put(kGallery, kBody).status, 201) << "a fault is used up after one hit";
}

TEST(Fault, HitsAsOftenAsItSaysAndSkipsFirst) {
  Cloud cloud;
  cloud.Fault(
      R"({"match": {"pathRegex": "galleries/[a-z]+$"}, "action": "fail", "count": 2, "skip": 1})");
  EXPECT_EQ(cloud.Get(kGallery).status, 404);
  EXPECT_EQ(cloud.Get(kGallery).status, 500);
  EXPECT_EQ(cloud.Get(kGallery).status, 500);
  EXPECT_EQ(cloud.Get(kGallery).status, 404);
}

TEST(Fault, LosesTheAnswerAfterTheWorkIsDone) {
  Cloud cloud;
  cloud.Fault(R"({"match": {"method": "PUT"}, "action": "loseAnswer"})");
  const Seen seen = cloud.Put(kGallery, kBody);
  EXPECT_EQ(seen.status, 504);
  EXPECT_EQ(seen.Header("Content-Type"), "text/html");
  EXPECT_EQ(cloud.Get(kGallery).status, 200);
}

TEST(Fault, BreaksTheConnectionAfterTheWorkIsDone) {
  Cloud cloud;
  cloud.Fault(R"({"match": {"method": "PUT"}, "action": "loseAnswer", "drop": true})");
  http::Reply reply = cloud.Reply({.method = http::Method::kPut,
                                   .url = kGallery + "?api-version=2023-07-03",
                                   .headers = {{"Authorization", "Bearer x"}},
                                   .body = kBody});
  auto* stream = std::get_if<http::StreamResponse>(&reply);
  ASSERT_NE(stream, nullptr);
  EXPECT_EQ(stream->body({}).error().kind, ErrorKind::kTimeout);
  EXPECT_EQ(cloud.Get(kGallery).status, 200);
}

TEST(Fault, ThrottlesWithAWait) {
  Cloud cloud;
  cloud.Fault(R"({"match": {}, "action": "throttle", "retryAfterSeconds": 1.5})");
  const Seen seen = cloud.Get(kGallery);
  EXPECT_EQ(seen.status, 429);
  EXPECT_EQ(seen.Header("Retry-After"), "2");
  EXPECT_EQ(seen.Header("x-ms-retry-after-ms"), "1500");
}

TEST(Fault, TellsWaitsInTheTimeOfItsClients) {
  Cloud cloud({.wire_time_scale = 60});
  cloud.Fault(R"({"match": {}, "action": "throttle", "retryAfterSeconds": 90})");
  const Seen seen = cloud.Get(kGallery);
  EXPECT_EQ(seen.Header("Retry-After"), "2");
  EXPECT_EQ(seen.Header("x-ms-retry-after-ms"), "1500");
}

TEST(Fault, AnswersWithAPageOfHtml) {
  Cloud cloud;
  cloud.Fault(R"({"match": {}, "action": "htmlBody"})");
  const Seen seen = cloud.Get(kGallery);
  EXPECT_EQ(seen.status, 502);
  EXPECT_TRUE(seen.text.starts_with("<html>"));
}

TEST(Fault, CutsTheBodyInHalf) {
  Cloud cloud;
  cloud.SeedGallery();
  const std::string whole = cloud.Get(kGallery).text;
  cloud.Fault(R"({"match": {}, "action": "truncate"})");
  EXPECT_EQ(cloud.Get(kGallery).text, whole.substr(0, whole.size() / 2));
}

TEST(Fault, LetsAnOperationFail) {
  Cloud cloud;
  cloud.Fault(
      R"({"match": {"method": "PUT"}, "action": "failOperation", "code": "QuotaExceeded", "message": "full"})");
  const Seen put = cloud.Put(kGallery, kBody);
  EXPECT_EQ(put.status, 201);
  cloud.Pass(seconds(2));
  const json::Value operation = cloud.Follow(put.Header("Azure-AsyncOperation")).body;
  EXPECT_EQ(operation.Text({"status"}), "Failed");
  EXPECT_EQ(operation.Text({"error", "code"}), "QuotaExceeded");
  EXPECT_EQ(cloud.Get(kGallery).state(), "Failed");
}

TEST(Fault, LetsADeleteFailAndTheResourceStay) {
  Cloud cloud;
  cloud.Seed(kGallery, kBody);
  cloud.Fault(R"({"match": {"method": "DELETE"}, "action": "failOperation"})");
  const Seen seen = cloud.Delete(kGallery);
  cloud.Pass(seconds(5));
  EXPECT_EQ(cloud.Follow(seen.Header("Location")).status, 409);
  EXPECT_EQ(cloud.Get(kGallery).state(), "Failed");
  EXPECT_EQ(cloud.Delete(kGallery).status, 202);
}

TEST(Fault, DelaysTheAnswerOnTheClock) {
  Cloud cloud;
  cloud.Fault(R"({"match": {}, "action": "delay", "seconds": 30})");
  const SystemTime before = cloud.clock().Now();
  EXPECT_EQ(cloud.Get(kGallery).status, 404);
  EXPECT_GE(cloud.clock().Now() - before, seconds(30));
}

TEST(Fault, IsListedAndTakenBack) {
  Cloud cloud;
  cloud.Fault(R"({"match": {"method": "PUT"}, "action": "fail", "count": 5})");
  const json::Value list = cloud.Get("/simulator/faults").body;
  ASSERT_EQ(list.Find("faults")->AsArray()->size(), 1U);
  EXPECT_EQ(cloud.Delete("/simulator/faults?id=77").status, 404);
  EXPECT_EQ(cloud.Delete("/simulator/faults").status, 204);
  EXPECT_EQ(cloud.Put(kGallery, kBody).status, 201);
}

struct Mistake {
  std::string name;
  std::string fault;
};

class FaultDescription : public testing::TestWithParam<Mistake> {};

TEST_P(FaultDescription, IsRefused) {
  Cloud cloud;
  EXPECT_EQ(cloud.Post("/simulator/faults", GetParam().fault).status, 400);
  EXPECT_EQ(cloud.Get(kGallery).status, 404);
}

INSTANTIATE_TEST_SUITE_P(
    Mistakes, FaultDescription,
    testing::ValuesIn(std::vector<Mistake>{
        {"WithoutAction", R"({"match": {}})"},
        {"ForAnUnknownAction", R"({"match": {}, "action": "explode"})"},
        {"ForAnUnknownMethod", R"({"match": {"method": "FETCH"}, "action": "fail"})"},
        {"ForABrokenPattern", R"({"match": {"pathRegex": "("}, "action": "fail"})"},
        {"ForTheWrongType", R"({"match": {}, "action": "fail", "count": "two"})"},
        {"WithAMisspeltMember", R"({"match": {}, "action": "delay", "delaySeconds": 5})"},
        {"ForAMisspeltMatch", R"({"match": {"path": "/x"}, "action": "fail"})"},
    }),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace labgallery::azure_simulator
