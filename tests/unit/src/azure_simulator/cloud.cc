#include "tests/unit/src/azure_simulator/cloud.h"

#include <gtest/gtest.h>

#include "src/http/model/url.h"
#include "src/json/parse.h"

namespace labgallery::azure_simulator {
namespace {

std::string ApiVersion(std::string_view path) {
  const auto has = [path](std::string_view part) {
    return path.find(part) != std::string_view::npos;
  };
  if (has("/shared")) return "2019-01-01-preview";
  if (has("/roleAssignments")) return "2022-04-01";
  if (has("Microsoft.LabServices/")) return "2018-10-15";
  return "2023-07-03";
}

const SystemTime kStart = std::chrono::sys_days(std::chrono::year(2026) / 11 / 25);

}  // namespace

json::Value Json(std::string_view text) {
  auto value = json::Parse(text);
  EXPECT_TRUE(value.has_value()) << text;
  return value ? *std::move(value) : json::Value();
}

Cloud::Cloud(Options options)
    : clock_(kStart), random_(7), simulator_(clock_, random_, std::move(options)) {
  Set(R"({"throttling": false})");
  Seed(kGroup, R"({"location": "westeurope"})");
}

Seen Cloud::Raw(const http::Request& request) {
  http::Reply reply = simulator_.Handle(request);
  auto* response = std::get_if<http::Response>(&reply);
  if (response == nullptr) return {};
  Seen seen{
      .status = response->status, .headers = response->headers, .text = response->body, .body = {}};
  if (auto body = json::Parse(response->body)) seen.body = *std::move(body);
  return seen;
}

Seen Cloud::Send(http::Method method, std::string_view path, const json::Value& body) {
  http::Request request{.method = method,
                        .url = std::string(path),
                        .headers = {{"Authorization", "Bearer token"}, {"Host", "azure.test:8080"}},
                        .body = body.IsNull() ? "" : json::Dump(body)};
  if (!path.starts_with("/simulator") && path.find("api-version=") == std::string_view::npos) {
    request.url += (path.find('?') == std::string_view::npos ? "?" : "&") +
                   std::string("api-version=") + ApiVersion(path);
  }
  return Raw(request);
}

Seen Cloud::Put(std::string_view path, std::string_view body) {
  return Send(http::Method::kPut, path, Json(body));
}
Seen Cloud::Patch(std::string_view path, std::string_view body) {
  return Send(http::Method::kPatch, path, Json(body));
}
Seen Cloud::Post(std::string_view path, std::string_view body) {
  return Send(http::Method::kPost, path, Json(body));
}

Seen Cloud::Follow(std::string_view url) {
  const auto parsed = http::ParseUrl(url);
  EXPECT_TRUE(parsed.has_value()) << url;
  return parsed ? Get(parsed->target()) : Seen();
}

Seen Cloud::Seed(std::string_view id, std::string_view body) {
  Seen seen = Put("/simulator/resources?id=" + http::Escape(id), body);
  EXPECT_TRUE(seen.status == 200 || seen.status == 201) << id << ": " << seen.text;
  return seen;
}

void Cloud::Set(std::string_view settings) {
  const Seen seen = Patch("/simulator/settings", settings);
  EXPECT_EQ(seen.status, 200) << seen.text;
}

void Cloud::Fault(std::string_view fault) {
  const Seen seen = Post("/simulator/faults", fault);
  EXPECT_EQ(seen.status, 201) << seen.text;
}

void Cloud::SeedGallery() {
  Seed(Compute("galleries/teaching"), R"({"location": "westeurope"})");
  Seed(Compute("galleries/teaching/images/ubuntu"), R"({"location": "westeurope", "properties": {
    "osType": "Linux", "osState": "Generalized", "hyperVGeneration": "V2", "architecture": "x64",
    "identifier": {"publisher": "contoso", "offer": "ubuntu", "sku": "ml"}}})");
  Seed(Compute("images/source"),
       R"({"location": "westeurope", "properties": {"hyperVGeneration": "V2",
    "storageProfile": {"osDisk": {"osType": "Linux", "osState": "Generalized", "diskSizeGB": 64}}}})");
}

void Cloud::SeedVersion(std::string_view target_regions) {
  SeedGallery();
  Seed(Compute("galleries/teaching/images/ubuntu/versions/1.0.0"), VersionBody(target_regions));
}

void Cloud::SeedAccount() { Seed(LabServices("labaccounts/cs"), R"({"location": "westeurope"})"); }

std::string VersionBody(std::string_view target_regions, std::string_view more_profile,
                        std::string_view more) {
  return R"({"location": "westeurope", "properties": {"publishingProfile": {"targetRegions": )" +
         std::string(target_regions) + std::string(more_profile) +
         R"(}, "storageProfile": {"source": {"id": ")" + Compute("images/source") + R"("}})" +
         std::string(more) + "}}";
}

}  // namespace labgallery::azure_simulator
