#include "controller/domain/retail_prices.h"

#include <gtest/gtest.h>

#include "src/json/parse.h"

namespace labgallery::domain {
namespace {

json::Value Row(const std::string& changes = "{}") {
  json::Value row = *json::Parse(R"({"currencyCode":"USD","tierMinimumUnits":0.0,
      "retailPrice":0.07,"armRegionName":"westlake","meterName":"LRS Snapshots",
      "productName":"Standard HDD Managed Disks","skuName":"Snapshots LRS",
      "unitOfMeasure":"1 GB/Month","type":"Consumption","isPrimaryMeterRegion":true})");
  json::MergePatch(row, *json::Parse(changes));
  return row;
}

PriceTable Shipped() {
  return *ReadPriceTable(*json::Parse(R"({"currency":"USD","source":"shipped",
      "storage":{"Standard_LRS":{"default":"0.05"}},
      "transfer":{"A":{"withinContinent":"0.01","betweenContinents":"0.04",
                       "geographies":["Lakes"]}}})"));
}

std::optional<Micros> PriceAfter(const json::Value& row, const std::string& type) {
  RetailPrices prices("USD");
  prices.Add(row);
  return prices.Over(Shipped(), "list").Storage(type, "westlake");
}

struct MeterRow {
  const char* name;
  std::string changes;
  std::string type;
  std::optional<Micros> price;
};

class Meters : public ::testing::TestWithParam<MeterRow> {};

TEST_P(Meters, CountWhereTheyPriceAReplica) {
  EXPECT_EQ(PriceAfter(Row(GetParam().changes), GetParam().type), GetParam().price);
}

INSTANTIATE_TEST_SUITE_P(
    RetailPrices, Meters,
    ::testing::Values(
        MeterRow{"LocalStandard", "{}", "Standard_LRS", 70'000},
        MeterRow{"ZonalStandard", R"({"skuName":"Snapshots ZRS"})", "Standard_ZRS", 70'000},
        MeterRow{"Premium", R"({"productName":"Premium SSD Managed Disks"})", "Premium_LRS",
                 70'000},
        MeterRow{"RegionAsDisplayed", R"({"armRegionName":"West Lake"})", "Standard_LRS", 70'000},
        MeterRow{"FlatDiskTier", R"({"skuName":"S10 LRS","unitOfMeasure":"1/Month"})",
                 "Standard_LRS", 50'000},
        MeterRow{"OtherProduct", R"({"productName":"Standard SSD Managed Disks"})", "Standard_LRS",
                 50'000},
        MeterRow{"HigherTier", R"({"tierMinimumUnits":100})", "Standard_LRS", 50'000},
        MeterRow{"SecondaryRegion", R"({"isPrimaryMeterRegion":false})", "Standard_LRS", 50'000},
        MeterRow{"Reservation", R"({"type":"Reservation"})", "Standard_LRS", 50'000},
        MeterRow{"OtherCurrency", R"({"currencyCode":"EUR"})", "Standard_LRS", 50'000},
        MeterRow{"NoPrice", R"({"retailPrice":"much"})", "Standard_LRS", 50'000},
        MeterRow{"NegativePrice", R"({"retailPrice":-1})", "Standard_LRS", 50'000},
        MeterRow{"NoRegion", R"({"armRegionName":""})", "Standard_LRS", 50'000}),
    [](const auto& row) { return row.param.name; });

TEST(RetailPrices, PriceTransfersBySourceRegion) {
  RetailPrices prices("USD");
  const std::string unit = R"("unitOfMeasure":"1 GB","retailPrice":)";
  prices.Add(
      Row("{" + unit + R"(0.02,"meterName":"Inter-Region - Intra Continent Data Transfer Out"})"));
  prices.Add(Row("{" + unit + R"(0.05,"meterName":"Inter Continent Data Transfer Out - NAM"})"));
  const PriceTable table = prices.Over(Shipped(), "list");
  EXPECT_EQ(table.Transfer({"westlake", "Lakes"}, {"x", "Lakes"}), 20'000);
  EXPECT_EQ(table.Transfer({"eastlake", "Lakes"}, {"x", "Lakes"}), 10'000);
}

TEST(RetailPrices, AreNotMixedWithAnotherCurrency) {
  RetailPrices prices("EUR");
  EXPECT_TRUE(prices.empty());
  prices.Add(Row(R"({"currencyCode":"EUR"})"));
  EXPECT_FALSE(prices.empty());
  const PriceTable table = prices.Over(Shipped(), "list");
  EXPECT_EQ(table.currency, "EUR");
  EXPECT_EQ(table.source, "list");
  EXPECT_EQ(table.Storage("Standard_LRS", "westlake"), 70'000);
  EXPECT_EQ(table.Storage("Standard_LRS", "eastlake"), std::nullopt);
  EXPECT_EQ(table.Transfer({"eastlake", "Lakes"}, {"x", "Lakes"}), std::nullopt);
}

}  // namespace
}  // namespace labgallery::domain
