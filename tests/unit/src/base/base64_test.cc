#include "src/base/base64.h"

#include <gtest/gtest.h>

namespace labgallery {
namespace {

TEST(Base64, GoesThereAndBack) {
  struct Row {
    std::string bytes;
    const char* text;
  };
  for (const Row& row : {Row{"", ""}, Row{"f", "Zg=="}, Row{"fo", "Zm8="}, Row{"foo", "Zm9v"},
                         Row{"foobar", "Zm9vYmFy"}, Row{std::string("\xff\x00\xfe", 3), "/wD+"}}) {
    EXPECT_EQ(EncodeBase64(row.bytes), row.text);
    EXPECT_EQ(DecodeBase64(row.text), row.bytes);
  }
}

TEST(Base64, RefusesWhatIsNone) {
  for (const char* text : {"Z", "Zg=", "Zg===", "====", "Zm 8", "Z=g="}) {
    EXPECT_FALSE(DecodeBase64(text)) << text;
  }
}

}  // namespace
}  // namespace labgallery
