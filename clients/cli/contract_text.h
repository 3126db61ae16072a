// A survey's rules in plain words, for the person who is asked to answer.

#ifndef CANDOR_CLIENTS_CLI_CONTRACT_TEXT_H_
#define CANDOR_CLIENTS_CLI_CONTRACT_TEXT_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "clients/cpp/documents.h"
#include "services/domain/instrument.h"

namespace candor::cli {

// The text in `language`, else in English, else in any.
std::string TextIn(const domain::LocalizedText& text, const std::string& language);

// `wanted` where the survey has it, also for a tag such as es-MX where it has es; else its first language.
std::string BestLanguage(const std::vector<std::string>& languages, const std::string& wanted);

// The points of the scale with their labels, one a line, and how to answer.
std::string ScaleText(const domain::RatingScale& scale, const std::string& language);

// All that the contract says: what is asked and what for, who reads what, how long answers are taken, who can open them,
// what is left afterwards, who is invited and how many, what is not promised, the comparison code and where else to compare.
// In `language` (clients/sentences). `reissued`: how many codes of each of the manifest's groups were made anew, where that was
// told; else empty. `group`: the person's issuing group. `compared`: the code was given and fits; else the person is asked to
// compare it.
std::string ContractText(const client::SurveyDocuments& documents, int group, const std::string& audience,
                         const std::string& language, bool compared, const std::vector<int>& reissued = {});

}  // namespace candor::cli

#endif  // CANDOR_CLIENTS_CLI_CONTRACT_TEXT_H_
