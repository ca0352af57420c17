// SPDX-License-Identifier: Apache-2.0
#include "host/cli/run_log.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "host/cli/write_whole.hpp"
#include "host/files/destination.hpp"

namespace gumbelcuda {

run_log::run_log(std::string path) : path_(std::move(path)) {
  if (const int error_number = open()) throw write_error(path_, error_number);
  struct stat status;
  if (::fstat(descriptor_, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size == 0) return;
  const int reader = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
  char last = '\n';
  torn_ = reader >= 0 && ::pread(reader, &last, 1, status.st_size - 1) == 1 && last != '\n';
  if (reader >= 0) ::close(reader);
}

run_log::~run_log() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

// A pipe whose reader is slow, or that has none, must not stop a training: what does not go in is lost.
int run_log::open() noexcept {
  const int opened = ::open(path_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0666);
  if (opened < 0) return errno;
  torn_ = false;
  if (descriptor_ < 0) {
    descriptor_ = opened;
    return 0;
  }
  ::dup3(opened, descriptor_, O_CLOEXEC);  // keeps its number, which a signal handler may have read
  ::close(opened);
  return 0;
}

bool run_log::still_there() const noexcept {
  struct stat opened, named;
  if (::fstat(descriptor_, &opened) != 0 || !S_ISREG(opened.st_mode)) return true;
  return ::stat(path_.c_str(), &named) == 0 && named.st_ino == opened.st_ino && named.st_dev == opened.st_dev;
}

int run_log::append(const std::string& line) noexcept {
  if (!still_there())
    if (const int error_number = open()) return error_number;
  if (torn_ && write_whole(descriptor_, "\n") == 0) torn_ = false;
  ssize_t written = 0;
  do written = ::write(descriptor_, line.data(), line.size());
  while (written < 0 && errno == EINTR);
  if (written < 0) return errno;
  const auto some = static_cast<std::size_t>(written);
  const int error_number = write_whole(descriptor_, std::string_view(line).substr(some));
  torn_ = error_number != 0;
  return error_number;
}

}  // namespace gumbelcuda
