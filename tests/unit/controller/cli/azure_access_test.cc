#include "controller/cli/azure_access.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace labgallery::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

AzureOptions At(std::string endpoint, std::string token_file = {}, std::string installation = {}) {
  return {.endpoint = std::move(endpoint),
          .token_file = std::move(token_file),
          .installation = std::move(installation)};
}

TEST(AzureAccess, NeedsNeitherTokenNorNameOnThisMachine) {
  for (const char* endpoint :
       {"http://127.0.0.1:8090", "http://localhost:8090/", "https://127.1.2.3"}) {
    auto access = ChooseAzureAccess(At(endpoint));
    ASSERT_TRUE(access) << access.error().ToString();
    EXPECT_TRUE(access->tokens->Token(access->audience, {}));
    EXPECT_EQ(access->installation, "");
  }
}

TEST(AzureAccess, KeepsTheOriginAlone) {
  EXPECT_EQ(ChooseAzureAccess(At("HTTP://Localhost:8090/"))->endpoint, "http://localhost:8090");
}

TEST(AzureAccess, TakesTokenAndNameThatAreGiven) {
  const auto access =
      ChooseAzureAccess(At("https://management.azure.com", "/no/such/file", "prod"));
  ASSERT_TRUE(access);
  EXPECT_EQ(access->installation, "prod");
  EXPECT_FALSE(access->tokens->Token(access->audience, {})) << "the file is read for each request";
}

TEST(AzureAccess, NamesAllThatARemoteEndpointLacks) {
  struct Row {
    AzureOptions options;
    std::vector<std::string> missing;
    std::vector<std::string> there;
  };
  const std::vector<Row> rows{
      {At("https://a.example"), {"--azure-token-file", "--installation"}, {"https"}},
      {At("https://a.example", "t"), {"--installation"}, {"--azure-token-file"}},
      {At("https://a.example", "", "i"), {"--azure-token-file"}, {"--installation"}},
      {At("http://a.example", "t", "i"), {"https"}, {"--azure-token-file"}},
  };
  for (const Row& row : rows) {
    const auto access = ChooseAzureAccess(row.options);
    ASSERT_FALSE(access);
    EXPECT_EQ(access.error().kind, ErrorKind::kInvalidInput);
    const std::string text = access.error().message.substr(access.error().message.find("missing:"));
    for (const std::string& name : row.missing) EXPECT_THAT(text, HasSubstr(name));
    for (const std::string& name : row.there) EXPECT_THAT(text, Not(HasSubstr(name)));
  }
}

TEST(AzureAccess, RefusesWhatIsNoOrigin) {
  for (const char* endpoint : {"127.0.0.1:8090", "ftp://localhost", "http://localhost/tenant",
                               "http://user:secret@localhost", "http://localhost?x=1"}) {
    const auto access = ChooseAzureAccess(At(endpoint));
    ASSERT_FALSE(access) << endpoint;
    EXPECT_EQ(access.error().kind, ErrorKind::kInvalidInput);
  }
}

Result<AzureAccess> Learned(http::Response answer, std::string endpoint = "http://localhost:1") {
  http::InProcessTransport transport([&](const http::Request&) { return answer; });
  auto access = ChooseAzureAccess(At(std::move(endpoint)));
  if (!access) return access;
  if (Status status = LearnCloud(*access, transport, SystemTime{}, {}); !status)
    return status.error();
  return access;
}

std::string Cloud(const std::string& graph) {
  return R"({"authentication": {"loginEndpoint": "https://login", "audiences": ["https://a/"]},
             "microsoftGraphResourceId": ")" +
         graph + "\"}";
}

TEST(AzureAccess, UsesAudienceAndDirectoryOfTheEndpointsCloud) {
  const auto access = Learned(http::JsonResponse(200, Cloud("http://localhost:1/")));
  ASSERT_TRUE(access) << access.error().ToString();
  EXPECT_EQ(access->audience, "https://a/");
  EXPECT_EQ(access->graph, "http://localhost:1");
}

TEST(AzureAccess, ShowsItsTokenToNoOtherOrigin) {
  EXPECT_EQ(Learned(http::JsonResponse(200, Cloud("https://graph.example/")))->graph, "");
}

TEST(AzureAccess, IsItsOwnAudienceWhereTheCloudIsNotDescribed) {
  const auto access = Learned(http::JsonResponse(404, "{}"));
  ASSERT_TRUE(access);
  EXPECT_EQ(access->audience, "http://localhost:1/");
  EXPECT_EQ(access->graph, "");
}

TEST(AzureAccess, FailsWhereTheEndpointFails) {
  EXPECT_FALSE(Learned(http::JsonResponse(503, "{}")));
}

}  // namespace
}  // namespace labgallery::cli
