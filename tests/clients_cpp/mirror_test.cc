// What others publish of a survey, and that asking them gives nobody away.

#include "clients/cpp/mirror.h"

#include <cstdlib>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/error.h"
#include "services/base/file.h"
#include "tests/clients_cpp/fake_survey.h"
#include "tests/clients_cpp/https_server.h"
#include "tests/storage/temp_folder.h"

namespace candor::client {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class MirrorTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const char* proxy : {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}) unsetenv(proxy);
    ASSERT_TRUE(base::WriteFileAtomically(ca_file(), server_.certificate(), 0600).ok());
    options_.ca_file = ca_file();
    options_.timeout = absl::Seconds(20);
    survey_.contract.mirrors = {server_.url() + "/candor"};
  }
  std::string ca_file() const { return folder_.path() + "/ca.pem"; }
  std::shared_ptr<const SurveyDocuments> Documents() {
    auto documents = CheckDocuments(survey_.Encode(), survey_.manifest.survey, "");
    EXPECT_TRUE(documents.ok()) << documents.status();
    return documents.ok() ? *documents : nullptr;
  }
  std::string Published(const FakeSurvey& survey) { return EncodeMirror(survey_.manifest.survey, survey.Encode()); }
  // The one finding, which must be no refusal.
  MirrorFinding Find() {
    const auto findings = CompareWithMirrors(*Documents(), options_);
    EXPECT_TRUE(findings.ok()) << findings.status();
    EXPECT_EQ(findings.ok() ? findings->size() : 0, 1u);
    return findings.ok() && findings->size() == 1 ? findings->front() : MirrorFinding();
  }

  storage::TempFolder folder_;
  HttpsServer server_;
  FakeSurvey survey_;
  MirrorOptions options_;
};

TEST_F(MirrorTest, TheSameManifestIsSaidToBeTheSame) {
  server_.set_body(Published(survey_));
  const MirrorFinding finding = Find();
  EXPECT_TRUE(finding.same) << finding.why_not;
  EXPECT_EQ(finding.why_not + finding.why_not_key, "");
  EXPECT_EQ(finding.url, absl::StrCat(server_.url(), "/candor/", survey_.manifest.survey.value(), ".json"));
}

TEST_F(MirrorTest, AnotherManifestIsRefused) {
  FakeSurvey other = survey_;
  other.manifest.groups[0].invited = 21;
  server_.set_body(Published(other));
  const auto compared = CompareWithMirrors(*Documents(), options_);
  EXPECT_EQ(compared.status().code(), absl::StatusCode::kFailedPrecondition) << compared.status();
  EXPECT_EQ(base::GetErrorDetail(compared.status()).reason, "MANIFEST_REFUSED");
  EXPECT_THAT(std::string(compared.status().message()), HasSubstr("another than the one shown here"));
}

TEST_F(MirrorTest, OtherRulesOrQuestionsBesideTheSameManifestAreRefused) {
  for (std::string DocumentBytes::* const document : {&DocumentBytes::contract, &DocumentBytes::instrument_version}) {
    DocumentBytes other = survey_.Encode();
    other.*document += " ";
    server_.set_body(EncodeMirror(survey_.manifest.survey, other));
    const auto compared = CompareWithMirrors(*Documents(), options_);
    EXPECT_EQ(compared.status().code(), absl::StatusCode::kFailedPrecondition) << compared.status();
    EXPECT_THAT(std::string(compared.status().message()),
                HasSubstr(document == &DocumentBytes::contract ? "the anonymity contract that is published at"
                                                               : "the questionnaire that is published at"));
  }
}

TEST_F(MirrorTest, SendsNothingThatStandsForTheAsker) {
  // A .netrc with a password for the very address must not be read.
  ASSERT_TRUE(base::WriteFileAtomically(folder_.path() + "/.netrc", "machine 127.0.0.1 login rater password secret\n", 0600).ok());
  const char* home = std::getenv("HOME");
  const std::string before = home == nullptr ? "" : home;
  setenv("HOME", folder_.path().c_str(), 1);
  server_.set_response(absl::StrCat("HTTP/1.1 200 OK\r\nSet-Cookie: who=you\r\nConnection: close\r\n\r\n", Published(survey_)));
  EXPECT_TRUE(Find().same);
  EXPECT_TRUE(Find().same);
  setenv("HOME", before.c_str(), 1);
  ASSERT_EQ(server_.requests().size(), 2u);
  EXPECT_EQ(server_.requests()[0], server_.requests()[1]);
  for (const std::string& request : server_.requests()) {
    EXPECT_TRUE(absl::StartsWith(request, absl::StrCat("GET /candor/", survey_.manifest.survey.value(), ".json HTTP/")));
    for (const char* header : {"authorization", "cookie", "referer", "user-agent"}) {
      EXPECT_FALSE(absl::StrContains(absl::AsciiStrToLower(request), header)) << request;
    }
  }
}

TEST_F(MirrorTest, SaysWhyItCouldNotBeCompared) {
  const auto why = [&](const std::string& response) {
    server_.set_response(response);
    const MirrorFinding finding = Find();
    EXPECT_FALSE(finding.same);
    EXPECT_TRUE(absl::StartsWith(finding.why_not_key, "mirror.why.")) << finding.why_not_key;
    return finding.why_not;
  };
  EXPECT_THAT(why("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"), HasSubstr("nothing of this survey"));
  EXPECT_THAT(why("HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n"), HasSubstr("fault of its own"));
  EXPECT_THAT(why("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"), HasSubstr("no manifest of this survey"));
  EXPECT_THAT(why("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[["), HasSubstr("no manifest of this survey"));
  EXPECT_THAT(why("nonsense\r\n\r\n"), HasSubstr("cannot be reached"));
  FakeSurvey other;
  EXPECT_THAT(why(absl::StrCat("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n",
                               EncodeMirror(other.manifest.survey, other.Encode()))),
              HasSubstr("no manifest of this survey"));
}

TEST_F(MirrorTest, FollowsNoRedirection) {
  HttpsServer elsewhere;
  elsewhere.set_body(Published(survey_));
  server_.set_response(absl::StrCat("HTTP/1.1 302 Found\r\nLocation: ", elsewhere.url(), "/x\r\nContent-Length: 0\r\n\r\n"));
  EXPECT_THAT(Find().why_not, HasSubstr("somewhere else"));
  EXPECT_TRUE(elsewhere.requests().empty());
}

TEST_F(MirrorTest, TrustsNoCertificateThatIsNotMadeOutForTheAddress) {
  server_.set_body(Published(survey_));
  options_.ca_file.clear();  // the system's authorities have not signed it
  EXPECT_THAT(Find().why_not, HasSubstr("certificate does not hold"));
  HttpsServer misnamed("union.example");
  ASSERT_TRUE(base::WriteFileAtomically(ca_file(), misnamed.certificate(), 0600).ok());
  options_.ca_file = ca_file();
  survey_.contract.mirrors = {misnamed.url()};
  EXPECT_THAT(Find().why_not, HasSubstr("certificate does not hold"));
}

TEST_F(MirrorTest, ReadsNoMoreThanAManifestNeedsAndWaitsNoLongerThanAllowed) {
  options_.max_bytes = 1000;
  server_.set_body(std::string(1001, 'x'));
  EXPECT_THAT(Find().why_not, HasSubstr("too long"));
  server_.set_silent();
  options_.timeout = absl::Milliseconds(300);
  EXPECT_THAT(Find().why_not, HasSubstr("did not answer in time"));
}

TEST_F(MirrorTest, SpeaksNothingButHttps) {
  for (const char* url : {"http://127.0.0.1:1/x", "file:///etc/passwd", "ftp://127.0.0.1/x", ""}) {
    EXPECT_TRUE(absl::IsInvalidArgument(FetchHttps(url, options_).status())) << url;
  }
}

TEST_F(MirrorTest, AMirrorThatIsDownSilencesNobodyAndTheOthersAreAsked) {
  server_.set_body(Published(survey_));
  survey_.contract.mirrors = {"https://127.0.0.1:1", server_.url()};
  server_.set_body(EncodeMirror(survey_.manifest.survey, survey_.Encode()));
  const auto findings = CompareWithMirrors(*Documents(), options_);
  ASSERT_TRUE(findings.ok()) << findings.status();
  ASSERT_EQ(findings->size(), 2u);
  EXPECT_FALSE(findings->at(0).same);
  EXPECT_THAT(findings->at(0).why_not, AllOf(HasSubstr("cannot be reached"), Not(HasSubstr("127.0.0.1"))));
  EXPECT_TRUE(findings->at(1).same);
}

TEST_F(MirrorTest, WhatAMirrorServesReadsBack) {
  const DocumentBytes bytes = survey_.Encode();
  const auto read = DecodeMirror(EncodeMirror(survey_.manifest.survey, bytes), survey_.manifest.survey);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_TRUE(read->SameFrozen(bytes));
}

}  // namespace
}  // namespace candor::client
