#include <chrono>
#include <cstdio>
#include <functional>
#include <string>

#include "controller/domain/image/image.h"
#include "controller/domain/lab_account/lab_account.h"
#include "controller/domain/rules.h"
#include "controller/domain/shared_image_gallery/gallery.h"
#include "src/json/parse.h"
#include "tests/bench/benches.h"

namespace labgallery::bench {
namespace {

json::Value Parsed(const char* text) { return *json::Parse(text); }

void Fill(domain::Observation& seen, const char* spec) {
  seen.meta = {
      .name = "object", .name_space = "labs", .uid = "u", .resource_version = "1", .generation = 1};
  seen.meta.finalizers = {"labgallery.io/azure-cleanup"};
  seen.settings.installation = "bench";
  seen.spec = Parsed(spec);
}

double NanosecondsPerCall(const std::function<void()>& call) {
  constexpr int kCalls = 20000;
  for (int i = 0; i < 100; ++i) call();
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < kCalls; ++i) call();
  return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - start)
             .count() /
         kCalls;
}

void Print(const char* kind, const std::function<domain::Assessment()>& assess) {
  const domain::Situation situation = assess().situation;
  const double decision = NanosecondsPerCall([&] { domain::NextStep(situation); });
  const double whole = NanosecondsPerCall([&] { domain::NextStep(assess().situation); });
  std::printf(
      "  %-20s %10.0f ns per NextStep %10.0f ns with its assessment = %8.0f reconciles per "
      "second\n",
      kind, decision, whole, 1e9 / whole);
}

}  // namespace

void RunBrain() {
  std::puts("The brain alone (one thread, no I/O):\n");
  domain::shared_image_gallery::GalleryObservation gallery;
  Fill(
      gallery,
      R"({"subscriptionId":"00000000-0000-0000-0000-000000000001","resourceGroup":"rg","location":"westeurope"})");
  gallery.gallery = domain::Present(Parsed(
      R"({"location":"westeurope","tags":{"labgallery-owner":"bench/labs/object","labgallery-origin":"Created"},"properties":{"provisioningState":"Succeeded"}})"));
  Print("SharedImageGallery", [&] { return domain::shared_image_gallery::Assess(gallery); });

  domain::image::ImageObservation image;
  Fill(
      image,
      R"({"galleryRef":{"name":"g"},"definition":{"osType":"Linux","osState":"Generalized","identifier":{"publisher":"p","offer":"o","sku":"s"}},"version":"1.0.0","source":{"managedImageId":"/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Compute/images/i"},"replication":{"scope":"SourceOnly"}})");
  image.gallery = {
      .id = *azure::ResourceId::Parse("/subscriptions/00000000-0000-0000-0000-000000000001/"
                                      "resourceGroups/rg/providers/Microsoft.Compute/galleries/g"),
      .location = azure::Region("westeurope"),
      .ready = true,
      .problem = ""};
  image.definition = domain::Present(Parsed(
      R"({"location":"westeurope","tags":{"labgallery-owner":"bench/labs/object","labgallery-origin":"Created"},"properties":{"provisioningState":"Succeeded","osType":"Linux","osState":"Generalized","hyperVGeneration":"V2","identifier":{"publisher":"p","offer":"o","sku":"s"},"features":[{"name":"SecurityType","value":"Standard"}]}})"));
  image.versions_read = true;
  domain::image::VersionInSight version;
  version.name = "1.0.0";
  version.body = Parsed(
      R"({"name":"1.0.0","location":"westeurope","tags":{"labgallery-owner":"bench/labs/object","labgallery-origin":"Created"},"properties":{"provisioningState":"Succeeded","publishingProfile":{"targetRegions":[{"name":"West Europe","regionalReplicaCount":1}]},"replicationStatus":{"summary":[{"region":"West Europe","state":"Completed","progress":100}]}}})");
  image.versions.push_back(version);
  Print("Image", [&] { return domain::image::Assess(image); });

  domain::lab_account::LabAccountObservation account;
  Fill(
      account,
      R"({"service":"LabAccount","subscriptionId":"00000000-0000-0000-0000-000000000001","resourceGroup":"rg","location":"westeurope","gallery":{"state":"Attached","ref":{"name":"g"}}})");
  account.account = gallery.gallery;
  account.gallery = {
      .id = image.gallery.id, .ready = true, .problem = "", .by_object = true, .grants_role = true};
  account.attachments = std::vector<json::Value>{Parsed(
      R"({"name":"g","properties":{"galleryId":"/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Compute/galleries/g","provisioningState":"Succeeded"}})")};
  Print("LabAccount", [&] { return domain::lab_account::Assess(account); });
}

}  // namespace labgallery::bench
