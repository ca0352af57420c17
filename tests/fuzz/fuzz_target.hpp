// SPDX-License-Identifier: Apache-2.0
// A fuzz target: a reader of files, fed with valid files, with files that were changed and then given right checksums,
// and with whatever a fuzzer makes of those. Each target is a file that defines the functions below; fuzz_entry.cpp
// hands them to libFuzzer, and without Clang corpus_main.cpp runs them as a test.
//
// Readers may refuse a file by the exceptions that they name. Anything else (another exception, a sanitizer's message,
// a REQUIRE) is a failure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#define REQUIRE(condition)                                               \
  if (!(condition)) {                                                    \
    std::fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
    std::abort();                                                        \
  }

// libFuzzer's, or corpus_main.cpp's: changes bytes without any idea of what they are.
extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

namespace gumbelcuda::fuzz {

// splitmix64
class random_numbers {
 public:
  explicit random_numbers(std::uint64_t seed) : state_(seed) {}
  std::uint64_t word() {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
  }
  std::uint64_t below(std::uint64_t limit) { return word() % limit; }
  bool once_in(std::uint64_t times) { return below(times) == 0; }
  // One that programs stumble over, or one near `number`.
  std::uint64_t unlikely(std::uint64_t number) {
    constexpr std::uint64_t far[] = {0, 1, 2, 3, 1024, 1025, 1u << 16, 1u << 31, 1ull << 32, 1ull << 40, 1ull << 62};
    switch (below(4)) {
      case 0:
        return far[below(std::size(far))];
      case 1:
        return ~std::uint64_t{0} << below(64);
      case 2:
        return number ^ std::uint64_t{1} << below(64);
      default:
        return number + below(9) - 4;
    }
  }

 private:
  std::uint64_t state_;
};

// What a target gives.
std::vector<std::string> seeds();                                       // inputs that are whole
std::string changed(const std::string& input, random_numbers& random);  // with checksums that are right
bool read(const std::string& input);                                    // false: it was refused

template <class Number>
Number number_at(std::string_view bytes, std::size_t place) {
  Number number = 0;
  if (place <= bytes.size() && bytes.size() - place >= sizeof number)
    std::memcpy(&number, bytes.data() + place, sizeof number);
  return number;
}
template <class Number>
void put_number(std::string& bytes, std::size_t place, Number number) {
  if (place <= bytes.size() && bytes.size() - place >= sizeof number)
    std::memcpy(bytes.data() + place, &number, sizeof number);
}

// As the fuzzer changes bytes; they grow by 64 at most.
inline void change_bytes(std::string& bytes) {
  const std::size_t size = bytes.size();
  bytes.resize(size + 64);
  bytes.resize(LLVMFuzzerMutate(reinterpret_cast<std::uint8_t*>(bytes.data()), size, bytes.size()));
}

// Changes one of the numbers that begin at a multiple of eight bytes.
inline void change_number(std::string& bytes, random_numbers& random) {
  if (bytes.size() < 8) return;
  const std::size_t place = 8 * random.below(bytes.size() / 8);
  put_number(bytes, place, random.unlikely(number_at<std::uint64_t>(bytes, place)));
}

// A folder of its own, for as long as the process lives; in memory, where Linux has such a place, since a disk would be
// written to thousands of times a second.
class scratch_folder {
 public:
  scratch_folder();
  ~scratch_folder();
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;

  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

void put_file(const std::string& path, std::string_view bytes);
std::string content_of(const std::string& path);

}  // namespace gumbelcuda::fuzz
