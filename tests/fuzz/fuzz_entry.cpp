// SPDX-License-Identifier: Apache-2.0
// The functions that libFuzzer calls, and files for the targets.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "tests/fuzz/fuzz_target.hpp"

namespace gumbelcuda::fuzz {

scratch_folder::scratch_folder()
    : path_((std::filesystem::exists("/dev/shm") ? "/dev/shm" : std::filesystem::temp_directory_path().string()) +
            "/gumbelcuda-fuzz.XXXXXX") {
  REQUIRE(::mkdtemp(path_.data()) != nullptr);
}
scratch_folder::~scratch_folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void put_file(const std::string& path, std::string_view bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  REQUIRE(file.write(bytes.data(), static_cast<std::streamsize>(bytes.size())).flush());
}
std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace gumbelcuda::fuzz

using namespace gumbelcuda::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  read({reinterpret_cast<const char*>(data), size});
  return 0;
}

// So that no file of seeds is needed, an empty input, which libFuzzer begins with, becomes one of them.
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most, unsigned seed) {
  static const std::vector<std::string> whole = seeds();
  random_numbers random(seed);
  std::string input(reinterpret_cast<const char*>(data), size);
  if (size < 8 || random.once_in(1024)) input = whole[random.below(whole.size())];
  input = changed(input, random);
  input.resize(std::min(input.size(), most));
  std::copy(input.begin(), input.end(), data);
  return input.size();
}
