// Our own file format of an instrument, as the service's message.

#ifndef CANDOR_CLIENTS_CLI_INSTRUMENT_FILE_H_
#define CANDOR_CLIENTS_CLI_INSTRUMENT_FILE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "candor/v1/instrument.pb.h"
#include "services/domain/instrument.h"

namespace candor::cli {

// The message that creates `instrument` in `district` ("districts/{district}"), where the framework must have been
// imported. Name and etag are empty.
candor::v1::Instrument ToProto(const domain::Instrument& instrument, absl::string_view district);

// The fields of that message that such a file says something of and that can be changed: all of it but the framework.
const std::vector<std::string>& FieldsOfInstrumentFile();

// Reads a file in the format candor.instrument.v1 (deploy/demo/README.md describes it).
// The errors of base::ReadFile and domain::ParseInstrument, with the file's name in front.
absl::StatusOr<domain::Instrument> ReadInstrumentFile(const std::string& path);

}  // namespace candor::cli

#endif  // CANDOR_CLIENTS_CLI_INSTRUMENT_FILE_H_
