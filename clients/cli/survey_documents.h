// A survey's documents, fetched from the response plane by whoever holds no code: stewards, mirrors.

#ifndef CANDOR_CLIENTS_CLI_SURVEY_DOCUMENTS_H_
#define CANDOR_CLIENTS_CLI_SURVEY_DOCUMENTS_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "clients/cli/context.h"
#include "clients/cpp/documents.h"

namespace candor::cli {

// `survey`: its id, or a name that ends in it. A usage error where it is none. Checked as a respondent's client does
// (client::CheckDocuments). Else what the call fails with.
absl::StatusOr<std::shared_ptr<const client::SurveyDocuments>> FetchDocuments(const Context& context,
                                                                              const std::string& survey,
                                                                              const std::string& expect_manifest);

}  // namespace candor::cli

#endif  // CANDOR_CLIENTS_CLI_SURVEY_DOCUMENTS_H_
