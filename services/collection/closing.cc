#include "services/collection/closing.h"

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/private_memory.h"
#include "services/base/random.h"
#include "services/base/status.h"
#include "services/collection/answer_seal.h"
#include "services/collection/contribution.h"
#include "services/crypto/hash.h"
#include "services/crypto/ledger.h"
#include "services/crypto/merkle.h"
#include "services/crypto/seal_between.h"
#include "services/crypto/sealing.h"
#include "services/domain/closed_result.h"
#include "services/domain/comments.h"
#include "services/domain/disclosure.h"
#include "services/domain/errors.h"
#include "services/domain/sealed_records.h"

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

struct Comment {
  int group = 0;   // index in the manifest
  int prompt = 0;  // index in the instrument
  std::string reply_key;  // may be empty
  std::string text;
};

// Everything that is added up while the answers pass by.
struct Counted {
  std::vector<domain::GroupTally> tallies;   // in the manifest's order
  std::vector<domain::GroupCounts> counts;   // likewise
  // How often each item got each mark, for each group, until FillTallies. One item after the other, each with
  // points + 2 places: blank, 1..points as marked, not observed.
  std::vector<std::vector<int64_t>> marks;
  std::vector<crypto::Hash> leaves;
  std::vector<Comment> comments;
  std::vector<std::string> notices;          // texts of those given
};

Counted StartCounting(const Survey& survey, const domain::Instrument& instrument, const domain::CloseOrder& order) {
  Counted counted;
  const std::vector<domain::IssuingGroup>& groups = survey.manifest().groups;
  const size_t points = static_cast<size_t>(instrument.scale.points);
  int64_t invited = 0;
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
    counted.marks.emplace_back(instrument.items.size() * (points + 2));
    invited += groups[i].invited;
  }
  counted.leaves.reserve(static_cast<size_t>(invited));
  return counted;
}

// The answers have passed domain::CheckAnswers.
void Count(const domain::Answers& answers, size_t points, int group, Counted& counted) {
  int64_t* places = counted.marks[static_cast<size_t>(group)].data();
  bool rated = false;
  for (const uint8_t mark : answers.ratings) {
    ++places[mark == domain::kNotObserved ? points + 1 : mark];
    places += points + 2;
    rated |= mark != domain::kBlank && mark != domain::kNotObserved;
  }
  if (rated) ++counted.tallies[static_cast<size_t>(group)].raters;
  for (size_t i = 0; i < answers.comments.size(); ++i) {
    if (answers.comments[i].empty()) continue;
    counted.comments.push_back({group, static_cast<int>(i), answers.reply_keys[i], answers.comments[i]});
  }
}

// Of the items that each group was asked; others are blank in every answer, which counts for nothing.
void FillTallies(const Survey& survey, const domain::Instrument& instrument, Counted& counted) {
  const size_t points = static_cast<size_t>(instrument.scale.points);
  for (size_t group = 0; group < counted.tallies.size(); ++group) {
    const std::vector<bool>& asked = survey.groups()[group].shape.items_asked;
    for (size_t i = 0; i < asked.size(); ++i) {
      if (!asked[i]) continue;
      const int64_t* places = counted.marks[group].data() + i * (points + 2);
      domain::ItemTally& item = counted.tallies[group].items[i];
      item.blank = places[0];
      item.not_observed = places[points + 1];
      for (size_t mark = 1; mark <= points; ++mark) {
        item.counts[(instrument.items[i].reverse ? points + 1 - mark : mark) - 1] = places[mark];
      }
    }
  }
}

void Wipe(Comment& comment) {
  base::Wipe(comment.text);
  base::Wipe(comment.reply_key);
}

// The comment's key, or one that nobody has where it came without, or with one that no question can be sealed to. Where nobody
// can be asked none is kept.
std::string ReplyKeyOf(const Comment& comment, const domain::Contract& contract) {
  if (contract.follow_up_days == 0) return "";
  if (crypto::CanSealToSigningKey(comment.reply_key)) return comment.reply_key;
  return crypto::SigningKey::Generate().public_key();
}

// A comment with the index of its place in the list of places.
struct KeptComment {
  Comment comment;
  int place = 0;
};

// Drops what may not be kept, gives the rest their places, and puts it into random order, so that nothing says which
// comments came from one person. The list of places is in the order of what they are, never of how they came about: a place
// of no name that stood where its first group stands would tell which small group wrote.
std::vector<KeptComment> PlaceAll(const Survey& survey, const domain::Contract& contract,
                                  const domain::DisclosureRules& rules, Counted& counted,
                                  std::vector<domain::CommentPlace>& places) {
  std::vector<domain::CommentedGroup> groups;
  for (size_t i = 0; i < counted.tallies.size(); ++i) {
    domain::CommentedGroup& group = groups.emplace_back();
    group.code = counted.tallies[i].code;
    group.raters = counted.tallies[i].raters;
    group.counted = counted.counts[i].counted;
    group.withheld = domain::WithheldByItsCodes(counted.counts[i], rules).has_value();
    group.asked = survey.groups()[i].shape.prompts_asked;
    group.comments.resize(group.asked.size());
  }
  for (const Comment& comment : counted.comments) {
    ++groups[static_cast<size_t>(comment.group)].comments[static_cast<size_t>(comment.prompt)];
  }
  const auto placed = domain::PlaceComments(contract.comments, groups);
  for (size_t i = 0; i < groups.size(); ++i) {
    for (size_t prompt = 0; prompt < placed[i].size(); ++prompt) {
      const domain::CommentPlace& place = placed[i][prompt].place;
      const bool any = groups[i].comments[prompt] > 0 && !placed[i][prompt].dropped;
      if (any && std::find(places.begin(), places.end(), place) == places.end()) places.push_back(place);
    }
  }
  std::sort(places.begin(), places.end(), [](const domain::CommentPlace& a, const domain::CommentPlace& b) {
    return std::tie(a.block, a.prompt, a.texts) < std::tie(b.block, b.prompt, b.texts);
  });
  std::vector<KeptComment> kept;
  for (Comment& comment : counted.comments) {
    const domain::PlacedComments& at = placed[static_cast<size_t>(comment.group)][static_cast<size_t>(comment.prompt)];
    if (at.dropped) {
      Wipe(comment);
      continue;
    }
    kept.push_back({std::move(comment),
                    static_cast<int>(std::find(places.begin(), places.end(), at.place) - places.begin())});
  }
  counted.comments.clear();
  base::Shuffle(kept);
  return kept;
}

absl::Status SealComments(const Survey& survey, const domain::Contract& contract, const domain::Instrument& instrument,
                          std::vector<KeptComment>& comments, storage::StoredClosing& closing) {
  if (comments.empty()) return absl::OkStatus();
  size_t cap = 0;
  for (const domain::Prompt& prompt : instrument.prompts) cap = std::max(cap, static_cast<size_t>(prompt.max_bytes));
  const crypto::SecretBytes key = crypto::NewDataKey();
  for (const domain::ModeratorKey& moderator : survey.manifest().moderators) {
    CANDOR_ASSIGN_OR_RETURN(std::string sealed, crypto::SealToKey(moderator.public_key, key.view()));
    closing.comment_keys.push_back(std::move(sealed));
  }
  closing.comments.reserve(comments.size());
  for (KeptComment& kept : comments) {
    std::string record = domain::EncodeCommentRecord(kept.comment.text, cap);
    closing.comments.push_back({kept.place,
                                crypto::SealRecord(key, record, domain::CommentBinding(survey.id_bytes(), kept.place)),
                                ReplyKeyOf(kept.comment, contract)});
    base::Wipe(record);
    Wipe(kept.comment);
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
  return crypto::BuildLedger(std::move(ledger), receipt_key);
}

// One record for every answer, up to a limit, whether or not there was a notice: their number and size tell nothing that the
// ledger does not. Those with words come first into what is kept.
absl::Status SealNotices(const Survey& survey, Counted& counted, storage::StoredClosing& closing) {
  if (!survey.manifest().auditor.has_value()) return absl::OkStatus();
  size_t answers = 0;
  for (const domain::GroupCounts& counts : counted.counts) answers += static_cast<size_t>(counts.counted);
  base::Shuffle(counted.notices);
  std::stable_partition(counted.notices.begin(), counted.notices.end(),
                        [](const std::string& text) { return !text.empty(); });
  const size_t kept = std::min(answers, domain::kMostNotices);
  for (size_t i = 0; i < kept; ++i) {
    domain::NoticeRecord notice;
    notice.given_in_all = static_cast<uint32_t>(counted.notices.size());
    notice.notice.given = i < counted.notices.size();
    if (notice.notice.given) notice.notice.text = counted.notices[i];
    std::string record = domain::EncodeNoticeRecord(survey.id_bytes(), notice);
    absl::StatusOr<std::string> sealed = crypto::SealToKey(survey.manifest().auditor->public_key, record);
    base::Wipe(record);
    base::Wipe(notice.notice.text);
    CANDOR_RETURN_IF_ERROR(sealed.status());
    closing.notices.push_back(*std::move(sealed));
  }
  base::Shuffle(closing.notices);
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckCloseOrder(const Survey& survey, const domain::CloseOrder& order, absl::string_view closing_secret_key) {
  const auto closing_key = crypto::ClosingKeyPair::FromSecretKey(closing_secret_key);
  if (!closing_key.ok() || closing_key->public_key != survey.manifest().closing_public_key) {
    return base::Error(absl::StatusCode::kFailedPrecondition, reasons::kWRONG_CLOSING_KEY,
                       "this is not the secret half of the closing key that the manifest names; nothing was opened");
  }
  if (order.issued.size() != survey.groups().size()) return OrderMismatch("it has not one count for each group");
  if (order.order_id.empty()) return OrderMismatch("it has no id");
  return absl::OkStatus();
}

absl::StatusOr<storage::StoredClosing> CountAnswers(const Survey& survey, const domain::CloseOrder& order,
                                                    absl::string_view closing_secret_key,
                                                    const crypto::SigningKey& receipt_key,
                                                    storage::OpenSurveyStore& answers) {
  CANDOR_RETURN_IF_ERROR(CheckCloseOrder(survey, order, closing_secret_key));
  CANDOR_ASSIGN_OR_RETURN(const crypto::ClosingKeyPair closing_key,
                          crypto::ClosingKeyPair::FromSecretKey(closing_secret_key));
  CANDOR_ASSIGN_OR_RETURN(const domain::InstrumentVersion version,
                          domain::DecodeInstrumentVersion(*survey.documents()->instrument_version));
  CANDOR_ASSIGN_OR_RETURN(const domain::Contract contract, domain::DecodeContract(*survey.documents()->contract));
  const domain::Instrument& instrument = version.instrument;
  const domain::DisclosureRules rules = domain::RulesOf(contract, instrument);

  CANDOR_ASSIGN_OR_RETURN(std::vector<crypto::SecretBytes> data_keys, OpenRunKeys(closing_key, answers));
  AnswerOpener opener(std::move(data_keys));
  Counted counted = StartCounting(survey, instrument, order);
  const absl::Cleanup wipe = [&counted] {
    for (Comment& comment : counted.comments) Wipe(comment);
    for (std::string& notice : counted.notices) base::Wipe(notice);
  };
  const domain::Manifest& manifest = survey.manifest();
  const ContributionFormat format(version);
  std::optional<ContributionCounter> contributing;
  if (!manifest.pooling_public_key.empty()) contributing.emplace(format, manifest.groups);
  // Each answer is opened where the one before lay.
  std::string record;
  domain::Answers opened;
  const absl::Cleanup wipe_opened = [&record, &opened] {
    base::Wipe(record);
    domain::Wipe(opened);
  };
  const auto count_one = [&](const storage::Slot& slot, absl::string_view sealed) -> absl::Status {
    if (slot.group < 0 || static_cast<size_t>(slot.group) >= survey.groups().size()) {
      return errors::StoreCorrupt("a slot of no group");
    }
    const storage::SlotHead& head = *slot.head;
    const domain::AnswerShape& shape = survey.groups()[static_cast<size_t>(slot.group)].shape;
    if (!opener.Open(sealed, {survey.id_bytes(), slot.group, head.token_hash, head.version}, record)) {
      return errors::StoreCorrupt("a sealed answer cannot be opened");
    }
    const absl::Status decoded = domain::DecodeAnswersTo(record, shape, opened);
    base::Wipe(record);
    const absl::Cleanup wipe_answers = [&opened] { domain::Wipe(opened); };
    CANDOR_RETURN_IF_ERROR(decoded);
    Count(opened, static_cast<size_t>(shape.points), slot.group, counted);
    if (contributing.has_value()) contributing->Count(slot.group, opened.ratings);
    if (opened.notice.given) {
      // Never within the string itself, whose bytes would stay behind when the list grows.
      std::string& text = counted.notices.emplace_back();
      text.reserve(domain::kLongestPressureNotice);
      text.append(opened.notice.text);
    }
    domain::GroupCounts& counts = counted.counts[static_cast<size_t>(slot.group)];
    ++counts.counted;
    counts.replaced += head.replacements;
    counted.leaves.push_back(crypto::LeafHash(head.token_hash, SealedDigest(sealed)));
    return absl::OkStatus();
  };
  CANDOR_RETURN_IF_ERROR(answers.ForEachAnswer(count_one));
  FillTallies(survey, instrument, counted);

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
  CANDOR_RETURN_IF_ERROR(SealNotices(survey, counted, closing));
  std::vector<KeptComment> kept = PlaceAll(survey, contract, rules, counted, closing.places);
  const absl::Cleanup wipe_kept = [&kept] {
    for (KeptComment& each : kept) Wipe(each.comment);
  };
  CANDOR_RETURN_IF_ERROR(SealComments(survey, contract, instrument, kept, closing));
  return closing;
}

}  // namespace candor::collection
