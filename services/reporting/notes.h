// What a report says in words.

#ifndef CANDOR_SERVICES_REPORTING_NOTES_H_
#define CANDOR_SERVICES_REPORTING_NOTES_H_

#include <string>
#include <vector>

#include "candor/v1/scoring.pb.h"
#include "services/domain/contract.h"
#include "services/domain/instrument.h"

namespace candor::reporting {

// The report's notes, most important first: what is withheld and why, what the limits mean, how uncertain the figures
// are, what the report is for. In `language`, "en" or one of kTranslations; each note is one or two whole sentences. A note
// stands only where the figures give cause for it.
std::vector<std::string> ReportNotes(const candor::v1::Scores& scores, const domain::Contract& contract,
                                     const domain::Instrument& instrument,
                                     absl::string_view language = "en");

}  // namespace candor::reporting

#endif  // CANDOR_SERVICES_REPORTING_NOTES_H_
