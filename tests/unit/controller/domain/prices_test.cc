#include "controller/domain/prices.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/json/parse.h"

namespace labgallery::domain {
namespace {

using testing::HasSubstr;

Result<PriceTable> Read(std::string_view text) {
  const auto document = json::Parse(text);
  EXPECT_TRUE(document);
  return ReadPriceTable(*document);
}

TEST(PriceTable, PrefersARegionsOwnPrice) {
  const auto table = Read(R"({"currency": "EUR",
    "storage": {"Standard_LRS": {"default": "0.05", "regions": {"West Lake": "0.07"}},
                "Premium_LRS": {"regions": {"westlake": "0.2"}}}})");
  ASSERT_TRUE(table);
  EXPECT_EQ(table->Storage("Standard_LRS", "westlake"), 70'000);
  EXPECT_EQ(table->Storage("Standard_LRS", "eastlake"), 50'000);
  EXPECT_EQ(table->Storage("Premium_LRS", "westlake"), 200'000);
  EXPECT_EQ(table->Storage("Premium_LRS", "eastlake"), std::nullopt);
  EXPECT_EQ(table->Storage("Standard_ZRS", "westlake"), std::nullopt);
}

TEST(PriceTable, PricesATransferByTheContinents) {
  const auto table = Read(R"({"currency": "EUR", "storage": {}, "transfer": {
    "A": {"withinContinent": "0.01", "betweenContinents": "0.04", "geographies": ["Lakes", "Hills"]},
    "B": {"withinContinent": "0.02", "betweenContinents": "0.08", "geographies": ["Dunes"]}}})");
  ASSERT_TRUE(table);
  EXPECT_EQ(table->Transfer({"a", "Lakes"}, {"b", "Lakes"}), 10'000);
  EXPECT_EQ(table->Transfer({"a", "Lakes"}, {"b", "Hills"}), 10'000);
  EXPECT_EQ(table->Transfer({"a", "Lakes"}, {"b", "Dunes"}), 40'000);
  EXPECT_EQ(table->Transfer({"a", "Dunes"}, {"b", "Lakes"}), 80'000);
  EXPECT_EQ(table->Transfer({"a", "Lakes"}, {"b", "Unknown"}), std::nullopt);
  EXPECT_EQ(table->Transfer({"a", "Unknown"}, {"b", "Lakes"}), std::nullopt);
  EXPECT_EQ(table->Transfer({"a", "Unknown"}, {"b", "Unknown"}), std::nullopt);
}

TEST(PriceTable, PrefersASourceRegionsOwnTransfer) {
  auto table = Read(R"({"currency": "EUR", "storage": {}, "transfer": {
    "A": {"withinContinent": "0.01", "betweenContinents": "0.04", "geographies": ["Lakes"]},
    "B": {"withinContinent": "0.02", "betweenContinents": "0.08", "geographies": ["Dunes"]}}})");
  ASSERT_TRUE(table);
  table->transfer_from["westlake"] = {.within_continent = 3, .between_continents = 7};
  EXPECT_EQ(table->Transfer({"westlake", "Lakes"}, {"b", "Lakes"}), 3);
  EXPECT_EQ(table->Transfer({"westlake", "Lakes"}, {"b", "Dunes"}), 7);
  EXPECT_EQ(table->Transfer({"eastlake", "Lakes"}, {"westlake", "Lakes"}), 10'000);
}

TEST(PriceTable, NamesEverythingThatIsWrongWithAFile) {
  const auto table = Read(R"({"storage": {"Standard_LRS": {"default": "cheap"}}, "transfer": {
    "A": {"withinContinent": "0.01", "betweenContinents": "-1", "geographies": ["Lakes"]},
    "B": {"withinContinent": "0.01", "betweenContinents": "1", "geographies": ["Lakes"]}}})");
  ASSERT_FALSE(table);
  EXPECT_EQ(table.error().kind, ErrorKind::kInvalidInput);
  for (const char* part :
       {"currency: is required", "storage.Standard_LRS.default: expected a price",
        "transfer.A.betweenContinents: expected a price",
        "transfer.B.geographies: Lakes is on two continents"}) {
    EXPECT_THAT(table.error().message, HasSubstr(part));
  }
}

TEST(PriceTable, ThatIsShippedCanBeRead) {
  const auto table = Read(ShippedPriceTableText());
  ASSERT_TRUE(table) << table.error().ToString();
  EXPECT_EQ(table->currency, "USD");
  EXPECT_EQ(table->Storage("Standard_LRS", "westeurope"), 50'000);
  EXPECT_EQ(table->Storage("Premium_LRS", "swedencentral"), 145'000);
  EXPECT_EQ(table->Storage("PremiumV2_LRS", "westeurope"), std::nullopt);
  EXPECT_EQ(table->Transfer({"a", "Europe"}, {"b", "Europe"}), 20'000);
}

struct AmountRow {
  const char* name;
  const char* text;
  std::optional<Micros> amount;
};

class Amount : public testing::TestWithParam<AmountRow> {};

TEST_P(Amount, IsRead) { EXPECT_EQ(ParseAmount(GetParam().text), GetParam().amount); }

INSTANTIATE_TEST_SUITE_P(
    Rows, Amount,
    testing::Values(AmountRow{"Whole", "12", 12'000'000}, AmountRow{"TwoDecimals", "0.05", 50'000},
                    AmountRow{"SixDecimals", "0.000001", 1}, AmountRow{"Empty", "", std::nullopt},
                    AmountRow{"SevenDecimals", "0.0000001", std::nullopt},
                    AmountRow{"Negative", "-1", std::nullopt},
                    AmountRow{"NoWhole", ".5", std::nullopt},
                    AmountRow{"NoDecimals", "1.", std::nullopt},
                    AmountRow{"TwoPoints", "1.2.3", std::nullopt},
                    AmountRow{"TooLarge", "99999999999999999999", std::nullopt}),
    [](const auto& row) { return row.param.name; });

struct TextRow {
  const char* name;
  Micros amount;
  const char* text;
};

class AmountText : public testing::TestWithParam<TextRow> {};

TEST_P(AmountText, HasTwoDecimals) {
  EXPECT_EQ(domain::AmountText(GetParam().amount), GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(Rows, AmountText,
                         testing::Values(TextRow{"Zero", 0, "0.00"},
                                         TextRow{"Cents", 50'000, "0.05"},
                                         TextRow{"HalfACentUp", 5'000, "0.01"},
                                         TextRow{"LessThanHalf", 4'999, "0.00"},
                                         TextRow{"CarriesOver", 1'995'000, "2.00"},
                                         TextRow{"Large", 123'456'789'000, "123456.79"}),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace labgallery::domain
