#include "services/collection/closing.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/private_memory.h"
#include "services/base/random.h"
#include "services/base/status.h"
#include "services/collection/answer_seal.h"
#include "services/collection/comment_record.h"
#include "services/collection/contribution.h"
#include "services/collection/notice_record.h"
#include "services/crypto/ledger.h"
#include "services/crypto/merkle.h"
#include "services/crypto/sealing.h"
#include "services/domain/closed_result.h"
#include "services/domain/disclosure.h"
#include "services/domain/errors.h"

namespace candor::collection {
namespace errors = candor::domain::errors;
namespace reasons = candor::domain::reasons;
namespace {

absl::Status OrderMismatch(absl::string_view what) {
  return base::Error(absl::StatusCode::kInvalidArgument, reasons::kORDER_MISMATCH,
                     absl::StrCat("the order to close does not fit the survey: ", what));
}

absl::StatusOr<std::vector<crypto::SecretBytes>> OpenRunKeys(const crypto::ClosingKeyPair& closing_key,
                                                             storage::OpenSurveyStore& answers) {
  CANDOR_ASSIGN_OR_RETURN(const std::vector<std::string> sealed_keys, answers.RunKeys());
  std::vector<crypto::SecretBytes> keys;
  for (const std::string& sealed : sealed_keys) {
    absl::StatusOr<crypto::SecretBytes> key =
        crypto::OpenSealed(closing_key.public_key, closing_key.secret_key, sealed);
    if (!key.ok() || key->size() != crypto::kDataKeyBytes) {
      return errors::StoreCorrupt("a run's key cannot be opened");
    }
    keys.push_back(*std::move(key));
  }
  return keys;
}

// Everything that is added up while the answers pass by.
struct Counted {
  std::vector<domain::GroupTally> tallies;   // in the manifest's order
  std::vector<domain::GroupCounts> counts;   // likewise
  std::vector<std::string> leaves;
  std::vector<Comment> comments;
  std::vector<std::string> notices;          // sealed already
};

Counted StartCounting(const Survey& survey, const domain::Instrument& instrument, const domain::CloseOrder& order) {
  Counted counted;
  const std::vector<domain::IssuingGroup>& groups = survey.manifest().groups;
  const size_t points = static_cast<size_t>(instrument.scale.points);
  for (size_t i = 0; i < groups.size(); ++i) {
    domain::GroupTally& tally = counted.tallies.emplace_back();
    tally.code = groups[i].code;
    tally.items.resize(instrument.items.size());
    for (domain::ItemTally& item : tally.items) item.counts.resize(points);
    domain::GroupCounts& counts = counted.counts.emplace_back();
    counts.code = groups[i].code;
    counts.invited = groups[i].invited;
    counts.issued = order.issued[i].issued;
    counts.reissued = order.issued[i].reissued;
  }
  return counted;
}

void Count(const domain::Answers& answers, const domain::Instrument& instrument, const domain::AnswerShape& shape,
           int group, Counted& counted) {
  domain::GroupTally& tally = counted.tallies[static_cast<size_t>(group)];
  bool rated = false;
  for (size_t i = 0; i < answers.ratings.size(); ++i) {
    if (!shape.items_asked[i]) continue;
    domain::ItemTally& item = tally.items[i];
    const uint8_t rating = answers.ratings[i];
    if (rating == domain::kBlank) {
      ++item.blank;
    } else if (rating == domain::kNotObserved) {
      ++item.not_observed;
    } else {
      const int value = instrument.items[i].reverse ? shape.points + 1 - rating : rating;
      ++item.counts[static_cast<size_t>(value - 1)];
      rated = true;
    }
  }
  if (rated) ++tally.raters;
  for (size_t i = 0; i < answers.comments.size(); ++i) {
    if (answers.comments[i].empty()) continue;
    counted.comments.push_back({group, static_cast<int>(i), answers.comments[i], answers.reply_keys[i]});
  }
}

void WipeComments(std::vector<Comment>::iterator begin, std::vector<Comment>::iterator end) {
  for (auto comment = begin; comment != end; ++comment) {
    base::Wipe(comment->text);
    base::Wipe(comment->reply_key);
  }
}

// Drops what may not be kept, and puts the rest into random order, so that nothing says which comments came from one
// person.
void SelectComments(const domain::DisclosureRules& rules, Counted& counted) {
  const auto dropped = [&](const Comment& comment) {
    const domain::GroupCounts& counts = counted.counts[static_cast<size_t>(comment.group)];
    return counted.tallies[static_cast<size_t>(comment.group)].raters < kFewestRatersForComments ||
           domain::WithheldByItsCodes(counts, rules).has_value();
  };
  const auto kept = std::partition(counted.comments.begin(), counted.comments.end(),
                                   [&](const Comment& comment) { return !dropped(comment); });
  WipeComments(kept, counted.comments.end());
  counted.comments.erase(kept, counted.comments.end());
  base::Shuffle(counted.comments);
}

absl::Status SealComments(const Survey& survey, const domain::Instrument& instrument,
                          const std::vector<Comment>& comments, storage::StoredClosing& closing) {
  if (comments.empty()) return absl::OkStatus();
  size_t cap = 0;
  for (const domain::Prompt& prompt : instrument.prompts) cap = std::max(cap, static_cast<size_t>(prompt.max_bytes));
  const crypto::SecretBytes key = crypto::NewDataKey();
  for (const domain::ModeratorKey& moderator : survey.manifest().moderators) {
    CANDOR_ASSIGN_OR_RETURN(std::string sealed, crypto::SealToKey(moderator.public_key, key.view()));
    closing.comment_keys.push_back(std::move(sealed));
  }
  closing.comments.reserve(comments.size());
  for (const Comment& comment : comments) {
    closing.comments.push_back(SealComment(key, survey.id_bytes(), comment, cap));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> MakeLedger(const Survey& survey, Counted& counted, const crypto::SigningKey& receipt_key) {
  crypto::Ledger ledger;
  ledger.survey_id = survey.id_bytes();
  for (const domain::GroupCounts& counts : counted.counts) {
    if (counts.issued < 0 || counts.issued > counts.invited || counts.reissued < 0) {
      return OrderMismatch(absl::StrCat("it says that more tokens were issued to the group ", counts.code,
                                        " than people were invited, or fewer than none"));
    }
    // More answers than tokens can follow a restored backup, which has forgotten tokens that are out. To refuse would
    // keep the whole campaign from closing for ever; the ledger shows the numbers, and the group is withheld.
    ledger.groups.push_back(
        {counts.code, counts.invited, counts.issued, counts.reissued, counts.counted, counts.replaced});
  }
  ledger.leaves = std::move(counted.leaves);
  return crypto::BuildLedger(ledger, receipt_key);
}

}  // namespace

absl::Status CheckCloseOrder(const Survey& survey, const domain::CloseOrder& order) {
  const auto closing_key = crypto::ClosingKeyPair::FromSecretKey(order.closing_secret_key);
  if (!closing_key.ok() || closing_key->public_key != survey.manifest().closing_public_key) {
    return base::Error(absl::StatusCode::kFailedPrecondition, reasons::kWRONG_CLOSING_KEY,
                       "this is not the secret half of the closing key that the manifest names; nothing was opened");
  }
  if (order.issued.size() != survey.groups().size()) return OrderMismatch("it has not one count for each group");
  if (order.order_id.empty()) return OrderMismatch("it has no id");
  return absl::OkStatus();
}

absl::StatusOr<storage::StoredClosing> CountAnswers(const Survey& survey, const domain::CloseOrder& order,
                                                    const crypto::SigningKey& receipt_key,
                                                    storage::OpenSurveyStore& answers) {
  CANDOR_RETURN_IF_ERROR(CheckCloseOrder(survey, order));
  CANDOR_ASSIGN_OR_RETURN(const crypto::ClosingKeyPair closing_key,
                          crypto::ClosingKeyPair::FromSecretKey(order.closing_secret_key));
  CANDOR_ASSIGN_OR_RETURN(const domain::InstrumentVersion version,
                          domain::DecodeInstrumentVersion(*survey.documents()->instrument_version));
  CANDOR_ASSIGN_OR_RETURN(const domain::Contract contract, domain::DecodeContract(*survey.documents()->contract));
  const domain::Instrument& instrument = version.instrument;
  const domain::DisclosureRules rules = domain::RulesOf(contract, instrument);

  CANDOR_ASSIGN_OR_RETURN(std::vector<crypto::SecretBytes> data_keys, OpenRunKeys(closing_key, answers));
  AnswerOpener opener(std::move(data_keys));
  Counted counted = StartCounting(survey, instrument, order);
  const absl::Cleanup wipe = [&counted] { WipeComments(counted.comments.begin(), counted.comments.end()); };
  const domain::Manifest& manifest = survey.manifest();
  const ContributionFormat format(version);
  std::optional<ContributionCounter> contributing;
  if (!manifest.pooling_public_key.empty()) contributing.emplace(format, manifest.groups);
  const auto count_one = [&](const storage::Slot& slot, absl::string_view sealed) -> absl::Status {
    if (slot.group < 0 || static_cast<size_t>(slot.group) >= survey.groups().size()) {
      return errors::StoreCorrupt("a slot of no group");
    }
    const storage::SlotHead& head = *slot.head;
    const domain::AnswerShape& shape = survey.groups()[static_cast<size_t>(slot.group)].shape;
    std::optional<std::string> record =
        opener.Open(sealed, {survey.id_bytes(), slot.group, head.token_hash, head.version});
    if (!record.has_value()) return errors::StoreCorrupt("a sealed answer cannot be opened");
    absl::StatusOr<domain::Answers> opened = domain::DecodeAnswers(*record, shape);
    base::Wipe(*record);
    CANDOR_RETURN_IF_ERROR(opened.status());
    const absl::Cleanup wipe_answers = [&opened] { domain::Wipe(*opened); };
    Count(*opened, instrument, shape, slot.group, counted);
    if (contributing.has_value()) contributing->Count(slot.group, opened->ratings);
    if (opened->notice.given) {
      CANDOR_ASSIGN_OR_RETURN(
          std::string notice, SealNotice(manifest.auditor->public_key, survey.id_bytes(), opened->notice.text));
      counted.notices.push_back(std::move(notice));
    }
    domain::GroupCounts& counts = counted.counts[static_cast<size_t>(slot.group)];
    ++counts.counted;
    counts.replaced += head.replacements;
    counted.leaves.push_back(crypto::LeafHash(head.token_hash, SealedDigest(sealed)));
    return absl::OkStatus();
  };
  CANDOR_RETURN_IF_ERROR(answers.ForEachAnswer(count_one));

  storage::StoredClosing closing;
  closing.outcome.order_id = order.order_id;
  CANDOR_ASSIGN_OR_RETURN(closing.outcome.ledger, MakeLedger(survey, counted, receipt_key));
  const domain::ClosedResult result =
      domain::MakeClosedResult(manifest, instrument, rules, counted.tallies, counted.counts);
  closing.outcome.closed_result = domain::EncodeClosedResult(result);
  if (contributing.has_value()) {
    CANDOR_ASSIGN_OR_RETURN(closing.contribution,
                            SealContribution(manifest.pooling_public_key, survey.id_bytes(), format,
                                             contributing->Take(result)));
  }
  base::Shuffle(counted.notices);
  closing.notices = std::move(counted.notices);
  SelectComments(rules, counted);
  CANDOR_RETURN_IF_ERROR(SealComments(survey, instrument, counted.comments, closing));
  return closing;
}

}  // namespace candor::collection
