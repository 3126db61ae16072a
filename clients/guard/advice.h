// The guard's sentences.

#ifndef CANDOR_CLIENTS_GUARD_ADVICE_H_
#define CANDOR_CLIENTS_GUARD_ADVICE_H_

#include "absl/strings/string_view.h"
#include "clients/guard/comment_guard.h"

namespace candor::guard {

// Whether advice is given in Spanish: "es" and its variants.
bool IsSpanish(absl::string_view language);

// What to do about a finding of this kind: one sentence.
absl::string_view AdviceOf(FindingKind kind, absl::string_view language);

}  // namespace candor::guard

#endif  // CANDOR_CLIENTS_GUARD_ADVICE_H_
