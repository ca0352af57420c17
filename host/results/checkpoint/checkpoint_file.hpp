// SPDX-License-Identifier: Apache-2.0
// A checkpoint: what a run was asked for, and the results of its GANs that have ended, in the order in which they were
// added. Whenever the process or the machine ends, what was added before is there, and what was being added is not.
//
//   gumbelcuda checkpoint 1\n   the format's version
//   two slots                   {committed bytes, how many commits, checksum}: of those that are whole, the later
//   counts settings                    {bytes, checksum}, and the bytes of run_settings.hpp records {first GAN, GANs,
//   bytes, checksum}, and the bytes of ended_rows.hpp
//
// A record is written after the committed bytes and synchronised; then the older slot gets the new length and is
// synchronised. So the slot of the previous commit is always whole, and bytes beyond the committed ones mean nothing.
// Numbers have 64 bits, the lowest byte first. Checksums: 64-bit FNV-1a of what they stand behind and of what follows.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "gumbelcuda/error.hpp"

namespace gumbelcuda {

struct checkpoint_record {
  std::uint64_t first = 0, count = 0;  // GANs of the run
  std::string rows{};
};

// What has been committed to a checkpoint. Both throw file_error and damaged_file; the second also what `each` throws.
std::string settings_of_checkpoint(const std::string& path);
void read_records(const std::string& path, const std::function<void(const checkpoint_record&)>& each);

// Throws damaged_file if a run of so many GANs does not have those of the record.
void expect_gans(const checkpoint_record& record, std::uint64_t num_gans, const std::string& path);

// Whether there is something at `path`.
bool checkpoint_exists(const std::string& path);

// Makes a checkpoint without records; there must be nothing at `path`.
void create_checkpoint(const std::string& path, const std::string& settings);

// A checkpoint that this process, and no other, adds to.
class checkpoint_file {
 public:
  // Throws file_error, also if another process has opened it in this way, and damaged_file.
  explicit checkpoint_file(const std::string& path);
  ~checkpoint_file();
  checkpoint_file(const checkpoint_file&) = delete;
  checkpoint_file& operator=(const checkpoint_file&) = delete;

  // In one commit. Throws file_error if it cannot be written; it is then as it was before, and may be added to again.
  void add(const std::vector<checkpoint_record>& records);

 private:
  void write_at(std::uint64_t place, const std::string& bytes) const;
  void synchronise() const;

  std::string path_;
  int descriptor_ = -1;
  std::uint64_t committed_ = 0, commits_ = 0;
};

}  // namespace gumbelcuda
