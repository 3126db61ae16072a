#include "tests/benchmark/closed_survey.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/base/clock.h"
#include "services/base/encoding.h"
#include "services/base/random.h"
#include "services/collection/answer_seal.h"
#include "services/collection/collection.h"
#include "services/crypto/blind_signature.h"
#include "services/crypto/hash.h"
#include "services/crypto/sealing.h"
#include "services/crypto/signing.h"
#include "services/domain/contract.h"
#include "services/domain/framework.h"
#include "services/domain/instrument.h"
#include "storage/sqlite/response_store.h"
#include "tests/benchmark/open_survey.h"

namespace candor::benchmark {
namespace {

constexpr int64_t kInOneCommit = 4096;
constexpr int kPoints = 5;

domain::InstrumentVersion MakeVersion(int items, int comment_bytes) {
  domain::Framework framework{"plain", "Plain", "1", "", "", "", {}, {{"A", "Domain", {{"A.1", "Competency", {}}}}}};
  domain::Instrument instrument;
  instrument.title = "Many items";
  instrument.framework = "plain";
  instrument.scale.points = kPoints;
  instrument.scale.favourable_from = 4;
  instrument.scale.labels = {{"en", {"1", "2", "3", "4", "5"}}};
  instrument.scale.not_observed = {{"en", "not seen"}};
  instrument.languages = {"en"};
  instrument.rater_groups = {{"staff", {{"en", "Staff"}}}};
  for (int i = 0; i < items; ++i) {
    const std::string code = absl::StrCat("A.1.", i);
    framework.domains[0].competencies[0].indicators.push_back({code, "Indicator", {}});
    instrument.items.push_back({code, false, {{"staff", {{"en", "An item."}}}}});
  }
  if (comment_bytes > 0) instrument.prompts = {{"more", {{"staff", {{"en", "What else?"}}}}, comment_bytes}};
  return domain::MakeInstrumentVersion(instrument, framework);
}

}  // namespace

PlainSurvey MakePlainSurvey(int64_t invited, int items, int comment_bytes, const std::string& receipt_public_key) {
  crypto::ClosingKeyPair closing_key = crypto::ClosingKeyPair::Generate();
  const crypto::SigningKey signing_key = crypto::SigningKey::Generate();
  domain::OpenOrder order;
  order.survey = domain::RandomSurveyId();
  order.instrument_version = domain::EncodeInstrumentVersion(MakeVersion(items, comment_bytes));
  domain::Contract contract;
  contract.readers = {"leader"};
  contract.languages = {"en"};
  contract.close_time = absl::FromUnixSeconds(absl::ToUnixSeconds(absl::Now())) + absl::Hours(24);
  contract.latest_close_time = contract.close_time;
  contract.abandon_time = contract.close_time + absl::Hours(24);
  contract.instrument_hash = base::HexEncode(crypto::Sha256(order.instrument_version));
  order.contract = domain::EncodeContract(contract);
  domain::Manifest manifest;
  manifest.survey = order.survey;
  manifest.contract_hash = base::HexEncode(crypto::Sha256(order.contract));
  manifest.instrument_hash = contract.instrument_hash;
  manifest.groups = {
      {"staff", {"staff"}, invited, Must(crypto::BlindSigningKey::Generate(2048)).verifying_key().ToSpkiDer()}};
  manifest.closing_public_key = closing_key.public_key;
  manifest.receipt_public_key = receipt_public_key;
  manifest.signing_public_key = signing_key.public_key();
  manifest.surname_filter_hash = base::HexEncode(crypto::Sha256(""));  // of nobody's names
  manifest.close_time = contract.close_time;
  manifest.latest_close_time = contract.latest_close_time;
  manifest.abandon_time = contract.abandon_time;
  order.manifest = domain::EncodeManifest(manifest);
  order.manifest_signature = signing_key.Sign(absl::StrCat("candor-manifest-v1", order.manifest));
  return {std::move(order), std::move(closing_key)};
}

FilledSurvey FillSurvey(const std::string& data, int64_t answers, int items, int comment_bytes) {
  const domain::InstrumentVersion version = MakeVersion(items, comment_bytes);
  FilledSurvey survey;
  survey.answers = answers;
  survey.data_key = crypto::NewDataKey();
  std::string sealed_key;
  domain::Manifest manifest;
  {
    base::SystemClock clock;
    collection::CollectionOptions options;
    options.keys_folder = data + "/keys";
    const auto collection =
        Must(collection::Collection::Start(Must(storage::sqlite::SqliteResponseStore::Open(data)), &clock, options));
    const auto [order, closing_key] =
        MakePlainSurvey(answers, items, comment_bytes, Must(collection->ReceiptPublicKey()));
    Must(collection->OpenSurvey(order));
    survey.id = order.survey;
    manifest = Must(domain::DecodeManifest(order.manifest));
    sealed_key = Must(crypto::SealToKey(closing_key.public_key, survey.data_key.view()));
    survey.close_order.order_id = "order";
    survey.close_order.survey = order.survey;
    survey.close_order.issued.push_back({answers, 0});
    survey.close_order.closing_secret_key = std::string(closing_key.secret_key.view());
  }
  const auto store = Must(storage::sqlite::SqliteResponseStore::Open(data));
  const auto slots = Must(store->OpenAnswers(survey.id));
  Must(slots->AddRunKey(sealed_key));
  const domain::AnswerShape shape = domain::ShapeOfGroup(version.instrument, manifest, 0);
  const std::string id_bytes = domain::SurveyIdBytes(survey.id);
  domain::Answers one{std::vector<uint8_t>(static_cast<size_t>(items)),
                      std::vector<std::string>(version.instrument.prompts.size())};
  for (int64_t first = 1; first <= answers; first += kInOneCommit) {
    std::vector<storage::SlotWrite> writes;
    for (int64_t slot = first; slot < std::min(first + kInOneCommit, answers + 1); ++slot) {
      for (size_t i = 0; i < one.ratings.size(); ++i) {
        one.ratings[i] = static_cast<uint8_t>(1 + (static_cast<size_t>(slot) * 7 + i * i) % kPoints);
      }
      storage::SlotHead head{base::RandomBytes(storage::kTokenHashBytes), 1,
                             base::RandomBytes(storage::kSubmissionIdBytes), 0};
      std::string sealed = collection::SealAnswer(survey.data_key, {id_bytes, 0, head.token_hash, 1}, one, shape);
      writes.push_back({slot, std::move(head), std::move(sealed)});
    }
    Must(slots->WriteSlots(writes));
    Must(slots->Tidy());
  }
  return survey;
}

}  // namespace candor::benchmark
