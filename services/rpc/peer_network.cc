#include "services/rpc/peer_network.h"

#include <arpa/inet.h>

#include "absl/strings/match.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"

namespace candor::rpc {
namespace {

constexpr size_t kV4Bytes = 4, kV6Bytes = 16, kV6NetworkBytes = 8;
const absl::string_view kMappedV4("\0\0\0\0\0\0\0\0\0\0\xFF\xFF", kV6Bytes - kV4Bytes);

// The text before the port.
std::string HostOf(absl::string_view address) { return std::string(address.substr(0, address.rfind(':'))); }

}  // namespace

std::string NetworkOf(absl::string_view peer) {
  const std::string scheme(peer.substr(0, peer.find(':')));
  if (absl::ConsumePrefix(&peer, "ipv4:")) {
    std::string bytes(kV4Bytes, '\0');
    if (inet_pton(AF_INET, HostOf(peer).c_str(), bytes.data()) == 1) return bytes;
  } else if (absl::ConsumePrefix(&peer, "ipv6:")) {
    std::string host = HostOf(absl::StrReplaceAll(peer, {{"%5B", "["}, {"%5D", "]"}, {"%25", "%"}}));
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
    host = host.substr(0, host.find('%'));  // the interface of a link-local address
    std::string bytes(kV6Bytes, '\0');
    if (inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1) {
      if (absl::StartsWith(bytes, kMappedV4)) return bytes.substr(kMappedV4.size());
      return bytes.substr(0, kV6NetworkBytes);
    }
  }
  return scheme;
}

}  // namespace candor::rpc
