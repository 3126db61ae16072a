// KeySessionService, ModerationService and AuditorService: holders of the keys that a manifest names, on the response plane.
// Like those of respondents their calls leave no line: who reads and decides when is nobody's business, and no error holds a
// word of a comment.

#ifndef CANDOR_SERVICES_RPC_MODERATION_METHODS_H_
#define CANDOR_SERVICES_RPC_MODERATION_METHODS_H_

#include "services/rpc/method.h"

namespace candor::collection {
class Collection;
}

namespace candor::rpc {

// `collection` outlives the methods.
void AddModerationMethods(collection::Collection* collection, MethodSet& methods);

}  // namespace candor::rpc

#endif  // CANDOR_SERVICES_RPC_MODERATION_METHODS_H_
