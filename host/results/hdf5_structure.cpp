// SPDX-License-Identifier: Apache-2.0
// After "HDF5 File Format Specification Version 3.0" (The HDF Group), in which each structure has its section; the
// versions are those of HDF5 1.8, in which our files are written whatever HDF5's version is.
#include "host/results/hdf5_structure.hpp"

#include <fstream>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include "host/results/hdf5_fields.hpp"
#include "host/saturating.hpp"

namespace gumbelcuda::hdf5 {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view no_address = "\xff\xff\xff\xff\xff\xff\xff\xff"sv;

// Kinds of messages in headers.
enum message : std::uint64_t {
  nothing = 0x00,
  data_space = 0x01,
  link_info = 0x02,
  data_type = 0x03,
  fill_value = 0x05,
  link = 0x06,
  layout = 0x08,
  group_info = 0x0a,
  filters = 0x0b,
  attribute = 0x0c,
  continuation = 0x10,
  attribute_info = 0x15,
};

struct dataset {
  lengths extent{};
  std::uint64_t value_bytes = 0;
  bool with_checksums = false;
  std::string layout{};
};

struct chunks {
  lengths sides{};
  std::uint64_t bytes = 0;  // of each, in the file
  std::uint64_t found = 0;
};

class structure {
 public:
  structure(const std::string& path, std::uint64_t bytes) : file_(path, std::ios::binary), bytes_(bytes) {}

  void check() {
    const std::string superblock = claim(0, 48);
    fields from(superblock);
    from.expect("\x89HDF\r\n\x1a\n\x02\x08\x08"sv);
    if (from.number(1) > 1) damaged("its superblock has other flags");
    from.expect("\x00\x00\x00\x00\x00\x00\x00\x00"sv);
    from.expect(no_address);  // of an extension
    if (from.number(8) != bytes_) damaged("HDF5's part of it has another length");
    check_root(from.number(8));
    for (const std::uint64_t place : datasets_) check_dataset(place);
  }

 private:
  // The bytes at a place, which no other structure has.
  std::string claim(std::uint64_t place, std::uint64_t count) {
    reserve(place, count);
    return at(place, count);
  }
  void reserve(std::uint64_t place, std::uint64_t count) {
    if (count == 0 || place > bytes_ || count > bytes_ - place) damaged("a structure is not in the file");
    const auto next = taken_.lower_bound(place);
    if ((next != taken_.end() && next->first < place + count) ||
        (next != taken_.begin() && std::prev(next)->second > place))
      damaged("two structures are at one place");
    taken_.emplace_hint(next, place, place + count);
  }
  std::string at(std::uint64_t place, std::uint64_t count) {
    constexpr std::uint64_t longest = 1 << 17;  // a header's block has 2^16 bytes at most
    if (count > longest || place > bytes_ || count > bytes_ - place) damaged("a structure is not in the file");
    std::string bytes(count, '\0');
    file_.seekg(static_cast<std::streamoff>(place));
    if (!file_.read(bytes.data(), static_cast<std::streamsize>(count))) damaged("it cannot be read");
    return bytes;
  }

  // Passes each message of a header to visit(kind, bytes); most kinds come once.
  void visit_header(std::uint64_t place, const std::function<void(std::uint64_t, std::string_view)>& visit) {
    constexpr std::uint64_t with_limits = 0x10, length_of_length = 3, signature_bytes = 4, checksum_bytes = 4;
    const std::string beginning = at(place, 6);
    fields from(beginning);
    from.expect("OHDR\x02"sv);
    const std::uint64_t flags = from.number(1), number_bytes = std::uint64_t{1} << (flags & length_of_length);
    if ((flags & ~(with_limits | length_of_length)) != 0 || number_bytes > 4) damaged("a header has other flags");
    const std::uint64_t head_bytes = beginning.size() + ((flags & with_limits) != 0 ? 4 : 0) + number_bytes;
    const std::string head = at(place, head_bytes);
    const std::uint64_t bytes = fields(std::string_view(head).substr(head_bytes - number_bytes)).number(number_bytes);
    std::vector<std::string> blocks{claim(place, head_bytes + bytes + checksum_bytes).substr(head_bytes, bytes)};
    std::set<std::uint64_t> kinds;
    for (std::size_t i = 0; i < blocks.size(); ++i) {
      const std::string block = blocks[i];
      constexpr std::uint64_t message_head_bytes = 4;
      for (fields rest(block); rest.left() >= message_head_bytes;) {
        const std::uint64_t kind = rest.number(1), length = rest.number(2), message_flags = rest.number(1);
        fields body(rest.take(length));
        if (message_flags != 0 && message_flags != 1 && message_flags != 4) damaged("a message has other flags");
        if (kind == nothing) continue;
        if (kind == continuation) {
          const std::uint64_t where = body.number(8), count = body.number(8);
          body.expect_end();
          const std::string more = claim(where, count);
          fields(more).expect("OCHK"sv);
          if (count < signature_bytes + checksum_bytes) damaged("a structure is cut off");
          blocks.push_back(more.substr(signature_bytes, count - signature_bytes - checksum_bytes));
          continue;
        }
        if (kind != link && kind != attribute && !kinds.insert(kind).second) damaged("a message comes twice");
        visit(kind, body.take(length));
      }
    }
  }

  // Nothing may be stored elsewhere, as it is for many links or attributes.
  static void expect_nothing_elsewhere(fields body) {
    body.expect("\x00\x00"sv);
    body.expect(no_address);
    body.expect(no_address);
    body.expect_end();
  }

  void check_root(std::uint64_t place) {
    bool in_header = false;
    visit_header(place, [&](std::uint64_t kind, std::string_view bytes) {
      fields body(bytes);
      switch (kind) {
        case link_info:
          in_header = true;
          [[fallthrough]];
        case attribute_info:
          return expect_nothing_elsewhere(body);
        case group_info: {
          body.expect("\x00"sv);
          const std::uint64_t flags = body.number(1);  // which limits follow
          body.take((flags & 1) * 4 + (flags >> 1) * 4);
          return body.expect_end();
        }
        case link:
          return check_link(body);
        case attribute:
          return check_attribute(body);
      }
      damaged("the root has a message of another kind");
    });
    if (!in_header) damaged("the root is no group of this kind");
  }

  void check_link(fields body) {
    body.expect("\x01"sv);
    const std::uint64_t number_bytes = body.number(1);  // with other bits: not a plain link to a dataset
    if (number_bytes > 1) damaged("a link is of another kind");
    const std::string_view name = body.take(body.number(number_bytes + 1));
    if (name.empty() || name.find('\0') != std::string_view::npos || !names_.emplace(name).second)
      damaged("a link has no name of its own");
    datasets_.push_back(body.number(8));
    body.expect_end();
  }

  static void check_attribute(fields body) {
    body.expect("\x03\x00"sv);
    const std::uint64_t name_bytes = body.number(2), type_bytes = body.number(2), space_bytes = body.number(2);
    if (body.number(1) > 1) damaged("an attribute's name has other letters");
    const std::string_view name = body.take(name_bytes);
    if (name.find('\0') + 1 != name_bytes) damaged("an attribute has no name");
    fields type(body.take(type_bytes)), space(body.take(space_bytes));
    const std::uint64_t value_bytes = take_type(type);
    if (!take_space(space).empty()) damaged("an attribute is not one value");
    type.expect_end();
    space.expect_end();
    if (value_bytes == 0) damaged("an attribute is empty");
    body.take(value_bytes);
    body.expect_end();
  }

  void check_dataset(std::uint64_t place) {
    dataset found;
    unsigned needed = 4;
    visit_header(place, [&](std::uint64_t kind, std::string_view bytes) {
      fields body(bytes);
      switch (kind) {
        case data_space:
          --needed;
          found.extent = take_space(body);
          return body.expect_end();
        case data_type:
          --needed;
          found.value_bytes = take_type(body);
          return body.expect_end();
        case fill_value:
          --needed;
          body.expect("\x03"sv);
          if (body.number(1) > 0x0f) damaged("a dataset has values that are not stored");
          return body.expect_end();
        case layout:
          --needed;
          found.layout = bytes;
          return;
        case filters:
          body.expect("\x02\x01\x03\x00\x00\x00\x00\x00"sv);  // one, Fletcher-32
          found.with_checksums = true;
          return body.expect_end();
        case attribute_info:
          return expect_nothing_elsewhere(body);
        case attribute:
          return;
      }
      damaged("a dataset has a message of another kind");
    });
    if (needed > 0) damaged("a dataset lacks a part");
    check_storage(found);
  }

  void check_storage(const dataset& data) {
    constexpr std::uint64_t contiguous = 1, in_chunks = 2;
    const std::uint64_t bytes = product(data.extent, data.value_bytes);
    fields body(data.layout);
    body.expect("\x03"sv);
    const std::uint64_t kind = body.number(1);
    if (kind == contiguous && !data.with_checksums) {
      const std::uint64_t place = body.number(8);
      if (body.number(8) != bytes) damaged("a dataset has another length");
      reserve(place, bytes);
    } else if (kind == in_chunks && !data.extent.empty()) {
      if (body.number(1) != data.extent.size() + 1) damaged("a dataset's chunks have another shape");
      const std::uint64_t place = body.number(8);
      chunks all;
      for (std::size_t side = 0; side < data.extent.size(); ++side) all.sides.push_back(body.number(4));
      all.bytes = product(all.sides, data.value_bytes);
      if (body.number(4) != data.value_bytes || bytes == 0 || all.bytes == 0 || all.bytes > bytes_)
        damaged("a dataset's chunks have another shape");
      if (data.with_checksums) all.bytes += 4;
      check_node(place, std::nullopt, data, all);
      std::uint64_t count = 1;
      for (std::size_t side = 0; side < data.extent.size(); ++side)
        count = saturating_product(count, in_side(data, all, side));
      if (all.found != count) damaged("a dataset's chunks are not all there");
    } else {
      damaged("a dataset is stored in another way");
    }
    body.expect_end();
  }

  // Chunks along a side.
  static std::uint64_t in_side(const dataset& data, const chunks& all, std::size_t side) {
    return data.extent[side] / all.sides[side] + (data.extent[side] % all.sides[side] != 0 ? 1 : 0);
  }

  // A node of the index of chunks, a B-tree of version 1. Each entry begins with the position of its first chunk; what
  // ends the node is an entry without a chunk.
  void check_node(std::uint64_t place, std::optional<std::uint64_t> of_level, const dataset& data, chunks& all) {
    constexpr std::uint64_t head_bytes = 24, most_entries = 64, address_bytes = 8;
    const std::uint64_t key_bytes = 8 + 8 * (data.extent.size() + 1);
    const std::string node = claim(place, head_bytes + most_entries * (key_bytes + address_bytes) + key_bytes);
    fields from(node);
    from.expect("TREE\x01"sv);
    const std::uint64_t level = from.number(1), entries = from.number(2);
    constexpr std::uint64_t most_levels = 8;
    if (level >= most_levels || level != of_level.value_or(level) || entries < 1 || entries > most_entries)
      damaged("an index of chunks is of another kind");
    from.take(2 * address_bytes);  // of its neighbours
    for (std::uint64_t entry = 0; entry < entries; ++entry) {
      const std::uint64_t bytes = from.number(4);
      if (bytes != all.bytes || from.number(4) != 0) damaged("a chunk has another length, or is not filtered");
      std::uint64_t number = all.found;
      lengths position(data.extent.size());
      for (std::size_t side = data.extent.size(); side-- > 0; number /= in_side(data, all, side))
        position[side] = number % in_side(data, all, side) * all.sides[side];
      for (const std::uint64_t begin : position)
        if (from.number(8) != begin) damaged("a chunk is of another place");
      from.expect("\x00\x00\x00\x00\x00\x00\x00\x00"sv);
      const std::uint64_t below = from.number(address_bytes);
      if (level > 0)
        check_node(below, level - 1, data, all);
      else
        reserve(below, all.bytes), ++all.found;
    }
  }

  std::ifstream file_;
  std::uint64_t bytes_;
  std::map<std::uint64_t, std::uint64_t> taken_{};  // from where to where
  std::set<std::string, std::less<>> names_{};
  std::vector<std::uint64_t> datasets_{};
};

}  // namespace

void check_structure(const std::string& path, std::uint64_t bytes) { structure(path, bytes).check(); }

}  // namespace gumbelcuda::hdf5
