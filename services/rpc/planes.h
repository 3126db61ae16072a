// Which of the two planes a server holds (architecture: "Two planes that share no person").

#ifndef CANDOR_SERVICES_RPC_PLANES_H_
#define CANDOR_SERVICES_RPC_PLANES_H_

namespace candor::rpc {

enum class Planes {
  kBoth,       // one server for all; the planes call each other within the process
  kIdentity,   // people, campaigns, invitations; the response plane is another server
  kResponses,  // answers; takes orders from the identity plane's server
};

// As it is written in flags and files.
inline const char* NameOf(Planes planes) {
  switch (planes) {
    case Planes::kBoth: return "both";
    case Planes::kIdentity: return "identity";
    case Planes::kResponses: return "response";
  }
  return "";
}

inline bool HoldsIdentity(Planes planes) { return planes != Planes::kResponses; }
inline bool HoldsResponses(Planes planes) { return planes != Planes::kIdentity; }

}  // namespace candor::rpc

#endif  // CANDOR_SERVICES_RPC_PLANES_H_
