// Shares of a closing key, as files that people keep and mix up.

#include "clients/cli/steward_files.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/error.h"
#include "services/base/json.h"
#include "services/base/status.h"
#include "services/crypto/sealing.h"

namespace candor::cli {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

struct MadeKey {
  StewardPublicKey key;
  std::string secret_key;
  std::vector<std::string> files;  // a share's document each
};

MadeKey MakeKey(int shares, int threshold, const std::string& label = "Spring 2027") {
  const crypto::ClosingKeyPair pair = crypto::ClosingKeyPair::Generate();
  MadeKey made{{label, shares, threshold, pair.public_key}, std::string(pair.secret_key.view()), {}};
  auto parts = crypto::SplitKey(pair.secret_key, shares, threshold);
  CANDOR_CHECK(parts.ok());
  for (crypto::KeyShare& share : *parts) {
    made.files.push_back(EncodeStewardShare({made.key, std::move(share)}));
  }
  return made;
}

std::vector<NamedShare> Read(const std::vector<std::string>& documents) {
  std::vector<NamedShare> shares;
  for (size_t i = 0; i < documents.size(); ++i) {
    const std::string file = "file" + std::to_string(i + 1);
    auto share = ParseStewardShare(documents[i], file);
    EXPECT_TRUE(share.ok()) << share.status();
    if (share.ok()) shares.push_back({file, *std::move(share)});
  }
  return shares;
}

// A share with a right checksum that is not one of the key's: made wrong on purpose, or by another splitting.
std::string Forged(const MadeKey& made, int number) {
  return EncodeStewardShare({made.key, {number, crypto::SecretBytes::Random(32)}});
}

void ExpectWrongShares(const absl::Status& status, const std::vector<std::string>& said) {
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << status;
  EXPECT_EQ(base::GetErrorDetail(status).reason, "WRONG_SHARES") << status;
  for (const std::string& words : said) EXPECT_THAT(std::string(status.message()), HasSubstr(words));
}

TEST(StewardFilesTest, ThePublicKeyFileReadsBackAndHoldsNoSecret) {
  const MadeKey made = MakeKey(3, 2);
  const std::string text = EncodeStewardPublicKey(made.key);
  const auto read = ParseStewardPublicKey(text, "key");
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, made.key);
  EXPECT_THAT(text, Not(HasSubstr("\"share\"")));
  for (const std::string& wrong : {std::string(""), std::string("{}"), made.files[0], text + text}) {
    EXPECT_TRUE(absl::IsInvalidArgument(ParseStewardPublicKey(wrong, "key").status()));
  }
}

TEST(StewardFilesTest, AnyTwoOfThreeFilesGiveTheKey) {
  const MadeKey made = MakeKey(3, 2);
  for (const auto& [a, b] : std::vector<std::pair<int, int>>{{0, 1}, {1, 2}, {2, 0}}) {
    const auto combined = CombineStewardShares(Read({made.files[a], made.files[b]}));
    ASSERT_TRUE(combined.ok()) << combined.status();
    EXPECT_EQ(combined->secret_key.view(), made.secret_key);
    EXPECT_THAT(combined->bad_files, ElementsAre());
  }
}

TEST(StewardFilesTest, TheSameShareTwiceCountsOnce) {
  const MadeKey made = MakeKey(3, 2);
  ExpectWrongShares(CombineStewardShares(Read({made.files[0], made.files[0]})).status(), {"2 different shares", "only 1"});
  EXPECT_TRUE(CombineStewardShares(Read({made.files[0], made.files[0], made.files[1]})).ok());
}

TEST(StewardFilesTest, NamesTheBadFileWhereThereAreMoreThanNeeded) {
  const MadeKey made = MakeKey(5, 2);
  for (int bad = 0; bad < 3; ++bad) {
    std::vector<std::string> files = {made.files[0], made.files[1], made.files[2]};
    files[bad] = Forged(made, bad + 1);
    const auto combined = CombineStewardShares(Read(files));
    ASSERT_TRUE(combined.ok()) << combined.status();
    EXPECT_EQ(combined->secret_key.view(), made.secret_key);
    EXPECT_THAT(combined->bad_files, ElementsAre("file" + std::to_string(bad + 1)));
  }
}

TEST(StewardFilesTest, TwoBadOnesAmongFiveAreNamedToo) {
  const MadeKey made = MakeKey(5, 3);
  const auto combined = CombineStewardShares(
      Read({Forged(made, 1), made.files[1], Forged(made, 3), made.files[3], made.files[4]}));
  ASSERT_TRUE(combined.ok()) << combined.status();
  EXPECT_THAT(combined->bad_files, ElementsAre("file1", "file3"));
}

TEST(StewardFilesTest, WithJustEnoughItSaysThatOneIsWrongAndHowToTellWhich) {
  const MadeKey made = MakeKey(3, 2);
  ExpectWrongShares(CombineStewardShares(Read({made.files[0], Forged(made, 2)})).status(),
                    {"file1, file2", "add another share"});
}

TEST(StewardFilesTest, SharesOfTwoKeysAreToldApart) {
  const MadeKey made = MakeKey(3, 2), other = MakeKey(3, 2, "Autumn");
  ExpectWrongShares(CombineStewardShares(Read({made.files[0], made.files[1], other.files[2]})).status(),
                    {"file3 is a share of another key (\"Autumn\")"});
}

TEST(StewardFilesTest, TwoDifferentSharesUnderOneNumberAreNamed) {
  const MadeKey made = MakeKey(3, 2);
  ExpectWrongShares(CombineStewardShares(Read({made.files[0], Forged(made, 1)})).status(), {"file1", "file2", "number 1"});
}

TEST(StewardFilesTest, AShareIsNotTakenForTheKeyNorTheKeyForAShare) {
  const MadeKey made = MakeKey(3, 2);
  const std::string share = *base::ParseJson(made.files[0])->find("share");
  EXPECT_THAT(std::string(ParseStewardPublicKey(made.files[0], "mine.json").status().message()),
              AllOf(HasSubstr("mine.json is a share of the key, a secret"), HasSubstr("give steward-key.json"),
                    Not(HasSubstr(share)), Not(HasSubstr("format"))));
  EXPECT_THAT(std::string(ParseStewardShare(EncodeStewardPublicKey(made.key), "steward-key.json").status().message()),
              AllOf(HasSubstr("is the public half of the key"), HasSubstr("share-1-of-3.json"), Not(HasSubstr("format"))));
  EXPECT_THAT(std::string(ParseStewardShare("{\"format\": 5}", "f").status().message()), HasSubstr("format"));
}

TEST(StewardFilesTest, ADamagedFileIsNamedByItsChecksum) {
  const MadeKey made = MakeKey(3, 2);
  std::string damaged = made.files[1];
  const size_t at = damaged.find("\"share\":\"") + 9;
  damaged[at] = damaged[at] == '0' ? '1' : '0';
  ExpectWrongShares(ParseStewardShare(damaged, "/home/a/share-2").status(), {"/home/a/share-2", "checksum"});
  std::string renumbered = made.files[1];
  renumbered.replace(renumbered.find("\"number\":2"), 10, "\"number\":3");
  ExpectWrongShares(ParseStewardShare(renumbered, "f").status(), {"checksum"});
  EXPECT_TRUE(absl::IsInvalidArgument(ParseStewardShare("", "f").status()));
  EXPECT_TRUE(absl::IsInvalidArgument(ParseStewardShare("[]", "f").status()));
  EXPECT_TRUE(absl::IsInvalidArgument(ParseStewardShare(EncodeStewardPublicKey(made.key), "f").status()));
  ExpectWrongShares(CombineStewardShares({}).status(), {"no share"});
}

}  // namespace
}  // namespace candor::cli
