#include "services/identity/surname_filter.h"

#include <algorithm>

#include "absl/strings/string_view.h"
#include "services/base/status.h"
#include "services/crypto/salted_filter.h"
#include "services/domain/name_text.h"

namespace candor::identity {
namespace {

constexpr int kPageSize = 1000;

void AddSurnames(absl::string_view name, std::vector<std::string>& surnames) {
  for (std::string& surname : domain::SurnamesIn(name)) surnames.push_back(std::move(surname));
}

}  // namespace

absl::StatusOr<std::vector<std::string>> DirectorySurnames(storage::ReadTransaction& transaction,
                                                           const domain::DistrictId& district) {
  std::vector<std::string> surnames;
  storage::Page page;
  page.limit = kPageSize;
  while (true) {
    CANDOR_ASSIGN_OR_RETURN(const std::vector<storage::PersonRow> people, transaction.ListPeople(district, page));
    for (const storage::PersonRow& person : people) {
      // A team's name is words, "The leadership team", which comments may well hold.
      if (!person.team) AddSurnames(person.display_name, surnames);
    }
    if (people.size() < static_cast<size_t>(page.limit)) return surnames;
    page.after = people.back().id.value();
  }
}

absl::StatusOr<std::string> MakeSurnameFilter(storage::ReadTransaction& transaction, const storage::SurveyRow& survey,
                                              std::vector<std::string> surnames) {
  storage::Page page;
  page.limit = kPageSize;
  while (true) {
    CANDOR_ASSIGN_OR_RETURN(const std::vector<storage::RaterRow> raters,
                            transaction.ListRaters(survey.district, survey.id, page));
    for (const storage::RaterRow& rater : raters) {
      if (rater.group == kStaffGroup) AddSurnames(rater.display_name, surnames);
    }
    if (raters.size() < static_cast<size_t>(page.limit)) break;
    page.after = raters.back().id.value();
  }
  std::sort(surnames.begin(), surnames.end());
  surnames.erase(std::unique(surnames.begin(), surnames.end()), surnames.end());
  return crypto::SaltedFilter::Make(surnames).bytes();
}

}  // namespace candor::identity
