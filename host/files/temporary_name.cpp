// SPDX-License-Identifier: Apache-2.0
#include "host/files/temporary_name.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <exception>
#include <filesystem>
#include <random>
#include <string_view>

namespace gumbelcuda {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz0123456789", mark = ".gumbelcuda-";
constexpr std::size_t random_letters = 6, longest_stem = 255 - 1 - mark.size() - random_letters;

std::string beginning(const fs::path& destination) {
  std::string name = ".";
  name.append(destination.filename().string(), 0, longest_stem);
  return name.append(mark);
}

// Takes the lock first, and then checks that the name is still that of the locked file.
void remove_if_unlocked(const fs::path& path) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (descriptor < 0) return;
  struct stat locked, named;
  if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0 && ::fstat(descriptor, &locked) == 0 && S_ISREG(locked.st_mode) &&
      ::lstat(path.c_str(), &named) == 0 && named.st_ino == locked.st_ino && named.st_dev == locked.st_dev)
    ::unlink(path.c_str());
  ::close(descriptor);
}

}  // namespace

std::string temporary_name(const std::string& destination) {
  const fs::path path(destination);
  std::string name = beginning(path);
  std::random_device entropy;
  for (std::size_t i = 0; i < random_letters; ++i) name += letters[entropy() % letters.size()];
  return (path.parent_path() / name).string();
}

void remove_stale_files(const std::string& destination) noexcept try {
  const fs::path path(destination);
  const std::string start = beginning(path);
  std::error_code problem;
  for (const fs::directory_entry& entry : fs::directory_iterator(path.parent_path(), problem)) {
    const std::string name = entry.path().filename().string();
    if (name.size() == start.size() + random_letters && name.starts_with(start) &&
        name.find_first_not_of(letters, start.size()) == std::string::npos)
      remove_if_unlocked(entry.path());
  }
} catch (const std::exception&) {
}

}  // namespace gumbelcuda
