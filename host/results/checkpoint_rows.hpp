// SPDX-License-Identifier: Apache-2.0
// The result of a run that is in checkpoints, read where it is: memory for which record has which GANs, not for what
// they learned.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gumbelcuda/fleet.hpp"
#include "host/checkpoint/checkpoint_file.hpp"
#include "host/results/fleet_rows.hpp"

namespace gumbelcuda {

// Where GANs are.
struct record_place {
  std::uint64_t first = 0, count = 0;  // GANs of the run
  std::size_t file = 0;
  std::uint64_t place = 0, bytes = 0;  // of the rows
};

// The records of a run of so many GANs, numbered from first_gan, in these files.
class record_index {
 public:
  record_index(std::vector<std::string> files, std::uint64_t num_gans, std::uint64_t first_gan);

  // `file`: its place among the files. Throws damaged_file if the run does not have the record's GANs.
  void add(const checkpoint_record& record, std::size_t file);
  // After the last: throws invalid_argument if a GAN is missing, or there twice.
  void expect_every_gan_once();

  const std::vector<std::string>& files() const { return files_; }
  const std::vector<record_place>& records() const { return records_; }  // by their GANs, once they have been checked

 private:
  [[noreturn]] void refuse_overlap(const record_place& a, const record_place& b) const;
  std::string number(std::uint64_t gan) const;

  std::vector<std::string> files_;
  std::uint64_t num_gans_, first_gan_;
  std::vector<record_place> records_{};
};

// Reads all of the files, whose checksums are checked, and then what is asked for, again. Throws file_error and
// damaged_file, also later where the files have been cut off since; and what the index throws.
fleet_rows rows_of_checkpoints(const std::vector<std::string>& files, const fleet_config& config);

}  // namespace gumbelcuda
