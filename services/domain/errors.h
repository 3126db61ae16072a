// Every error that the product returns by name.
//
// Each reason is a value of candor.v1.ErrorReason; a test holds the two lists together. The functions below are for
// errors that more than one place returns; a reason that one place alone uses is built there with base::Error and one
// of these constants.

#ifndef CANDOR_SERVICES_DOMAIN_ERRORS_H_
#define CANDOR_SERVICES_DOMAIN_ERRORS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace candor::domain {

// X(NAME): the reason's text is its name.
#define CANDOR_ERROR_REASONS(X)                                                                        \
  X(JSON_MALFORMED)          /* not well-formed JSON; line and column said */                           \
  X(CSV_MALFORMED)           /* not well-formed CSV; line and column said */                            \
  X(FRAMEWORK_INVALID)       /* a framework's document breaks a rule */                                 \
  X(INSTRUMENT_INVALID)      /* an instrument breaks a rule */                                          \
  X(CAMPAIGN_INVALID)        /* a campaign's settings break a rule */                                   \
  X(CONTRACT_INVALID)        /* not an anonymity contract */                                            \
  X(MANIFEST_INVALID)        /* not a manifest */                                                       \
  X(MANIFEST_REFUSED)        /* a manifest that a respondent's client must not accept */                \
  X(FIELD_INVALID)           /* a field of a request is missing or out of range */                      \
  X(FIELD_MASK_INVALID)      /* an update mask names a field that cannot be updated */                  \
  X(PAGE_TOKEN_INVALID)      /* not a page token of this list and filter */                             \
  X(REQUEST_ID_REUSED)       /* the same request id with another request */                             \
  X(REQUEST_ALREADY_DONE)    /* carried out under this request id, but its answer is no longer kept */     \
  X(RESOURCE_NOT_FOUND)      /* no such resource, or the caller may not know of it */                   \
  X(RESOURCE_EXISTS)         /* the id is taken */                                                      \
  X(RESOURCE_IN_USE)         /* something still refers to the resource */                               \
  X(ETAG_MISMATCH)           /* the resource has changed since it was read */                           \
  X(WRONG_STATE)             /* the resource's state does not allow this */                             \
  X(UNAUTHENTICATED_CALLER)  /* no key, or not a valid one */                                           \
  X(CALLER_NOT_ALLOWED)      /* the caller's role does not allow this */                                \
  X(TOO_FEW_INVITED)         /* fewer than 5 anonymous raters in all */                                 \
  X(NO_COMMON_ITEMS)         /* a joined group has no item in common */                                 \
  X(CODE_MALFORMED)          /* a code with a typing mistake */                                         \
  X(CODE_UNKNOWN)            /* no such code, or it is void, or the survey takes no more answers */     \
  X(TOKEN_ALREADY_ISSUED)    /* another blinded message was signed for this code */                     \
  X(BLINDED_MESSAGE_INVALID) /* not a number that may be signed */                                      \
  X(TOKEN_INVALID)           /* the token's signature or form is wrong, or it is another survey's */    \
  X(VERSION_SUPERSEDED)      /* the token holds a higher version */                                     \
  X(VERSION_TAKEN)           /* the token holds this version under another submission id */             \
  X(SURVEY_UNKNOWN)          /* the response plane knows no such survey */                              \
  X(SURVEY_CLOSED)           /* the survey takes no more answers */                                     \
  X(ANSWER_COUNT_WRONG)      /* not one entry for each item and prompt */                               \
  X(RATING_OFF_SCALE)        /* a rating that is no point of the scale */                               \
  X(ITEM_NOT_ASKED)          /* an answer to an item of another audience */                             \
  X(COMMENT_TOO_LONG)        /* a comment over the prompt's cap */                                      \
  X(COMMENT_NOT_TEXT)        /* a comment that is not plain UTF-8 text */                               \
  X(ORDER_MISMATCH)          /* the documents of an order do not fit together */                        \
  X(WRONG_CLOSING_KEY)       /* not the secret half of the manifest's closing key */                    \
  X(WRONG_SHARES)            /* a steward's shares do not give the closing key */                       \
  X(WAITING_FOR_STEWARD)     /* the survey is closed once its steward has sent the closing key */       \
  X(SURVEY_ABANDONED)        /* the survey's answers were destroyed without a result */                 \
  X(KEY_LOST)                /* a key file that an open survey needs is gone */                         \
  X(KEY_HOLDER_UNFIT)        /* a moderator or auditor in a leader's line, without role or key */      \
  X(COMMENTS_UNDECIDED)      /* comments wait for a moderator */                                        \
  X(FOLLOW_UP_OVER)          /* no questions back to comments, or the time for this step of them is over */ \
  X(WAITING_FOR_MODERATORS)  /* answers to questions are not handed over yet */                         \
  X(CHALLENGE_STALE)         /* an answer to a question, signed with a challenge that is over */        \
  X(SESSION_UNKNOWN)         /* no such session of a key holder, or it is over */                       \
  X(REPORT_NOT_RELEASED)     /* the report exists only after release */                                 \
  X(STORE_BUSY)              /* the store did not answer in time; try again */                          \
  X(STORE_FULL)              /* no room left on the disk or over a limit */                             \
  X(STORE_CORRUPT)           /* stored data breaks an invariant */                                      \
  X(SCHEMA_TOO_NEW)          /* the data folder was written by a newer version */                       \
  X(OVERLOADED)              /* too many requests at once; try again */                                 \
  X(RATE_LIMITED)            /* too many attempts; wait */                                              \
  X(REQUEST_TOO_LARGE)       /* a message or text over its limit */                                     \
  X(PURPOSE_FORBIDDEN)       /* a use that the instrument or contract forbids */                        \
  X(CONFIGURATION_INVALID)   /* faults in flags or environment, all in one message */                   \
  X(WRONG_PLANE)             /* the other plane's server has this method */                             \
  X(RESPONSE_PLANE_UNREACHABLE) /* the identity plane gets no answer from the response plane */

#define CANDOR_DECLARE_REASON(name) inline constexpr char k##name[] = #name;
namespace reasons {
CANDOR_ERROR_REASONS(CANDOR_DECLARE_REASON)
}  // namespace reasons
#undef CANDOR_DECLARE_REASON

namespace errors {

// INVALID_ARGUMENT, FIELD_INVALID.
absl::Status InvalidField(absl::string_view field, absl::string_view message);
// NOT_FOUND, RESOURCE_NOT_FOUND: "no <kind> <name>".
absl::Status NotFound(absl::string_view kind, absl::string_view name);
// ALREADY_EXISTS, RESOURCE_EXISTS.
absl::Status Exists(absl::string_view kind, absl::string_view name);
// FAILED_PRECONDITION, WRONG_STATE.
absl::Status WrongState(absl::string_view message);
// ABORTED, ETAG_MISMATCH.
absl::Status EtagMismatch(absl::string_view kind, absl::string_view name);
// NOT_FOUND, CODE_UNKNOWN: one message for unknown, void and closed alike.
absl::Status CodeUnknown();
// FAILED_PRECONDITION, SURVEY_CLOSED.
absl::Status SurveyClosed();
// NOT_FOUND, SURVEY_UNKNOWN.
absl::Status SurveyUnknown();
// INVALID_ARGUMENT, TOKEN_INVALID: one message whatever is wrong with the token.
absl::Status TokenInvalid();
// UNAVAILABLE, STORE_BUSY (StoreUnusable: its files cannot be used) / RESOURCE_EXHAUSTED, STORE_FULL / DATA_LOSS,
// STORE_CORRUPT. `detail` is for the log and is about the store, never about its contents.
absl::Status StoreBusy(absl::string_view detail);
absl::Status StoreUnusable(absl::string_view detail);
absl::Status StoreFull(absl::string_view detail);
absl::Status StoreCorrupt(absl::string_view detail);
// FAILED_PRECONDITION, FOLLOW_UP_OVER.
absl::Status FollowUpOver(absl::string_view message);
// RESOURCE_EXHAUSTED, OVERLOADED.
absl::Status Overloaded();

}  // namespace errors
}  // namespace candor::domain

#endif  // CANDOR_SERVICES_DOMAIN_ERRORS_H_
