#include "controller/domain/cost.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/json/parse.h"

namespace labgallery::domain {
namespace {

using testing::ElementsAre;

PriceTable Prices() {
  return {.currency = "EUR",
          .source = {},
          .storage = {{"Standard_LRS", {50'000, {{"b", 60'000}}}}, {"Standard_ZRS", {70'000, {}}}},
          .transfer = {{"Land", {20'000, 50'000}}},
          .continent_of = {{"Lakes", "Land"}, {"Dunes", "Sand"}}};
}

CostInput Input(std::vector<ReplicaSet> replicas, std::optional<ImageSize> size) {
  return {.source_region = "a",
          .replicas = std::move(replicas),
          .size = size,
          .shallow = false,
          .geography_of = {
              {"a", "Lakes"}, {"b", "Lakes"}, {"c", "Lakes"}, {"d", "Dunes"}, {"e", "Unknown"}}};
}

struct Row {
  const char* name;
  CostInput input;
  const char* want;
};

CostInput Shallow() {
  CostInput input =
      Input({{"a", "Standard_LRS", 3}, {"b", "Standard_LRS", 3}}, ImageSize::ProvisionedGB(100));
  input.shallow = true;
  return input;
}

class VersionCostOf : public testing::TestWithParam<Row> {};

TEST_P(VersionCostOf, IsTheSumOverItsReplicas) {
  EXPECT_EQ(json::Dump(ToJson(VersionCost(GetParam().input, Prices()))), GetParam().want);
}

const auto kTen = ImageSize{10'000'000'000, true};

INSTANTIATE_TEST_SUITE_P(
    Rows, VersionCostOf,
    testing::Values(
        Row{"OneRegion", Input({{"a", "Standard_LRS", 1}}, kTen),
            R"({"basis":"occupiedSize","currency":"EUR","monthly":"0.50","oneTime":"0.00"})"},
        Row{"ThreeRegionsTwoReplicas",
            Input({{"a", "Standard_LRS", 2}, {"b", "Standard_LRS", 2}, {"c", "Standard_ZRS", 2}},
                  kTen),
            R"({"basis":"occupiedSize","currency":"EUR","monthly":"3.60","oneTime":"0.40"})"},
        Row{"TwoSetsInOneRegionButOneTransfer",
            Input({{"a", "Standard_LRS", 1}, {"b", "Standard_LRS", 1}, {"b", "Standard_ZRS", 1}},
                  kTen),
            R"({"basis":"occupiedSize","currency":"EUR","monthly":"1.80","oneTime":"0.20"})"},
        Row{"GibibytesAreMoreThanGigabytes",
            Input({{"a", "Standard_LRS", 1}}, ImageSize::OccupiedGiB(100)),
            R"({"basis":"occupiedSize","currency":"EUR","monthly":"5.37","oneTime":"0.00"})"},
        Row{"ProvisionedSize", Input({{"a", "Standard_LRS", 1}}, ImageSize::ProvisionedGB(30)),
            R"({"basis":"upperBound","currency":"EUR","monthly":"1.50","oneTime":"0.00"})"},
        Row{"ShallowIsOneCopy", Shallow(),
            R"({"basis":"upperBound","currency":"EUR","monthly":"5.00","oneTime":"0.00"})"},
        Row{"UnknownStorage", Input({{"a", "Standard_LRS", 1}, {"b", "Odd", 1}}, kTen),
            R"({"basis":"noPrice","currency":"EUR"})"},
        Row{"AcrossContinents", Input({{"a", "Standard_LRS", 1}, {"d", "Standard_LRS", 1}}, kTen),
            R"({"basis":"occupiedSize","currency":"EUR","monthly":"1.00","oneTime":"0.50"})"},
        Row{"UnknownContinent", Input({{"a", "Standard_LRS", 1}, {"e", "Standard_LRS", 1}}, kTen),
            R"({"basis":"noPrice","currency":"EUR"})"},
        Row{"UnknownSize", Input({{"a", "Standard_LRS", 1}}, std::nullopt),
            R"({"basis":"noPrice","currency":"EUR"})"}),
    [](const auto& row) { return row.param.name; });

TEST(Cost, NamesThePricesThatAreMissingOnce) {
  const Cost cost = VersionCost(
      Input({{"b", "Odd", 1}, {"b", "Odd", 2}, {"e", "Standard_LRS", 1}}, std::nullopt), Prices());
  EXPECT_THAT(cost.missing,
              ElementsAre("the size of the image", "Odd in b", "transfer from a to e"));
}

TEST(Cost, DoesNotOverflowAtAzuresLimits) {
  const Cost cost =
      VersionCost(Input({{"a", "Standard_ZRS", 100}}, ImageSize::ProvisionedGB(32'768)), Prices());
  EXPECT_EQ(AmountText(cost.monthly.value()), "229376.00");
}

TEST(Cost, OfManyReplicasIsThatManyTimesTheCostOfOne) {
  const auto size = ImageSize::OccupiedGiB(13);
  const Micros one = *VersionCost(Input({{"b", "Standard_LRS", 1}}, size), Prices()).monthly;
  for (std::int64_t replicas = 1; replicas <= 100; ++replicas) {
    const Cost cost = VersionCost(Input({{"b", "Standard_LRS", replicas}}, size), Prices());
    EXPECT_EQ(cost.monthly, one * replicas);
  }
}

Cost Part(CostBasis basis, std::optional<Micros> monthly, std::optional<Micros> one_time) {
  return {
      .basis = basis, .currency = "EUR", .monthly = monthly, .one_time = one_time, .missing = {}};
}

TEST(SumOfCosts, IsAsGoodAsItsWeakestPart) {
  const Cost sure = Part(CostBasis::kOccupied, 1'000'000, 200'000);
  const Cost bound = Part(CostBasis::kUpperBound, 2'000'000, 100'000);
  Cost unknown = Part(CostBasis::kNoPrice, std::nullopt, std::nullopt);
  unknown.missing = {"Odd in b"};
  EXPECT_EQ(SumOfCosts({}), std::nullopt);
  EXPECT_EQ(SumOfCosts({sure, sure}), Part(CostBasis::kOccupied, 2'000'000, 400'000));
  EXPECT_EQ(SumOfCosts({sure, bound}), Part(CostBasis::kUpperBound, 3'000'000, 300'000));
  EXPECT_EQ(SumOfCosts({sure, unknown, bound}), unknown);
}

}  // namespace
}  // namespace labgallery::domain
