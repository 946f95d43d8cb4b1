#include "controller/domain/offer.h"

#include <gtest/gtest.h>

#include "tests/unit/controller/domain/observations.h"

namespace labgallery::domain {
namespace {

enum class Comes { kWrite, kRegister, kNeed, kRefusal };

struct Row {
  const char* name;
  Offer offer{};
  bool may_register = false;
  bool asked = false;  // this object has sent the registration
  Comes comes = Comes::kWrite;
  const char* told = "";
};

class OfferTest : public testing::TestWithParam<Row> {
 protected:
  Part Noted(bool there = false) const {
    shared_image_gallery::GalleryObservation seen = AGallery();
    seen.offer = GetParam().offer;
    seen.offer->provider =
        azure::ResourceId::Parse("/subscriptions/s1/providers/Microsoft.Compute").value();
    seen.settings.register_providers = GetParam().may_register;
    if (GetParam().asked) seen.memory["gallery"].accepted = 1;
    Part part{.name = "gallery"};
    if (!there) part.writes = {{.part = "gallery", .verb = Verb::kPut}};
    NoteOffer(part, seen, azure::Region("westeurope"));
    return part;
  }
};

TEST_P(OfferTest, DecidesWhetherWhatIsMissingCanBeMade) {
  const Part part = Noted();
  const std::string told = part.need      ? part.need->message
                           : part.refusal ? part.refusal->message
                                          : "";
  EXPECT_EQ(told, GetParam().told);
  EXPECT_EQ(part.need.has_value(), GetParam().comes == Comes::kNeed);
  EXPECT_EQ(part.refusal.has_value(), GetParam().comes == Comes::kRefusal);
  ASSERT_EQ(part.writes.size(), 1U);
  EXPECT_EQ(part.writes.front().action, GetParam().comes == Comes::kRegister ? "register" : "");
}

TEST_P(OfferTest, IsOfNoInterestForWhatIsThere) {
  const Part part = Noted(true);
  EXPECT_FALSE(part.need || part.refusal);
  EXPECT_TRUE(part.writes.empty());
}

constexpr const char* kRegistering = "Microsoft.Compute is being registered in subscription s1";

INSTANTIATE_TEST_SUITE_P(
    Rows, OfferTest,
    testing::Values(
        Row{.name = "OfferedInTheRegion"},
        Row{.name = "OfferedElsewhere",
            .offer = {.in_region = false, .regions = "northeurope, eastus"},
            .comes = Comes::kRefusal,
            .told = "spec.location: subscription s1 cannot have a gallery in westeurope; it can in "
                    "northeurope, eastus"},
        Row{.name = "NotRegistered",
            .offer = {.registered = false},
            .comes = Comes::kNeed,
            .told = "subscription s1 is not registered for Microsoft.Compute: run az provider "
                    "register --namespace Microsoft.Compute, or the operator with "
                    "--register-providers"},
        Row{.name = "NotRegisteredWhereTheOperatorMay",
            .offer = {.registered = false},
            .may_register = true,
            .comes = Comes::kRegister},
        Row{.name = "RegisteredByThisObject",
            .offer = {.registered = false},
            .may_register = true,
            .asked = true,
            .comes = Comes::kNeed,
            .told = kRegistering},
        Row{.name = "RegisteredBySomebodyElse",
            .offer = {.registered = false, .registering = true},
            .comes = Comes::kNeed,
            .told = kRegistering},
        Row{.name = "RegisteredBySomebodyElseWhereTheOperatorMay",
            .offer = {.registered = false, .registering = true},
            .may_register = true,
            .comes = Comes::kNeed,
            .told = kRegistering}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace labgallery::domain
