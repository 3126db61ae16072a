// The server's log: one JSON object a line. Nothing that a respondent does makes a line; no line ever holds a token, an
// answer, a code, an address or a name.

#ifndef CANDOR_SERVICES_BASE_LOG_H_
#define CANDOR_SERVICES_BASE_LOG_H_

#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>
#include <variant>

#include "absl/strings/string_view.h"

namespace candor::base {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

using LogValue = std::variant<std::string, int64_t, double, bool>;
using LogField = std::pair<const char*, LogValue>;

// Where lines go: a file descriptor, standard error unless set, and the lowest level that is written. May be called
// before any thread is started.
void SetLogOutput(int descriptor);
void SetLogLevel(LogLevel lowest);

// Writes {"ts":"2026-09-01T08:00:00.123Z","level":"info","msg":...,<fields>} and a line feed, in one write call. Any
// thread may call. Faults of writing are ignored: a full log disk must not stop the service.
void Log(LogLevel level, absl::string_view message, std::initializer_list<LogField> fields = {});

}  // namespace candor::base

#endif  // CANDOR_SERVICES_BASE_LOG_H_
