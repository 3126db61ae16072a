// The auditor's side: reads what respondents reported of being pressed, and destroys it.

#ifndef CANDOR_CLIENTS_CPP_AUDITING_H_
#define CANDOR_CLIENTS_CPP_AUDITING_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/cpp/key_session.h"

namespace candor::client {

struct OpenedNotices {
  bool destroyed = false;          // there is nothing to read any more, whatever there was
  int64_t given = 0;               // how many people reported that they were pressed
  std::vector<std::string> texts;  // of those who said more, in no order; never more than domain::kMostNotices
};

// Reads all. DATA_LOSS: a notice cannot be opened. Else what the call fails with.
absl::StatusOr<OpenedNotices> ReadNotices(KeySession& session);

// Destroys them on the server. What was shown or saved elsewhere stays there.
absl::Status DestroyNotices(KeySession& session);

}  // namespace candor::client

#endif  // CANDOR_CLIENTS_CPP_AUDITING_H_
