#include "clients/report/layout.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace candor::report {
namespace {

struct Character {
  uint32_t code = '?';
  size_t bytes = 1;
  bool valid = false;
};

// The first character of `text`, which is not empty.
Character First(absl::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t lead = byte(0);
  if (lead < 0x80) return {lead, 1, true};
  const size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 0;
  if (length == 0 || lead > 0xF4 || text.size() < length) return {};
  uint32_t code = lead & (0xFF >> (length + 1));
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {};
    code = code << 6 | (byte(i) & 0x3F);
  }
  const bool overlong = code < (length == 2 ? 0x80u : length == 3 ? 0x800u : 0x10000u);
  if (overlong || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return {};
  return {code, length, true};
}

bool Within(uint32_t code, uint32_t low, uint32_t high) { return code >= low && code <= high; }

int CellsOf(uint32_t code) {
  if (Within(code, 0x0300, 0x036F) || Within(code, 0x1AB0, 0x1AFF) || Within(code, 0x1DC0, 0x1DFF) ||
      Within(code, 0x20D0, 0x20FF) || Within(code, 0xFE00, 0xFE0F) || Within(code, 0xFE20, 0xFE2F)) {
    return 0;
  }
  if (Within(code, 0x1100, 0x115F) || Within(code, 0x2E80, 0x303E) || Within(code, 0x3041, 0xA4CF) ||
      Within(code, 0xA960, 0xA97F) || Within(code, 0xAC00, 0xD7A3) || Within(code, 0xF900, 0xFAFF) ||
      Within(code, 0xFE30, 0xFE6F) || Within(code, 0xFF00, 0xFF60) || Within(code, 0xFFE0, 0xFFE6) ||
      Within(code, 0x1F300, 0x1F64F) || Within(code, 0x1F680, 0x1F6FF) || Within(code, 0x1F900, 0x1F9FF) ||
      Within(code, 0x20000, 0x3FFFD)) {
    return 2;
  }
  return 1;
}

// Control characters, and those that change the direction of text or are not seen at all.
bool IsUnseen(uint32_t code) {
  return code < 0x20 || Within(code, 0x7F, 0x9F) || code == 0xAD || Within(code, 0x200B, 0x200F) ||
         Within(code, 0x2028, 0x202E) || Within(code, 0x2060, 0x206F) || code == 0xFEFF;
}

// Bytes of the longest prefix of at most `width` cells; at least one character.
size_t PrefixBytes(absl::string_view text, int width) {
  size_t at = 0;
  int cells = 0;
  while (at < text.size()) {
    const Character character = First(text.substr(at));
    const int more = CellsOf(character.code);
    if (at > 0 && cells + more > width) break;
    cells += more;
    at += character.bytes;
  }
  return at;
}

}  // namespace

int DisplayWidth(absl::string_view text) {
  int cells = 0;
  while (!text.empty()) {
    const Character character = First(text);
    cells += CellsOf(character.code);
    text.remove_prefix(character.bytes);
  }
  return cells;
}

std::string Clean(absl::string_view text) {
  std::string clean;
  bool space = false;
  while (!text.empty()) {
    const Character character = First(text);
    if (character.code == ' ' || (character.valid && IsUnseen(character.code))) {
      space = true;
    } else {
      if (space && !clean.empty()) clean += ' ';
      space = false;
      if (character.valid) {
        absl::StrAppend(&clean, text.substr(0, character.bytes));
      } else {
        clean += '?';
      }
    }
    text.remove_prefix(character.bytes);
  }
  return clean;
}

std::vector<std::string> Wrap(absl::string_view text, int width) {
  width = std::max(width, 1);
  std::vector<std::string> lines;
  std::string line;
  for (absl::string_view word : absl::StrSplit(text, ' ', absl::SkipEmpty())) {
    if (!line.empty() && DisplayWidth(line) + 1 + DisplayWidth(word) > width) {
      lines.push_back(std::move(line));
      line.clear();
    }
    while (DisplayWidth(word) > width) {
      const size_t bytes = PrefixBytes(word, width);
      lines.emplace_back(word.substr(0, bytes));
      word.remove_prefix(bytes);
    }
    if (word.empty()) continue;
    absl::StrAppend(&line, line.empty() ? "" : " ", word);
  }
  if (!line.empty() || lines.empty()) lines.push_back(std::move(line));
  return lines;
}

std::vector<std::string> WrapHanging(absl::string_view first, absl::string_view text, int width) {
  const int indent = DisplayWidth(first);
  std::vector<std::string> lines = Wrap(text, width - indent);
  for (size_t i = 0; i < lines.size(); ++i) {
    lines[i] = i == 0 ? absl::StrCat(first, lines[i]) : absl::StrCat(std::string(indent, ' '), lines[i]);
  }
  return lines;
}

std::string Truncate(absl::string_view text, int width) {
  if (DisplayWidth(text) <= width) return std::string(text);
  if (width <= 1) return width == 1 ? "…" : "";
  return absl::StrCat(text.substr(0, PrefixBytes(text, width - 1)), "…");
}

std::string PadRight(absl::string_view text, int width) {
  return absl::StrCat(text, std::string(std::max(0, width - DisplayWidth(text)), ' '));
}

std::string PadLeft(absl::string_view text, int width) {
  return absl::StrCat(std::string(std::max(0, width - DisplayWidth(text)), ' '), text);
}

std::string Repeat(absl::string_view text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) absl::StrAppend(&all, text);
  return all;
}

}  // namespace candor::report
