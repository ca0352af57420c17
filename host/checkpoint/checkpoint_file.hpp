// SPDX-License-Identifier: Apache-2.0
// A checkpoint: what a run was asked for, and the results of its GANs that have ended, in the order in which they were
// added. Whenever the process or the machine ends, what was added before is there, and what was being added is not.
//
// clang-format off
//   at 0        gumbelcuda checkpoint 1\n   the format's version
//   at 4096     a slot                      committed bytes, how many commits, checksum
//   at 8192     a slot                      of those that are whole, the later one counts
//   at 12288    settings                    bytes, checksum; then the bytes of run_settings.hpp
//   then        records                     first GAN, GANs, bytes, checksum; then the bytes of ended_rows.hpp
// clang-format on
//
// Records are written after the committed bytes and synchronised; then the older slot gets the new length and is
// synchronised. So the slot of the commit before is whole, and bytes beyond the committed ones mean nothing. This takes
// a disk that writes each of its sectors whole or not at all. Numbers have 64 bits, the lowest byte first. Checksums
// are 64-bit FNV-1a, of the numbers before them and of the bytes that follow.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "gumbelcuda/error.hpp"

namespace gumbelcuda {

struct checkpoint_record {
  std::uint64_t first = 0, count = 0;  // GANs of the run
  std::string rows{};
};

// Where a record is, without its rows.
struct record_place {
  std::uint64_t first = 0, count = 0;  // GANs of the run
  std::uint64_t place = 0, bytes = 0;  // of the rows
};

// What has been committed to a checkpoint. They throw file_error and damaged_file, and what `each` throws.
// check_records() looks at the rows' checksums; read_record_heads() does not look at rows: for a plan of what is read
// later.
std::string settings_of_checkpoint(const std::string& path);
void read_records(const std::string& path, const std::function<void(const checkpoint_record&)>& each);
void check_records(const std::string& path, const std::function<void(const record_place&)>& each);
void read_record_heads(const std::string& path, const std::function<void(const record_place&)>& each);

// Reads `count` bytes at `place`, as often as it is called: those of rows that check_records() has seen. Throws
// file_error, also when it is called, and damaged_file.
using bytes_reader = std::function<void(std::uint64_t place, std::uint64_t count, void* to)>;
bytes_reader bytes_of_checkpoint(const std::string& path);

// Throws damaged_file if a run of so many GANs does not have those of the record.
void expect_gans(const checkpoint_record& record, std::uint64_t num_gans, const std::string& path);
void expect_gans(const record_place& record, std::uint64_t num_gans, const std::string& path);

// Whether there is something at `path`, and whether that begins as a checkpoint does.
bool path_exists(const std::string& path);
bool is_checkpoint(const std::string& path);

// Makes a checkpoint without records. Returns false, and changes nothing, if there is something at `path`.
bool create_checkpoint(const std::string& path, const std::string& settings);

// A checkpoint that this process, and no other, adds to.
class checkpoint_file {
 public:
  // Throws file_error, also if another process has opened it in this way, and damaged_file.
  explicit checkpoint_file(const std::string& path);
  ~checkpoint_file();
  checkpoint_file(const checkpoint_file&) = delete;
  checkpoint_file& operator=(const checkpoint_file&) = delete;

  // Adds records in one commit: next(record) gives one after the other, and returns false after the last. Throws
  // file_error if they cannot be written, and what next() throws; the checkpoint is then as it was before, and may be
  // added to again.
  void add(const std::function<bool(checkpoint_record&)>& next);

 private:
  void write_at(std::uint64_t place, const std::string& bytes) const;
  void synchronise() const;
  void write_slot(std::uint64_t commit, std::uint64_t committed, std::uint64_t said) const;

  std::string path_;
  int descriptor_ = -1;
  std::uint64_t committed_ = 0, commits_ = 0;
  bool slot_in_doubt_ = false;  // that of the next commit may say anything
};

}  // namespace gumbelcuda
