// What may cross between the planes, and whether what has crossed is that and nothing else.

#ifndef CANDOR_TESTS_PLANES_CROSSING_CHECK_H_
#define CANDOR_TESTS_PLANES_CROSSING_CHECK_H_

#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/support/plane_proxy.h"

namespace candor::testing {

// The list of the architecture (section 1), as methods with every field of their messages ("request.survey",
// "response.ledger", "request.issued.reissued"). Whoever lets something new cross adds it here, with a reason there.
const std::map<std::string, std::set<std::string>>& WhatMayCross();

// The methods and fields that the contract has, in the same form.
std::map<std::string, std::set<std::string>> WhatTheContractHas();

// A text that must not cross, under a name for the message of a failure.
struct Secret {
  std::string what;
  std::string bytes;
};

// In which calls a secret may not be, in either direction or in headers and errors.
enum class Direction { kOutward, kInward, kBoth };
struct Forbidden {
  Secret secret;
  Direction direction = Direction::kBoth;
};

// Sentences about everything in `calls` that may not be there; none if all is well.
//
// - A method that is not on the list; a message that does not decode, or with a field that the contract does not have; a
//   document inside one that is not, byte for byte, one of the kinds that may cross.
// - A header beside the planes' key and what the transport sets; an error with more than code, reason and message.
// - One of `forbidden`, as it is, in hexadecimal, or in base64 of either alphabet.
// - A closing key before its survey has stopped accepting, in another mode than the automatic one, or anywhere but in its
//   field.
std::vector<std::string> CrossingFaults(const std::vector<CrossingCall>& calls, const std::vector<Forbidden>& forbidden);

}  // namespace candor::testing

#endif  // CANDOR_TESTS_PLANES_CROSSING_CHECK_H_
