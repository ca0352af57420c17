// SPDX-License-Identifier: Apache-2.0
// Result files of fleets and sweeps under a right seal: whole ones that were changed, whereupon HDF5's checksums and
// the seal were made right. An input says which file, then what is changed: short stretches of bytes, each with its
// place.
#include <algorithm>

#include "host/results/report.hpp"
#include "host/results/result_file.hpp"
#include "host/results/result_seal.hpp"
#include "host/results/sweep_file.hpp"
#include "host/results/sweep_report.hpp"
#include "host/results/sweep_summary.hpp"
#include "tests/fuzz/hdf5_checksums.hpp"
#include "tests/results/example_fleet.hpp"
#include "tests/results/small_sweep.hpp"

namespace gumbelcuda::fuzz {
namespace {

struct whole_file {
  std::string bytes;
  std::vector<checked_bytes> parts;
};

const std::string& scratch() {
  static const scratch_folder folder;
  static const std::string path = folder / "result.h5";
  return path;
}

std::string written(void (*write)(const std::string& path)) {
  write(scratch());
  std::string bytes = content_of(scratch());
  bytes.resize(bytes.size() - file_checksum::seal_bytes);
  return bytes;
}

const std::vector<whole_file>& whole_files() {
  static const std::vector<whole_file> files = [] {
    std::vector<whole_file> all;
    for (std::string& bytes :
         std::vector<std::string>{written([](const std::string& path) {
                                    const fleet_config config = example_config(3, 2);
                                    write_result_file(path, config, example_result(config));
                                  }),
                                  written([](const std::string& path) { write_sweep_file(path, small_sweep()); })}) {
      std::vector<checked_bytes> parts = hdf5_parts(bytes);
      all.push_back({std::move(bytes), std::move(parts)});
    }
    return all;
  }();
  return files;
}

// A change: the place in three bytes, how many bytes, these. None: the file ends at that place.
constexpr std::size_t head_bytes = 4;

std::string change(std::size_t place, const std::string& bytes) {
  std::string input;
  for (const std::size_t byte : {place, place >> 8, place >> 16, bytes.size()}) input += static_cast<char>(byte);
  return input + bytes;
}

std::string file_of(const std::string& input) {
  const auto byte = [&input](std::size_t at) { return std::size_t{static_cast<unsigned char>(input[at])}; };
  const whole_file& whole = whole_files()[input.empty() ? 0 : byte(0) % whole_files().size()];
  std::string file = whole.bytes;
  for (std::size_t at = 1; at + head_bytes <= input.size();) {
    const std::size_t place = (byte(at) | byte(at + 1) << 8 | byte(at + 2) << 16) % file.size(), bytes = byte(at + 3);
    at += head_bytes;
    const std::size_t there = std::min({bytes, input.size() - at, file.size() - place});
    if (bytes == 0) file.resize(std::max<std::size_t>(place, 1));
    file.replace(place, there, input, at, there);
    at += bytes;
  }
  for (const checked_bytes& part : whole.parts) part.seal(file);
  file_checksum checksum;
  checksum.add(file);
  return file + checksum.seal();
}

void read_file(const std::string& path) {
  const result_kind kind = kind_of_result_file(path);
  const reading how{.sealed = false};  // that has been looked at
  if (kind == result_kind::sweep) {
    const sweep_record sweep = read_sweep_file(path, how);
    sweep_report_data(sweep);
    table(sweep, summarise(sweep));
  } else {
    const stored_fleet fleet = read_result_file(path, how);
    table(fleet.config, collect(fleet.result, fleet.config.target));
  }
}

}  // namespace

std::vector<std::string> seeds() { return {std::string(1, '\0'), std::string(1, '\1')}; }

std::string changed(const std::string& input, random_numbers& random) {
  if (random.once_in(4)) {
    std::string bytes = input;
    change_bytes(bytes);
    return bytes;
  }
  const std::size_t which = input.empty() ? 0 : static_cast<unsigned char>(input[0]);
  const whole_file& whole = whole_files()[which % whole_files().size()];
  const auto some_place = [&] {
    const checked_bytes& part = whole.parts[random.below(whole.parts.size())];
    return part.place + random.below(part.bytes);
  };
  const std::size_t place = some_place();
  std::string bytes = whole.bytes.substr(place, std::size_t{1} << random.below(4));
  switch (random.below(4)) {
    case 0:
      bytes[0] = static_cast<char>(random.unlikely(static_cast<unsigned char>(bytes[0])));
      break;
    case 1:
      bytes.resize(8, '\0');
      put_number(bytes, 0, random.unlikely(number_at<std::uint64_t>(bytes, 0)));
      break;
    case 2:  // an address, or whatever it is, from elsewhere
      bytes = whole.bytes.substr(some_place(), bytes.size());
      break;
    default:
      if (random.once_in(16)) bytes.clear();
      for (char& byte : bytes) byte = static_cast<char>(random.word());
  }
  return (input.empty() ? std::string(1, '\0') : input) + change(place, bytes);
}

bool read(const std::string& input) {
  put_file(scratch(), file_of(input));
  try {
    read_file(scratch());
    return true;
  } catch (const damaged_file&) {
    return false;
  }
}

}  // namespace gumbelcuda::fuzz
