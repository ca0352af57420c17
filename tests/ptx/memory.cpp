// SPDX-License-Identifier: Apache-2.0
// Loads and stores: which memory an address is in, whether all of the access is, and whether what is read was written.
// A generic address is an address of this machine; those of shared and local memory are found there by their range.
#include <cstring>
#include <functional>

#include "tests/ptx/warp.hpp"

namespace gumbelcuda::ptx {
namespace {

// A piece of memory that lanes access. `written` is null where it is not known what was written.
struct place {
  unsigned char* begin = nullptr;
  unsigned char* written = nullptr;
  std::size_t bytes = 0;
};

place shared_of(block& of) { return {of.shared.bytes.data(), of.shared.written.data(), of.shared_bytes}; }
place shared_of(const warp& w) { return shared_of(*w.of); }

place local_of(const warp& w, unsigned lane) {
  const std::size_t at = (w.number * lanes_per_warp + lane) * w.of->local_bytes;
  return {w.of->local.bytes.data() + at, w.of->local.written.data() + at, w.of->local_bytes};
}

place parameters_of(const warp& w) { return {w.of->parameters.data(), nullptr, w.of->parameters.size()}; }

bool contains(const place& piece, std::uintptr_t address) {
  const auto begin = reinterpret_cast<std::uintptr_t>(piece.begin);
  return address >= begin && address - begin < piece.bytes;
}

// The shared memory of another block of the cluster, which must not have ended.
bool find_in_cluster(const warp& w, std::uint64_t address, place& piece) {
  for (unsigned b = 0; b < w.of->blocks_of_cluster; ++b) {
    block& other = w.of->cluster[b];
    piece = shared_of(other);
    if (other.alive > 0 && contains(piece, address)) return true;
  }
  return false;
}

// The place of a global or generic address, with the address made an offset into it.
place place_of(warp& w, const vector_operand& access, unsigned lane, std::uint64_t& address) {
  if (access.space == memory_space::generic) {
    for (const place& piece : {shared_of(w), local_of(w, lane), parameters_of(w)})
      if (contains(piece, address)) {
        address -= reinterpret_cast<std::uintptr_t>(piece.begin);
        return piece;
      }
    if (place piece; w.of->blocks_of_cluster > 1 && find_in_cluster(w, address, piece)) {
      address -= reinterpret_cast<std::uintptr_t>(piece.begin);
      return piece;
    }
  }
  memory_range& piece = w.of->last_piece;
  if (address < piece.begin || address >= piece.end) piece = w.of->global->piece_at(address);
  if (address < piece.begin || address >= piece.end) return {};
  address -= piece.begin;
  return {reinterpret_cast<unsigned char*>(piece.begin), nullptr, piece.end - piece.begin};
}

// Calls each(lane, begin, written) with the bytes that each lane accesses.
template <class Each>
void for_each_access(warp& w, const instruction& i, const Each& each) {
  const vector_operand& access = w.code->operands[i.detail];
  const std::size_t bytes = std::size_t(access.bytes) * access.count;
  for_each_lane(w.executing, [&](unsigned l) {
    std::uint64_t at =
        access.address_bytes == 8 ? w.lanes<std::uint64_t>(i.source[0])[l] : w.lanes<std::uint32_t>(i.source[0])[l];
    at += std::uint64_t(access.offset);
    const std::uint64_t address = at;
    place piece;
    switch (access.space) {
      case memory_space::shared:
        piece = shared_of(w);
        break;
      case memory_space::local:
        piece = local_of(w, l);
        break;
      case memory_space::parameter:
        piece = parameters_of(w);
        break;
      default:
        piece = place_of(w, access, l, at);
    }
    if (at > piece.bytes || bytes > piece.bytes - at)
      fail(w, i, error_kind::out_of_bounds, l,
           std::to_string(bytes) + " bytes at " + std::to_string(address) + ", of " + std::to_string(piece.bytes));
    if (address % bytes != 0)
      fail(w, i, error_kind::misaligned, l, std::to_string(bytes) + " bytes at " + std::to_string(address));
    each(l, piece.begin + at, piece.written == nullptr ? nullptr : piece.written + at);
  });
}

std::uint64_t read(const unsigned char* from, const vector_operand& access) {
  const auto as = [&](auto plain, auto with_sign) -> std::uint64_t {
    std::memcpy(&plain, from, sizeof plain);
    return access.is_signed ? std::uint64_t(std::int64_t(decltype(with_sign)(plain))) : plain;
  };
  switch (access.bytes) {
    case 1:
      return as(std::uint8_t{}, std::int8_t{});
    case 2:
      return as(std::uint16_t{}, std::int16_t{});
    case 4:
      return as(std::uint32_t{}, std::int32_t{});
    default:
      return as(std::uint64_t{}, std::int64_t{});
  }
}

void set_register(warp& w, slot to, unsigned bytes, unsigned lane, std::uint64_t value) {
  std::memcpy(w.registers + to * slot_bytes + lane * bytes, &value, bytes);
}

}  // namespace

void tracked_memory::begin(std::size_t size) {
  bytes.assign(size, 0xcd);
  written.assign(size, 0);
}

// Compilers copy objects of which parts have no value yet, through local memory. So there it is an error only to use
// what was not written.
void load(warp& w, const instruction& i) {
  const vector_operand& access = w.code->operands[i.detail];
  std::uint32_t unwritten[4] = {};
  const std::size_t bytes = std::size_t(access.bytes) * access.count;
  for_each_access(w, i, [&](unsigned l, const unsigned char* from, const unsigned char* written) {
    const bool all_written = written == nullptr || std::memchr(written, 0, bytes) == nullptr;
    if (!all_written && access.space != memory_space::local)
      fail(w, i, error_kind::unwritten_memory, l, "reads memory that has not been written");
    for (unsigned k = 0; k < access.count; ++k) {
      set_register(w, access.values[k], access.widths[k], l, read(from + k * access.bytes, access));
      if (!all_written && std::memchr(written + k * access.bytes, 0, access.bytes) != nullptr) unwritten[k] |= 1u << l;
    }
  });
  for (unsigned k = 0; k < access.count; ++k)
    w.written[access.values[k]] = (w.written[access.values[k]] | w.executing) & ~unwritten[k];
}

void store(warp& w, const instruction& i) {
  const vector_operand& access = w.code->operands[i.detail];
  for_each_access(w, i, [&](unsigned l, unsigned char* to, unsigned char* written) {
    for (unsigned k = 0; k < access.count; ++k) {
      const slot value = access.values[k];
      const bool has_value = w.written[value] >> l & 1;
      if (written != nullptr)
        std::memset(written + k * access.bytes, has_value, access.bytes);
      else if (!has_value)
        fail(w, i, error_kind::unwritten_register, l, "stores what it has not written");
      std::memcpy(to + k * access.bytes, w.registers + value * slot_bytes + l * access.widths[k], access.bytes);
    }
  });
}

// Lane by lane; an atomic of one lane is one step.
void change_atomically(warp& w, const instruction& i) {
  const vector_operand& access = w.code->operands[i.detail];
  for_each_access(w, i, [&](unsigned l, unsigned char* at, const unsigned char* written) {
    if (written != nullptr && std::memchr(written, 0, access.bytes) != nullptr)
      fail(w, i, error_kind::unwritten_memory, l, "changes memory that has not been written");
    const std::uint64_t before = read(at, access);
    const std::uint64_t after =
        access.change(before, read(w.registers + i.source[1] * slot_bytes + l * access.bytes, access));
    std::memcpy(at, &after, access.bytes);
    set_register(w, i.result, access.bytes, l, before);
  });
}

void convert_address(warp& w, const instruction& i) {
  const memory_space space = w.code->operands[i.detail].space;
  for_each_lane(w.executing, [&](unsigned l) {
    const unsigned char* const begin = space == memory_space::shared      ? shared_of(w).begin
                                       : space == memory_space::local     ? local_of(w, l).begin
                                       : space == memory_space::parameter ? parameters_of(w).begin
                                                                          : nullptr;
    const auto base = std::uint64_t(reinterpret_cast<std::uintptr_t>(begin));
    const std::uint64_t address = w.lanes<std::uint64_t>(i.source[0])[l];
    w.lanes<std::uint64_t>(i.result)[l] = i.what == action::to_generic ? address + base : address - base;
  });
}

// mapa.u64 of a generic address.
void address_in_other_block(warp& w, const instruction& i) {
  for_each_lane(w.executing, [&](unsigned l) {
    const std::uint64_t address = w.lanes<std::uint64_t>(i.source[0])[l];
    const std::uint32_t other = w.lanes<std::uint32_t>(i.source[1])[l];
    if (!contains(shared_of(w), address))
      fail(w, i, error_kind::out_of_bounds, l, std::to_string(address) + " is not in its block's shared memory");
    if (other >= w.of->blocks_of_cluster)
      fail(w, i, error_kind::out_of_bounds, l,
           "block " + std::to_string(other) + " of a cluster of " + std::to_string(w.of->blocks_of_cluster));
    const auto offset = address - reinterpret_cast<std::uintptr_t>(shared_of(w).begin);
    w.lanes<std::uint64_t>(i.result)[l] =
        reinterpret_cast<std::uintptr_t>(shared_of(w.of->cluster[other]).begin) + offset;
  });
}

// The first part is the lowest bits. Packs are copies: what has no value yet has none afterwards.
void pack(warp& w, const instruction& i) {
  const vector_operand& parts = w.code->operands[i.detail];
  std::uint32_t written = all_lanes;
  for (unsigned k = 0; k < parts.count; ++k) written &= w.written[parts.values[k]];
  const std::size_t bytes = std::size_t(parts.bytes) * parts.count;
  for_each_lane(w.executing, [&](unsigned l) {
    unsigned char* const whole = w.registers + i.result * slot_bytes + l * bytes;
    for (unsigned k = 0; k < parts.count; ++k)
      std::memcpy(whole + k * parts.bytes, w.registers + parts.values[k] * slot_bytes + l * parts.bytes, parts.bytes);
  });
  take_over_written(w, i.result, written);
  if (parts.bytes == 4) take_over_written(w, lower_half_of(i.result), w.written[parts.values[0]]);
}

void unpack(warp& w, const instruction& i) {
  const vector_operand& parts = w.code->operands[i.detail];
  const std::size_t bytes = std::size_t(parts.bytes) * parts.count;
  for_each_lane(w.executing, [&](unsigned l) {
    const unsigned char* const whole = w.registers + i.source[0] * slot_bytes + l * bytes;
    for (unsigned k = 0; k < parts.count; ++k)
      std::memcpy(w.registers + parts.values[k] * slot_bytes + l * parts.bytes, whole + k * parts.bytes, parts.bytes);
  });
  const std::uint32_t written = w.written[i.source[0]];
  for (unsigned k = 0; k < parts.count; ++k) take_over_written(w, parts.values[k], written);
}

}  // namespace gumbelcuda::ptx
