// What stands beside plain ARM calls: Resource Graph, the directory, the cloud's own addresses,
// tokens.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "src/azure/client/graph_directory.h"
#include "src/azure/client/metadata_endpoints.h"
#include "src/azure/client/resource_graph.h"
#include "src/azure/client/token_source.h"
#include "src/json/parse.h"
#include "tests/unit/src/azure/client/scripted_transport.h"

namespace labgallery::azure {
namespace {

using std::chrono::seconds;

class GraphTest : public ::testing::Test {
 protected:
  Result<GraphEnd> Ask() {
    rows_.clear();
    pages_ = 0;
    return graph_.Rows({.subscriptions = {"s1", "s2"}, .text = "resources | order by id"},
                       [this](std::vector<json::Value> rows) {
                         ++pages_;
                         std::ranges::move(rows, std::back_inserter(rows_));
                       },
                       {});
  }

  // Of the last question.
  std::vector<json::Value> rows_;
  int pages_ = 0;
  LeapingClock clock_{SystemTime{}};
  SeededRandom random_{1};
  FixedTokenSource tokens_{Secret("t")};
  Pacer pacer_{clock_, {}};
  ScriptedTransport transport_;
  int gated_ = 0;
  Client client_{
      transport_,
      clock_,
      random_,
      tokens_,
      pacer_,
      {.endpoint = "https://management.azure.com", .before_write = [this](const http::Request&) {
         ++gated_;
         return Ok();
       }}};
  ResourceGraph graph_{client_, clock_};
};

TEST_F(GraphTest, AsksForRowsAsObjectsAndIsNoWrite) {
  transport_.Answer(200, R"({"count":1,"data":[{"id":"/a"}],"resultTruncated":"false"})");
  const auto end = Ask();
  ASSERT_TRUE(end.has_value()) << end.error().ToString();
  EXPECT_EQ(rows_.size(), 1U);
  EXPECT_EQ(*end, GraphEnd::kComplete);
  EXPECT_EQ(gated_, 0);
  EXPECT_EQ(transport_.sent.at(0).url,
            "https://management.azure.com/providers/Microsoft.ResourceGraph/resources"
            "?api-version=2021-03-01");
  EXPECT_EQ(json::Parse(transport_.sent.at(0).body).value(),
            json::Parse(R"({"subscriptions":["s1","s2"],"query":"resources | order by id",
                            "options":{"$top":1000,"resultFormat":"objectArray"}})")
                .value());
}

TEST_F(GraphTest, FollowsSkipTokens) {
  transport_.Answer(200, R"({"data":[{"id":"/a"}],"resultTruncated":"true","$skipToken":"next"})");
  transport_.Answer(200, R"({"data":[{"id":"/b"}],"resultTruncated":"false"})");
  ASSERT_TRUE(Ask().has_value());
  EXPECT_EQ(rows_.size(), 2U);
  EXPECT_EQ(pages_, 2);
  EXPECT_EQ(json::Parse(transport_.sent.at(1).body)->Text({"options", "$skipToken"}), "next");
}

TEST_F(GraphTest, SaysSoWhereAzureCutTheResult) {
  transport_.Answer(200, R"({"data":[{"id":"/a"}],"resultTruncated":"true"})");
  EXPECT_EQ(Ask().value(), GraphEnd::kCut);
}

TEST_F(GraphTest, ReadsTheTabularForm) {
  transport_.Answer(200, R"({"data":{"columns":[{"name":"id"},{"name":"n"}],"rows":[["/a",1]]}})");
  ASSERT_TRUE(Ask().has_value());
  EXPECT_EQ(rows_.at(0), json::Parse(R"({"id":"/a","n":1})").value());
}

TEST_F(GraphTest, IsUnavailableWhereTheEndpointHasNone) {
  for (const int status : {404, 405, 422, 501}) {
    transport_.Answer(status);
    EXPECT_TRUE(IsGraphUnavailable(Ask().error())) << status;
  }
  transport_.Answer(403);
  EXPECT_FALSE(IsGraphUnavailable(Ask().error()));
}

TEST_F(GraphTest, ObeysTheQuotaThatAnswersReport) {
  transport_.Answer(
      200, R"({"data":[]})",
      {{"x-ms-user-quota-remaining", "0"}, {"x-ms-user-quota-resets-after", "00:00:05"}});
  ASSERT_TRUE(Ask().has_value());
  const auto refused = Ask();
  EXPECT_TRUE(IsPaced(refused.error()));
  EXPECT_EQ(refused.error().retry_after, seconds(5));
  EXPECT_EQ(transport_.sent.size(), 1U);
  clock_.Advance(seconds(5));
  transport_.Answer(200, R"({"data":[]})");
  EXPECT_TRUE(Ask().has_value());
}

TEST_F(GraphTest, WaitsForTheQuotaBetweenPages) {
  transport_.Answer(
      200, R"({"data":[{"id":"/a"}],"$skipToken":"n"})",
      {{"x-ms-user-quota-remaining", "0"}, {"x-ms-user-quota-resets-after", "00:00:03"}});
  transport_.Answer(200, R"({"data":[{"id":"/b"}]})");
  const Presence here = clock_.Enter();
  ASSERT_TRUE(Ask().has_value());
  EXPECT_EQ(rows_.size(), 2U);
  EXPECT_EQ(clock_.SteadyNow(), SteadyTime(seconds(3)));
}

TEST_F(GraphTest, ObeysA429) {
  transport_.Answer(429, "", {{"Retry-After", "9"}});
  EXPECT_EQ(Ask().error().retry_after, seconds(9));
  EXPECT_TRUE(IsPaced(Ask().error()));
  EXPECT_EQ(transport_.sent.size(), 1U);
}

class DirectoryTest : public ::testing::Test {
 protected:
  static constexpr const char* kApplication = "1a14be2a-e903-4cec-99cf-b2e209259a0f";
  Result<std::string> Ask() { return directory_.ServicePrincipal(kApplication, {}); }

  LeapingClock clock_{SystemTime{}};
  SeededRandom random_{1};
  FixedTokenSource tokens_{Secret("t")};
  ScriptedTransport transport_;
  GraphDirectory directory_{
      transport_, clock_, random_, tokens_, {.endpoint = "https://graph.microsoft.com"}};
};

TEST_F(DirectoryTest, FindsTheObjectIdByKey) {
  transport_.Answer(200, R"({"id":"object"})");
  EXPECT_EQ(Ask().value(), "object");
  EXPECT_EQ(transport_.sent.at(0).url,
            std::string("https://graph.microsoft.com/v1.0/servicePrincipals"
                        "(appId='") +
                kApplication + "')?$select=id");
  EXPECT_EQ(transport_.sent.at(0).headers.Get("Authorization"), "Bearer t");
}

TEST_F(DirectoryTest, SearchesWhereTheKeyIsNotKnown) {
  transport_.Answer(400, R"({"error":{"code":"Request_BadRequest","message":"m"}})");
  transport_.Answer(200, R"({"value":[{"id":"object"}]})");
  EXPECT_EQ(Ask().value(), "object");
  EXPECT_EQ(
      transport_.sent.at(1).url,
      std::string("https://graph.microsoft.com/v1.0/servicePrincipals?$filter=appId%20eq%20%27") +
          kApplication + "%27&$select=id");
}

TEST_F(DirectoryTest, ProvesAbsenceByAnEmptySearch) {
  transport_.Answer(404, R"({"error":{"code":"Request_ResourceNotFound","message":"m"}})");
  transport_.Answer(200, R"({"value":[]})");
  EXPECT_EQ(Ask().error().kind, ErrorKind::kNotFound);
}

TEST_F(DirectoryTest, DoesNotTakeAMissingRightForAbsence) {
  transport_.Answer(403, R"({"error":{"code":"Authorization_RequestDenied","message":"m"}})");
  const auto id = Ask();
  EXPECT_EQ(id.error().kind, ErrorKind::kForbidden);
  EXPECT_EQ(id.error().code, "Authorization_RequestDenied");
}

TEST_F(DirectoryTest, RefusesWhatIsNoApplicationId) {
  EXPECT_EQ(directory_.ServicePrincipal("x' or '1", {}).error().kind, ErrorKind::kInvalidInput);
  EXPECT_TRUE(transport_.sent.empty());
}

constexpr const char* kArm = "https://management.azure.com";

TEST(CloudEndpoints, AreReadFromADescriptionOfOneCloud) {
  ScriptedTransport transport;
  transport.Answer(200, R"({"authentication":{"loginEndpoint":"https://login.example/",
      "audiences":["https://management.core.example/"]},
      "microsoftGraphResourceId":"https://graph.example/"})");
  const auto endpoints = ReadCloudEndpoints(transport, kArm, {}, {});
  ASSERT_TRUE(endpoints.has_value());
  EXPECT_EQ(*endpoints, (CloudEndpoints{"https://login.example",
                                        "https://graph.example",
                                        {"https://management.core.example/"}}));
  EXPECT_EQ(transport.sent.at(0).url,
            std::string(kArm) + "/metadata/endpoints?api-version=2019-05-01");
  EXPECT_FALSE(transport.sent.at(0).headers.Get("Authorization").has_value());
}

TEST(CloudEndpoints, AreThoseOfTheEndpointAskedWhereSeveralCloudsAreListed) {
  ScriptedTransport transport;
  transport.Answer(200, R"([
      {"resourceManager":"https://management.chinacloudapi.cn/",
       "authentication":{"loginEndpoint":"https://login.chinacloudapi.cn/"}},
      {"resourceManager":"https://management.azure.com/",
       "authentication":{"loginEndpoint":"https://login.microsoftonline.com/"}}])");
  EXPECT_EQ(ReadCloudEndpoints(transport, kArm, {}, {})->login,
            "https://login.microsoftonline.com");
}

TEST(CloudEndpoints, AreNotGuessed) {
  ScriptedTransport transport;
  transport.Answer(404);
  EXPECT_EQ(ReadCloudEndpoints(transport, kArm, {}, {}).error().kind, ErrorKind::kNotFound);
  transport.Answer(200, R"([{"resourceManager":"https://a/"},{"resourceManager":"https://b/"}])");
  EXPECT_EQ(ReadCloudEndpoints(transport, kArm, {}, {}).error().kind, ErrorKind::kProtocol);
  transport.Answer(200, R"({"authentication":{}})");
  EXPECT_EQ(ReadCloudEndpoints(transport, kArm, {}, {}).error().kind, ErrorKind::kProtocol);
}

TEST(FileTokenSource, ReadsARotatedTokenAtTheNextRequest) {
  const auto file = std::filesystem::path(::testing::TempDir()) / "labgallery-token-test";
  const auto write = [&file](const char* text) { std::ofstream(file) << text; };
  write("one\n");
  FileTokenSource source(file);
  EXPECT_EQ(source.Token("", {})->value.Reveal(), "one");
  write("two");
  EXPECT_EQ(source.Token("", {})->value.Reveal(), "two");
  write("  \n");
  EXPECT_EQ(source.Token("", {}).error().kind, ErrorKind::kUnauthenticated);
  std::filesystem::remove(file);
  EXPECT_EQ(source.Token("", {}).error().kind, ErrorKind::kUnauthenticated);
}

}  // namespace
}  // namespace labgallery::azure
