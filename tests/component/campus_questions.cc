#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/azure/model/region.h"
#include "src/base/text.h"
#include "tests/component/campus.h"

namespace labgallery::component {
namespace {

const json::Value::Array& Items(const json::Value& value,
                                std::initializer_list<std::string_view> path) {
  static const json::Value::Array kNone;
  const json::Value* list = value.At(path);
  return list != nullptr && list->IsArray() ? *list->AsArray() : kNone;
}

json::Value::Array Resources(World& world) {
  return *world.Control(http::Method::kGet, "state").Find("resources")->AsArray();
}

bool EndsWithoutCase(const std::string& text, const std::string& end) {
  return Lower(text).ends_with(Lower(end));
}

}  // namespace

std::int64_t Number(const json::Value& value, std::initializer_list<std::string_view> path) {
  const json::Value* found = value.At(path);
  return found != nullptr && found->AsInteger() != nullptr ? *found->AsInteger() : -1;
}

std::map<std::string, std::int64_t> Targets(World& world, const std::string& version_id) {
  std::map<std::string, std::int64_t> targets;
  const json::Value version = world.Resource(version_id);
  for (const json::Value& target :
       Items(version, {"properties", "publishingProfile", "targetRegions"})) {
    targets[azure::Region(target.Text({"name"})).name()] = Number(target, {"regionalReplicaCount"});
  }
  return targets;
}

std::map<std::string, std::string> RegionStates(World& world, const std::string& image) {
  std::map<std::string, std::string> states;
  const json::Value object = world.Object("Image", image);
  for (const json::Value& region : Items(object, {"status", "regions"})) {
    states[std::string(region.Text({"name"}))] = region.Text({"state"});
  }
  return states;
}

std::string OwnerOf(World& world, const std::string& id) {
  return std::string(world.Resource(id).Text({"tags", "labgallery-owner"}));
}

std::string Message(World& world, const std::string& kind, const std::string& name,
                    const std::string& type) {
  const json::Value object = world.Object(kind, name);
  for (const json::Value& condition : Items(object, {"status", "conditions"})) {
    if (condition.Text({"type"}) == type) return std::string(condition.Text({"message"}));
  }
  return "";
}

std::vector<std::string> Attached(World& world, const std::string& account) {
  std::vector<std::string> galleries;
  const json::Value plan = world.Resource(PlanId(account));
  const std::string_view own = plan.Text({"properties", "sharedGalleryId"});
  if (!own.empty()) galleries.push_back(Lower(own.substr(own.rfind('/') + 1)));
  const std::string prefix = Lower(AccountId(account)) + "/sharedgalleries/";
  for (const json::Value& resource : Resources(world)) {
    const std::string id = Lower(resource.Text({"id"}));
    if (id.starts_with(prefix)) galleries.push_back(id.substr(prefix.size()));
  }
  return galleries;
}

std::string SwitchOf(World& world, const std::string& image, const std::string& account) {
  if (const std::vector<std::string> galleries = Attached(world, account);
      world.Resource(PlanId(account)).IsObject()) {
    const std::string gallery = galleries.empty() ? "" : galleries.front();
    const json::Value plan_image =
        world.Resource(PlanId(account) + "/images/" + gallery + "." + image);
    return plan_image.IsNull() ? "Disabled"
                               : std::string(plan_image.Text({"properties", "enabledState"}));
  }
  const json::Value stored = world.Resource(SwitchId(image, account));
  // Azure stores nothing for a switch that nobody ever touched: those are on.
  return stored.IsNull() ? "Enabled" : std::string(stored.Text({"properties", "enableState"}));
}

std::map<std::string, std::string> Roles(World& world, const std::string& scope) {
  std::map<std::string, std::string> roles;
  const std::string prefix = Lower(scope) + "/providers/microsoft.authorization/roleassignments/";
  for (const json::Value& resource : Resources(world)) {
    const std::string id = Lower(resource.Text({"id"}));
    if (id.starts_with(prefix))
      roles[id.substr(prefix.size())] = resource.Text({"properties", "principalId"});
  }
  return roles;
}

std::vector<std::string> WritesDuring(World& world, Duration time) {
  const auto before = static_cast<std::ptrdiff_t>(world.effects().log().size());
  world.Run(time);
  const std::vector<std::string> log = world.effects().log();
  std::vector<std::string> writes(log.begin() + before, log.end());
  // How often something was told is written when it is over.
  std::erase_if(writes, [](const std::string& write) {
    return write.starts_with("PATCH ") && write.find("/events/") != std::string::npos;
  });
  return writes;
}

std::vector<std::string> ToAzure(const std::vector<std::string>& log) {
  std::vector<std::string> writes;
  for (const std::string& entry : log) {
    const std::size_t origin = entry.find("http://azure.test");
    if (origin == std::string::npos) continue;
    const std::string path = entry.substr(origin + std::string("http://azure.test").size());
    writes.push_back(entry.substr(0, origin) + path.substr(0, path.find('?')));
  }
  return writes;
}

std::map<std::string, int> ReadsByPath(World& world) {
  const json::Value log = world.Control(http::Method::kGet, "requests");
  std::map<std::string, int> reads;
  for (const json::Value& request : *log.Find("requests")->AsArray()) {
    if (request.Text({"method"}) == "GET") ++reads[std::string(request.Text({"path"}))];
  }
  return reads;
}

std::size_t Count(const std::vector<std::string>& log, const std::string& part) {
  std::size_t count = 0;
  for (const std::string& entry : log) {
    if (Lower(entry).find(Lower(part)) != std::string::npos) ++count;
  }
  return count;
}

std::size_t Position(const std::vector<std::string>& log, const std::string& method,
                     const std::string& path_end) {
  for (std::size_t i = 0; i < log.size(); ++i) {
    const std::string path = log[i].substr(0, log[i].find('?'));
    if (path.starts_with(method + " ") && EndsWithoutCase(path, path_end)) return i;
  }
  return log.size();
}

void ExpectConverged(World& world) {
  EXPECT_THAT(WritesDuring(world, std::chrono::hours(1)), testing::IsEmpty());
  world.op().EnqueueAll();
  EXPECT_THAT(WritesDuring(world, std::chrono::minutes(3)), testing::IsEmpty());
  world.StopOperator();
  world.StartOperator();
  EXPECT_THAT(WritesDuring(world, std::chrono::hours(1)), testing::IsEmpty());
}

}  // namespace labgallery::component
