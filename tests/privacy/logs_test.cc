// A campaign from end to end at the most talkative level, with every kind of error provoked: nothing of a respondent in
// any log, error message or temporary file, and no line that a respondent's call has made.

#include <gtest/gtest.h>
#include <stdio.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "candor/v1/campaign.pb.h"
#include "candor/v1/invitation.grpc.pb.h"
#include "clients/cpp/ledger_check.h"
#include "services/base/json.h"
#include "services/base/random.h"
#include "services/domain/errors.h"
#include "tests/privacy/logs_fixture.h"
#include "tests/privacy/trial.h"

namespace candor::privacy {
namespace {

namespace v1 = candor::v1;
namespace reasons = domain::reasons;
using testing::SmallDistrict;

int LinesOf(absl::string_view text) { return static_cast<int>(std::count(text.begin(), text.end(), '\n')); }

TEST_F(LogsTest, NothingOfARespondentIsInAnyLogErrorOrTemporaryFile) {
  ASSERT_EQ(deployment_.Start(), absl::OkStatus());
  auto administrator = deployment_.Administrator();
  ASSERT_TRUE(administrator.ok()) << administrator.status();
  testing::SmallInstrument instrument;
  instrument.items = kTrialItems;
  instrument.prompts = 1;
  auto district = SmallDistrict::Make(*administrator, instrument);
  ASSERT_TRUE(district.ok()) << district.status();
  district_ = *std::move(district);
  const auto before = district_->Open(1, 6, {.auditor = true});
  ASSERT_TRUE(before.ok()) << before.status();
  closed_survey_ = before->surveys[0].id;
  closed_code_ = before->surveys[0].codes[0];
  ASSERT_EQ(district_->OrderClosing(before->name), absl::OkStatus());
  ASSERT_EQ(district_->AwaitState(before->name, v1::CAMPAIGN_STATE_CLOSED), absl::OkStatus());
  ASSERT_NO_FATAL_FAILURE(OpenForPeople(**administrator, before->name));

  // From here on only respondents call, rightly and wrongly.
  const int lines_before = LinesOf(deployment_.Logs());
  for (size_t i = 0; i < kAnswering; ++i) ASSERT_NO_FATAL_FAILURE(Answer(i, i % 4 == 0 ? 1 : 0));
  const int lines_of_answers = LinesOf(deployment_.Logs()) - lines_before;
  ASSERT_NO_FATAL_FAILURE(ProvokeRefusals());
  // Whether the server falls behind depends on how fast this machine is just now, so none need be refused; the record
  // says how many were.
  const int overloaded = Overload();
  const int lines_of_all = LinesOf(deployment_.Logs()) - lines_before;
  ASSERT_NO_FATAL_FAILURE(RateIdentified());

  // A fault of the server in a respondent's call: the issuing key is lost while it does not run.
  deployment_.Kill();
  const std::string id = survey_.substr(survey_.rfind('/') + 1);
  const std::string key = absl::StrCat(deployment_.keys_folder(), "/survey.", id, ".issuing.0.key");
  ASSERT_EQ(rename(key.c_str(), (key + ".lost").c_str()), 0);
  ASSERT_EQ(deployment_.Start(), absl::OkStatus());
  {
    Person& late = people_[kAnswering];
    const auto connection = ConnectTo{deployment_.identity_address()}();
    ASSERT_TRUE(connection.ok());
    const auto stub = v1::InvitationService::NewStub((*connection)->channel());
    v1::IssueTokenRequest request;
    request.set_code(late.code);
    late.secrets.blinded = '\x01' + base::RandomBytes(255);
    request.set_blinded_message(late.secrets.blinded);
    grpc::ClientContext context;
    v1::IssueTokenResponse response;
    const grpc::Status status = stub->IssueToken(&context, request, &response);
    ASSERT_FALSE(status.ok());
    Note(status);
  }
  ASSERT_EQ(rename((key + ".lost").c_str(), key.c_str()), 0);
  ASSERT_EQ(district_->OrderClosing(campaign_), absl::OkStatus());
  ASSERT_EQ(district_->AwaitState(campaign_, v1::CAMPAIGN_STATE_CLOSED), absl::OkStatus());
  Submit(SubmissionOf(people_[1]));
  OpenInvitation(people_[1].code);
  ASSERT_NO_FATAL_FAILURE(Moderate());
  ASSERT_NO_FATAL_FAILURE(ReadNotices());
  ASSERT_EQ(district_->Release(campaign_), absl::OkStatus());
  ASSERT_NO_FATAL_FAILURE(PlanGrowth());
  ASSERT_NO_FATAL_FAILURE(AskBack());
  const int lines_before_answers = LinesOf(deployment_.Logs());
  for (size_t i = 0; i < kAsked; ++i) {
    ASSERT_NO_FATAL_FAILURE(AnswerBack(people_[i], i + 1 == kAsked ? 0 : i == 0 ? 2 : 1));
  }
  const int lines_of_answers_back = LinesOf(deployment_.Logs()) - lines_before_answers;
  ASSERT_NO_FATAL_FAILURE(ProvokeRefusalsOfAnswers());
  ASSERT_NO_FATAL_FAILURE(DecideAboutAnswers());
  const auto report = district_->GetReport(survey_);
  ASSERT_TRUE(report.ok()) << report.status();
  const auto ledger = client::FetchLedger(*Nobody(), {}, domain::SurveyId(id), "");
  ASSERT_TRUE(ledger.ok()) << ledger.status();
  EXPECT_EQ(ledger->ledger.groups[0].counted, kAnswering);
  EXPECT_EQ(deployment_.Stop(), 0);

  // What was provoked.
  for (const char* reason :
       {reasons::kCODE_MALFORMED, reasons::kCODE_UNKNOWN, reasons::kTOKEN_INVALID, reasons::kRATING_OFF_SCALE,
        reasons::kCOMMENT_TOO_LONG, reasons::kREQUEST_TOO_LARGE, reasons::kSURVEY_CLOSED, reasons::kFIELD_INVALID,
        reasons::kRESOURCE_NOT_FOUND, reasons::kFOLLOW_UP_OVER, reasons::kETAG_MISMATCH}) {
    EXPECT_EQ(reasons_.count(reason), 1u) << reason << " was not provoked";
  }

  // Where it may not be.
  const Secrets secrets(people_, identified_, planned_);
  std::map<std::string, std::string> places = {{"errors that clients got", errors_}, {"logs", deployment_.Logs()}};
  const Copy copy = deployment_.TakeCopy();
  int temporary = 0, cores = 0;
  for (const CopiedFile& file : copy.files) {
    if (absl::StrContains(file.name, "core")) ++cores;
    if (absl::StartsWith(file.name, "tmp/")) {
      ++temporary;
      places[file.name] = *file.bytes;
    }
  }
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(".", ignored)) {
    if (absl::StartsWith(entry.path().filename().string(), "core")) ++cores;
  }
  EXPECT_EQ(cores, 0);
  size_t searched = 0;
  std::vector<std::string> found;
  for (const auto& [place, text] : places) {
    searched += text.size();
    for (const std::string& kind : secrets.FoundIn(text)) found.push_back(absl::StrCat(place, ": ", kind));
  }
  EXPECT_TRUE(found.empty()) << absl::StrJoin(found, "\n");
  EXPECT_FALSE(deployment_.Logs().empty());
  // Nor addresses of anybody's computer, but for the server's own.
  std::string logs = deployment_.Logs();
  for (const std::string& own : {deployment_.identity_address(), deployment_.response_address()}) {
    for (size_t at; (at = logs.find(own)) != std::string::npos;) logs.erase(at, own.size());
  }
  for (const char* address : {"127.0.0.1", "ipv4:", "ipv6:", "[::1]"}) {
    EXPECT_FALSE(absl::StrContains(logs, address)) << "an address is in the log";
  }

  // Respondents' calls leave no line, however many there are.
  EXPECT_EQ(lines_of_answers, 0) << deployment_.Logs();
  EXPECT_EQ(lines_of_answers_back, 0) << deployment_.Logs();
  // The transport may tell once an hour that something is wrong with it, and where in its source.
  EXPECT_LE(lines_of_all, 3) << deployment_.Logs();
  EXPECT_TRUE(absl::StrContains(deployment_.Logs(), "faults of the server in respondents' calls"))
      << deployment_.Logs();

  // Positive control: every kind of secret is found where it is planted.
  int caught = 0;
  const Person& person = people_[2];
  for (const std::string& planted :
       {person.name, person.address, person.code, person.secrets.code_hash, person.secrets.blinded,
        person.secrets.token_hash, person.secrets.submission_ids[0], person.secrets.reply_keys[0],
        person.secrets.receipt, person.answers[0].comments[0], base::Json(person.answers[0].ratings).dump(),
        person.secrets.device->seeds[0], person.questions[0], person.question_answers[0], person.signatures[0],
        person.answers[0].notice.text, base::Json(identified_[0]).dump(), base::Json(identified_[1]).dump(),
        people_[kRedacted].moderated[1], people_[kRejected].moderated[0], planned_[0]}) {
    caught += secrets.FoundIn(absl::StrCat(deployment_.Logs(), "{\"msg\":\"", planted, "\"}\n")).empty() ? 0 : 1;
  }
  for (const std::string& planted : people_[1].decisions) {
    caught += secrets.FoundIn(absl::StrCat(deployment_.Logs(), planted, "\n")).empty() ? 0 : 1;
  }
  EXPECT_EQ(caught, 23);

  record_.Found({{"bytes_searched", searched},
                 {"kinds_of_secrets", secrets.kinds()},
                 {"found", found.size()},
                 {"calls_refused_for_overload", overloaded},
                 {"log_lines_of_respondents_calls", lines_of_answers},
                 {"log_lines_of_answers_to_questions", lines_of_answers_back},
                 {"log_lines_of_faults", lines_of_all},
                 {"temporary_files", temporary},
                 {"core_files", cores},
                 {"planted_and_caught", caught}});
}

}  // namespace
}  // namespace candor::privacy
