// Texts in several languages, as a report has them.

#ifndef CANDOR_SERVICES_REPORTING_LOCALIZED_H_
#define CANDOR_SERVICES_REPORTING_LOCALIZED_H_

#include "candor/v1/common.pb.h"
#include "services/domain/instrument.h"

namespace candor::reporting {

inline void SetText(const domain::LocalizedText& text, candor::v1::LocalizedText& out) {
  for (const auto& [language, value] : text) (*out.mutable_values())[language] = value;
}

}  // namespace candor::reporting

#endif  // CANDOR_SERVICES_REPORTING_LOCALIZED_H_
