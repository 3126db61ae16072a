// A child process that is killed at some moment, as a crash would end it.

#ifndef CANDOR_TESTS_COLLECTION_CHILD_PROCESS_H_
#define CANDOR_TESTS_COLLECTION_CHILD_PROCESS_H_

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <functional>

#include "gtest/gtest.h"
#include "services/base/status.h"

namespace candor::collection {

class Child {
 public:
  // Runs `body` in a new process with the pipe's writing end.
  explicit Child(const std::function<void(int)>& body) {
    int ends[2];
    CANDOR_CHECK(pipe(ends) == 0);
    pid_ = fork();
    CANDOR_CHECK(pid_ >= 0);
    if (pid_ == 0) {
      close(ends[0]);
      body(ends[1]);
      _exit(0);
    }
    close(ends[1]);
    reading_end_ = ends[0];
  }
  ~Child() {
    Kill();
    close(reading_end_);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // Reads what the child wrote as one `T`. False: the child is gone and everything that it wrote was read.
  template <typename T>
  bool Read(T& into) {
    size_t got = 0;
    while (got < sizeof(into)) {
      const ssize_t part = read(reading_end_, reinterpret_cast<char*>(&into) + got, sizeof(into) - got);
      if (part < 0 && errno == EINTR) continue;
      if (part <= 0) return false;
      got += static_cast<size_t>(part);
    }
    return true;
  }

  // True when the kill ended it; false when it had ended by itself.
  bool Kill() {
    if (pid_ == 0) return false;
    kill(pid_, SIGKILL);
    int status = 0;
    CANDOR_CHECK(waitpid(pid_, &status, 0) == pid_);
    pid_ = 0;
    if (WIFEXITED(status)) {
      EXPECT_EQ(WEXITSTATUS(status), 0);
    }
    return WIFSIGNALED(status);
  }

 private:
  pid_t pid_ = 0;
  int reading_end_ = -1;
};

}  // namespace candor::collection

#endif  // CANDOR_TESTS_COLLECTION_CHILD_PROCESS_H_
