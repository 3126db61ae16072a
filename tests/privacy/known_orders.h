// What an attacker knows of who did what when, beside which scorers lay the orders that they find in copies.

#ifndef CANDOR_TESTS_PRIVACY_KNOWN_ORDERS_H_
#define CANDOR_TESTS_PRIVACY_KNOWN_ORDERS_H_

#include <string>
#include <utility>
#include <vector>

#include "tests/privacy/trial.h"

namespace candor::privacy {

// Each a list of the same people: all who answered, or those of them whom an attack is about.
struct KnownOrders {
  std::vector<int> answers, newest, issuing, invitations;
  std::vector<int> blind;  // filled in where a scorer knows nothing
  std::vector<std::pair<std::string, std::vector<int>>> more = {};  // others, with their names
};

// Of all who answered.
KnownOrders KnownOrdersOf(const Trial& trial);

// With the orders of the records that their ratings came with: places in the open survey's file, hashes of tokens, leaves
// of the ledger, submissions' ids.
KnownOrders KnownOrdersWithRecords(const Trial& trial);

// Those of `people` that are among `of`, in the order of `people`.
std::vector<int> Only(const std::vector<int>& people, const std::vector<int>& of);
// The same of every order. The attacker is told whom it is about, so that an order of theirs, of whom alone something is
// found, is a permutation of as many people, and a blind guess gets one of them right.
KnownOrders Only(const KnownOrders& known, const std::vector<int>& of);

}  // namespace candor::privacy

#endif  // CANDOR_TESTS_PRIVACY_KNOWN_ORDERS_H_
