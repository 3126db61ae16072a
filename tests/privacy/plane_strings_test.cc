// What counts as a string that stands on both planes: anything that was stored, wherever in a page it lies, and nothing of
// how the engine lays out a page.

#include "tests/privacy/plane_strings.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/base/encoding.h"
#include "services/base/file.h"
#include "services/base/random.h"
#include "storage/sqlite/database.h"
#include "tests/privacy/sqlite_pages.h"

namespace candor::privacy {
namespace {

using storage::sqlite::Database;

constexpr size_t kPage = 4096, kLogHead = 32, kFrameHead = 24, kLeafHead = 8, kPointer = 2, kRowHead = 4;
constexpr size_t kSecondPage = kPage;  // of the table; the first is the schema's
constexpr int kRows = 40, kRowsElsewhere = 3;
// Of chance alone: with what the engine puts before each row, at least half of any eight bytes.
constexpr size_t kRowBytes = 7;

class PlaneStringsTest : public ::testing::Test {
 protected:
  // A database of a plane and its log, with as many rows as long as those of any other; `secret` is one more row, if any.
  void AddDatabase(Plane plane, int rows, const std::string& secret, bool only_log, Copy& copy) {
    const std::string name = plane == Plane::kIdentity ? "identity.db" : "responses.db";
    const std::string path = absl::StrCat(folder_.path(), "/", ++number_, name);
    auto database = Database::Open(path, {});
    ASSERT_TRUE(database.ok()) << database.status();
    ASSERT_EQ((*database)->Execute("CREATE TABLE kept(bytes BLOB)"), absl::OkStatus());
    std::vector<std::string> kept;
    for (int row = 0; row < rows; ++row) kept.push_back(base::RandomBytes(row_bytes_));
    if (!secret.empty()) kept.push_back(secret);
    for (const std::string& bytes : kept) ASSERT_NO_FATAL_FAILURE(Insert(**database, bytes));
    if (!only_log) database->reset();  // what is in the log goes into the database
    for (const char* end : {"", "-wal"}) {
      auto bytes = base::ReadFile(path + end);
      if (!bytes.ok()) continue;
      copy.files.push_back({plane, absl::StrCat("data/", name, end),
                            std::make_shared<const std::string>(*std::move(bytes))});
    }
  }
  static void Insert(Database& database, const std::string& bytes) {
    auto insert = database.Prepare("INSERT INTO kept VALUES (?)");
    ASSERT_TRUE(insert.ok()) << insert.status();
    ASSERT_EQ(insert->BindBlob(1, bytes).Run(), absl::OkStatus());
  }
  Copy BothPlanes(const std::string& secret, bool only_log = false, int rows = kRows) {
    Copy copy;
    for (const Plane plane : {Plane::kIdentity, Plane::kResponse}) AddDatabase(plane, rows, secret, only_log, copy);
    return copy;
  }

  // As the attack sees it: of another installation, with fewer rows, is known what the engine writes everywhere.
  std::vector<std::string> Common(const Copy& copy) {
    Excused everywhere;
    for (const bool only_log : {false, true}) {
      everywhere.Learn(BothPlanes(base::RandomBytes(kSecretBytes), only_log, kRowsElsewhere));
    }
    everywhere.Sort();
    return CommonStrings(copy, everywhere, {});
  }

  // In the same place of the same page of both databases, beyond the head of the page.
  static Copy Overwritten(Copy copy, size_t at, const std::string& bytes) {
    for (CopiedFile& file : copy.files) {
      std::string changed = *file.bytes;
      EXPECT_LE(at + bytes.size(), changed.size());
      changed.replace(at, bytes.size(), bytes);
      file.bytes = std::make_shared<const std::string>(std::move(changed));
    }
    return copy;
  }
  // The pointers to the first cells of a page with so many rows of that length, which lie from its end.
  static std::string FirstPointers() {
    std::string pointers;
    for (size_t cell = 1; cell <= 8; ++cell) {
      const size_t offset = kPage - cell * (kRowHead + kRowBytes);
      pointers += {static_cast<char>(offset >> 8), static_cast<char>(offset & 0xff)};
    }
    return pointers;
  }

  void ExpectFound(const std::vector<std::string>& common) const {
    EXPECT_TRUE(std::any_of(common.begin(), common.end(), [this](const std::string& string) {
      return string.find(secret_) != std::string::npos;
    }));
  }

  // The numbers of the pages below the inner page of a table of so many pages, and of the last row in each of the first two.
  static std::string FirstInnerCells(int rows_of_page) {
    std::string cells;
    for (const int leaf : {2, 1}) {  // they lie from the page's end
      cells += {0, 0, 0, static_cast<char>(kSecondPage / kPage + 1 + static_cast<size_t>(leaf)),
                static_cast<char>(leaf * rows_of_page)};
    }
    return cells;
  }

  static constexpr size_t kSecretBytes = 12;
  size_t row_bytes_ = kRowBytes;
  const std::string secret_ = base::RandomBytes(kSecretBytes);

 private:
  const FastFolder folder_;
  int number_ = 0;
};

TEST_F(PlaneStringsTest, TablesWithAsManyRowsOfTheSameLengthsHaveNothingInCommon) {
  for (const bool only_log : {false, true}) {
    const Copy copy = BothPlanes("", only_log);
    int with_pointers = 0;
    for (const CopiedFile& file : copy.files) with_pointers += file.bytes->find(FirstPointers()) != std::string::npos;
    ASSERT_EQ(with_pointers, 2) << "else nothing is excused here";
    const std::vector<std::string> common = Common(copy);
    EXPECT_TRUE(common.empty()) << base::HexEncode(common.front());
  }
}

TEST_F(PlaneStringsTest, TablesOfAsManyPagesHaveNothingInCommon) {
  row_bytes_ = 100;
  constexpr int kRowsOfPage = 38, kPages = 4;
  for (const bool only_log : {false, true}) {
    const Copy copy = BothPlanes("", only_log, kRowsOfPage * kPages);
    int with_cells = 0;
    for (const CopiedFile& file : copy.files) {
      with_cells += file.bytes->find(FirstInnerCells(kRowsOfPage)) != std::string::npos;
    }
    ASSERT_EQ(with_cells, 2) << "else nothing is excused here";
    const std::vector<std::string> common = Common(copy);
    EXPECT_TRUE(common.empty()) << base::HexEncode(common.front());
    ExpectFound(Common(BothPlanes(secret_, only_log, kRowsOfPage * kPages)));
  }
}

TEST_F(PlaneStringsTest, ARowInThesePagesIsFound) {
  for (const bool only_log : {false, true}) {
    ExpectFound(Common(BothPlanes(secret_, only_log)));
  }
}

// Also where a page is not used, from the very end of the pointers on.
TEST_F(PlaneStringsTest, BytesBehindThePointersAreFound) {
  ExpectFound(Common(Overwritten(BothPlanes(""), kSecondPage + kLeafHead + kRows * kPointer, secret_)));
}

// What lies where pointers would lie, but are none.
TEST_F(PlaneStringsTest, BytesInPlaceOfPointersAreFound) {
  ExpectFound(Common(Overwritten(BothPlanes(""), kSecondPage + kLeafHead + 5 * kPointer, secret_)));
}

TEST_F(PlaneStringsTest, TheSameBytesInAFileOfAnotherKindAreFound) {
  Copy copy;
  for (const Plane plane : {Plane::kIdentity, Plane::kResponse}) {
    copy.files.push_back({plane, "tmp/kept", std::make_shared<const std::string>(FirstPointers())});
  }
  EXPECT_EQ(Common(copy), std::vector<std::string>{FirstPointers()});
}

TEST_F(PlaneStringsTest, OfADatabaseAndItsLogAllIsKeptButTheHeadsOfPages) {
  for (const bool only_log : {false, true}) {
    Copy copy;
    ASSERT_NO_FATAL_FAILURE(AddDatabase(Plane::kIdentity, kRows, secret_, only_log, copy));
    for (const CopiedFile& file : copy.files) {
      size_t left = 0;
      for (const absl::string_view piece : WithoutPageHeads(file.name, *file.bytes)) left += piece.size();
      if (!only_log) {
        // The first page has the schema's one row, the other all that were put in.
        ASSERT_EQ(file.bytes->size(), 2 * kPage);
        EXPECT_EQ(left, 2 * kPage - (kLeafHead + kPointer) - (kLeafHead + kPointer * (kRows + 1)));
      } else if (file.name == "data/identity.db-wal") {
        const size_t frames = (file.bytes->size() - kLogHead) / (kFrameHead + kPage);
        ASSERT_GT(frames, static_cast<size_t>(kRows));
        EXPECT_GE(file.bytes->size() - left, frames * kLeafHead);
        EXPECT_LE(file.bytes->size() - left, frames * (kLeafHead + kPointer * (kRows + 1)));
      }
    }
  }
}

}  // namespace
}  // namespace candor::privacy
