#include "candor/v1/directory.grpc.pb.h"
#include "clients/cli/verbs.h"
#include "services/base/status.h"

namespace candor::cli {
namespace {

using candor::v1::DirectoryService;

struct CreateOptions {
  std::string title, id;
};

std::string TextOf(const candor::v1::District& district) {
  return district.name() + "  " + district.title() + "\n";
}

}  // namespace

void AddDistrictVerbs(CLI::App& app, Context& context) {
  CLI::App* noun = AddNoun(app, "district", "Districts, which everything else belongs to");
  AddVerb<CreateOptions>(
      *noun, context, "create", "Make a district (the installation's administrator)",
      [](CLI::App& verb, CreateOptions& options) {
        verb.add_option("--title", options.title, "The district's name for people")->required();
        verb.add_option("--id", options.id, "Last segment of the resource's name; made at random if not given");
      },
      [](Context& c, const CreateOptions& options) -> absl::Status {
        candor::v1::CreateDistrictRequest request;
        request.set_district_id(options.id);
        request.mutable_district()->set_title(options.title);
        request.set_request_id(NewRequestId());
        CANDOR_ASSIGN_OR_RETURN(const auto district, c.Call(&DirectoryService::Stub::CreateDistrict, request));
        return c.Show(district, [&] { return TextOf(district); });
      });
  AddVerb<NoOptions>(
      *noun, context, "list", "List the districts", [](CLI::App&, NoOptions&) {},
      [](Context& c, const NoOptions&) -> absl::Status {
        CANDOR_ASSIGN_OR_RETURN(
            const auto all, c.List(&DirectoryService::Stub::ListDistricts, candor::v1::ListDistrictsRequest()));
        return c.Show(all, [&] {
          Table table({"NAME", "TITLE"});
          for (const auto& district : all.districts()) table.Add({district.name(), district.title()});
          return table.Text();
        });
      });
  AddVerb<NameOption>(
      *noun, context, "get", "Show a district",
      [](CLI::App& verb, NameOption& options) {
        verb.add_option("name", options.name, "districts/DISTRICT, or its id alone")->required();
      },
      [](Context& c, const NameOption& options) -> absl::Status {
        candor::v1::GetDistrictRequest request;
        request.set_name(options.name.rfind("districts/", 0) == 0 ? options.name : "districts/" + options.name);
        CANDOR_ASSIGN_OR_RETURN(const auto district, c.Call(&DirectoryService::Stub::GetDistrict, request));
        return c.Show(district, [&] { return TextOf(district); });
      });
}

}  // namespace candor::cli
