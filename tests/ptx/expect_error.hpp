// SPDX-License-Identifier: Apache-2.0
// For tests that plant an error.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "tests/ptx/error.hpp"

namespace gumbelcuda::ptx {

inline void expect_error(error_kind kind, const std::string& says, const std::function<void()>& run) {
  try {
    run();
    ADD_FAILURE() << "nothing found where " << name_of(kind) << " was planted";
  } catch (const error& found) {
    EXPECT_EQ(found.kind(), kind) << found.what();
    EXPECT_NE(std::string(found.what()).find(says), std::string::npos) << found.what() << " does not say " << says;
  }
}

}  // namespace gumbelcuda::ptx
