// Which network a call comes from: what failed attempts are counted by.

#ifndef CANDOR_SERVICES_RPC_PEER_NETWORK_H_
#define CANDOR_SERVICES_RPC_PEER_NETWORK_H_

#include <string>

#include "absl/strings/string_view.h"

namespace candor::rpc {

// Of a peer as gRPC writes it ("ipv4:192.0.2.7:5000", "ipv6:[2001:db8::1]:5000", its brackets plain or as %5B and %5D):
// the four bytes of an IPv4 address, also of one that is written as IPv6 (::ffff:192.0.2.7); the first eight bytes of an
// IPv6 address, since one line usually has all of those that begin so. Ports do not count. Anything else, so every
// unix socket: the text up to the first colon.
std::string NetworkOf(absl::string_view peer);

}  // namespace candor::rpc

#endif  // CANDOR_SERVICES_RPC_PEER_NETWORK_H_
