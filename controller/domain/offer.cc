#include "controller/domain/offer.h"

#include "controller/domain/arm.h"

namespace labgallery::domain {
namespace {

constexpr Duration kLookForRegistration = std::chrono::minutes(1);

void NoteRegistration(Part& part, const Observation& seen, const Offer& offer) {
  const std::string name(offer.provider.name());
  const std::string subscription(offer.provider.subscription());
  const bool asked = offer.registering || seen.Memory(part.name).accepted > 0;
  if (seen.settings.register_providers && !asked) {
    part.writes = {{.part = part.name,
                    .verb = Verb::kPost,
                    .target = offer.provider,
                    .api_version = std::string(kProvidersVersion),
                    .body = {},
                    .action = "register"}};
    return;
  }
  part.need = Need{Reason::kWaitingForProvider,
                   asked ? name + " is being registered in subscription " + subscription
                         : "subscription " + subscription + " is not registered for " + name +
                               ": run az provider register --namespace " + name +
                               ", or the operator with --register-providers",
                   kLookForRegistration};
}

}  // namespace

void NoteOffer(Part& part, const Observation& seen, const azure::Region& region) {
  if (!seen.offer || part.refusal || part.writes.empty()) return;
  const Offer& offer = *seen.offer;
  if (!offer.registered) return NoteRegistration(part, seen, offer);
  if (offer.in_region) return;
  part.refusal = Refusal{Reason::kRegionUnavailable,
                         "spec.location: subscription " +
                             std::string(offer.provider.subscription()) + " cannot have a " +
                             part.name + " in " + region.name() + "; it can in " + offer.regions};
}

}  // namespace labgallery::domain
