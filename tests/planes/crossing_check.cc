#include "tests/planes/crossing_check.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "candor/v1/errors.pb.h"
#include "candor/v1/plane.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "google/protobuf/unknown_field_set.h"
#include "services/base/encoding.h"
#include "services/base/json.h"
#include "services/domain/closed_result.h"
#include "services/domain/comments.h"
#include "services/domain/contract.h"
#include "services/domain/extension.h"
#include "services/domain/follow_up.h"
#include "services/domain/instrument.h"
#include "services/domain/pooled_figures.h"

namespace candor::testing {
namespace {

namespace v1 = candor::v1;
using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr char kService[] = "candor.v1.PlaneService";

void AddFields(const Descriptor& type, const std::string& prefix, std::set<std::string>& fields) {
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    const std::string path = absl::StrCat(prefix, ".", field.name());
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      AddFields(*field.message_type(), path, fields);
    } else {
      fields.insert(path);
    }
  }
}

std::unique_ptr<Message> Parse(const Descriptor& type, const std::string& bytes) {
  std::unique_ptr<Message> message(google::protobuf::MessageFactory::generated_factory()->GetPrototype(&type)->New());
  return message->ParseFromString(bytes) ? std::move(message) : nullptr;
}

bool HasUnknownFields(const Message& message) {
  const auto* reflection = message.GetReflection();
  if (!reflection->GetUnknownFields(message).empty()) return true;
  std::vector<const FieldDescriptor*> present;
  reflection->ListFields(message, &present);
  for (const FieldDescriptor* field : present) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    const int count = field->is_repeated() ? reflection->FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      const Message& inner =
          field->is_repeated() ? reflection->GetRepeatedMessage(message, field, i) : reflection->GetMessage(message, field);
      if (HasUnknownFields(inner)) return true;
    }
  }
  return false;
}

// A ledger's members are checked by name: what they say is crypto's part.
absl::Status CheckLedger(const std::string& bytes) {
  const auto ledger = base::ParseJson(bytes);
  if (!ledger.ok()) return ledger.status();
  const std::set<std::string> members = {"format", "groups", "leaves", "root", "signature", "survey"};
  const std::set<std::string> of_group = {"code", "counted", "invited", "issued", "reissued", "replaced"};
  const auto names_of = [](const base::Json& object) {
    std::set<std::string> names;
    for (const auto& [name, value] : object.items()) names.insert(name);
    return names;
  };
  if (!ledger->is_object() || names_of(*ledger) != members) return absl::InvalidArgumentError("has other members");
  for (const base::Json& group : (*ledger)["groups"]) {
    if (names_of(group) != of_group) return absl::InvalidArgumentError("has a group with other members");
  }
  return absl::OkStatus();
}

// How a field that holds a document is read, by the field's name.
const std::map<std::string, std::function<absl::Status(const std::string&)>>& Documents() {
  static const auto* const readers = new std::map<std::string, std::function<absl::Status(const std::string&)>>{
      {"contract", [](const std::string& bytes) { return domain::DecodeContract(bytes).status(); }},
      {"instrument_version", [](const std::string& bytes) { return domain::DecodeInstrumentVersion(bytes).status(); }},
      {"manifest", [](const std::string& bytes) { return domain::DecodeManifest(bytes).status(); }},
      {"notice", [](const std::string& bytes) { return domain::DecodeExtension(bytes).status(); }},
      {"closed_result", [](const std::string& bytes) { return domain::DecodeClosedResult(bytes).status(); }},
      {"pooled_figures", [](const std::string& bytes) { return domain::DecodePooledFigures(bytes).status(); }},
      {"answers", [](const std::string& bytes) { return domain::DecodeFollowUpAnswers(bytes).status(); }},
      {"ledger", CheckLedger},
      {"released_comments", [](const std::string& bytes) { return domain::DecodeReleasedComments(bytes).status(); }},
  };
  return *readers;
}

// All that went one way.
std::vector<std::string> PiecesOf(const CrossingCall& call, bool outward) {
  std::vector<std::string> pieces;
  const auto& metadata = outward ? call.request_metadata : call.response_metadata;
  for (const auto& [key, value] : metadata) pieces.push_back(absl::StrCat(key, ": ", value));
  pieces.push_back(outward ? call.request : call.response);
  if (!outward) {
    pieces.push_back(call.status.error_message());
    pieces.push_back(call.status.error_details());
  }
  return pieces;
}

std::vector<std::string> FormsOf(const std::string& bytes) {
  std::string base64 = absl::Base64Escape(bytes);
  while (!base64.empty() && base64.back() == '=') base64.pop_back();
  return {bytes, base::HexEncode(bytes), base64, absl::StrReplaceAll(base64, {{"+", "-"}, {"/", "_"}})};
}

bool Holds(const std::vector<std::string>& pieces, const std::vector<std::string>& forms) {
  return std::any_of(pieces.begin(), pieces.end(), [&](const std::string& piece) {
    return std::any_of(forms.begin(), forms.end(),
                       [&](const std::string& form) { return piece.find(form) != std::string::npos; });
  });
}

class Check {
 public:
  std::vector<std::string> Run(const std::vector<CrossingCall>& calls, const std::vector<Forbidden>& forbidden) {
    for (const CrossingCall& call : calls) {
      CheckForm(call);
      CheckMetadata(call);
    }
    CheckKeys(calls);
    std::vector<std::vector<std::string>> forms;
    for (const Forbidden& each : forbidden) forms.push_back(FormsOf(each.secret.bytes));
    for (const CrossingCall& call : calls) {
      for (const bool outward : {true, false}) {
        const std::vector<std::string> pieces = PiecesOf(call, outward);
        for (size_t i = 0; i < forbidden.size(); ++i) {
          if (forbidden[i].direction == (outward ? Direction::kInward : Direction::kOutward)) continue;
          if (Holds(pieces, forms[i])) Fault(call, outward, forbidden[i].secret.what);
        }
      }
    }
    return std::move(faults_);
  }

 private:
  void Fault(const CrossingCall& call, bool outward, const std::string& what) {
    faults_.push_back(absl::StrCat(call.method, outward ? ", outward: " : ", inward: ", what));
  }

  void CheckForm(const CrossingCall& call) {
    const auto* method = DescriptorPool::generated_pool()->FindMethodByName(call.method);
    if (method == nullptr || WhatMayCross().count(call.method) == 0) {
      Fault(call, true, "the method is not on the list");
      return;
    }
    CheckMessage(call, true, Parse(*method->input_type(), call.request).get());
    if (call.status.ok()) {
      CheckMessage(call, false, Parse(*method->output_type(), call.response).get());
      return;
    }
    if (!call.response.empty()) Fault(call, false, "an error comes with a message");
    v1::ErrorStatus error;
    if (!error.ParseFromString(call.status.error_details()) || HasUnknownFields(error)) {
      Fault(call, false, "an error's details are not those of the contract");
    }
  }

  void CheckMessage(const CrossingCall& call, bool outward, const Message* message) {
    if (message == nullptr) {
      Fault(call, outward, "the message does not decode");
      return;
    }
    if (HasUnknownFields(*message)) Fault(call, outward, "the message has a field that the contract does not have");
    for (const auto& [name, read] : Documents()) {
      const FieldDescriptor* field = message->GetDescriptor()->FindFieldByName(name);
      if (field == nullptr) continue;
      const absl::Status status = read(message->GetReflection()->GetString(*message, field));
      if (!status.ok()) Fault(call, outward, absl::StrCat(name, " is no such document: ", status.message()));
    }
  }

  void CheckMetadata(const CrossingCall& call) {
    const auto of_transport = [](const std::string& key) {
      return absl::StartsWith(key, "grpc-") || key == "user-agent" || key == "content-type" || key == "te" ||
             key == "accept-encoding";
    };
    for (const auto& [key, value] : call.request_metadata) {
      if (key == "authorization" ? !absl::StartsWith(value, "Plane ") : !of_transport(key)) {
        Fault(call, true, absl::StrCat("the header ", key));
      }
    }
    for (const auto& [key, value] : call.response_metadata) {
      if (!of_transport(key)) Fault(call, false, absl::StrCat("the header ", key));
    }
  }

  void CheckKeys(const std::vector<CrossingCall>& calls) {
    std::set<std::string> stopped, automatic;
    for (const CrossingCall& call : calls) {
      v1::OpenSurveyRequest open;
      v1::StopAcceptingRequest stop;
      v1::CloseSurveyRequest close;
      v1::PoolCampaignRequest pool;
      if (absl::EndsWith(call.method, ".OpenSurvey") && open.ParseFromString(call.request)) {
        const auto contract = domain::DecodeContract(open.contract());
        if (contract.ok() && contract->closing_mode == domain::kAutomaticClosing) automatic.insert(open.survey());
      } else if (absl::EndsWith(call.method, ".StopAccepting") && stop.ParseFromString(call.request)) {
        if (call.status.ok()) stopped.insert(stop.survey());
      } else if (absl::EndsWith(call.method, ".CloseSurvey") && close.ParseFromString(call.request)) {
        if (close.closing_secret_key().empty()) continue;
        if (stopped.count(close.survey()) == 0) Fault(call, true, "a closing key before its survey has stopped");
        if (automatic.count(close.survey()) == 0) Fault(call, true, "a closing key that the server should not have");
        CheckOnlyThere(calls, close.closing_secret_key(), "CloseSurvey");
      } else if (absl::EndsWith(call.method, ".PoolCampaign") && pool.ParseFromString(call.request)) {
        if (!pool.pooling_secret_key().empty()) CheckOnlyThere(calls, pool.pooling_secret_key(), "PoolCampaign");
      }
    }
  }

  // The key stands once in the requests of its own method, and nowhere else.
  void CheckOnlyThere(const std::vector<CrossingCall>& calls, const std::string& key, const std::string& method) {
    for (const CrossingCall& call : calls) {
      const bool own = absl::EndsWith(call.method, absl::StrCat(".", method));
      for (const bool outward : {true, false}) {
        std::vector<std::string> pieces = PiecesOf(call, outward);
        if (own && outward) {
          for (std::string& piece : pieces) {
            if (const size_t at = piece.find(key); at != std::string::npos) piece.erase(at, key.size());
          }
        }
        if (Holds(pieces, FormsOf(key))) Fault(call, outward, absl::StrCat("the key of ", method, " in another place"));
      }
    }
  }

  std::vector<std::string> faults_;
};

}  // namespace

const std::map<std::string, std::set<std::string>>& WhatMayCross() {
  static const auto* const list = new std::map<std::string, std::set<std::string>>{
      {"candor.v1.PlaneService.GetReceiptKey", {"response.public_key"}},
      // At opening: the signed manifest with the contract and the instrument version.
      {"candor.v1.PlaneService.OpenSurvey",
       {"request.survey", "request.contract", "request.instrument_version", "request.manifest",
        "request.manifest_signature"}},
      // An extension: a notice signed by the manifest's signing key.
      {"candor.v1.PlaneService.ExtendSurvey", {"request.survey", "request.notice", "request.signature"}},
      {"candor.v1.PlaneService.StopAccepting", {"request.survey"}},
      // The order to close, with issued and reissued counts and, in automatic mode, the closing key; back come the closed
      // result and the ledger.
      {"candor.v1.PlaneService.CloseSurvey",
       {"request.order_id", "request.survey", "request.issued.issued", "request.issued.reissued",
        "request.closing_secret_key", "response.closed_result", "response.ledger"}},
      // At the campaign's end the pooling key; back come the pooled figures.
      {"candor.v1.PlaneService.PoolCampaign",
       {"request.pooling_public_key", "request.pooling_secret_key", "response.pooled_figures"}},
      {"candor.v1.PlaneService.Forget", {}},
      {"candor.v1.PlaneService.AbandonSurvey", {"request.survey"}},
      {"candor.v1.PlaneService.CheckComments",
       {"request.survey", "response.waiting"}},
      {"candor.v1.PlaneService.ReleaseSurvey",
       {"request.survey", "request.discard_undecided", "request.release_time", "response.released_comments"}},
      // A question back to a comment, sealed to a key that does not cross; at the end the answers that moderators let out.
      {"candor.v1.PlaneService.PutQuestion", {"request.survey", "request.comment", "request.sealed_question"}},
      {"candor.v1.PlaneService.FinishFollowUps", {"request.survey", "response.answers"}},
      {"candor.v1.PlaneService.GetLiveCounts", {"request.survey", "response.answered"}},
  };
  return *list;
}

std::map<std::string, std::set<std::string>> WhatTheContractHas() {
  std::map<std::string, std::set<std::string>> all;
  const auto* service = DescriptorPool::generated_pool()->FindServiceByName(kService);
  for (int i = 0; i < service->method_count(); ++i) {
    std::set<std::string>& fields = all[service->method(i)->full_name()];
    AddFields(*service->method(i)->input_type(), "request", fields);
    AddFields(*service->method(i)->output_type(), "response", fields);
  }
  return all;
}

std::vector<std::string> CrossingFaults(const std::vector<CrossingCall>& calls, const std::vector<Forbidden>& forbidden) {
  return Check().Run(calls, forbidden);
}

}  // namespace candor::testing
