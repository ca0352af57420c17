// SPDX-License-Identifier: Apache-2.0
// The GANs in mid-training of a run, in a file beside its checkpoint that is replaced as a whole: what has ended is in
// the checkpoint, so that this file may be missing, or older.
//
//   gumbelcuda paused 1\n   the format's version
//   the settings' hash      FNV-1a of the bytes of run_settings.hpp
//   of each GAN             its number in the run, its steps, bytes; then the bytes of ended_rows.hpp
//   all bits set            there is no further GAN
//   checksum                FNV-1a of everything before
//
// Numbers have 64 bits, the lowest byte first.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace gumbelcuda {

struct paused_record {
  std::uint64_t gan = 0, steps = 0;
  std::string bytes{};
};

// checkpoint → checkpoint.paused
std::string paused_path_of(const std::string& checkpoint);

// Whether the file begins as one of these does.
bool is_paused_file(const std::string& path);

// Those of the run with these settings; none if there is no such file. Throws file_error, damaged_file, and
// invalid_argument("checkpoint.resume", …) for another run's.
std::vector<paused_record> read_paused_file(const std::string& path, const std::string& settings);

// next(record) gives one after the other, and returns false after the last. Throws file_error; the file is then as it
// was.
void write_paused_file(const std::string& path, const std::string& settings,
                       const std::function<bool(paused_record&)>& next);

// Also what a killed process left of one. Nothing happens where there is none.
void remove_paused_file(const std::string& path);

}  // namespace gumbelcuda
