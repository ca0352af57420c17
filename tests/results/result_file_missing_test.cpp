// SPDX-License-Identifier: Apache-2.0
// A build without HDF5 says so, and names what to install.
#include <gtest/gtest.h>

#include "host/results/result_file.hpp"
#include "tests/results/scratch_folder.hpp"

TEST(result_file_missing, says_what_to_install) {
  using gumbelcuda::file_error;
  EXPECT_FALSE(gumbelcuda::have_result_file());
  const std::string written =
      message_of<file_error>([] { gumbelcuda::write_result_file("a.h5", {}, gumbelcuda::fleet_result{}); });
  const std::string read = message_of<file_error>([] { gumbelcuda::read_result_file("a.h5"); });
  EXPECT_TRUE(written.starts_with("cannot write a.h5: this program was built without HDF5")) << written;
  EXPECT_EQ(read, message_of<file_error>([] { gumbelcuda::verify_result_file("a.h5"); }));
  EXPECT_TRUE(read.starts_with("cannot read a.h5: this program was built without HDF5")) << read;
  EXPECT_NE(read.find("libhdf5-dev"), std::string::npos);
}
