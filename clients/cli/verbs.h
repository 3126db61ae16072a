// The verbs of `candor`, a file for each noun. Each function adds its verbs with their flags and help to `app`; `context`
// outlives `app`.

#ifndef CANDOR_CLIENTS_CLI_VERBS_H_
#define CANDOR_CLIENTS_CLI_VERBS_H_

#include "clients/cli/context.h"

namespace candor::cli {

void AddDistrictVerbs(CLI::App& app, Context& context);
void AddSchoolVerbs(CLI::App& app, Context& context);
void AddPersonVerbs(CLI::App& app, Context& context);
void AddKeyVerbs(CLI::App& app, Context& context);
void AddAuditVerbs(CLI::App& app, Context& context);
void AddFrameworkVerbs(CLI::App& app, Context& context);
void AddInstrumentVerbs(CLI::App& app, Context& context);
void AddCampaignVerbs(CLI::App& app, Context& context);
void AddForecastVerb(CLI::App& noun, Context& context);  // of the noun `campaign`
void AddRaterVerbs(CLI::App& app, Context& context);
void AddCodeVerbs(CLI::App& app, Context& context);
void AddRateVerbs(CLI::App& app, Context& context);
void AddAnswerVerb(CLI::App& app, Context& context);
void AddAuditorVerbs(CLI::App& noun, Context& context);  // of the noun `auditor`
void AddKeyHolderVerbs(CLI::App& app, Context& context);  // `moderator` and `auditor`
void AddModerateVerb(CLI::App& app, Context& context);
void AddModerateFollowUpVerbs(CLI::App& verb, Context& context);  // of the verb `moderate`
void AddFollowUpVerbs(CLI::App& app, Context& context);
void AddAnsweringVerbs(CLI::App& noun, Context& context);  // of the noun `follow-up`: what respondents do
void AddReportVerbs(CLI::App& app, Context& context);  // and `scores`
void AddGrowthPlanVerbs(CLI::App& app, Context& context);  // of the noun `plan`
void AddManifestVerbs(CLI::App& app, Context& context);
void AddStewardVerbs(CLI::App& app, Context& context);
void AddLedgerVerbs(CLI::App& app, Context& context);  // `ledger` and `verify`
void AddPurgeVerb(CLI::App& app, Context& context);
void AddScoreVerb(CLI::App& app, Context& context);
void AddReplayVerb(CLI::App& app, Context& context);
void AddDemoVerb(CLI::App& app, Context& context);
void AddBackupVerbs(CLI::App& app, Context& context);  // and `restore`

}  // namespace candor::cli

#endif  // CANDOR_CLIENTS_CLI_VERBS_H_
