// ResponseService: a respondent on the response plane, which shares nothing with the other. Nothing here logs, counts or
// notes a call.

#ifndef CANDOR_SERVICES_RPC_RESPONSE_METHODS_H_
#define CANDOR_SERVICES_RPC_RESPONSE_METHODS_H_

#include "services/rpc/method.h"

namespace candor::collection {
class Collection;
}

namespace candor::rpc {

// `collection` outlives the methods.
void AddResponseMethods(collection::Collection* collection, MethodSet& methods);

}  // namespace candor::rpc

#endif  // CANDOR_SERVICES_RPC_RESPONSE_METHODS_H_
