// What programs read of a report by name: as JSON the names of fields and of enumerations' values are the contract.

#include <fstream>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "candor/v1/report.pb.h"
#include "google/protobuf/descriptor.h"
#include "gtest/gtest.h"

namespace candor::report {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;

std::string TypeOf(const FieldDescriptor& field) {
  const std::string type = field.message_type() != nullptr ? field.message_type()->name()
                           : field.enum_type() != nullptr  ? field.enum_type()->name()
                                                           : std::string(field.type_name());
  return field.is_repeated() && !field.is_map() ? absl::StrCat("repeated ", type) : type;
}

// "Message.field type" and "Enumeration.VALUE" of everything that `message` can hold.
void Collect(const Descriptor& message, std::set<std::string>& names) {
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    const bool known = !names.insert(absl::StrCat(message.name(), ".", field.name(), " ", TypeOf(field))).second;
    if (known) continue;
    if (field.message_type() != nullptr) Collect(*field.message_type(), names);
    if (field.enum_type() == nullptr) continue;
    for (int v = 0; v < field.enum_type()->value_count(); ++v) {
      names.insert(absl::StrCat(field.enum_type()->name(), ".", field.enum_type()->value(v)->name()));
    }
  }
}

// What is in `these` and not in `those`, a line each.
std::string Missing(const std::set<std::string>& these, const std::set<std::string>& those) {
  std::string missing;
  for (const std::string& name : these) {
    if (those.count(name) == 0) absl::StrAppend(&missing, name, "\n");
  }
  return missing;
}

TEST(ReportFieldsTest, NoNameThatProgramsReadChanges) {
  std::set<std::string> found;
  Collect(*candor::v1::Report::descriptor(), found);
  std::ifstream file(std::string(CANDOR_SOURCE_DIR) + "/tests/reporting/report_fields.txt");
  std::set<std::string> promised;
  for (std::string line; std::getline(file, line);) promised.insert(line);
  ASSERT_GT(promised.size(), 100u) << "the list was not found";
  EXPECT_EQ(Missing(promised, found), "") << "what programs read by name is gone or has another type; it has to come back";
  EXPECT_EQ(Missing(found, promised), "") << "new, and a promise from now on: add it to tests/reporting/report_fields.txt";
}

}  // namespace
}  // namespace candor::report
