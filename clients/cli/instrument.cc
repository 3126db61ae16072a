#include "candor/v1/instrument.grpc.pb.h"

#include "absl/strings/str_cat.h"
#include "clients/cli/instrument_file.h"
#include "clients/cli/verbs.h"
#include "services/base/status.h"

namespace candor::cli {
namespace {

using candor::v1::Instrument;
using candor::v1::InstrumentService;

struct FileOptions {
  std::string name, file, id, etag;
};

struct PublishOptions {
  std::string name, etag;
  bool validate_only = false;
};

struct ShowOptions {
  std::string name;
  int version = 0;
};

// The text in the first language, or whatever there is.
std::string TextIn(const candor::v1::LocalizedText& text, const Instrument& instrument) {
  if (instrument.languages().empty()) return "";
  const auto found = text.values().find(instrument.languages(0));
  return found == text.values().end() ? "" : found->second;
}

std::string ContentsOf(const Instrument& instrument) {
  std::string text = absl::StrCat(instrument.title(), "\nframework ", instrument.framework(), "\nscale 1 to ",
                                  instrument.scale().points(), ", favourable from ",
                                  instrument.scale().favourable_from(), "\nlanguages");
  for (const std::string& language : instrument.languages()) absl::StrAppend(&text, " ", language);
  absl::StrAppend(&text, "\ngroups");
  for (const auto& group : instrument.rater_groups()) absl::StrAppend(&text, " ", group.code());
  absl::StrAppend(&text, "\n");
  for (const auto& item : instrument.items()) {
    absl::StrAppend(&text, "\n", item.indicator(), item.reverse() ? "  (reversed)" : "", "\n");
    for (const auto& [audience, sentence] : std::map<std::string, candor::v1::LocalizedText>(
             item.texts().begin(), item.texts().end())) {
      absl::StrAppend(&text, "  ", audience, ": ", TextIn(sentence, instrument), "\n");
    }
  }
  for (const auto& prompt : instrument.prompts()) {
    absl::StrAppend(&text, "\nprompt ", prompt.code(), ", up to ", prompt.max_bytes(), " bytes\n");
  }
  return text;
}

absl::Status Create(Context& c, const FileOptions& options) {
  candor::v1::CreateInstrumentRequest request;
  CANDOR_ASSIGN_OR_RETURN(const domain::Instrument instrument, ReadInstrumentFile(options.file));
  CANDOR_ASSIGN_OR_RETURN(*request.mutable_parent(), c.District());
  request.set_instrument_id(options.id);
  *request.mutable_instrument() = ToProto(instrument, request.parent());
  request.set_request_id(NewRequestId());
  CANDOR_ASSIGN_OR_RETURN(const auto made, c.Call(&InstrumentService::Stub::CreateInstrument, request));
  return c.Show(made, [&] {
    return absl::StrCat(made.name(), "  ", made.title(), " (draft, ", made.items_size(), " items)\n");
  });
}

absl::Status Update(Context& c, const FileOptions& options) {
  candor::v1::UpdateInstrumentRequest request;
  CANDOR_ASSIGN_OR_RETURN(const domain::Instrument instrument, ReadInstrumentFile(options.file));
  CANDOR_ASSIGN_OR_RETURN(const std::string name, c.FullName("instruments", options.name));
  *request.mutable_instrument() = ToProto(instrument, name.substr(0, name.find("/instruments/")));
  request.mutable_instrument()->set_name(name);
  request.mutable_instrument()->set_etag(options.etag);
  // The file is the whole draft: what it leaves out goes. The framework cannot change, so it is not in the mask.
  for (const std::string& field : FieldsOfInstrumentFile()) request.mutable_update_mask()->add_paths(field);
  CANDOR_ASSIGN_OR_RETURN(const auto made, c.Call(&InstrumentService::Stub::UpdateInstrument, request));
  return c.Show(made, [&] {
    return absl::StrCat(made.name(), "  ", made.title(), " (draft, ", made.items_size(), " items)\n");
  });
}

absl::Status Publish(Context& c, const PublishOptions& options) {
  candor::v1::PublishInstrumentRequest request;
  CANDOR_ASSIGN_OR_RETURN(*request.mutable_name(), c.FullName("instruments", options.name));
  request.set_etag(options.etag);
  request.set_validate_only(options.validate_only);
  CANDOR_ASSIGN_OR_RETURN(const auto version, c.Call(&InstrumentService::Stub::PublishInstrument, request));
  return c.Show(version, [&] {
    if (options.validate_only) return std::string("the draft is sound; nothing was published\n");
    return absl::StrCat(version.name(), "\nSHA-256 ", version.hash(), "\n");
  });
}

absl::Status List(Context& c, const NoOptions&) {
  candor::v1::ListInstrumentsRequest request;
  CANDOR_ASSIGN_OR_RETURN(*request.mutable_parent(), c.District());
  CANDOR_ASSIGN_OR_RETURN(const auto all, c.List(&InstrumentService::Stub::ListInstruments, request));
  return c.Show(all, [&] {
    Table table({"NAME", "TITLE", "FRAMEWORK", "CHANGED"});
    for (const auto& i : all.instruments()) {
      table.Add({i.name(), i.title(), LastSegment(i.framework()), ShortTime(i.update_time())});
    }
    return table.Text();
  });
}

absl::Status ShowInstrument(Context& c, const ShowOptions& options) {
  CANDOR_ASSIGN_OR_RETURN(std::string name, c.FullName("instruments", options.name));
  if (options.version > 0) absl::StrAppend(&name, "/versions/", options.version);
  if (name.find("/versions/") != std::string::npos) {
    candor::v1::GetInstrumentVersionRequest request;
    request.set_name(name);
    CANDOR_ASSIGN_OR_RETURN(const auto version, c.Call(&InstrumentService::Stub::GetInstrumentVersion, request));
    return c.Show(version, [&] {
      return absl::StrCat(version.name(), ", published ", ShortTime(version.publish_time()), "\nSHA-256 ",
                          version.hash(), "\n", ContentsOf(version.instrument()));
    });
  }
  candor::v1::GetInstrumentRequest request;
  request.set_name(name);
  CANDOR_ASSIGN_OR_RETURN(const auto draft, c.Call(&InstrumentService::Stub::GetInstrument, request));
  candor::v1::ListInstrumentVersionsRequest versions_request;
  versions_request.set_parent(name);
  CANDOR_ASSIGN_OR_RETURN(const auto versions,
                          c.List(&InstrumentService::Stub::ListInstrumentVersions, versions_request));
  return c.Show(draft, [&] {
    std::string text = absl::StrCat(draft.name(), ", draft\n", ContentsOf(draft));
    for (const auto& version : versions.instrument_versions()) {
      absl::StrAppend(&text, "\npublished ", ShortTime(version.publish_time()), ": ", version.name());
    }
    return text + (versions.instrument_versions().empty() ? "\nnot published yet\n" : "\n");
  });
}

}  // namespace

void AddInstrumentVerbs(CLI::App& app, Context& context) {
  CLI::App* noun = AddNoun(app, "instrument", "Questionnaires: drafts and their published versions");
  AddVerb<FileOptions>(
      *noun, context, "create", "Make a draft from a file (candor.instrument.v1)",
      [](CLI::App& verb, FileOptions& options) {
        verb.add_option("--file", options.file, "The JSON document; deploy/demo/README.md describes it")->required();
        verb.add_option("--id", options.id, "Last segment of the resource's name; made at random if not given");
      },
      Create);
  AddVerb<FileOptions>(
      *noun, context, "update", "Replace a draft by a file; published versions stay as they are",
      [](CLI::App& verb, FileOptions& options) {
        verb.add_option("instrument", options.name, "The instrument's name, or id with --district")->required();
        verb.add_option("--file", options.file, "The JSON document")->required();
        verb.add_option("--etag", options.etag, "Only if the draft still has this etag");
      },
      Update);
  AddVerb<PublishOptions>(
      *noun, context, "publish", "Freeze the draft as the next version",
      [](CLI::App& verb, PublishOptions& options) {
        verb.add_option("instrument", options.name, "The instrument's name, or id with --district")->required();
        verb.add_option("--etag", options.etag, "Only if the draft still has this etag");
        verb.add_flag("--validate-only", options.validate_only, "Check only; nothing is published");
      },
      Publish);
  AddVerb<NoOptions>(*noun, context, "list", "List a district's instruments", [](CLI::App&, NoOptions&) {}, List);
  AddVerb<ShowOptions>(
      *noun, context, "show", "Show a draft with its versions, or one version",
      [](CLI::App& verb, ShowOptions& options) {
        verb.add_option("instrument", options.name, "The instrument's or version's name, or id with --district")
            ->required();
        verb.add_option("--version", options.version, "This published version")->check(CLI::PositiveNumber);
      },
      ShowInstrument);
}

}  // namespace candor::cli
