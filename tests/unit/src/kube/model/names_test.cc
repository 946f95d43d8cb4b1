#include "src/kube/model/names.h"

#include <gtest/gtest.h>

#include <string>

namespace labgallery::kube {
namespace {

TEST(MetadataNames, FollowTheRulesOfQualifiedNames) {
  for (const char* name : {"a", "a.b-c_D9", "example.com/a", "a-b.example.com/X"}) {
    EXPECT_TRUE(IsQualifiedName(name)) << name;
  }
  for (const char* name :
       {"", "/a", "a/", "Example.com/a", "a/b/c", "-a", "a-", "a b", "ex..com/a"}) {
    EXPECT_FALSE(IsQualifiedName(name)) << name;
  }
  EXPECT_TRUE(IsQualifiedName(std::string(63, 'a')));
  EXPECT_FALSE(IsQualifiedName(std::string(64, 'a')));
  EXPECT_TRUE(IsLabelValue(""));
  EXPECT_FALSE(IsLabelValue("a/b"));
}

TEST(MetadataNames, FollowTheRulesOfDns) {
  for (const char* name : {"a", "0-a", "lab-1"}) EXPECT_TRUE(IsDnsLabel(name)) << name;
  for (const char* name : {"", "-a", "a-", "A", "a.b", "a b", "a_b"})
    EXPECT_FALSE(IsDnsLabel(name)) << name;
  EXPECT_TRUE(IsDnsLabel(std::string(63, 'a')));
  EXPECT_FALSE(IsDnsLabel(std::string(64, 'a')));
  for (const std::string name : {"a", "a.b-c.0"}) EXPECT_TRUE(IsDnsSubdomain(name)) << name;
  for (const char* name : {"", ".a", "a.", "a..b", "a.-b", "A", "a/b"})
    EXPECT_FALSE(IsDnsSubdomain(name)) << name;
  EXPECT_TRUE(IsDnsSubdomain(std::string(253, 'a')));
  EXPECT_FALSE(IsDnsSubdomain(std::string(254, 'a')));
}

}  // namespace
}  // namespace labgallery::kube
