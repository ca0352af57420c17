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

// The records of a run of so many GANs, numbered from first_gan, in these files.
class record_index {
 public:
  record_index(std::vector<std::string> files, std::uint64_t num_gans, std::uint64_t first_gan);

  struct entry {
    record_place record{};
    std::size_t file = 0;  // its place among the files
  };
  // Throws damaged_file if the run does not have the record's GANs.
  void add(const record_place& record, std::size_t file);
  // After the last: throws invalid_argument if a GAN is missing, or there twice.
  void expect_every_gan_once();

  const std::vector<std::string>& files() const { return files_; }
  const std::vector<entry>& records() const { return records_; }  // by their GANs, once they have been checked

 private:
  [[noreturn]] void refuse_overlap(const entry& a, const entry& b) const;
  std::string number(std::uint64_t gan) const;

  std::vector<std::string> files_;
  std::uint64_t num_gans_, first_gan_;
  std::vector<entry> records_{};
};

// Reads all of the files, whose checksums are checked, and then what is asked for, again. Throws file_error and
// damaged_file, also later where the files have been cut off since; and what the index throws.
fleet_rows rows_of_checkpoints(const std::vector<std::string>& files, const fleet_config& config);

}  // namespace gumbelcuda
