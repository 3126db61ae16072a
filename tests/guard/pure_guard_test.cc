// The draft never leaves the guard: its library has no way to write anything anywhere.
//
// The undefined symbols of its object files are all that its code can call besides itself. Each must be memory, text, or one
// of the three pure functions of the product that it builds on.

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace candor::guard {
namespace {

namespace fs = std::filesystem;
using ::testing::IsEmpty;

std::set<std::string> SymbolsOf(const std::string& flags) {
  const std::string command = std::string(CANDOR_NM) + " -C " + flags + " \"" + CANDOR_GUARD_LIBRARY + "\"";
  std::set<std::string> symbols;
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return symbols;
  static const std::regex line_pattern(R"(^\s*[0-9a-f]*\s+[A-Za-z]\s+(.*)$)");
  char line[4096];
  while (std::fgets(line, sizeof line, pipe) != nullptr) {
    std::string text(line);
    while (!text.empty() && text.back() == '\n') text.pop_back();
    std::smatch match;
    if (std::regex_match(text, match, line_pattern)) symbols.insert(match[1].str());
  }
  EXPECT_EQ(pclose(pipe), 0) << command;
  return symbols;
}

TEST(PureGuardTest, TheLibraryCanCallNothingThatReachesOutside) {
  const std::set<std::string> defined = SymbolsOf("--defined-only");
  ASSERT_GT(defined.size(), 20u) << "the library was not read";
  static const std::regex allowed(
      // The language: memory, exceptions, thread-safe statics, unwinding.
      R"(operator (new|delete).*|__cxa_.*|__gxx_personality_v0|_Unwind_Resume|__stack_chk_fail|__dso_handle|_GLOBAL_OFFSET_TABLE_)"
      R"(|__tls_.*|vtable for __cxxabiv1::.*|std::terminate\(\).*|abort|__asan_.*|__ubsan_.*|__sanitizer_.*|__tsan_.*)"
      R"(|mem(cpy|move|set|cmp|chr)|strlen|bcmp|_Hash_bytes|std::_Hash_bytes.*)"
      // Text and containers.
      R"(|(void |char\*? |bool )?std::__cxx11::basic_string<.*|std::__throw_.*|std::_Rb_tree_.*|std::__detail::.*|std::__exception_ptr.*)"
      R"(|absl::(debian[0-9]+::|lts_[0-9]+::)?.*|void absl::.*|bool absl::.*|typeinfo for .*|vtable for .*)"
      // How a broken invariant ends the program, and the fixed text that it says. Headers set the standard streams up; their
      // functions are not among these.
      R"(|stderr|fprintf|__fprintf_chk|fwrite|__assert_fail|std::ios_base::Init::~?Init\(\))"
      // Ours: overwriting, folding, asking the filter.
      R"(|candor::base::Wipe\(.*|candor::domain::(LetterAt|AppendFolded)\(.*|candor::crypto::SaltedFilter::Contains\(.*)");
  std::vector<std::string> others;
  for (const std::string& symbol : SymbolsOf("--undefined-only")) {
    if (!std::regex_match(symbol, allowed) && defined.count(symbol) == 0) others.push_back(symbol);
  }
  EXPECT_THAT(others, IsEmpty());
}

// fprintf is there for CANDOR_CHECK alone, whose text is fixed when it is compiled.
TEST(PureGuardTest, ItsSourcesIncludeNothingThatReadsOrWrites) {
  static const std::regex include_pattern(R"(^\s*#\s*include\s*[<"]([^>"]+)[>"].*)");
  static const std::regex allowed(
      R"(absl/(strings|container)/.*|algorithm|array|cstddef|cstdint|map|optional|string|utility|vector|initializer_list)"
      R"(|clients/guard/.*|services/domain/name_text\.h|services/crypto/salted_filter\.h|services/base/(private_memory|status)\.h)");
  std::vector<std::string> others;
  int includes = 0;
  for (const auto& entry : fs::directory_iterator(fs::path(CANDOR_SOURCE_DIR) / "clients" / "guard")) {
    if (entry.path().extension() != ".h" && entry.path().extension() != ".cc") continue;
    std::ifstream file(entry.path());
    for (std::string line; std::getline(file, line);) {
      EXPECT_EQ(line.find("printf"), std::string::npos) << entry.path();
      EXPECT_EQ(line.find("std::cout"), std::string::npos) << entry.path();
      std::smatch match;
      if (!std::regex_match(line, match, include_pattern)) continue;
      ++includes;
      if (!std::regex_match(match[1].str(), allowed)) others.push_back(entry.path().filename().string() + ": " + match[1].str());
    }
  }
  EXPECT_GT(includes, 20);
  EXPECT_THAT(others, IsEmpty());
}

}  // namespace
}  // namespace candor::guard
