// From what a client sent to what is stored: pure steps over one object, in the order in which the
// real server takes them (understand, prepare, judge). The writer joins them with the world.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "src/base/clock.h"
#include "src/embedded_kube/call.h"
#include "src/embedded_kube/refusal.h"
#include "src/embedded_kube/resource.h"
#include "src/json/value.h"

namespace labgallery::embedded_kube {

/// The media type of a request's body, lower case, without parameters; JSON if it says nothing.
std::string MediaType(const http::Request& request);

/// The body of a request that must be an object in JSON.
Outcome<json::Value> DecodeObject(const http::Request& request);

enum class FieldValidation { kIgnore, kWarn, kStrict };
Outcome<FieldValidation> ReadFieldValidation(const Query& query);
Outcome<bool> ReadDryRun(const Query& query);

/// An object whose type fits the resource, without what the schema does not know.
struct Draft {
  json::Value object;
  std::vector<std::string> unknown;  // the paths of what was cut
};
enum class Sent { kWhole, kPatch };
Outcome<Draft> Understand(const Resource& resource, json::Value object, Sent sent = Sent::kWhole);

/// 'unknown field "spec.x"' for each.
std::vector<std::string> UnknownFieldWarnings(const std::vector<std::string>& paths);

/// Gives a new object what the server alone decides.
void PrepareNew(const Resource& resource, json::Value& object, SystemTime now, std::string uid);

/// Makes `after`, sent for a change of `before`, into what would be stored: the part that was not
/// addressed stays, system metadata stays, the generation moves with the content.
void PrepareChanged(const Resource& resource, const json::Value& before, json::Value& after,
                    std::string_view subresource);

/// Refuses what breaks a rule; `before` is null for a new object.
Outcome<void> Judge(const Resource& resource, const json::Value& object, const json::Value* before);

/// Adds one to the generation, where the resource has one.
void BumpGeneration(const Resource& resource, json::Value& object);

}  // namespace labgallery::embedded_kube
