// SPDX-License-Identifier: Apache-2.0
#include "host/results/result_seal.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "gumbelcuda/error.hpp"
#include "host/byte_text.hpp"

namespace gumbelcuda {
namespace {

constexpr std::string_view signature("\x89HDF\r\n\x1a\n", 8), unsealed_hint = "; --unsealed reads it all the same";

file_error cannot_read(const std::string& path, std::error_code problem) {
  return file_error("cannot read " + path + ": " + problem.message());
}

// Where HDF5's part of the file ends and the seal begins, according to the file's first bytes. 0 if they are not those
// of a result file, which begins with a superblock of version 2 and has addresses of 8 bytes.
std::uint64_t end_of_hdf5(std::string_view first) {
  constexpr std::size_t superblock_bytes = 48, end_at = 28;
  if (first.size() < superblock_bytes || first[8] != 2 || first[9] != 8) return 0;
  std::uint64_t end = 0;
  for (std::size_t i = 8; i-- > 0;) end = end << 8 | static_cast<unsigned char>(first[end_at + i]);
  return end;
}

// The likeliest reason why the seal of a readable file does not match, judged by its size and its first bytes.
std::string likeliest_reason(const std::string& path, std::string_view first, std::uint64_t size) {
  if (size == 0) return path + " is empty, so no result file";
  if (first.starts_with("gumbelcuda checkpoint "))
    return path + " is a checkpoint; gumbelcuda merge makes a result file of it";
  if (!first.starts_with(signature.substr(0, std::min(first.size(), signature.size()))))
    return path + " is not an HDF5 file, so no result file";
  const std::uint64_t end = end_of_hdf5(first);
  if (first.size() < 48) return path + " is damaged: cut off after " + byte_text(size);
  if (end == 0) return path + " is an HDF5 file of another program, not a result file of gumbelcuda";
  if (size == end)
    return path +
           " was changed since it was written (an HDF5 program that changes a file drops the checksum at its end)" +
           std::string(unsealed_hint);
  if (size < end + file_checksum::seal_bytes)
    return path + " is damaged: cut off, " + std::to_string(size) + " of " +
           std::to_string(end + file_checksum::seal_bytes) + " bytes are left";
  if (size > end + file_checksum::seal_bytes)
    return path + " was changed since it was written: " + std::to_string(size - end - file_checksum::seal_bytes) +
           " bytes too many at its end" + std::string(unsealed_hint);
  return path + " is damaged, or was changed since it was written: its checksum does not fit" +
         std::string(unsealed_hint);
}

}  // namespace

std::uint64_t size_of_file(const std::string& path) {
  std::error_code problem;
  const std::uint64_t size = std::filesystem::file_size(path, problem);
  if (problem) throw cannot_read(path, problem);
  errno = 0;
  if (!std::ifstream(path, std::ios::binary)) throw cannot_read(path, {errno, std::generic_category()});
  return size;
}

std::uint64_t check_seal(const std::string& path) {
  const std::uint64_t size = size_of_file(path);
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::string block(1 << 20, '\0'), first;
  file_checksum checksum;
  const auto next = [&](std::uint64_t at_most) {
    const auto length = static_cast<std::size_t>(std::min<std::uint64_t>(at_most, block.size()));
    file.read(block.data(), static_cast<std::streamsize>(length));
    if (!file) throw cannot_read(path, {errno == 0 ? EIO : errno, std::generic_category()});
    return std::string_view(block.data(), length);
  };
  const std::uint64_t seal_bytes = std::min(size, file_checksum::seal_bytes);
  for (std::uint64_t left = size - seal_bytes; left > 0;) {
    const std::string_view bytes = next(left);
    if (first.empty()) first = bytes.substr(0, 64);
    checksum.add(bytes);
    left -= bytes.size();
  }
  const std::string_view seal = next(seal_bytes);
  if (seal == checksum.seal()) return size;
  if (first.size() < 64) first += seal;  // a file of a few bytes
  throw damaged_file(likeliest_reason(path, first, size));
}

}  // namespace gumbelcuda
