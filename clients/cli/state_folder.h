// Where this device keeps what belongs to respondents' codes, unless they say otherwise.

#ifndef CANDOR_CLIENTS_CLI_STATE_FOLDER_H_
#define CANDOR_CLIENTS_CLI_STATE_FOLDER_H_

#include <string>

namespace candor::cli {

// Empty where there is no home folder: then nothing is kept.
std::string DefaultStateFolder();

}  // namespace candor::cli

#endif  // CANDOR_CLIENTS_CLI_STATE_FOLDER_H_
