// The university that the component tests play: what its resources are called in Azure, what
// somebody made there by hand, and its manifests. Also small questions that many tests ask.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/component/world.h"

namespace labgallery::component {

// Names in Azure.
std::string GroupId(const std::string& group = "labs-rg");
std::string GalleryId(const std::string& gallery = "teaching");
std::string DefinitionId(const std::string& image = "ubuntu",
                         const std::string& gallery = "teaching");
std::string VersionId(const std::string& version = "1.0.0", const std::string& image = "ubuntu",
                      const std::string& gallery = "teaching");
std::string ComputeId(const std::string& type, const std::string& name);
std::string AccountId(const std::string& account = "cs");
std::string AttachmentId(const std::string& gallery = "teaching",
                         const std::string& account = "cs");
std::string PlanId(const std::string& plan = "cs");
std::string SwitchId(const std::string& image, const std::string& account = "cs");

// What somebody has made in Azure by hand.
void HaveGroup(World& world);
void HaveManagedImage(World& world, const std::string& name = "ubuntu",
                      const std::string& location = "westeurope");
void HaveGallery(World& world, const std::string& gallery = "teaching", json::Value tags = {});
void HaveDefinition(World& world, const std::string& image = "ubuntu",
                    const std::string& gallery = "teaching",
                    const std::string& os_state = "Generalized");
void HaveVersion(World& world, const std::string& version = "1.0.0",
                 const std::string& image = "ubuntu", const std::string& gallery = "teaching",
                 json::Value tags = {});
void HaveAccount(World& world, const std::string& account = "cs", json::Value tags = {});
void HaveAttachment(World& world, const std::string& gallery = "teaching",
                    const std::string& account = "cs");
json::Value OwnerTags(const std::string& owner, const std::string& origin = "Created");
/// Everything in Azure takes seconds.
void Hurry(World& world);
/// An operator that has made the gallery, where a managed image is and everything takes seconds.
void StartWithGallery(World& world);
void Set(World& world, const std::string& setting, json::Value value);
/// Adds a fault of the control API, from its JSON text.
void Fault(World& world, const std::string& json_text);
/// Somebody else uses up what Azure lets the subscription read for now.
void ExhaustReads(World& world);
/// A cloud without it.
void LoseResourceGraph(World& world);
void Region(World& world, const std::string& version_id, const std::string& region,
            const std::string& what);

// Manifests; `spec` is further lines of the spec.
std::string Gallery(const std::string& spec = "", const std::string& name = "teaching",
                    const std::string& name_space = "labs");
/// With version 1.0.0 from the managed image of the same name.
std::string Image(const std::string& spec = "", const std::string& name = "ubuntu",
                  const std::string& version = "1.0.0");
/// A definition alone, unless `spec` has more.
std::string Definition(const std::string& spec = "", const std::string& name = "ubuntu",
                       const std::string& os_state = "Generalized");
std::string Account(const std::string& spec, const std::string& name = "cs");
inline const std::string kAttachTeaching = "gallery: {state: Attached, ref: {name: teaching}}";

// Questions.
std::int64_t Number(const json::Value& value, std::initializer_list<std::string_view> path);
/// Programmatic region and replicas of a version's targets in Azure.
std::map<std::string, std::int64_t> Targets(World& world, const std::string& version_id);
/// State of each region in an Image's status.
std::map<std::string, std::string> RegionStates(World& world, const std::string& image = "ubuntu");
std::string OwnerOf(World& world, const std::string& id);
std::string Message(World& world, const std::string& kind, const std::string& name,
                    const std::string& type = "Ready");
/// Galleries that Azure lists for an account, or that a plan of the name has.
std::vector<std::string> Attached(World& world, const std::string& account = "cs");
/// "Enabled" or "Disabled", as Azure shows it to a teacher of the account, or of a plan of that
/// name.
std::string SwitchOf(World& world, const std::string& image, const std::string& account = "cs");
/// Role assignments at a scope: name to principal.
std::map<std::string, std::string> Roles(World& world, const std::string& scope);

/// Writes to either server while `time` passes, without those that count Events.
std::vector<std::string> WritesDuring(World& world, Duration time);
/// Writes to Azure among `log`, as "METHOD path".
std::vector<std::string> ToAzure(const std::vector<std::string>& log);
/// GETs that Azure was sent, by path.
std::map<std::string, int> ReadsByPath(World& world);
/// How many entries hold `part`.
std::size_t Count(const std::vector<std::string>& log, const std::string& part);
/// Where the first entry with both parts stands; the size of the log if there is none.
std::size_t Position(const std::vector<std::string>& log, const std::string& method,
                     const std::string& path_end);
/// An hour, a look asked for, and a new operator: nothing may be written by any of them.
void ExpectConverged(World& world);

}  // namespace labgallery::component
