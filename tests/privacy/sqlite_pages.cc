#include "tests/privacy/sqlite_pages.h"

#include <algorithm>
#include <cstdint>
#include <set>
#include <utility>

#include "absl/strings/match.h"

namespace candor::privacy {
namespace {

// https://www.sqlite.org/fileformat2.html, 1.3, 1.6 and 4.1.
constexpr absl::string_view kMagic("SQLite format 3\0", 16);
constexpr size_t kDatabaseHead = 100;  // at the beginning of the first page
constexpr size_t kLogHead = 32, kFrameHead = 24;
constexpr uint32_t kLogMagic = 0x377f0682;  // or the next higher number
constexpr size_t kSmallestPage = 512, kLargestPage = 65536;
constexpr size_t kPointer = 2, kShortestCell = 4, kPageNumber = 4;
constexpr uint32_t kInnerTable = 5;

uint32_t Number(absl::string_view bytes, size_t at, size_t size) {
  uint32_t value = 0;
  for (const char byte : bytes.substr(at, size)) value = value << 8 | static_cast<uint8_t>(byte);
  return value;
}

bool IsPageSize(size_t size) {
  return size >= kSmallestPage && size <= kLargestPage && (size & (size - 1)) == 0;
}

// How many bytes the head takes that begins at `head` in `page`; 0: there is no sound one.
size_t HeadOf(absl::string_view page, size_t head, size_t reserved) {
  const uint32_t type = Number(page, head, 1);
  const bool inner = type == 2 || type == 5, leaf = type == 10 || type == 13;
  if (!inner && !leaf) return 0;
  const size_t cells = Number(page, head + 3, 2);
  const uint32_t content = Number(page, head + 5, 2);
  const size_t first = content == 0 ? kLargestPage : content, usable = page.size() - reserved;
  const size_t fixed = inner ? 12 : 8, end = head + fixed + cells * kPointer;
  if (first > usable || end > first) return 0;
  std::set<uint32_t> pointers;
  for (size_t cell = 0; cell < cells; ++cell) {
    const uint32_t pointer = Number(page, head + fixed + cell * kPointer, kPointer);
    if (pointer < first || pointer + kShortestCell > usable || !pointers.insert(pointer).second) return 0;
  }
  return end - head;
}

// The cells of an inner page of a table whose rows are numbered: the number of the page below and that of its last row, which
// is told by how many rows there are and how long they are. Of small numbers alone: one that was drawn at random stays.
// Positions in `page`, ascending; `head` is sound.
std::vector<std::pair<size_t, size_t>> CountingCells(absl::string_view page, size_t head) {
  std::vector<std::pair<size_t, size_t>> cells;
  if (Number(page, head, 1) != kInnerTable) return cells;
  for (size_t cell = 0; cell < Number(page, head + 3, 2); ++cell) {
    const size_t at = Number(page, head + 12 + cell * kPointer, kPointer);
    // A row's number takes one byte below 128 and two below 16,384; the first of two has its highest bit set.
    const size_t size = kPageNumber + (Number(page, at + kPageNumber, 1) < 0x80 ? 1 : 2);
    if (at + size > page.size() || Number(page, at + size - 1, 1) >= 0x80) continue;
    cells.emplace_back(at, size);
  }
  std::sort(cells.begin(), cells.end());
  return cells;
}

// Gathers what is kept of a file that is gone through from its beginning.
class Pieces {
 public:
  explicit Pieces(absl::string_view bytes) : bytes_(bytes) {}

  void LeaveOut(size_t at, size_t size) {
    if (size == 0) return;
    if (at < from_) return;  // cells that overlap: what is left over stays
    if (at > from_) pieces_.push_back(bytes_.substr(from_, at - from_));
    from_ = at + size;
  }
  std::vector<absl::string_view> All() && {
    LeaveOut(bytes_.size(), 1);
    return std::move(pieces_);
  }

 private:
  const absl::string_view bytes_;
  size_t from_ = 0;
  std::vector<absl::string_view> pieces_;
};

}  // namespace

std::vector<absl::string_view> WithoutPageHeads(const std::string& name, absl::string_view bytes) {
  const bool database = absl::EndsWith(name, ".db") && absl::StartsWith(bytes, kMagic);
  const bool log = absl::EndsWith(name, "-wal") && bytes.size() >= kLogHead && (Number(bytes, 0, 4) & ~1u) == kLogMagic;
  Pieces pieces(bytes);
  const size_t told = database ? Number(bytes, 16, 2) : log ? Number(bytes, 8, 4) : 0;
  const size_t size = database && told == 1 ? kLargestPage : told;
  if (!IsPageSize(size)) return std::move(pieces).All();
  // Bytes at the end of each page that are not the engine's; only the database says how many, and ours reserve none.
  const size_t reserved = database ? Number(bytes, 20, 1) : 0;
  const size_t before = log ? kFrameHead : 0;
  for (size_t at = log ? kLogHead : 0; at + before + size <= bytes.size(); at += before + size) {
    const absl::string_view page = bytes.substr(at + before, size);
    const bool first = log ? Number(bytes, at, 4) == 1 : at == 0;
    const size_t head = first ? kDatabaseHead : 0;
    const size_t taken = HeadOf(page, head, reserved);
    pieces.LeaveOut(at + before + head, taken);
    if (taken == 0) continue;
    for (const auto& [cell, length] : CountingCells(page, head)) pieces.LeaveOut(at + before + cell, length);
  }
  return std::move(pieces).All();
}

}  // namespace candor::privacy
