#include "services/identity/raters.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/status.h"
#include "services/domain/errors.h"
#include "services/identity/audit.h"
#include "services/identity/loading.h"
#include "services/identity/resource_names.h"

namespace candor::identity {
namespace {

namespace errors = domain::errors;
using domain::DistrictId;
using domain::RaterId;
using domain::SurveyId;
using storage::RaterRow;
using storage::ReadTransaction;
using storage::WriteTransaction;

struct DraftSurvey {
  storage::SurveyRow survey;
  domain::Instrument instrument;
};

absl::StatusOr<DraftSurvey> GetDraftSurvey(ReadTransaction& transaction, const DistrictId& district,
                                           const SurveyId& id) {
  DraftSurvey draft;
  CANDOR_ASSIGN_OR_RETURN(draft.survey, GetSurveyRow(transaction, district, id));
  CANDOR_ASSIGN_OR_RETURN(const storage::CampaignRow campaign,
                          GetCampaignRow(transaction, district, draft.survey.campaign));
  CANDOR_RETURN_IF_ERROR(RequireDraft(campaign));
  CANDOR_ASSIGN_OR_RETURN(draft.instrument, GetInstrumentOf(transaction, district, campaign.settings));
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

absl::Status CheckRater(const domain::Instrument& instrument, const std::string& field, const RaterRow& rater) {
  CANDOR_RETURN_IF_ERROR(CheckGroup(instrument, absl::StrCat(field, ".group"), rater.group));
  CANDOR_RETURN_IF_ERROR(CheckText(absl::StrCat(field, ".display_name"), rater.display_name, 200, false));
  CANDOR_RETURN_IF_ERROR(CheckText(absl::StrCat(field, ".address"), rater.address, 320, false));
  if (!rater.paper && rater.display_name.empty() && rater.address.empty()) {
    return errors::InvalidField(field, "needs a display_name or an address; add paper slips for raters without either");
  }
  return absl::OkStatus();
}

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

absl::StatusOr<std::vector<RaterRow>> Raters::Add(const Caller& caller, const DistrictId& district,
                                                  const SurveyId& survey, const std::vector<NewRater>& raters) {
  CANDOR_RETURN_IF_ERROR(CheckCount("raters", static_cast<int64_t>(raters.size())));
  std::vector<RaterRow> rows;
  CANDOR_RETURN_IF_ERROR(store_.Write([&](WriteTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(const DraftSurvey draft, GetDraftSurvey(transaction, district, survey));
    rows.clear();
    for (const NewRater& rater : raters) {
      RaterRow row{district, survey, RaterId::Random(), rater.group, rater.display_name, rater.address,
                   rater.opted_out, false};
      CANDOR_RETURN_IF_ERROR(CheckRater(draft.instrument, absl::StrCat("raters[", rows.size(), "]"), row));
      rows.push_back(std::move(row));
    }
    CANDOR_RETURN_IF_ERROR(Insert(transaction, draft.survey, rows));
    return RecordAudit(transaction, clock_, caller, district, "CreateRaters", SurveyName(draft.survey));
  }));
  return rows;
}

absl::StatusOr<std::vector<RaterRow>> Raters::AddPaper(const Caller& caller, const DistrictId& district,
                                                       const SurveyId& survey, const std::string& group, int count) {
  CANDOR_RETURN_IF_ERROR(CheckCount("count", count));
  std::vector<RaterRow> rows;
  CANDOR_RETURN_IF_ERROR(store_.Write([&](WriteTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(const DraftSurvey draft, GetDraftSurvey(transaction, district, survey));
    CANDOR_RETURN_IF_ERROR(CheckGroup(draft.instrument, "group", group));
    rows.clear();
    for (int i = 0; i < count; ++i) rows.push_back({district, survey, RaterId::Random(), group, "", "", false, true});
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
    CANDOR_RETURN_IF_ERROR(CheckRater(draft.instrument, "rater", row));
    if (row.paper && !(row.display_name.empty() && row.address.empty())) {
      return errors::InvalidField("rater", "is a paper slip, which bears no name or address");
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
