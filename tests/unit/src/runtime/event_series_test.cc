#include "src/runtime/event_series.h"

#include <gtest/gtest.h>

#include <string>

namespace labgallery::runtime {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

const SystemTime kMidnight{std::chrono::sys_days(std::chrono::year(2026) / 11 / 25)};

Note ANote(const std::string& text = "it failed", const std::string& object = "a") {
  return {.regarding = {"example.org/v1", "Widget", {"ns", object}, "uid-" + object},
          .reason = "Failed",
          .action = "Reconcile",
          .text = text,
          .same = text};
}

class EventSeriesTest : public testing::Test {
 protected:
  bool Take(const Note& note) { return series.Take(note, {kMidnight + now, SteadyTime(now)}); }
  Series* Due() { return series.Due(SteadyTime(now)); }
  /// Writes all that is due; how many.
  int WriteAll() {
    int written = 0;
    while (Series* due = Due()) {
      series.Written(*due, SteadyTime(now));
      ++written;
    }
    return written;
  }

  Duration now{};
  EventSeries series;
};

TEST_F(EventSeriesTest, TellsANoteAtOnce) {
  Take(ANote());
  ASSERT_NE(Due(), nullptr);
  EXPECT_FALSE(Due()->created);
  EXPECT_EQ(Due()->count, 1);
  EXPECT_EQ(WriteAll(), 1);
  EXPECT_FALSE(series.NextDue());
}

TEST_F(EventSeriesTest, CountsTheSameNoteAndWritesItWhenItIsOver) {
  Take(ANote());
  WriteAll();
  for (int i = 0; i < 3; ++i) {
    now += minutes(5);
    Take(ANote());
    EXPECT_EQ(WriteAll(), 0);
  }
  now += minutes(15);
  EXPECT_EQ(WriteAll(), 1);  // half an hour after the last writing
  now += minutes(4);
  Take(ANote());
  now += minutes(19);
  EXPECT_EQ(Due(), nullptr);
  now += minutes(1);
  ASSERT_NE(Due(), nullptr);
  EXPECT_EQ(Due()->count, 5);
  EXPECT_EQ(Due()->last, kMidnight + minutes(34));
}

TEST_F(EventSeriesTest, WritesALongOneEveryHalfHour) {
  int written = 0;
  for (int i = 0; i < 180; ++i) {
    Take(ANote());
    written += WriteAll();
    now += minutes(1);
  }
  EXPECT_EQ(written, 6);
}

TEST_F(EventSeriesTest, BeginsANewOneWhenAnHourHasPassed) {
  Take(ANote());
  WriteAll();
  now += minutes(60);
  Take(ANote());
  ASSERT_NE(Due(), nullptr);
  EXPECT_FALSE(Due()->created);
  EXPECT_EQ(Due()->count, 1);
}

TEST_F(EventSeriesTest, TellsWhatStandsOnce) {
  Note note = ANote();
  note.standing = true;
  for (int i = 0; i < 100; ++i) {
    Take(note);
    EXPECT_EQ(WriteAll(), i == 0 ? 1 : 0);
    now += minutes(5);
  }
}

TEST_F(EventSeriesTest, KnowsNotesApartByWhatTheyAreAboutAndWhatTheySay) {
  Note other = ANote();
  other.regarding.uid = "another life";
  Note reason = ANote();
  reason.reason = "Refused";
  Note normal = ANote();
  normal.type = Note::Type::kNormal;
  Note request = ANote("it failed, request 2");
  request.same = "it failed";
  for (const Note& note : {ANote(), other, reason, normal, ANote("otherwise"), request}) Take(note);
  EXPECT_EQ(series.size(), 5U);
  EXPECT_EQ(WriteAll(), 5);
}

TEST_F(EventSeriesTest, NamesTheEventsOfTwoLivesDifferently) {
  Take(ANote());
  const std::string first = Due()->name;
  EXPECT_EQ(first.substr(0, 2), "a.");
  WriteAll();
  now += minutes(60);
  Take(ANote());
  EXPECT_NE(Due()->name, first);
  Take(ANote("x", std::string(253, 'n')));
  WriteAll();
  EXPECT_EQ(Take(ANote("x", std::string(253, 'n'))), true);
}

TEST_F(EventSeriesTest, DropsWhatIsTooMuchForOneObject) {
  for (int i = 0; i < 25; ++i) EXPECT_TRUE(Take(ANote(std::to_string(i))));
  EXPECT_FALSE(Take(ANote("one more")));
  EXPECT_TRUE(Take(ANote("of another object", "b")));
  EXPECT_TRUE(Take(ANote("3")));  // of a series that is there
  now += seconds(300);
  EXPECT_TRUE(Take(ANote("one more")));
  EXPECT_FALSE(Take(ANote("and one more")));
}

TEST_F(EventSeriesTest, GivesUpAfterTwelveTries) {
  Take(ANote());
  for (int i = 1; i < 12; ++i) {
    ASSERT_TRUE(series.Failed(*Due(), SteadyTime(now + seconds(10))));
    EXPECT_EQ(Due(), nullptr);
    now += seconds(10);
  }
  EXPECT_FALSE(series.Failed(*Due(), SteadyTime(now)));
  EXPECT_EQ(series.size(), 0U);
}

TEST_F(EventSeriesTest, RemembersABoundedNumber) {
  for (int i = 0; i < 5000; ++i) {
    now += seconds(1);
    Take(ANote("x", std::to_string(i)));
  }
  EXPECT_LE(series.size(), 4096U);
}

TEST(Event, IsCutToWhatTheApiTakesAndLivesWithItsObject) {
  Note note = ANote(std::string(600, 'x') + std::string(600, 'y'));
  note.reason = std::string(200, 'r');
  const json::Value event =
      EventOf(note, {"example.org/c", std::string(200, 'i')}, "a.1", kMidnight);
  EXPECT_EQ(event.Text({"note"}).size(), 1024U);
  EXPECT_EQ(event.Text({"reason"}).size(), 128U);
  EXPECT_EQ(event.Text({"reportingInstance"}).size(), 128U);
  EXPECT_EQ(event.Text({"metadata", "namespace"}), "ns");
  EXPECT_EQ(event.Text({"regarding", "uid"}), "uid-a");
  EXPECT_EQ(event.Text({"type"}), "Warning");
  EXPECT_EQ(event.Text({"eventTime"}), "2026-11-25T00:00:00.000000Z");
  note.regarding.key.name_space.clear();
  EXPECT_EQ(EventOf(note, {}, "a.1", kMidnight).Text({"metadata", "namespace"}), "default");
}

}  // namespace
}  // namespace labgallery::runtime
