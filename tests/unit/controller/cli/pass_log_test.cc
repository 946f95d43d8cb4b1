#include "controller/cli/pass_log.h"

#include <gtest/gtest.h>

namespace labgallery::cli {
namespace {

const runtime::Key kA{0, {"labs", "a"}};
const runtime::Key kB{1, {"labs", "b"}};

TEST(PassLog, KnowsWhatTheLastPassCameTo) {
  PassLog log;
  EXPECT_EQ(log.Last(kA), LastPass{});
  log.Note({kA, "WritePart", true});
  log.Note({kA, "Done", false, true});
  EXPECT_EQ(log.Last(kA), (LastPass{"Done", true}));
  EXPECT_EQ(log.Last(kB), LastPass{});
}

TEST(PassLog, CountsPassesThatWroteSomething) {
  PassLog log;
  log.Note({kA, "Done", false});
  EXPECT_EQ(log.Effects(), 0U);
  log.Note({kA, "WritePart", true});
  EXPECT_EQ(log.Effects(), 1U);
}

TEST(PassLog, CountsLooksFromAMomentOn) {
  PassLog log;
  log.Note({kA, "Done", false});
  log.Note({kB, "Done", false});
  EXPECT_TRUE(log.LookedAtAll({kA, kB}));
  log.CountLooksAnew();
  EXPECT_TRUE(log.LookedAtAll({}));
  log.Note({kB, "Done", false});
  EXPECT_FALSE(log.LookedAtAll({kA, kB}));
  log.Note({kA, "Done", false});
  EXPECT_TRUE(log.LookedAtAll({kA, kB}));
}

}  // namespace
}  // namespace labgallery::cli
