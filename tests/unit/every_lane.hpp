// SPDX-License-Identifier: Apache-2.0
// A test suite over every lane type that this processor can run.
#pragma once

#include <gtest/gtest.h>

#include <cctype>
#include <string>

#include "tests/unit/lanes.hpp"

class every_lane : public testing::TestWithParam<const lanes::lane_set*> {
 protected:
  const lanes::lane_set& set = *GetParam();

 public:
  static auto values() { return testing::ValuesIn(lanes::supported().begin(), lanes::supported().end()); }
  static std::string name(const testing::TestParamInfo<const lanes::lane_set*>& test) {
    std::string name;
    for (const char* c = test.param->name; *c != 0; ++c)
      if (std::isalnum(static_cast<unsigned char>(*c))) name += *c;
    return name;
  }
};
