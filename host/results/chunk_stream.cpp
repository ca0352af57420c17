// SPDX-License-Identifier: Apache-2.0
#include "host/results/chunk_stream.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <future>
#include <memory>

#include "host/results/fletcher32.hpp"

namespace gumbelcuda::hdf5 {
namespace {

constexpr std::uint64_t checksum_bytes = 4, piece_bytes = std::uint64_t{16} << 20;

std::uint64_t product(result_layout::lengths::const_iterator begin, result_layout::lengths::const_iterator end) {
  std::uint64_t product = 1;
  for (; begin != end; ++begin) product *= *begin;
  return product;
}

// Memory that need not be set before it is written.
class piece {
 public:
  piece() : bytes_(new char[piece_bytes]) {}
  std::string_view view() const { return {bytes_.get(), size_}; }
  std::uint64_t room() const { return piece_bytes - size_; }
  void clear() { size_ = 0; }
  char* extend(std::uint64_t count) {
    size_ += count;
    return bytes_.get() + size_ - count;
  }

 private:
  std::unique_ptr<char[]> bytes_;
  std::uint64_t size_ = 0;
};

}  // namespace

class file_pieces {
 public:
  file_pieces(const image& image, const chunk_stream& stream) : image_(image), stream_(stream) {}

  // The next piece; an empty one after the end.
  void make(piece& to) {
    to.clear();
    while (place_ < image_.size()) {
      const bool last = next_ == stream_.chunks_.size();
      const std::uint64_t end = last ? image_.size() : stream_.chunks_[next_].place;
      if (end < place_) throw failure{"two chunks share a place"};
      if (end > place_) {
        const std::uint64_t count = std::min(end - place_, to.room());
        if (count == 0) return;
        image_.read(place_, count, to.extend(count));
        place_ += count;
      } else if (!add_chunk(to)) {
        return;
      }
    }
  }

 private:
  // False if there is no room for it.
  bool add_chunk(piece& to) {
    const chunk_stream::chunk& chunk = stream_.chunks_[next_];
    if (to.room() < chunk.bytes + checksum_bytes) return false;
    char* const place = to.extend(chunk.bytes + checksum_bytes);
    const std::uint64_t filled = chunk.count * chunk.value_bytes;
    // Chunks follow each other without regard to their numbers' alignment.
    const bool is_aligned = reinterpret_cast<std::uintptr_t>(place) % chunk.value_bytes == 0;
    if (!is_aligned) aligned_.resize(chunk.bytes);
    char* const numbers = is_aligned ? place : aligned_.data();
    stream_.copy_[chunk.dataset](chunk.first, chunk.count, numbers);
    if (!is_aligned) std::memcpy(place, numbers, filled);
    std::memset(place + filled, 0, chunk.bytes - filled);
    const std::uint32_t checksum = fletcher32_of_chunk(place, chunk.bytes);
    std::memcpy(place + chunk.bytes, &checksum, checksum_bytes);
    place_ += chunk.bytes + checksum_bytes;
    ++next_;
    return true;
  }

  const image& image_;
  const chunk_stream& stream_;
  std::uint64_t place_ = 0;
  std::size_t next_ = 0;
  std::vector<char> aligned_{};
};

// A chunk has neighbouring numbers: all of the last dimensions, a part of the one that is cut, one of those before.
void chunk_stream::add_chunks(hid_t dataset, const char* name, const result_layout::lengths& extent,
                              std::uint64_t value_bytes) {
  const result_layout::lengths sides = result_layout::chunk_lengths(extent, value_bytes);
  std::size_t cut = extent.size() - 1;
  while (cut > 0 && sides[cut] == extent[cut]) --cut;
  const std::uint64_t inner = product(extent.begin() + std::ptrdiff_t(cut) + 1, extent.end()),
                      outer = product(extent.begin(), extent.begin() + std::ptrdiff_t(cut));
  const std::uint64_t bytes = sides[cut] * inner * value_bytes;
  for (std::uint64_t i = 0; i < outer; ++i)
    for (std::uint64_t j = 0; j < extent[cut]; j += sides[cut]) {
      std::vector<hsize_t> offset(extent.size(), 0);
      offset[cut] = j;
      std::uint64_t rest = i;
      for (std::size_t side = cut; side-- > 0; rest /= extent[side]) offset[side] = rest % extent[side];
      unsigned filters = 0;
      haddr_t place = 0;
      hsize_t stored = 0;
      check(H5Dget_chunk_info_by_coord(dataset, offset.data(), &filters, &place, &stored), name);
      if (place == HADDR_UNDEF || stored != bytes + checksum_bytes || filters != 0)
        throw failure{std::string(name) + " has a chunk of another size than planned"};
      chunks_.push_back({place, bytes, copy_.size(), (i * extent[cut] + j) * inner,
                         std::min(sides[cut], extent[cut] - j) * inner, value_bytes});
    }
}

void chunk_stream::write(const image& image, const taker& pass, const taker& beside) {
  std::sort(chunks_.begin(), chunks_.end(), [](const chunk& a, const chunk& b) { return a.place < b.place; });
  file_pieces pieces(image, *this);
  piece now, next;
  pieces.make(now);
  while (!now.view().empty()) {
    // Where the system has no thread left they run here, one after the other.
    std::future<void> made = std::async([&] { pieces.make(next); }), passed = std::async([&] { beside(now.view()); });
    pass(now.view());
    passed.get();
    made.get();
    std::swap(now, next);
  }
}

}  // namespace gumbelcuda::hdf5
