#include "services/base/log.h"

#include <fcntl.h>
#include <unistd.h>

#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace candor::base {
namespace {

TEST(LogTest, WritesOneJsonObjectALine) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  SetLogOutput(ends[1]);
  Log(LogLevel::kDebug, "below the level");
  Log(LogLevel::kWarning, "a \"quoted\"\nmessage", {{"count", int64_t{3}}, {"ok", true}, {"name", std::string("x\xff")}});
  SetLogOutput(STDERR_FILENO);
  close(ends[1]);
  std::string text(4096, '\0');
  text.resize(static_cast<size_t>(std::max<ssize_t>(0, read(ends[0], text.data(), text.size()))));
  close(ends[0]);
  ASSERT_FALSE(text.empty());
  EXPECT_EQ(text.find('\n'), text.size() - 1) << "one line";
  const auto line = nlohmann::json::parse(text);
  EXPECT_EQ(line["level"], "warning");
  EXPECT_EQ(line["msg"], "a \"quoted\"\nmessage");
  EXPECT_EQ(line["count"], 3);
  EXPECT_EQ(line["ok"], true);
  EXPECT_TRUE(line.contains("ts"));
}

}  // namespace
}  // namespace candor::base
