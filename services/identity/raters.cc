#include "services/identity/raters.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/status.h"
#include "services/domain/errors.h"
#include "services/identity/audit.h"
#include "services/identity/key_holders.h"
#include "services/identity/loading.h"
#include "services/identity/resource_names.h"
#include "storage/leader_line.h"
#include "storage/plain_text.h"

namespace candor::identity {
namespace {

namespace errors = domain::errors;
using domain::DistrictId;
using domain::RaterId;
using domain::SurveyId;
using storage::PlainText;
using storage::RaterRow;
using storage::ReadTransaction;
using storage::WriteTransaction;

constexpr int kRatersInOneRead = 1000;

struct DraftSurvey {
  storage::SurveyRow survey;
  domain::Instrument instrument;
  std::vector<domain::Breakdown> breakdowns;
};

absl::StatusOr<DraftSurvey> GetDraftSurvey(ReadTransaction& transaction, const DistrictId& district,
                                           const SurveyId& id) {
  DraftSurvey draft;
  CANDOR_ASSIGN_OR_RETURN(draft.survey, GetSurveyRow(transaction, district, id));
  CANDOR_ASSIGN_OR_RETURN(const storage::CampaignRow campaign,
                          GetCampaignRow(transaction, district, draft.survey.campaign));
  CANDOR_RETURN_IF_ERROR(RequireDraft(campaign));
  CANDOR_ASSIGN_OR_RETURN(draft.instrument, GetInstrumentOf(transaction, district, campaign.settings));
  draft.breakdowns = campaign.settings.breakdowns;
  return draft;
}

absl::Status CheckGroup(const domain::Instrument& instrument, absl::string_view field, const std::string& code) {
  const bool known = std::any_of(instrument.rater_groups.begin(), instrument.rater_groups.end(),
                                 [&](const domain::RaterGroup& group) { return group.code == code; });
  if (known) return absl::OkStatus();
  return errors::InvalidField(field, code == domain::kSelf || code == domain::kSupervisor
                                         ? "must be an anonymous group; leader and supervisors rate by their own keys"
                                         : "must be a rater group of the campaign's instrument");
}

absl::Status CheckPart(const DraftSurvey& draft, absl::string_view field, const std::string& group,
                       const std::string& part) {
  if (part.empty()) return absl::OkStatus();
  const domain::Breakdown* breakdown = domain::FindBreakdown(draft.breakdowns, group);
  if (breakdown == nullptr) {
    return errors::InvalidField(field, absl::StrCat("must be empty: the campaign declares no parts of the group ", group));
  }
  if (domain::FindPart(*breakdown, part) != nullptr) return absl::OkStatus();
  return errors::InvalidField(field, absl::StrCat("must be a part of the group ", group, " that the campaign declares"));
}

absl::Status CheckRater(const DraftSurvey& draft, const std::string& field, const RaterRow& rater) {
  CANDOR_RETURN_IF_ERROR(CheckGroup(draft.instrument, absl::StrCat(field, ".group"), rater.group));
  CANDOR_RETURN_IF_ERROR(CheckPart(draft, absl::StrCat(field, ".part"), rater.group, rater.part));
  CANDOR_RETURN_IF_ERROR(CheckText(absl::StrCat(field, ".display_name"), rater.display_name, 200, false));
  CANDOR_RETURN_IF_ERROR(CheckText(absl::StrCat(field, ".address"), rater.address, 320, false));
  if (!rater.paper && rater.display_name.empty() && rater.address.empty()) {
    return errors::InvalidField(field, "needs a display_name or an address; add paper slips for raters without either");
  }
  return absl::OkStatus();
}

// Finds people who would be asked twice: a group of five that is two people is no group of five.
class DistinctRaters {
 public:
  // Those who must not be among the anonymous raters, by their address.
  absl::Status AddLine(ReadTransaction& transaction, const storage::SurveyRow& survey) {
    CANDOR_ASSIGN_OR_RETURN(const storage::LeaderLine line,
                            storage::LineInDirectory(transaction, survey.district, survey.leader));
    std::vector<domain::PersonId> people = line.Leaders();
    people.insert(people.end(), line.supervisors.begin(), line.supervisors.end());
    people.insert(people.end(), line.barred.begin(), line.barred.end());
    for (const domain::PersonId& id : people) {
      CANDOR_ASSIGN_OR_RETURN(const auto person, transaction.FindPerson(survey.district, id));
      if (person.has_value()) line_.insert(PlainText(person->email));
    }
    line_.erase("");
    return absl::OkStatus();
  }

  // The survey's raters, but for `except`.
  absl::Status AddStored(ReadTransaction& transaction, const storage::SurveyRow& survey, const RaterId& except) {
    storage::Page page{"", kRatersInOneRead};
    while (true) {
      CANDOR_ASSIGN_OR_RETURN(const std::vector<RaterRow> rows,
                              transaction.ListRaters(survey.district, survey.id, page));
      for (const RaterRow& row : rows) {
        if (row.id != except) Remember(row, {RaterName(survey, row.id), /*stored=*/true});
      }
      if (rows.size() < static_cast<size_t>(page.limit)) return absl::OkStatus();
      page.after = rows.back().id.value();
    }
  }

  // INVALID_ARGUMENT, FIELD_INVALID; ALREADY_EXISTS, RESOURCE_EXISTS, where the other is stored already.
  absl::Status Add(const RaterRow& row, const std::string& field) {
    const std::string address = PlainText(row.address);
    if (!address.empty()) {
      const std::string at = absl::StrCat(field, ".address");
      if (line_.contains(address)) {
        return errors::InvalidField(at, "is that of the leader, of a member of the team or of a supervisor, who rate by "
                                        "their own keys and not as anonymous raters; leave this rater out");
      }
      if (const auto taken = by_address_.find(address); taken != by_address_.end()) {
        return Twice(at, taken->second, "address",
                     "nobody is asked twice in one survey, in whatever group; leave one of the two out");
      }
    }
    const auto named = by_name_.find(NameOf(row));
    if (named != by_name_.end()) {
      const std::optional<Place>& other =
          named->second.unaddressed.has_value() || !address.empty() ? named->second.unaddressed : named->second.addressed;
      if (other.has_value()) {
        return Twice(absl::StrCat(field, ".display_name"), *other, "name in this group",
                     "if these are two people, give both an address, or each a name that tells them apart; if it is one, "
                     "leave one of the two out");
      }
    }
    Remember(row, {field, /*stored=*/false});
    return absl::OkStatus();
  }

 private:
  struct Place {
    std::string name;  // a field of the request, or the rater's name
    bool stored = false;
  };
  // The first of a name, with an address and without.
  struct Named {
    std::optional<Place> addressed, unaddressed;
  };

  static std::pair<std::string, std::string> NameOf(const RaterRow& row) { return {row.group, PlainText(row.display_name)}; }

  void Remember(const RaterRow& row, const Place& place) {
    const std::string address = PlainText(row.address);
    if (!address.empty()) by_address_.emplace(address, place);
    if (PlainText(row.display_name).empty()) return;
    Named& named = by_name_[NameOf(row)];
    std::optional<Place>& first = address.empty() ? named.unaddressed : named.addressed;
    if (!first.has_value()) first = place;
  }

  static absl::Status Twice(const std::string& field, const Place& other, absl::string_view what,
                            absl::string_view advice) {
    if (!other.stored) {
      return errors::InvalidField(field, absl::StrCat("is the same ", what, " as that of ", other.name, "; ", advice));
    }
    return base::Error(absl::StatusCode::kAlreadyExists, domain::reasons::kRESOURCE_EXISTS,
                       absl::StrCat(field, ": ", other.name, " has the same ", what, " already; ", advice), field);
  }

  std::set<std::string> line_;
  std::map<std::string, Place> by_address_;
  std::map<std::pair<std::string, std::string>, Named> by_name_;  // by group and name
};

absl::Status CheckRoom(ReadTransaction& transaction, const storage::SurveyRow& survey, size_t more) {
  CANDOR_ASSIGN_OR_RETURN(const auto counts, transaction.CountRaters(survey.district, survey.id));
  int64_t all = static_cast<int64_t>(more);
  for (const storage::GroupCount& count : counts) all += count.invited + count.opted_out;
  if (all <= kMostRaters) return absl::OkStatus();
  return base::Error(absl::StatusCode::kResourceExhausted, domain::reasons::kREQUEST_TOO_LARGE,
                     absl::StrCat("a survey has at most ", kMostRaters, " raters; remove some first"));
}

absl::Status Insert(WriteTransaction& transaction, const storage::SurveyRow& survey,
                    const std::vector<RaterRow>& rows) {
  CANDOR_RETURN_IF_ERROR(CheckRoom(transaction, survey, rows.size()));
  for (const RaterRow& row : rows) CANDOR_RETURN_IF_ERROR(transaction.InsertRater(row));
  return absl::OkStatus();
}

absl::Status CheckCount(absl::string_view field, int64_t count) {
  if (count >= 1 && count <= kMostRatersAtOnce) return absl::OkStatus();
  return errors::InvalidField(field, absl::StrCat("must be 1 to ", kMostRatersAtOnce, " at once"));
}

absl::StatusOr<RaterRow> GetRaterRow(ReadTransaction& transaction, const storage::SurveyRow& survey,
                                     const RaterId& id) {
  CANDOR_ASSIGN_OR_RETURN(auto row, transaction.FindRater(survey.district, survey.id, id));
  if (!row.has_value()) return errors::NotFound("rater", RaterName(survey, id));
  return *std::move(row);
}

}  // namespace

absl::Status CheckDistinctRaters(ReadTransaction& transaction, const storage::SurveyRow& survey) {
  DistinctRaters distinct;
  CANDOR_RETURN_IF_ERROR(distinct.AddLine(transaction, survey));
  storage::Page page{"", kRatersInOneRead};
  while (true) {
    CANDOR_ASSIGN_OR_RETURN(const std::vector<RaterRow> rows, transaction.ListRaters(survey.district, survey.id, page));
    for (const RaterRow& row : rows) {
      if (row.opted_out) continue;
      const std::string name = RaterName(survey, row.id);
      if (const absl::Status added = distinct.Add(row, name); !added.ok()) {
        return base::Error(absl::StatusCode::kFailedPrecondition, domain::reasons::kCAMPAIGN_INVALID,
                           absl::StrCat("a rater of the survey, ", name, ", cannot be asked: ", added.message()));
      }
    }
    if (rows.size() < static_cast<size_t>(page.limit)) return absl::OkStatus();
    page.after = rows.back().id.value();
  }
}

absl::Status CheckHoldersAreNoRaters(ReadTransaction& transaction, const storage::CampaignRow& campaign,
                                     const storage::SurveyRow& survey) {
  std::map<std::string, std::string> titles;  // by address
  for (const domain::NamedHolder& holder : HoldersOf(campaign.settings)) {
    CANDOR_ASSIGN_OR_RETURN(const auto person, transaction.FindPerson(survey.district, holder.person));
    if (person.has_value() && !PlainText(person->email).empty()) titles.emplace(PlainText(person->email), holder.title);
  }
  if (titles.empty()) return absl::OkStatus();
  storage::Page page{"", kRatersInOneRead};
  while (true) {
    CANDOR_ASSIGN_OR_RETURN(const std::vector<RaterRow> rows, transaction.ListRaters(survey.district, survey.id, page));
    for (const RaterRow& row : rows) {
      const auto found = titles.find(PlainText(row.address));
      if (row.opted_out || found == titles.end()) continue;
      return base::Error(absl::StatusCode::kFailedPrecondition, domain::reasons::kKEY_HOLDER_UNFIT,
                         absl::StrCat("\"", found->second, "\" is a rater of this survey too, by their address (",
                                      RaterName(survey, row.id), "), and would read what others write beside their own "
                                      "answer; name somebody who is not asked, or leave this rater out"));
    }
    if (rows.size() < static_cast<size_t>(page.limit)) return absl::OkStatus();
    page.after = rows.back().id.value();
  }
}

absl::StatusOr<std::vector<RaterRow>> Raters::Add(const Caller& caller, const DistrictId& district,
                                                  const SurveyId& survey, const std::vector<NewRater>& raters) {
  CANDOR_RETURN_IF_ERROR(CheckCount("raters", static_cast<int64_t>(raters.size())));
  std::vector<RaterRow> rows;
  CANDOR_RETURN_IF_ERROR(store_.Write([&](WriteTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(const DraftSurvey draft, GetDraftSurvey(transaction, district, survey));
    DistinctRaters distinct;
    CANDOR_RETURN_IF_ERROR(distinct.AddLine(transaction, draft.survey));
    CANDOR_RETURN_IF_ERROR(distinct.AddStored(transaction, draft.survey, RaterId()));
    rows.clear();
    for (const NewRater& rater : raters) {
      RaterRow row{district, survey, RaterId::Random(), rater.group, rater.display_name, rater.address,
                   rater.opted_out, false, rater.part};
      const std::string field = absl::StrCat("raters[", rows.size(), "]");
      CANDOR_RETURN_IF_ERROR(CheckRater(draft, field, row));
      CANDOR_RETURN_IF_ERROR(distinct.Add(row, field));
      rows.push_back(std::move(row));
    }
    CANDOR_RETURN_IF_ERROR(Insert(transaction, draft.survey, rows));
    return RecordAudit(transaction, clock_, caller, district, "CreateRaters", SurveyName(draft.survey));
  }));
  return rows;
}

absl::StatusOr<std::vector<RaterRow>> Raters::AddPaper(const Caller& caller, const DistrictId& district,
                                                       const SurveyId& survey, const std::string& group, int count,
                                                       const std::string& part) {
  CANDOR_RETURN_IF_ERROR(CheckCount("count", count));
  std::vector<RaterRow> rows;
  CANDOR_RETURN_IF_ERROR(store_.Write([&](WriteTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(const DraftSurvey draft, GetDraftSurvey(transaction, district, survey));
    CANDOR_RETURN_IF_ERROR(CheckGroup(draft.instrument, "group", group));
    CANDOR_RETURN_IF_ERROR(CheckPart(draft, "part", group, part));
    rows.clear();
    for (int i = 0; i < count; ++i) {
      rows.push_back({district, survey, RaterId::Random(), group, "", "", false, true, part});
    }
    CANDOR_RETURN_IF_ERROR(Insert(transaction, draft.survey, rows));
    return RecordAudit(transaction, clock_, caller, district, "CreatePaperRaters", SurveyName(draft.survey));
  }));
  return rows;
}

absl::StatusOr<RaterRow> Raters::Update(const Caller& caller, const DistrictId& district, const SurveyId& survey,
                                        const RaterId& rater, const std::function<absl::Status(RaterRow&)>& change) {
  RaterRow row;
  CANDOR_RETURN_IF_ERROR(store_.Write([&](WriteTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(const DraftSurvey draft, GetDraftSurvey(transaction, district, survey));
    CANDOR_ASSIGN_OR_RETURN(const RaterRow stored, GetRaterRow(transaction, draft.survey, rater));
    row = stored;
    CANDOR_RETURN_IF_ERROR(change(row));
    row.district = stored.district;
    row.survey = stored.survey;
    row.id = stored.id;
    row.paper = stored.paper;
    CANDOR_RETURN_IF_ERROR(CheckRater(draft, "rater", row));
    if (row.paper && !(row.display_name.empty() && row.address.empty())) {
      return errors::InvalidField("rater", "is a paper slip, which bears no name or address");
    }
    // Opting out is never refused for what stands there already.
    if (row.group != stored.group || row.display_name != stored.display_name || row.address != stored.address) {
      DistinctRaters distinct;
      CANDOR_RETURN_IF_ERROR(distinct.AddLine(transaction, draft.survey));
      CANDOR_RETURN_IF_ERROR(distinct.AddStored(transaction, draft.survey, row.id));
      CANDOR_RETURN_IF_ERROR(distinct.Add(row, "rater"));
    }
    CANDOR_RETURN_IF_ERROR(transaction.UpdateRater(row));
    return RecordAudit(transaction, clock_, caller, district, "UpdateRater", RaterName(draft.survey, rater));
  }));
  return row;
}

absl::Status Raters::Remove(const Caller& caller, const DistrictId& district, const SurveyId& survey,
                            const RaterId& rater) {
  CANDOR_RETURN_IF_ERROR(store_.Write([&](WriteTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(const DraftSurvey draft, GetDraftSurvey(transaction, district, survey));
    CANDOR_RETURN_IF_ERROR(GetRaterRow(transaction, draft.survey, rater).status());
    CANDOR_RETURN_IF_ERROR(transaction.DeleteRater(district, survey, rater));
    CANDOR_RETURN_IF_ERROR(transaction.ForgetRequests(district));
    return RecordAudit(transaction, clock_, caller, district, "DeleteRater", RaterName(draft.survey, rater));
  }));
  ForgetOrLog(store_);
  return absl::OkStatus();
}

absl::StatusOr<RaterRow> Raters::Get(const DistrictId& district, const SurveyId& survey, const RaterId& rater) {
  RaterRow row;
  CANDOR_RETURN_IF_ERROR(store_.Read([&](ReadTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(const storage::SurveyRow survey_row, GetSurveyRow(transaction, district, survey));
    CANDOR_ASSIGN_OR_RETURN(row, GetRaterRow(transaction, survey_row, rater));
    return absl::OkStatus();
  }));
  return row;
}

absl::StatusOr<std::vector<RaterRow>> Raters::List(const DistrictId& district, const SurveyId& survey,
                                                   const storage::Page& page) {
  std::vector<RaterRow> rows;
  CANDOR_RETURN_IF_ERROR(store_.Read([&](ReadTransaction& transaction) -> absl::Status {
    CANDOR_RETURN_IF_ERROR(GetSurveyRow(transaction, district, survey).status());
    CANDOR_ASSIGN_OR_RETURN(rows, transaction.ListRaters(district, survey, page));
    return absl::OkStatus();
  }));
  return rows;
}

}  // namespace candor::identity
