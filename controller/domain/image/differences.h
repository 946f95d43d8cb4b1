// Where a definition or a version in Azure differs from the spec, field by field, and which of it
// Azure can change. What is absent in the spec is no difference. The target regions of a version
// are listed here for people and for adoption; what is done about them is region_plan.h's. Tags are
// compared by the core.
#pragma once

#include <string>
#include <vector>

#include "controller/domain/image/spec.h"
#include "controller/domain/image/target_regions.h"
#include "src/json/value.h"

namespace labgallery::domain::image {

struct BodyDifference {
  std::string path;        // from the body's root: "properties.endOfLifeDate"
  std::string want;        // as JSON; empty: it is to be removed
  std::string have;        // as JSON; empty: Azure has nothing there
  bool immutable = false;  // Azure refuses to change it
  bool addition = false;   // nothing that is there would change or go

  friend bool operator==(const BodyDifference&, const BodyDifference&) = default;
};

/// What a definition made without a word about it is given (the schema documents both). Sent
/// always: from api-version 2025-03-03 on Azure's own defaults are others.
inline constexpr std::string_view kDefaultHyperVGeneration = "V2";
inline constexpr std::string_view kDefaultSecurityType = "Standard";

/// `definition` and `location` (any spelling; empty: not managed) against a definition as read.
/// Features are immutable unless allowUpdateImage is true.
std::vector<BodyDifference> DefinitionDifferences(const Definition& definition,
                                                  const std::string& location,
                                                  const json::Value& actual);

/// The fields of spec.version's own against that version as read, without its target regions. A
/// source that Azure does not show is no difference.
std::vector<BodyDifference> VersionDifferences(const ImageSpec& spec, const std::string& location,
                                               const json::Value& actual);

/// Those that Azure cannot change, as the beginning of a sentence; empty: none.
std::string ImmutableMessage(const std::vector<BodyDifference>& differences);

/// Regions to add, to change and to remove.
std::vector<BodyDifference> TargetDifferences(const std::vector<TargetRegion>& desired,
                                              const std::vector<TargetRegion>& actual);

/// True if `have` has everything that `want` names, lists in any order. Texts are compared without
/// case: most of them are ids, of which ARM changes the casing.
bool Covers(const json::Value& have, const json::Value& want);

}  // namespace labgallery::domain::image
