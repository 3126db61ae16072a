// Distinct id types, one a resource, so that the compiler refuses a survey's id where a person's is wanted.

#ifndef CANDOR_SERVICES_DOMAIN_IDS_H_
#define CANDOR_SERVICES_DOMAIN_IDS_H_

#include <compare>
#include <string>
#include <utility>

#include "services/base/random.h"

namespace candor::domain {

// The last segment of a resource name: 1 to 63 characters of [a-z0-9-], made at random unless a caller chose it.
template <typename Tag>
class Id {
 public:
  Id() = default;
  explicit Id(std::string value) : value_(std::move(value)) {}
  static Id Random() { return Id(base::RandomId()); }

  const std::string& value() const { return value_; }
  bool empty() const { return value_.empty(); }
  auto operator<=>(const Id&) const = default;

  template <typename H>
  friend H AbslHashValue(H h, const Id& id) {
    return H::combine(std::move(h), id.value_);
  }

 private:
  std::string value_;
};

using DistrictId = Id<struct DistrictTag>;
using SchoolId = Id<struct SchoolTag>;
using PersonId = Id<struct PersonTag>;
using AccessKeyId = Id<struct AccessKeyTag>;
using FrameworkId = Id<struct FrameworkTag>;
using InstrumentId = Id<struct InstrumentTag>;
using CampaignId = Id<struct CampaignTag>;
using RaterId = Id<struct RaterTag>;

// A survey's id is the one name that both planes know: 16 random bytes, written as 26 characters of Crockford base32
// in lower case. It says nothing about district, campaign or leader.
using SurveyId = Id<struct SurveyTag>;

SurveyId RandomSurveyId();

// The 16 bytes behind a survey's id; empty when `id` is not of that form.
std::string SurveyIdBytes(const SurveyId& id);

}  // namespace candor::domain

#endif  // CANDOR_SERVICES_DOMAIN_IDS_H_
