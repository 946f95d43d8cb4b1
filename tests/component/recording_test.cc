// A whole run is recorded; the recording alone then gives the same end, and nobody's secrets.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "src/azure/client/recording.h"
#include "src/json/parse.h"
#include "tests/component/campus.h"

namespace labgallery::component {
namespace {

using testing::HasSubstr;
using testing::Not;

// What an object has come to, without when.
json::Value WithoutTimes(json::Value value) {
  if (value.IsObject()) {
    for (const char* name : {"lastTransitionTime", "attachedTime", "completedTime"})
      value.Remove(name);
    for (auto& [name, member] : value.MakeObject()) member = WithoutTimes(std::move(member));
  } else if (value.IsArray()) {
    for (json::Value& item : value.MakeArray()) item = WithoutTimes(std::move(item));
  }
  return value;
}

class RecordingTest : public testing::Test {
 protected:
  /// Plays the story with `azure` behind the operator; what its objects say in the end.
  static std::string Play(World& world, http::HttpTransport& azure) {
    http::InProcessTransport kube(world.KubeHandler());
    const auto op = world.MakeOperator(kube, azure, std::nullopt);
    op->Start();
    world.Apply(Gallery());
    world.Apply(Image("replication: {scope: Regions, regions: [{name: northeurope}]}"));
    world.Apply(Account(kAttachTeaching + "\nimages: {default: Enabled}"));
    const std::vector<std::pair<std::string, std::string>> objects{
        {"SharedImageGallery", "teaching"}, {"Image", "ubuntu"}, {"LabAccount", "cs"}};
    EXPECT_TRUE(world.RunUntil([&] {
      return std::all_of(objects.begin(), objects.end(), [&](const auto& object) {
        return world.Condition(object.first, object.second) == "True/Reconciled";
      });
    })) << world.Remains();
    world.Run(std::chrono::minutes(20));
    op->Stop();
    std::string end;
    for (const auto& [kind, name] : objects) {
      const json::Value object = world.Object(kind, name);
      end += kind + " " + json::Dump(WithoutTimes(*object.Find("status"))) + "\n";
    }
    return end;
  }
};

TEST_F(RecordingTest, GivesTheSameEndWithoutAzure) {
  std::vector<std::string> lines;
  std::string recorded;
  {
    World world;
    HaveGroup(world);
    HaveManagedImage(world);
    http::InProcessTransport azure(world.AzureHandler());
    azure::RecordingTransport recording(
        azure, world.clock(), [&lines](const std::string& line) { lines.push_back(line); }, false);
    recorded = Play(world, recording);
  }
  ASSERT_GT(lines.size(), 20U);
  auto replay = azure::ReplayTransport::From(lines);
  ASSERT_TRUE(replay.has_value()) << replay.error().ToString();
  World empty;  // its Azure has nothing, and is not asked
  EXPECT_EQ(Play(empty, *replay), recorded);
}

TEST_F(RecordingTest, HoldsNoSecretOfAWholeRun) {
  World world;
  HaveGroup(world);
  HaveManagedImage(world);
  http::InProcessTransport azure(world.AzureHandler());
  // Whatever a token or a signature was on the wire must not be in what was written.
  std::vector<std::string> secrets;
  std::string all;
  const auto note = [&secrets](const http::Headers& headers) {
    for (const char* name : {"Authorization", "Azure-AsyncOperation", "Location"}) {
      const auto value = headers.Get(name);
      if (!value) continue;
      const std::string text(*value);
      if (text.starts_with("Bearer ")) secrets.push_back(text.substr(7));
      for (const char* part : {"&t=", "&c=", "&s=", "&h="}) {
        const std::size_t at = text.find(part);
        if (at == std::string::npos) continue;
        secrets.push_back(text.substr(at + 3, text.find('&', at + 3) - at - 3));
      }
    }
  };
  class Noting final : public http::HttpTransport {
   public:
    Noting(http::HttpTransport& inner, std::function<void(const http::Headers&)> note)
        : inner_(inner), note_(std::move(note)) {}
    Result<http::Response> Send(const http::Request& request,
                                const http::CallOptions& options) override {
      note_(request.headers);
      auto response = inner_.Send(request, options);
      if (response) note_(response->headers);
      return response;
    }
    Result<http::StreamResponse> Open(const http::Request& request,
                                      const http::CallOptions& options) override {
      return inner_.Open(request, options);
    }

   private:
    http::HttpTransport& inner_;
    std::function<void(const http::Headers&)> note_;
  } noting(azure, note);
  azure::RecordingTransport recording(
      noting, world.clock(), [&all](const std::string& line) { all += line + "\n"; }, true);
  Play(world, recording);
  ASSERT_GT(secrets.size(), 50U);
  for (const std::string& secret : secrets) ASSERT_THAT(all, Not(HasSubstr(secret)));
  for (const auto& [name, principal] : Roles(world, GalleryId()))
    EXPECT_THAT(all, Not(HasSubstr(principal)));
}

}  // namespace
}  // namespace labgallery::component
