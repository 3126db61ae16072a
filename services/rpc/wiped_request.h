// The memory of a request that holds answers or secret keys: overwritten when the call is over, however it ended.

#ifndef CANDOR_SERVICES_RPC_WIPED_REQUEST_H_
#define CANDOR_SERVICES_RPC_WIPED_REQUEST_H_

#include "candor/v1/moderation.pb.h"
#include "candor/v1/plane.pb.h"
#include "candor/v1/response.pb.h"
#include "grpcpp/support/message_allocator.h"
#include "services/base/private_memory.h"

namespace candor::rpc {

// Overwrites token and answers. Buffers that the transport read them from are not reached.
inline void Wipe(candor::v1::SubmitResponseRequest& request) {
  base::Wipe(*request.mutable_token_message());
  base::Wipe(*request.mutable_token_signature());
  base::Wipe(*request.mutable_submission_id());
  base::Wipe(*request.mutable_ratings());
  for (auto& comment : *request.mutable_comments()) base::Wipe(comment);
  for (auto& key : *request.mutable_reply_keys()) base::Wipe(key);
  base::Wipe(*request.mutable_pressure_notice());
}

// Overwrites the key.
inline void Wipe(candor::v1::ProvideClosingKeyRequest& request) { base::Wipe(*request.mutable_closing_secret_key()); }
// Overwrites the secret half of the key. Buffers that the transport read it from are not reached.
inline void Wipe(candor::v1::CloseSurveyRequest& request) { base::Wipe(*request.mutable_closing_secret_key()); }
inline void Wipe(candor::v1::PoolCampaignRequest& request) { base::Wipe(*request.mutable_pooling_secret_key()); }
// Overwrites session and words.
inline void Wipe(candor::v1::DecideCommentRequest& request) {
  base::Wipe(*request.mutable_session());
  base::Wipe(*request.mutable_decision()->mutable_text());
  base::Wipe(*request.mutable_decision()->mutable_note());
}
inline void Wipe(candor::v1::DecideAnswerRequest& request) {
  base::Wipe(*request.mutable_session());
  base::Wipe(*request.mutable_decision()->mutable_text());
  base::Wipe(*request.mutable_decision()->mutable_note());
}
// Overwrites which comment it is about and what shows it.
inline void Wipe(candor::v1::AnswerQuestionRequest& request) {
  base::Wipe(*request.mutable_comment());
  base::Wipe(*request.mutable_sealed_answer());
  base::Wipe(*request.mutable_challenge());
  base::Wipe(*request.mutable_signature());
}
inline void Wipe(candor::v1::WriteSummaryRequest& request) {
  base::Wipe(*request.mutable_session());
  base::Wipe(*request.mutable_summary()->mutable_text());
}

// Makes the messages of gRPC's calls and wipes each request when its call is done. May be called from many threads at
// once; outlives the calls.
template <typename Request, typename Response>
class WipedRequests final : public grpc::MessageAllocator<Request, Response> {
 public:
  grpc::MessageHolder<Request, Response>* AllocateMessages() override { return new Holder; }

 private:
  class Holder final : public grpc::MessageHolder<Request, Response> {
   public:
    Holder() {
      this->set_request(&request_);
      this->set_response(&response_);
    }
    void Release() override {
      Wipe(request_);
      delete this;
    }

   private:
    Request request_;
    Response response_;
  };
};

}  // namespace candor::rpc

#endif  // CANDOR_SERVICES_RPC_WIPED_REQUEST_H_
