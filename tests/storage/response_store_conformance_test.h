// What every engine's response store must do (storage/response_store.h). An engine's own test file makes an
// ResponseStoreEngine and instantiates the suite with it.

#ifndef CANDOR_TESTS_STORAGE_RESPONSE_STORE_CONFORMANCE_TEST_H_
#define CANDOR_TESTS_STORAGE_RESPONSE_STORE_CONFORMANCE_TEST_H_

#include <functional>
#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/response_store.h"

namespace candor::storage {

// One place where stores live, empty when made.
class ResponseStorePlace {
 public:
  virtual ~ResponseStorePlace() = default;
  // Opens the store of this place. There is one at a time: the former one is gone when this is called.
  virtual std::unique_ptr<ResponseStore> Open() = 0;
};

struct ResponseStoreEngine {
  std::string name;
  std::function<std::unique_ptr<ResponseStorePlace>()> make_place;
};

class ResponseStoreConformanceTest : public ::testing::TestWithParam<ResponseStoreEngine> {
 protected:
  void SetUp() override {
    place_ = GetParam().make_place();
    store_ = place_->Open();
    ASSERT_NE(store_, nullptr);
  }
  void Reopen() {
    store_.reset();
    store_ = place_->Open();
    ASSERT_NE(store_, nullptr);
  }

  std::unique_ptr<ResponseStorePlace> place_;
  std::unique_ptr<ResponseStore> store_;
};

}  // namespace candor::storage

#endif  // CANDOR_TESTS_STORAGE_RESPONSE_STORE_CONFORMANCE_TEST_H_
