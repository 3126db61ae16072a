#include "services/collection/moderation.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/private_memory.h"
#include "services/base/status.h"
#include "services/collection/words_key.h"
#include "services/crypto/sealing.h"
#include "services/domain/closed_result.h"
#include "services/domain/disclosure.h"
#include "services/domain/errors.h"
#include "services/domain/follow_up.h"
#include "services/domain/padded_text.h"

namespace candor::collection {
namespace errors = candor::domain::errors;
namespace reasons = candor::domain::reasons;
using domain::ModerationReason;
using storage::DecisionKind;
namespace {

constexpr absl::string_view kDecisionTag = "candor-decision-v1";
constexpr absl::string_view kSummaryTag = "candor-summary-v1";
constexpr absl::string_view kWordsKey = "moderation";

size_t LongestText(const domain::Instrument& instrument) {
  size_t longest = 0;
  for (const domain::Prompt& prompt : instrument.prompts) {
    longest = std::max(longest, domain::LongestReleasedText(prompt.max_bytes));
  }
  return longest;
}

std::string SealDecision(const crypto::SecretBytes& key, const Survey& survey, const std::string& comment,
                         const CommentDecision& decision, size_t longest_text) {
  return SealWords(key, {decision.text, decision.note}, longest_text, absl::StrCat(kDecisionTag, survey.id_bytes(), comment));
}

std::optional<CommentDecision> OpenDecision(const crypto::SecretBytes& key, const Survey& survey,
                                            const storage::StoredComment& comment) {
  if (key.empty() || !comment.decision.has_value()) return std::nullopt;
  std::optional<Words> words =
      OpenWords(key, comment.decision->sealed, absl::StrCat(kDecisionTag, survey.id_bytes(), comment.id));
  if (!words.has_value()) return std::nullopt;
  CommentDecision decision;
  decision.kind = comment.decision->kind;
  decision.reason = comment.decision->reason;
  decision.note = std::move(words->note);
  decision.text = std::move(words->text);
  return decision;
}

std::string SealSummary(const crypto::SecretBytes& key, const Survey& survey, const BlockSummary& summary) {
  std::string record;
  record.reserve(domain::kTextLengthBytes + domain::kLongestSummary);
  domain::AppendPadded(summary.text, domain::kLongestSummary, record);
  std::string sealed = crypto::SealRecord(key, record, absl::StrCat(kSummaryTag, survey.id_bytes(), summary.block));
  base::Wipe(record);
  return sealed;
}

// What the store holds, with the words opened.
struct Opened {
  storage::StoredComments stored;
  std::vector<std::optional<CommentDecision>> decisions;  // of each comment
  std::map<std::string, std::string> summaries;           // by block

  CommentCounts Counts() const {
    CommentCounts counts;
    counts.comments = static_cast<int64_t>(stored.comments.size());
    std::set<std::string> missing;
    for (size_t i = 0; i < decisions.size(); ++i) {
      const std::string& block = stored.places[static_cast<size_t>(stored.comments[i].place)].block;
      if (!decisions[i].has_value()) {
        ++counts.undecided;
      } else if (decisions[i]->kind == DecisionKind::kSummary && !summaries.contains(block)) {
        missing.insert(block);
      }
    }
    counts.missing_summaries = static_cast<int64_t>(missing.size());
    return counts;
  }
  // Whether a comment is undecided, or a summary missing. Whoever is told this, though they know no comment, may be the leader. So
  // what stands under no name, that of groups too small to be named, holds up nothing: that anybody there wrote is told by
  // a moderator's words alone.
  bool HoldsUpRelease() const {
    for (size_t i = 0; i < decisions.size(); ++i) {
      const std::string& block = stored.places[static_cast<size_t>(stored.comments[i].place)].block;
      if (block.empty()) continue;
      if (!decisions[i].has_value()) return true;
      if (decisions[i]->kind == DecisionKind::kSummary && !summaries.contains(block)) return true;
    }
    return false;
  }
  // Of blocks whose words may go out; these are large enough for such a number.
  int64_t UndecidedWords() const {
    int64_t undecided = 0;
    for (size_t i = 0; i < decisions.size(); ++i) {
      const bool words = stored.places[static_cast<size_t>(stored.comments[i].place)].texts;
      undecided += words && !decisions[i].has_value() ? 1 : 0;
    }
    return undecided;
  }
};

absl::StatusOr<Opened> OpenAll(storage::ResponseStore& store, const std::string& keys_folder, const Survey& survey) {
  Opened opened;
  CANDOR_ASSIGN_OR_RETURN(opened.stored, store.GetComments(survey.id()));
  CANDOR_ASSIGN_OR_RETURN(const crypto::SecretBytes key, WordsKeyFile(keys_folder, survey.id(), kWordsKey).Find());
  for (const storage::StoredComment& comment : opened.stored.comments) {
    opened.decisions.push_back(OpenDecision(key, survey, comment));
  }
  for (const storage::StoredSummary& summary : opened.stored.summaries) {
    if (key.empty()) break;
    const std::optional<std::string> record =
        crypto::OpenRecord(key, summary.sealed, absl::StrCat(kSummaryTag, survey.id_bytes(), summary.block));
    if (record.has_value()) domain::ReadPadded(*record, opened.summaries[summary.block]);
  }
  return opened;
}

absl::Status CheckDecision(const CommentDecision& decision, const domain::CommentPlace& place, size_t longest_text) {
  const bool words = decision.kind == DecisionKind::kApprove || decision.kind == DecisionKind::kRedact;
  if (words && !place.texts) {
    return errors::InvalidField("kind", "no words of this comment may be released; put it into the summary or reject it");
  }
  if (words == decision.text.empty()) {
    return errors::InvalidField("text", words ? "must be the words that go out" : "must be empty, since no words go out");
  }
  const bool needs_reason = decision.kind == DecisionKind::kRedact || decision.kind == DecisionKind::kReject;
  if (needs_reason == (decision.reason == ModerationReason::kNone)) {
    return errors::InvalidField("reason", needs_reason ? "say why" : "is for what is cut or rejected");
  }
  if (decision.kind == DecisionKind::kRedact && !absl::StrContains(decision.text, domain::kCut)) {
    return errors::InvalidField("text", absl::StrCat("must show what was cut as ", domain::kCut));
  }
  CANDOR_RETURN_IF_ERROR(CheckWords(decision.text, longest_text, "text"));
  return CheckWords(decision.note, domain::kLongestModerationNote, "note");
}

absl::StatusOr<domain::Instrument> InstrumentOf(const Survey& survey) {
  CANDOR_ASSIGN_OR_RETURN(domain::InstrumentVersion version,
                          domain::DecodeInstrumentVersion(*survey.documents()->instrument_version));
  return std::move(version.instrument);
}

// Groups of which nothing, or no words, get out whatever moderators decide.
absl::StatusOr<std::vector<domain::ReleasedComments::Withheld>> WithheldGroups(const Survey& survey,
                                                                               const domain::Instrument& instrument,
                                                                               const storage::StoredOutcome& outcome) {
  std::vector<domain::ReleasedComments::Withheld> withheld;
  if (survey.manifest().moderators.empty()) return withheld;
  CANDOR_ASSIGN_OR_RETURN(const domain::Contract contract, domain::DecodeContract(*survey.documents()->contract));
  CANDOR_ASSIGN_OR_RETURN(const domain::ClosedResult result, domain::DecodeClosedResult(outcome.closed_result));
  const domain::DisclosureRules rules = domain::RulesOf(contract, instrument);
  const std::vector<std::string>& summary_only = contract.comments.summary_only;
  for (const domain::GroupCounts& counts : result.counts) {
    if (domain::WithheldByItsCodes(counts, rules).has_value()) {
      withheld.push_back({counts.code, "codes"});
    } else if (std::find(summary_only.begin(), summary_only.end(), counts.code) != summary_only.end()) {
      withheld.push_back({counts.code, "summary_only"});
    }
  }
  return withheld;
}

// The blocks in their order, each with the prompts whose words may go out.
std::vector<domain::ReleasedBlock> BlocksOf(const Survey& survey, const domain::Instrument& instrument,
                                            const Opened& opened) {
  std::vector<std::string> codes;
  for (const domain::IssuingGroup& group : survey.manifest().groups) {
    if (group.code != domain::kOtherRaters) codes.push_back(group.code);
  }
  codes.push_back(domain::kOtherRaters);
  codes.push_back("");
  std::vector<domain::ReleasedBlock> blocks;
  for (const std::string& code : codes) {
    domain::ReleasedBlock block;
    block.code = code;
    bool any = false;
    std::map<int, domain::ReleasedPrompt> prompts;
    for (const domain::CommentPlace& place : opened.stored.places) {
      if (place.block != code) continue;
      any = true;
      if (place.texts) prompts[place.prompt].prompt = instrument.prompts[static_cast<size_t>(place.prompt)].code;
    }
    if (!any) continue;
    std::map<int, std::map<ModerationReason, int64_t>> rejected;
    for (size_t i = 0; i < opened.decisions.size(); ++i) {
      const storage::StoredComment& comment = opened.stored.comments[i];
      const domain::CommentPlace& place = opened.stored.places[static_cast<size_t>(comment.place)];
      if (place.block != code || !place.texts || !opened.decisions[i].has_value()) continue;
      const CommentDecision& decision = *opened.decisions[i];
      domain::ReleasedPrompt& prompt = prompts[place.prompt];
      switch (decision.kind) {
        case DecisionKind::kApprove:
        case DecisionKind::kRedact:
          prompt.comments.push_back({comment.id, decision.text, decision.kind == DecisionKind::kRedact});
          break;
        case DecisionKind::kSummary: ++prompt.summary_only; break;
        case DecisionKind::kReject: ++rejected[place.prompt][decision.reason]; break;
      }
    }
    if (const auto summary = opened.summaries.find(code); summary != opened.summaries.end()) block.summary = summary->second;
    for (auto& [index, prompt] : prompts) {
      for (const auto& [reason, count] : rejected[index]) prompt.rejected.push_back({reason, count});
      block.prompts.push_back(std::move(prompt));
    }
    // That somebody of a small group wrote is told by a moderator's words alone.
    if (block.code.empty() && block.summary.empty()) continue;
    blocks.push_back(std::move(block));
  }
  return blocks;
}

absl::Status ReleaseTimeRefused(absl::string_view why) {
  return base::Error(absl::StatusCode::kInvalidArgument, reasons::kORDER_MISMATCH, why);
}

std::string Moment(absl::Time time) { return absl::FormatTime("%Y-%m-%d %H:%M:%S UTC", time, absl::UTCTimeZone()); }

// What respondents were promised is counted from the time of release: a wrong one would take the days to answer from them, or
// keep keys and questions for longer than they were told.
absl::Status CheckReleaseTime(const domain::Contract& contract, absl::Time release_time, const ReleaseMoment& moment) {
  if (release_time <= absl::UnixEpoch()) {
    return ReleaseTimeRefused("the order does not say when the campaign was released, from when on questions back are counted");
  }
  if (release_time > moment.now + kClockTolerance) {
    return ReleaseTimeRefused(absl::StrCat(
        "the order says that the campaign was released at ", Moment(release_time), ", but here it is ", Moment(moment.now),
        "; set the clocks of both servers right, and release again"));
  }
  // A survey that the other plane gives up is released as of long ago: nothing is ever asked then, nor kept for it.
  if (domain::TimesOfFollowUps(contract, release_time).hand_over_until <= moment.now) return absl::OkStatus();
  if (moment.closed.has_value() && release_time < *moment.closed - kClockTolerance) {
    return ReleaseTimeRefused(absl::StrCat("the order says that the campaign was released at ", Moment(release_time),
                                           ", but the survey was closed at ", Moment(*moment.closed),
                                           "; set the clocks of both servers right, and release again"));
  }
  return absl::OkStatus();
}

// Of the comments whose words go out, where the contract allows questions back to them.
absl::StatusOr<std::optional<storage::FollowUpStart>> FollowUpStartOf(const Survey& survey,
                                                                      const domain::ReleaseOrder& order,
                                                                      const ReleaseMoment& moment,
                                                                      const domain::ReleasedComments& released) {
  CANDOR_ASSIGN_OR_RETURN(const domain::Contract contract, domain::DecodeContract(*survey.documents()->contract));
  if (contract.follow_up_days == 0) return std::optional<storage::FollowUpStart>();
  CANDOR_RETURN_IF_ERROR(CheckReleaseTime(contract, order.release_time, moment));
  storage::FollowUpStart start;
  start.release_time = absl::FromUnixSeconds(absl::ToUnixSeconds(order.release_time));
  for (const domain::ReleasedBlock& block : released.blocks) {
    for (const domain::ReleasedPrompt& prompt : block.prompts) {
      for (const domain::ReleasedComment& comment : prompt.comments) start.comments.push_back(comment.id);
    }
  }
  return std::optional<storage::FollowUpStart>(std::move(start));
}

}  // namespace

absl::StatusOr<ModerationView> Moderation::Read(const Survey& survey, int moderator, absl::string_view after, int limit) {
  ModerationView view;
  CANDOR_RETURN_IF_ERROR(store_.GetOutcome(survey.id()).status());
  CANDOR_ASSIGN_OR_RETURN(const auto released, store_.FindReleased(survey.id()));
  view.released = released.has_value();
  CANDOR_ASSIGN_OR_RETURN(Opened opened, OpenAll(store_, keys_folder_, survey));
  view.counts = opened.Counts();
  if (static_cast<size_t>(moderator) < opened.stored.sealed_keys.size()) {
    view.sealed_key = opened.stored.sealed_keys[static_cast<size_t>(moderator)];
  }
  view.places = std::move(opened.stored.places);
  for (size_t i = 0; i < opened.stored.comments.size() && view.comments.size() < static_cast<size_t>(limit); ++i) {
    storage::StoredComment& comment = opened.stored.comments[i];
    if (comment.id <= after) continue;
    ModeratedComment& shown = view.comments.emplace_back();
    shown.id = std::move(comment.id);
    shown.place = comment.place;
    shown.sealed = std::move(comment.sealed);
    shown.decision = std::move(opened.decisions[i]);
    if (shown.decision.has_value()) shown.decided_by = comment.decision->moderator;
  }
  for (auto& [block, text] : opened.summaries) view.summaries.push_back({block, std::move(text)});
  return view;
}

absl::Status Moderation::Decide(const Survey& survey, int moderator, const std::string& comment,
                                const CommentDecision& decision) {
  CANDOR_ASSIGN_OR_RETURN(const storage::StoredComments stored, store_.GetComments(survey.id()));
  const auto found = std::find_if(stored.comments.begin(), stored.comments.end(),
                                  [&](const storage::StoredComment& each) { return each.id == comment; });
  if (found == stored.comments.end()) {
    CANDOR_RETURN_IF_ERROR(store_.PutDecision(survey.id(), comment, {}));  // not closed, released, or no such comment
    return errors::NotFound("comment", "of this id");  // which may be words, and messages are logged by others
  }
  CANDOR_ASSIGN_OR_RETURN(const domain::Instrument instrument, InstrumentOf(survey));
  const domain::CommentPlace& place = stored.places[static_cast<size_t>(found->place)];
  // Where the place does not tell its prompt no words go out.
  const int max_bytes =
      place.prompt == domain::kNoPrompt ? 0 : instrument.prompts[static_cast<size_t>(place.prompt)].max_bytes;
  CANDOR_RETURN_IF_ERROR(CheckDecision(decision, place, domain::LongestReleasedText(max_bytes)));
  CANDOR_ASSIGN_OR_RETURN(const crypto::SecretBytes key, WordsKeyFile(keys_folder_, survey.id(), kWordsKey).Ensure());
  return store_.PutDecision(
      survey.id(), comment,
      {decision.kind, decision.reason, moderator, SealDecision(key, survey, comment, decision, LongestText(instrument))});
}

absl::Status Moderation::Summarize(const Survey& survey, int moderator, const BlockSummary& summary) {
  CANDOR_RETURN_IF_ERROR(CheckWords(summary.text, domain::kLongestSummary, "text"));
  if (summary.text.empty()) return store_.PutSummary(survey.id(), {summary.block, moderator, ""});
  CANDOR_ASSIGN_OR_RETURN(const storage::StoredComments stored, store_.GetComments(survey.id()));
  const bool known = std::any_of(stored.places.begin(), stored.places.end(),
                                 [&](const domain::CommentPlace& place) { return place.block == summary.block; });
  // No key is made for what will be refused: one that came after release would stay.
  if (!known) return store_.PutSummary(survey.id(), {summary.block, moderator, "refused"});
  CANDOR_ASSIGN_OR_RETURN(const crypto::SecretBytes key, WordsKeyFile(keys_folder_, survey.id(), kWordsKey).Ensure());
  return store_.PutSummary(survey.id(), {summary.block, moderator, SealSummary(key, survey, summary)});
}

absl::StatusOr<bool> Moderation::AnythingWaits(const Survey& survey) {
  CANDOR_RETURN_IF_ERROR(store_.GetOutcome(survey.id()).status());
  CANDOR_ASSIGN_OR_RETURN(const Opened opened, OpenAll(store_, keys_folder_, survey));
  return opened.HoldsUpRelease();
}

absl::StatusOr<std::string> Moderation::Release(const Survey& survey, const domain::ReleaseOrder& order,
                                                const ReleaseMoment& moment) {
  CANDOR_ASSIGN_OR_RETURN(const storage::StoredOutcome outcome, store_.GetOutcome(survey.id()));
  CANDOR_ASSIGN_OR_RETURN(std::optional<std::string> released, store_.FindReleased(survey.id()));
  if (!released.has_value()) {
    CANDOR_ASSIGN_OR_RETURN(Opened opened, OpenAll(store_, keys_folder_, survey));
    if (!order.discard_undecided && opened.HoldsUpRelease()) {
      return base::Error(absl::StatusCode::kFailedPrecondition, reasons::kCOMMENTS_UNDECIDED,
                         "comments wait for a moderator's decision, or a summary of them is missing; let the moderators "
                         "finish, or discard what is undecided");
    }
    CANDOR_ASSIGN_OR_RETURN(const domain::Instrument instrument, InstrumentOf(survey));
    domain::ReleasedComments comments;
    comments.survey = survey.id();
    comments.blocks = BlocksOf(survey, instrument, opened);
    CANDOR_ASSIGN_OR_RETURN(comments.withheld, WithheldGroups(survey, instrument, outcome));
    comments.discarded = opened.UndecidedWords();
    released = domain::EncodeReleasedComments(comments);
    CANDOR_ASSIGN_OR_RETURN(const auto follow_ups, FollowUpStartOf(survey, order, moment, comments));
    CANDOR_RETURN_IF_ERROR(store_.ReleaseComments(survey.id(), *released, follow_ups));
  }
  // A crash may have come between the two.
  CANDOR_RETURN_IF_ERROR(WordsKeyFile(keys_folder_, survey.id(), kWordsKey).Destroy());
  return *std::move(released);
}

absl::StatusOr<std::string> Moderation::ReleaseExpired(const Survey& survey) {
  CANDOR_RETURN_IF_ERROR(store_.GetOutcome(survey.id()).status());
  CANDOR_RETURN_IF_ERROR(Destroy(survey));
  domain::ReleasedComments none;
  none.survey = survey.id();
  none.expired = true;
  return domain::EncodeReleasedComments(none);
}

absl::Status Moderation::Destroy(const Survey& survey) {
  // The key first: it is found again through what the store still has.
  CANDOR_RETURN_IF_ERROR(WordsKeyFile(keys_folder_, survey.id(), kWordsKey).Destroy());
  return store_.DestroyWords(survey.id()).status();
}

}  // namespace candor::collection
