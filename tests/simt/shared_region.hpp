// SPDX-License-Identifier: Apache-2.0
// Shared memory that records for every byte which thread wrote and read it since which barrier. A block begins with
// poison. Reads of unwritten bytes, accesses past the end, races, and accesses to the memory of a block that may not
// have begun or may have ended are reported.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <type_traits>
#include <vector>

namespace gumbelcuda::simt {

// Time and thread of an access; threads are numbered through the blocks of a cluster. Two accesses by different threads
// are ordered if a barrier lies between them (of the block, or of the cluster if they are of different blocks) or,
// for two threads of one warp, a __syncwarp. Any __syncwarp of the warp counts, so with partial masks this may miss a
// race, but it never reports a false one.
struct access_stamp {
  std::uint64_t barrier_epoch = 0;  // of the block
  std::uint32_t sync_epoch = 0;     // of the warp
  std::uint16_t thread = 0;
  std::uint8_t block = 0;  // of the cluster
};

// The latest of several accesses, and how far apart those are that no barrier separates from it: what they all mean for
// an access to come. Two blocks, two warps of a block or two lanes of a warp are enough to know, since whoever comes is
// none of the one or none of the other.
class past_accesses {
 public:
  [[nodiscard]] const access_stamp& latest() const { return latest_; }
  [[nodiscard]] bool are_several() const { return spread_ != spread::of_one_thread; }
  // Whether a barrier separates all of them from `now`.
  [[nodiscard]] bool are_ordered(const access_stamp& now, std::uint64_t cluster_epoch) const {
    return spread_with(now, cluster_epoch) == spread::of_one_thread;
  }
  void add(const access_stamp& now, std::uint64_t cluster_epoch) {
    spread_ = spread_with(now, cluster_epoch);
    latest_ = now;
  }

 private:
  enum class spread : std::uint8_t { of_one_thread, over_lanes, over_warps, over_blocks };

  [[nodiscard]] spread spread_with(const access_stamp& now, std::uint64_t cluster_epoch) const;

  [[no_unique_address]] access_stamp latest_;  // its last byte is free: a region has millions of these
  spread spread_ = spread::of_one_thread;
};

enum class access : std::uint8_t { read, write, atomic };

class shared_region {
 public:
  explicit shared_region(std::string name, const void* site = nullptr) : name_(std::move(name)), site_(site) {}

  [[nodiscard]] const void* site() const { return site_; }
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::size_t size() const { return bytes_.size(); }

  // All bytes are unwritten from now on, and belong to this block of the cluster.
  void renew(std::size_t size, std::uint64_t first_epoch, unsigned block);

  template <class T>
  T load(std::ptrdiff_t offset) {
    check(access::read, offset, sizeof(T), alignof(T));
    return peek<T>(offset);
  }
  template <class T>
  void store(std::ptrdiff_t offset, const T& value) {
    check(access::write, offset, sizeof(T), alignof(T));
    std::memcpy(bytes_.data() + offset, &value, sizeof(T));
  }
  // Replaces value by change(value) in one access; returns the previous value.
  template <class T, class Change>
  T update(access how, std::ptrdiff_t offset, const Change& change) {
    if (how != access::atomic) check(access::read, offset, sizeof(T), alignof(T));
    check(how, offset, sizeof(T), alignof(T));
    const T before = peek<T>(offset);
    const T after = change(before);
    std::memcpy(bytes_.data() + offset, &after, sizeof(T));
    return before;
  }

 private:
  struct cell {
    past_accesses read, written, changed;  // the last by atomics, which need no order among themselves; nor do reads
  };

  template <class T>
  [[nodiscard]] T peek(std::ptrdiff_t offset) const {
    static_assert(std::is_trivially_copyable_v<T>);
    T value;
    std::memcpy(&value, bytes_.data() + offset, sizeof(T));
    return value;
  }
  void check(access how, std::ptrdiff_t offset, std::size_t size, std::size_t alignment);
  void check_cell(cell& c, access how, const access_stamp& now, std::ptrdiff_t offset) const;

  std::string name_;
  const void* site_;
  std::uint64_t first_epoch_ = 0;
  unsigned block_ = 0;
  std::vector<std::byte> bytes_;
  std::vector<cell> cells_;
};

}  // namespace gumbelcuda::simt
