// SPDX-License-Identifier: Apache-2.0
#include "tests/ptx/runtime/fatbinary.hpp"

#include <cstdint>
#include <cstring>

#include "tests/ptx/error.hpp"

namespace gumbelcuda::ptx {
namespace {

struct fatbinary_wrapper {
  std::uint32_t magic, version;
  const unsigned char* data;
  const void* file_name;
};
constexpr std::uint32_t magic_of_wrapper = 0x466243b1, magic_of_data = 0xba55ed50;

struct data_header {
  std::uint32_t magic;
  std::uint16_t version, header_bytes;
  std::uint64_t bytes;  // of all entries
};

struct entry_header {
  std::uint16_t kind, version;
  std::uint32_t header_bytes;
  std::uint64_t bytes;
};
constexpr std::uint16_t kind_of_ptx = 1;

template <class Header>
Header header_at(const unsigned char* at) {
  Header header;
  std::memcpy(&header, at, sizeof header);
  return header;
}

}  // namespace

std::string ptx_of_fatbinary(const void* wrapper) {
  const auto outer = header_at<fatbinary_wrapper>(static_cast<const unsigned char*>(wrapper));
  if (outer.magic != magic_of_wrapper) throw error(error_kind::unreadable, "unreadable: no fatbinary");
  const auto data = header_at<data_header>(outer.data);
  if (data.magic != magic_of_data) throw error(error_kind::unreadable, "unreadable: a fatbinary of another format");
  const unsigned char* at = outer.data + data.header_bytes;
  const unsigned char* const end = at + data.bytes;
  while (at < end) {
    const auto entry = header_at<entry_header>(at);
    const auto* const text = reinterpret_cast<const char*>(at + entry.header_bytes);
    std::string all(text, strnlen(text, entry.bytes));
    if (entry.kind == kind_of_ptx && all.find(".version") != std::string::npos) return all;
    at += entry.header_bytes + entry.bytes;
  }
  throw error(error_kind::unreadable,
              "unreadable: there is no PTX that is not compressed; build with nvcc's --no-compress, and with PTX among "
              "the architectures");
}

}  // namespace gumbelcuda::ptx
