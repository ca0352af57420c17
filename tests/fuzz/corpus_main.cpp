// SPDX-License-Identifier: Apache-2.0
// A fuzz target as a test: its seeds, inputs that once were failures, and changed seeds, the same ones each time.
//
//   TARGET [FOLDER [CHANGES]]   the files in FOLDER, and so many changes of each seed
#include <algorithm>
#include <filesystem>

#include "tests/fuzz/fuzz_target.hpp"

using namespace gumbelcuda::fuzz;

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most) {
  static random_numbers random(1);
  std::uint8_t* const place = data + random.below(size + 1);
  const std::size_t behind = static_cast<std::size_t>(data + size - place);
  const std::size_t count = std::min<std::size_t>(1 + random.below(8), behind);
  switch (random.below(3)) {
    case 0:  // cut out
      std::copy(place + count, data + size, place);
      return size - count;
    case 1:  // put in
      if (size + 8 > most) break;
      std::copy_backward(place, data + size, data + size + 8);
      std::fill_n(place, 8, static_cast<std::uint8_t>(random.word()));
      return size + 8;
  }
  for (std::size_t i = 0; i < count; ++i) place[i] = static_cast<std::uint8_t>(random.word());
  return size;
}

int main(int count, char** arguments) {
  std::vector<std::string> files;
  if (count > 1)
    for (const auto& entry : std::filesystem::directory_iterator(arguments[1])) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  for (const std::string& path : files) {
    std::printf("%s\n", path.c_str());
    std::fflush(stdout);  // before what may be the last
    read(content_of(path));
  }
  const long changes = count > 2 ? std::atol(arguments[2]) : 0;
  std::uint64_t seed = 0;
  long accepted = 0;
  for (const std::string& whole : seeds()) {
    REQUIRE(read(whole));
    random_numbers random(++seed);
    std::string input = whole;
    for (long i = 0; i < changes; ++i) {
      if (i % 4 == 0) input = whole;  // up to four changes
      input = changed(input, random);
      accepted += read(input);
    }
  }
  std::printf("%zu files, %llu seeds, %ld changes of each, of which %ld were accepted\n", files.size(),
              static_cast<unsigned long long>(seed), changes, accepted);
  // If all were refused at the door, or none, nothing would have been tested.
  REQUIRE(changes == 0 || (accepted > 0 && accepted < changes * static_cast<long>(seed)));
}
