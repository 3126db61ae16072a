// A ledger in words and in JSON: what `candor ledger` and `candor verify` print.

#ifndef CANDOR_CLIENTS_CLI_LEDGER_TEXT_H_
#define CANDOR_CLIENTS_CLI_LEDGER_TEXT_H_

#include <string>
#include <utility>
#include <vector>

#include "clients/cpp/ledger_check.h"
#include "services/base/json.h"

namespace candor::cli {

// A table of the groups' counts.
std::string CountsTable(const crypto::Ledger& ledger);

// The counts of the groups as JSON, in the ledger's order.
base::Json CountsJson(const crypto::Ledger& ledger);

// "counted", "not_counted", "another_survey" or "not_genuine".
const char* NameOf(client::ReceiptStanding standing);

// A receipt's file, or what else it is called, with what its check says.
using CheckedReceipt = std::pair<std::string, client::ReceiptCheck>;

// A verification for a reader who is no engineer: what was checked step by step, the counts, the receipts, and what all
// this does not show.
std::string VerificationText(const client::Verification& verification, const std::vector<CheckedReceipt>& receipts);

// The same for programs.
base::Json VerificationJson(const client::Verification& verification, const std::vector<CheckedReceipt>& receipts);

}  // namespace candor::cli

#endif  // CANDOR_CLIENTS_CLI_LEDGER_TEXT_H_
