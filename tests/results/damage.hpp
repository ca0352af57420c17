// SPDX-License-Identifier: Apache-2.0
// A result file to be damaged, and what the reader then says.
#pragma once

#include <gtest/gtest.h>
#include <hdf5.h>

#include <functional>
#include <iomanip>
#include <sstream>
#include <string>

#include "host/results/result_file.hpp"
#include "tests/results/example_fleet.hpp"
#include "tests/results/scratch_folder.hpp"

using gumbelcuda::damaged_file;
using gumbelcuda::read_result_file;

// The seal, computed directly from its definition.
inline std::string sealed(const std::string& bytes) {
  std::uint64_t hash = 14'695'981'039'346'656'037u;
  for (const unsigned char byte : bytes) {
    hash ^= byte;
    hash *= 1'099'511'628'211u;
  }
  std::ostringstream line;
  line << "fleet checksum " << std::hex << std::setw(16) << std::setfill('0') << hash << '\n';
  return bytes + line.str();
}

struct damage : testing::Test {
  scratch_folder folder;
  std::string path = folder / "a.h5";
  gumbelcuda::fleet_config config = example_config(6, 2);
  gumbelcuda::fleet_result result = example_result(config);
  std::string whole;

  void SetUp() override {
    gumbelcuda::write_result_file(path, config, result);
    whole = content(path);
    testing::internal::CaptureStderr();
  }
  void TearDown() override { EXPECT_EQ(testing::internal::GetCapturedStderr(), ""); }

  bool refused(const std::string& bytes) {
    put(path, bytes);
    try {
      read_result_file(path);
      return false;
    } catch (const damaged_file&) {
      return true;
    }
  }
  std::string complaint() {
    return message_of<damaged_file>([&] { read_result_file(path); });
  }
  // Changes the file as another HDF5 program would.
  void edit(const std::function<void(hid_t)>& change) {
    put(path, whole);
    const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
    ASSERT_GE(file, 0);
    change(file);
    ASSERT_GE(H5Fclose(file), 0);
  }
  // What the reader says of the contents, to which neither the seal nor the structure is a door.
  std::string complaint_about_contents() {
    return message_of<damaged_file>([&] { read_result_file(path, {.sealed = false}); });
  }
  // Changes it and renews the seal, as if our program had written it.
  void forge(const std::function<void(hid_t)>& change) {
    edit(change);
    put(path, sealed(content(path)));
  }
};
