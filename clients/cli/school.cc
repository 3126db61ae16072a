#include "candor/v1/directory.grpc.pb.h"
#include "clients/cli/verbs.h"
#include "services/base/status.h"

namespace candor::cli {
namespace {

using candor::v1::DirectoryService;

struct CreateOptions {
  std::string title, id;
};

}  // namespace

void AddSchoolVerbs(CLI::App& app, Context& context) {
  CLI::App* noun = AddNoun(app, "school", "Schools of a district");
  AddVerb<CreateOptions>(
      *noun, context, "create", "Make a school",
      [](CLI::App& verb, CreateOptions& options) {
        verb.add_option("--title", options.title, "The school's name for people")->required();
        verb.add_option("--id", options.id, "Last segment of the resource's name; made at random if not given");
      },
      [](Context& c, const CreateOptions& options) -> absl::Status {
        candor::v1::CreateSchoolRequest request;
        CANDOR_ASSIGN_OR_RETURN(*request.mutable_parent(), c.District());
        request.set_school_id(options.id);
        request.mutable_school()->set_title(options.title);
        request.set_request_id(NewRequestId());
        CANDOR_ASSIGN_OR_RETURN(const auto school, c.Call(&DirectoryService::Stub::CreateSchool, request));
        return c.Show(school, [&] { return school.name() + "  " + school.title() + "\n"; });
      });
  AddVerb<NoOptions>(
      *noun, context, "list", "List a district's schools", [](CLI::App&, NoOptions&) {},
      [](Context& c, const NoOptions&) -> absl::Status {
        candor::v1::ListSchoolsRequest request;
        CANDOR_ASSIGN_OR_RETURN(*request.mutable_parent(), c.District());
        CANDOR_ASSIGN_OR_RETURN(const auto all, c.List(&DirectoryService::Stub::ListSchools, request));
        return c.Show(all, [&] {
          Table table({"NAME", "TITLE"});
          for (const auto& school : all.schools()) table.Add({school.name(), school.title()});
          return table.Text();
        });
      });
}

}  // namespace candor::cli
