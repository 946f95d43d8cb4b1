#include "src/yaml/scalar.h"

#include <gtest/gtest.h>

namespace labgallery::yaml {
namespace {

struct Accepted {
  const char* name;
  const char* text;
  json::Value want;
};
void PrintTo(const Accepted& row, std::ostream* out) { *out << row.name; }

class PlainScalar : public testing::TestWithParam<Accepted> {};

TEST_P(PlainScalar, MeansWhatJsonCanSay) {
  const Scalar scalar = ReadPlainScalar(GetParam().text);
  EXPECT_EQ(scalar.reason, "");
  EXPECT_EQ(scalar.value, GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, PlainScalar,
    testing::Values(Accepted{"Empty", "", nullptr}, Accepted{"Tilde", "~", nullptr},
                    Accepted{"Null", "null", nullptr}, Accepted{"True", "true", true},
                    Accepted{"CapitalFalse", "False", false}, Accepted{"Zero", "0", 0},
                    Accepted{"Integer", "42", 42}, Accepted{"Negative", "-7", -7},
                    Accepted{"WithPlus", "+7", 7}, Accepted{"Decimal", "1.5", 1.5},
                    Accepted{"PointFirst", "-.5", -0.5}, Accepted{"Exponent", "1e3", 1000.0},
                    Accepted{"LargestInteger", "9223372036854775807", std::int64_t{INT64_MAX}},
                    Accepted{"BeyondIntegers", "9223372036854775808", 9223372036854775808.0},
                    Accepted{"Version", "1.0.0", "1.0.0"},
                    Accepted{"SubscriptionId", "00000000-0000-0000-0000-000000000001",
                             "00000000-0000-0000-0000-000000000001"},
                    Accepted{"Date", "2027-06-30", "2027-06-30"},
                    Accepted{"Sexagesimal", "1:30", "1:30"}, Accepted{"Sign", "-", "-"},
                    Accepted{"Point", ".", "."}, Accepted{"NoExponent", "1e", "1e"},
                    Accepted{"Word", "yesterday", "yesterday"},
                    Accepted{"HexLikeWord", "0bad", "0bad"},
                    Accepted{"TooLargeNumber", "1e400", "1e400"}),
    [](const auto& row) { return row.param.name; });

struct Refused {
  const char* name;
  const char* text;
};
void PrintTo(const Refused& row, std::ostream* out) { *out << row.name; }

class DisputedScalar : public testing::TestWithParam<Refused> {};

TEST_P(DisputedScalar, IsRefusedWithARemedy) {
  const Scalar scalar = ReadPlainScalar(GetParam().text);
  EXPECT_NE(scalar.reason, "");
  EXPECT_NE(scalar.remedy.find("quotes"), std::string::npos) << scalar.remedy;
}

INSTANTIATE_TEST_SUITE_P(Rows, DisputedScalar,
                         testing::Values(Refused{"Yes", "yes"}, Refused{"CapitalNo", "NO"},
                                         Refused{"On", "on"}, Refused{"Off", "Off"},
                                         Refused{"Y", "y"}, Refused{"N", "N"},
                                         Refused{"LeadingZero", "017"}, Refused{"Octal", "0o17"},
                                         Refused{"Hexadecimal", "0x1F"}, Refused{"Binary", "0b101"},
                                         Refused{"Underscores", "1_000"},
                                         Refused{"Infinity", "-.inf"},
                                         Refused{"NotANumber", ".NaN"}),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace labgallery::yaml
