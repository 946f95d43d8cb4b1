// Azure's public price list, as the simulator serves it: read beside the work, once a day, and done
// without where it cannot be had.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controller/reconcile/price_book.h"
#include "src/json/parse.h"
#include "tests/component/campus.h"

namespace labgallery::component {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::HasSubstr;

class PricesTest : public testing::Test {
 protected:
  PricesTest() {
    shipped_.currency = "USD";
    shipped_.storage["Standard_LRS"].everywhere = 1;
  }
  reconcile::PriceBook Book(const std::string& currency = "USD") {
    return {world_.clock(),
            log_,
            shipped_,
            {.transport = &transport_, .origin = "http://azure.test", .currency = currency}};
  }

  World world_;
  telemetry::Logger log_{world_.clock(), {.level = telemetry::LogLevel::kError}};
  std::vector<http::Request> asked_;
  bool down_ = false;
  http::InProcessTransport transport_{[this](const http::Request& request) -> http::Reply {
    asked_.push_back(request);
    if (down_) return http::Response{.status = 503};
    return world_.AzureHandler()(request);
  }};
  domain::PriceTable shipped_;
};

TEST_F(PricesTest, AreThoseOfTheListOnceItWasRead) {
  reconcile::PriceBook book = Book();
  EXPECT_EQ(*book.Now(), shipped_);
  ASSERT_TRUE(book.Refresh({}));
  EXPECT_EQ(book.Now()->Storage("Standard_LRS", "westeurope"), 50'000);
  EXPECT_EQ(book.Now()->Storage("Premium_LRS", "swedencentral"), 145'000);
  EXPECT_EQ(book.Now()->transfer_from.at("westeurope").within_continent, 20'000);
  EXPECT_THAT(book.Now()->source, HasSubstr("http://azure.test"));
  EXPECT_GT(asked_.size(), 2U) << "pages are followed";
  for (const http::Request& request : asked_)
    EXPECT_FALSE(request.headers.Get("Authorization").has_value());
}

TEST_F(PricesTest, AreInTheCurrencyThatIsAskedFor) {
  reconcile::PriceBook book = Book("EUR");
  ASSERT_TRUE(book.Refresh({}));
  EXPECT_EQ(book.Now()->currency, "EUR");
  EXPECT_EQ(book.Now()->Storage("Standard_LRS", "westeurope"), 45'000);
  reconcile::PriceBook unknown = Book("XXX");
  EXPECT_FALSE(unknown.Refresh({}));
  EXPECT_EQ(*unknown.Now(), shipped_);
}

TEST_F(PricesTest, AreReadOnceADayAndSoonerAfterAFailure) {
  reconcile::PriceBook book = Book();
  std::stop_source stop;
  Presence presence = world_.clock().Enter();
  std::jthread thread(
      [&book, &stop, presence = std::move(presence)] { book.Follow(stop.get_token()); });
  world_.Run(minutes(1));
  const std::size_t once = asked_.size();
  EXPECT_GT(once, 0U);
  world_.Run(hours(23));
  EXPECT_EQ(asked_.size(), once);
  down_ = true;
  world_.Run(hours(2));
  EXPECT_GT(asked_.size(), once);
  EXPECT_EQ(book.Now()->Storage("Standard_LRS", "westeurope"), 50'000) << "the last ones stay";
  const std::size_t failed = asked_.size();
  world_.Run(hours(2));
  EXPECT_EQ(asked_.size(), failed + 2);
  stop.request_stop();
}

}  // namespace
}  // namespace labgallery::component
