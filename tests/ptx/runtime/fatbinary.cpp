// SPDX-License-Identifier: Apache-2.0
#include "tests/ptx/runtime/fatbinary.hpp"

#include <cstdint>
#include <cstring>

#ifdef GUMBELCUDA_HAVE_ZSTD
#include <zstd.h>
#endif

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
// In the header of an entry.
constexpr std::size_t stored_bytes_at = 16, flags_at = 40, original_bytes_at = 56;
constexpr std::uint64_t is_zstd = 0x8000;

template <class Header>
Header header_at(const unsigned char* at) {
  Header header;
  std::memcpy(&header, at, sizeof header);
  return header;
}

std::string decompressed(const unsigned char* from, std::size_t bytes, std::size_t original_bytes) {
#ifdef GUMBELCUDA_HAVE_ZSTD
  std::string text(original_bytes, '\0');
  const std::size_t written = ZSTD_decompress(text.data(), text.size(), from, bytes);
  if (ZSTD_isError(written) || written != original_bytes)
    throw error(error_kind::unreadable, "unreadable: PTX that is compressed in another way");
  return text;
#else
  (void)from, (void)bytes, (void)original_bytes;
  return {};
#endif
}

// Empty if it is compressed in a way that is not known here.
std::string text_of(const unsigned char* entry, const entry_header& header) {
  const unsigned char* const from = entry + header.header_bytes;
  std::string text;
  if ((header_at<std::uint64_t>(entry + flags_at) & is_zstd) != 0)
    text = decompressed(from, header_at<std::uint32_t>(entry + stored_bytes_at),
                        header_at<std::uint64_t>(entry + original_bytes_at));
  else
    text.assign(reinterpret_cast<const char*>(from), header.bytes);
  return text.substr(0, text.find('\0'));
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
    if (entry.kind == kind_of_ptx) {
      std::string text = text_of(at, entry);
      if (text.find(".version") != std::string::npos) return text;
    }
    at += entry.header_bytes + entry.bytes;
  }
  throw error(error_kind::unreadable,
              "unreadable: there is no PTX that can be read; build with PTX among the architectures, and with nvcc's "
              "--no-compress (or its --compress-mode=size, and this with libzstd)");
}

}  // namespace gumbelcuda::ptx
