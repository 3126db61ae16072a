// Released comments as readers see them: beside the report, never in it, and with what was withheld and why.

#ifndef CANDOR_SERVICES_REPORTING_COMMENTS_H_
#define CANDOR_SERVICES_REPORTING_COMMENTS_H_

#include "candor/v1/report.pb.h"
#include "services/domain/comments.h"
#include "services/domain/contract.h"
#include "services/domain/instrument.h"

namespace candor::reporting {

// Without a name. A pure function of its arguments.
candor::v1::ReportComments BuildComments(const domain::ReleasedComments& released, const domain::Contract& contract,
                                         const domain::InstrumentVersion& version);

}  // namespace candor::reporting

#endif  // CANDOR_SERVICES_REPORTING_COMMENTS_H_
