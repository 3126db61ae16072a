#include "services/rpc/encoded_replies.h"

#include "absl/strings/str_cat.h"

namespace candor::rpc {
namespace {

size_t SizeOf(const std::string& key, const EncodedReplies::Bytes& reply) { return 2 * key.size() + reply->size(); }

}  // namespace

std::string EncodedReplies::KeyOf(absl::string_view method, const identity::Caller& caller, absl::string_view request) {
  // Neither method nor ids hold a slash or a space, so no two keys run into each other.
  return absl::StrCat(method, " ", caller.installation_administrator, caller.server, caller.roles.administrator,
                      caller.roles.supervisor, caller.roles.leader, " ", caller.district.value(), "/",
                      caller.person.value(), " ", request);
}

EncodedReplies::Bytes EncodedReplies::Find(const std::string& key, uint64_t revision) {
  absl::MutexLock lock(&mutex_);
  Roll(revision);
  if (revision != revision_) return nullptr;
  const auto place = places_.find(key);
  if (place == places_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, place->second);
  return place->second->second;
}

void EncodedReplies::Keep(std::string key, uint64_t revision, Bytes reply) {
  absl::MutexLock lock(&mutex_);
  Roll(revision);
  if (revision != revision_ || SizeOf(key, reply) > most_bytes_) return;
  if (const auto place = places_.find(key); place != places_.end()) {
    bytes_ -= SizeOf(key, place->second->second);
    entries_.erase(place->second);
    places_.erase(place);
  }
  bytes_ += SizeOf(key, reply);
  entries_.emplace_front(std::move(key), std::move(reply));
  places_[entries_.front().first] = entries_.begin();
  while (bytes_ > most_bytes_) {
    const auto& [oldest, bytes] = entries_.back();
    bytes_ -= SizeOf(oldest, bytes);
    places_.erase(oldest);
    entries_.pop_back();
  }
}

void EncodedReplies::DropStale(uint64_t revision) {
  absl::MutexLock lock(&mutex_);
  Roll(revision);
}

void EncodedReplies::Roll(uint64_t revision) {
  // Revisions only grow; a call that read an older one comes late and changes nothing.
  if (revision <= revision_) return;
  revision_ = revision;
  bytes_ = 0;
  places_.clear();
  entries_.clear();
}

}  // namespace candor::rpc
