// Randomness from libsodium: the only source in the product.

#ifndef CANDOR_SERVICES_BASE_RANDOM_H_
#define CANDOR_SERVICES_BASE_RANDOM_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace candor::base {

// `count` unpredictable bytes.
std::string RandomBytes(size_t count);

// A whole number drawn uniformly from [0, bound); bound >= 1.
uint32_t RandomBelow(uint32_t bound);

// A new resource id: 12 random bytes, 20 characters of lower-case Crockford base32. Never derived from a time or a
// sequence, so that the order of ids says nothing about the order of events.
std::string RandomId();

// Puts `items` into a uniformly random order.
template <typename T>
void Shuffle(std::vector<T>& items) {
  for (size_t i = items.size(); i > 1; --i) {
    std::swap(items[i - 1], items[RandomBelow(static_cast<uint32_t>(i))]);
  }
}

}  // namespace candor::base

#endif  // CANDOR_SERVICES_BASE_RANDOM_H_
