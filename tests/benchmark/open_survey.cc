#include "tests/benchmark/open_survey.h"

#include <memory>

#include "absl/time/time.h"
#include "candor/v1/invitation.grpc.pb.h"
#include "candor/v1/invitation.pb.h"
#include "candor/v1/response.pb.h"
#include "clients/cpp/connection.h"
#include "clients/cpp/documents.h"
#include "services/base/file.h"
#include "services/base/random.h"
#include "services/crypto/token.h"
#include "services/domain/answer.h"
#include "services/domain/contract.h"
#include "tests/support/process/small_campaign.h"

namespace candor::benchmark {
namespace {

constexpr char kIssue[] = "/candor.v1.InvitationService/IssueToken";
constexpr int kIssueInFlight = 64;
constexpr size_t kPromptBytes = 2000;  // the prompts' cap

std::shared_ptr<client::Connection> ConnectAsAdministrator(const testing::CandordProcess& server) {
  client::ConnectionOptions connect;
  connect.address = server.address();
  connect.timeout = absl::Seconds(60);
  connect.access_key = Must(base::ReadFile(server.admin_key_file()));
  while (!connect.access_key.empty() && connect.access_key.back() == '\n') connect.access_key.pop_back();
  return Must(client::Connection::Make(connect));
}

}  // namespace

OpenSurvey OpenSurveyFor(const testing::CandordProcess& server, size_t raters, int items, int prompts) {
  std::fprintf(stderr, "opening a survey for %zu raters\n", raters);
  const std::shared_ptr<client::Connection> administrator = ConnectAsAdministrator(server);
  const auto district = Must(testing::SmallDistrict::Make(administrator, {items, prompts}));
  const auto campaign = Must(district->Open(1, static_cast<int>(raters)));
  const auto& made = campaign.surveys[0];

  auto invitations = candor::v1::InvitationService::NewStub(administrator->channel());
  candor::v1::OpenInvitationRequest open;
  open.set_code(made.codes[0]);
  const auto opened =
      Must(administrator->Call(*invitations, &candor::v1::InvitationService::Stub::OpenInvitation, open));
  const domain::Manifest manifest = Must(domain::DecodeManifest(opened.manifest()));
  const auto group = static_cast<uint16_t>(opened.group());

  OpenSurvey survey{.port = static_cast<uint16_t>(std::stoi(server.address().substr(server.address().rfind(':') + 1))),
                    .id = made.id,
                    .id_bytes = domain::SurveyIdBytes(domain::SurveyId(made.id)),
                    .group = group,
                    .key = Must(crypto::BlindVerifyingKey::FromSpkiDer(manifest.groups[group].verifying_key)),
                    .states = {},
                    .issue_requests = {}};
  std::fprintf(stderr, "blinding %zu tokens\n", raters);
  survey.states.resize(raters);
  survey.issue_requests.resize(raters);
  InParallel(2, raters, [&](size_t i) {
    const std::string message = Must(crypto::BuildTokenMessage(survey.id_bytes, group, base::RandomBytes(32)));
    survey.states[i] = Must(crypto::Blind(survey.key, message));
    candor::v1::IssueTokenRequest request;
    request.set_code(made.codes[i]);
    request.set_blinded_message(survey.states[i].blinded);
    survey.issue_requests[i] = request.SerializeAsString();
  });
  return survey;
}

LoadResult IssueTokens(uint16_t port, const std::vector<std::string>& messages, std::vector<std::string>* signatures) {
  if (signatures == nullptr) return RunWhole(port, kIssue, kIssueInFlight, messages);
  std::vector<std::string> replies;
  LoadResult result = RunWhole(port, kIssue, kIssueInFlight, messages, &replies);
  signatures->clear();
  for (const std::string& bytes : replies) {
    candor::v1::IssueTokenResponse reply;
    if (!reply.ParseFromString(bytes)) std::abort();
    signatures->push_back(reply.blind_signature());
  }
  return result;
}

std::vector<std::string> SubmissionsFor(const OpenSurvey& survey, const std::vector<std::string>& signatures, int items,
                                        int prompts) {
  std::fprintf(stderr, "finishing the tokens\n");
  std::vector<std::string> submissions(signatures.size());
  InParallel(2, signatures.size(), [&](size_t i) {
    candor::v1::SubmitResponseRequest request;
    request.set_survey(survey.id);
    request.set_group(survey.group);
    request.set_token_message(survey.states[i].input_msg);
    request.set_token_signature(Must(crypto::Finalize(survey.key, survey.states[i], signatures[i])));
    request.set_version(1);
    request.set_submission_id(base::RandomBytes(16));
    std::string* ratings = request.mutable_ratings();
    for (int item = 0; item < items; ++item) {
      ratings->push_back(static_cast<char>(1 + (i + static_cast<size_t>(item)) % 5));
    }
    for (int prompt = 0; prompt < prompts; ++prompt) {
      std::string comment = "A comment of some length.";
      comment.resize(kPromptBytes);
      request.add_comments(comment);
      request.add_reply_keys(base::RandomBytes(domain::kReplyKeyBytes));
    }
    request.set_pressure_notice(std::string(1 + domain::kLongestPressureNotice, '\0'));
    submissions[i] = request.SerializeAsString();
  });
  return submissions;
}

LoadResult RunWhole(uint16_t port, const char* path, int in_flight, const std::vector<std::string>& messages,
                    std::vector<std::string>* replies) {
  LoadOptions options;
  options.port = port;
  options.path = path;
  options.in_flight = in_flight;
  LoadResult result = RunLoad(options, messages, replies);
  if (result.failed > 0) {
    std::fprintf(stderr, "benchmark: %lld calls failed, the first with %s\n", static_cast<long long>(result.failed),
                 result.first_fault.c_str());
    std::exit(1);
  }
  return result;
}

std::vector<std::string> Part(const std::vector<std::string>& all, size_t from, size_t count) {
  return {all.begin() + static_cast<std::ptrdiff_t>(from), all.begin() + static_cast<std::ptrdiff_t>(from + count)};
}

}  // namespace candor::benchmark
