// SPDX-License-Identifier: Apache-2.0
// A build without toml++ says so, and what would help.
#include <gtest/gtest.h>

#include <string>

#include "host/cli/sweep_document.hpp"

TEST(sweep_document_missing, is_told) {
  EXPECT_FALSE(gumbelcuda::have_sweep_documents());
  std::string told;
  try {
    gumbelcuda::parse_document("", "a.toml");
  } catch (const gumbelcuda::error& error) {
    told = error.what();
  }
  EXPECT_TRUE(told.starts_with("cannot read a.toml: ")) << told;
  EXPECT_NE(told.find("libtomlplusplus-dev"), std::string::npos) << told;
}
