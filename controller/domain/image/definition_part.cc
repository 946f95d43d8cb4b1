#include "controller/domain/arm.h"
#include "controller/domain/image/bodies.h"
#include "controller/domain/image/differences.h"
#include "controller/domain/image/parts.h"
#include "controller/domain/tagging.h"
#include "src/azure/model/operation.h"

namespace labgallery::domain::image {
namespace {

ArmWrite DefinitionWrite(const Frame& frame, json::Value body) {
  return {std::string(kDefinitionPart), Verb::kPut, frame.id, std::string(kGalleryVersion),
          std::move(body)};
}

Need GalleryNeed(const GalleryInSight& gallery) {
  return {Reason::kWaitingForGallery, gallery.problem, std::nullopt};
}

void DescribeNew(Part& part, const Frame& frame) {
  part.differences = {{"image definition", frame.id.text(), "", true}};
  if (!frame.seen.gallery.ready) part.need = GalleryNeed(frame.seen.gallery);
  if (frame.spec.lab_template) {
    part.refusal = Refusal{Reason::kVersionMissing,
                           "the image that was saved from " + frame.spec.lab_template->id +
                               " has vanished: another spec.version has it saved again"};
    return;
  }
  if (!frame.spec.definition) {
    part.refusal =
        Refusal{Reason::kInvalidSpec,
                "spec.definition: is needed to create the image definition, which does not exist"};
    return;
  }
  if (frame.source.empty()) {
    part.refusal = Refusal{Reason::kInvalidSpec,
                           "spec.location: is needed, because the gallery's location is not known"};
    return;
  }
  part.writes = {
      DefinitionWrite(frame, NewDefinitionBody(*frame.spec.definition, frame.source.name(),
                                               NewTags(frame.spec.tags, frame.seen.OwnTag())))};
}

void DescribePresent(Part& part, const Frame& frame) {
  const json::Value& body = frame.seen.definition.body;
  part.differences =
      TagDifferences(frame.spec.tags, TagsOf(body), WantsMark(frame.seen, frame.ownership));
  std::vector<BodyDifference> differences;
  if (frame.spec.definition) {
    differences =
        DefinitionDifferences(*frame.spec.definition, frame.spec.location.value_or(""), body);
  }
  for (const BodyDifference& d : differences)
    part.differences.push_back({d.path, d.want, d.have, d.addition});
  if (const std::string immutable = ImmutableMessage(differences); !immutable.empty()) {
    part.refusal =
        Refusal{Reason::kInvalidSpec, immutable +
                                          "; change the spec back, or make another Image "
                                          "with another azureName"};
    return;
  }
  if (azure::PhaseOf(body) == azure::OperationPhase::kFailed) {
    part.differences.push_back({"properties.provisioningState", "Succeeded", "Failed", true});
  }
  if (part.differences.empty()) return;
  part.writes = {DefinitionWrite(
      frame, ChangedDefinitionBody(frame.spec.definition, body,
                                   DesiredTags(frame.spec.tags, TagsOf(body), frame.ownership,
                                               frame.seen.OwnTag())))};
}

}  // namespace

Part DefinitionPart(const Frame& frame) {
  Part part{.name = std::string(kDefinitionPart)};
  if (frame.id.empty()) {
    part.need = GalleryNeed(frame.seen.gallery);
    return part;
  }
  NoteProgress(part, frame.seen, frame.seen.definition, kPollInterval);
  if (frame.seen.definition.present()) {
    part.present = true;
    part.removals = {{part.name, Verb::kDelete, frame.id, std::string(kGalleryVersion), {}}};
    DescribePresent(part, frame);
  } else {
    DescribeNew(part, frame);
  }
  return part;
}

}  // namespace labgallery::domain::image
