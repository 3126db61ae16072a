#include "services/crypto/key_shares.h"

extern "C" {
#include <libgfshare.h>
}

#include <memory>
#include <set>
#include <utility>

#include "services/base/status.h"
#include "services/crypto/sodium_util.h"

namespace candor::crypto {
namespace {

// The library takes its random bytes from a global function, which by itself is none that a key may come from.
void UseGoodRandomness() {
  EnsureSodium();
  static const bool set = [] {
    gfshare_fill_rand = [](unsigned char* buffer, unsigned int size) { randombytes_buf(buffer, size); };
    return true;
  }();
  (void)set;
}

// Freeing overwrites what the context held.
using Context = std::unique_ptr<gfshare_ctx, decltype(&gfshare_ctx_free)>;

}  // namespace

absl::StatusOr<std::vector<KeyShare>> SplitKey(const SecretBytes& key, int shares, int threshold) {
  if (key.empty() || threshold < 1 || shares < threshold || shares > kMostKeyShares) {
    return absl::InvalidArgumentError("a key is split into 1 to 255 shares, of which 1 to all give it back");
  }
  UseGoodRandomness();
  std::vector<unsigned char> numbers;
  for (int number = 1; number <= shares; ++number) numbers.push_back(static_cast<unsigned char>(number));
  const auto size = static_cast<unsigned int>(key.size());
  const Context context(gfshare_ctx_init_enc(numbers.data(), static_cast<unsigned int>(shares),
                                             static_cast<unsigned char>(threshold), size),
                        &gfshare_ctx_free);
  CANDOR_CHECK(context != nullptr);
  SecretBytes secret(key.view());
  gfshare_ctx_enc_setsecret(context.get(), secret.data());
  std::vector<KeyShare> result;
  for (int i = 0; i < shares; ++i) {
    KeyShare share{i + 1, SecretBytes(key.size())};
    // By its place among the numbers, not by the number.
    gfshare_ctx_enc_getshare(context.get(), static_cast<unsigned char>(i), share.bytes.data());
    result.push_back(std::move(share));
  }
  return result;
}

absl::StatusOr<SecretBytes> CombineShares(absl::Span<const KeyShare* const> shares) {
  std::set<int> seen;
  std::vector<unsigned char> numbers;
  for (const KeyShare* share : shares) {
    if (share->number < 1 || share->number > kMostKeyShares || !seen.insert(share->number).second ||
        share->bytes.empty() || share->bytes.size() != shares[0]->bytes.size()) {
      return absl::InvalidArgumentError("these are no shares of one key: a number is missing or stands twice");
    }
    numbers.push_back(static_cast<unsigned char>(share->number));
  }
  if (numbers.empty()) return absl::InvalidArgumentError("no shares to combine");
  UseGoodRandomness();
  const size_t size = shares[0]->bytes.size();
  const Context context(gfshare_ctx_init_dec(numbers.data(), static_cast<unsigned int>(numbers.size()),
                                             static_cast<unsigned int>(size)),
                        &gfshare_ctx_free);
  CANDOR_CHECK(context != nullptr);
  for (size_t i = 0; i < shares.size(); ++i) {
    SecretBytes bytes(shares[i]->bytes.view());
    gfshare_ctx_dec_giveshare(context.get(), static_cast<unsigned char>(i), bytes.data());
  }
  SecretBytes key(size);
  gfshare_ctx_dec_extract(context.get(), key.data());
  return key;
}

}  // namespace candor::crypto
