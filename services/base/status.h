// Macros that pass an absl::Status upwards.

#ifndef CANDOR_SERVICES_BASE_STATUS_H_
#define CANDOR_SERVICES_BASE_STATUS_H_

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// Returns from the calling function with the status of `expr` unless it is OK.
#define CANDOR_RETURN_IF_ERROR(expr)                          \
  do {                                                        \
    if (absl::Status candor_status_ = (expr); !candor_status_.ok()) \
      return candor_status_;                                  \
  } while (false)

#define CANDOR_STATUS_CONCAT_(a, b) a##b
#define CANDOR_STATUS_CONCAT(a, b) CANDOR_STATUS_CONCAT_(a, b)

// Evaluates `expr`, an absl::StatusOr<T>; returns its status on failure, else moves the value into `lhs`, which may
// declare a variable.
#define CANDOR_ASSIGN_OR_RETURN(lhs, expr) \
  CANDOR_ASSIGN_OR_RETURN_(CANDOR_STATUS_CONCAT(candor_statusor_, __LINE__), lhs, expr)
#define CANDOR_ASSIGN_OR_RETURN_(tmp, lhs, expr) \
  auto tmp = (expr);                             \
  if (!tmp.ok()) return std::move(tmp).status(); \
  lhs = *std::move(tmp)

// Ends the process when one of our own invariants is broken. Never for input, files or databases.
#define CANDOR_CHECK(cond)                                                                    \
  do {                                                                                        \
    if (!(cond)) {                                                                            \
      std::fprintf(stderr, "%s:%d: broken invariant: %s\n", __FILE__, __LINE__, #cond);       \
      std::abort();                                                                           \
    }                                                                                         \
  } while (false)

#endif  // CANDOR_SERVICES_BASE_STATUS_H_
