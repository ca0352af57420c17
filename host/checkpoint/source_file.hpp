// SPDX-License-Identifier: Apache-2.0
// A file that is read place by place, and is damaged where it has no such bytes.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string>

#include "gumbelcuda/error.hpp"

namespace gumbelcuda {

class readable_descriptor {
 public:
  explicit readable_descriptor(const std::string& path)
      : number(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
    if (number < 0) throw file_error("cannot read " + path + ": " + std::strerror(errno));
  }
  ~readable_descriptor() { ::close(number); }
  readable_descriptor(const readable_descriptor&) = delete;
  readable_descriptor& operator=(const readable_descriptor&) = delete;
  const int number;
};

class source_file {
 public:
  explicit source_file(const std::string& path) : path_(path), file_(path) {
    struct stat status;
    if (::fstat(file_.number, &status) != 0) throw file_error("cannot read " + path_ + ": " + std::strerror(errno));
    if (!S_ISREG(status.st_mode)) throw file_error("cannot read " + path_ + ": it is not a file");
    bytes_ = std::uint64_t(status.st_size);
  }
  std::uint64_t bytes() const { return bytes_; }

  // Throws damaged_file where the file has no such bytes.
  std::string at(std::uint64_t place, std::uint64_t count) const {
    if (place > bytes_ || count > bytes_ - place) damaged("it is cut off");
    std::string bytes(count, '\0');
    read(place, count, bytes.data());
    return bytes;
  }
  void read(std::uint64_t place, std::uint64_t count, char* to) const {
    while (count > 0) {
      const ssize_t more = ::pread(file_.number, to, count, off_t(place));
      if (more < 0 && errno == EINTR) continue;
      if (more < 0) throw file_error("cannot read " + path_ + ": " + std::strerror(errno));
      if (more == 0) damaged("it is cut off");
      place += std::uint64_t(more), to += more, count -= std::uint64_t(more);
    }
  }
  template <std::size_t Count>
  std::array<std::uint64_t, Count> numbers_at(std::uint64_t place) const {
    std::array<std::uint64_t, Count> numbers;
    const std::string bytes = at(place, sizeof numbers);
    std::memcpy(numbers.data(), bytes.data(), sizeof numbers);
    return numbers;
  }
  [[noreturn]] void damaged(const std::string& problem) const { throw damaged_file(path_ + " is damaged: " + problem); }

 private:
  std::string path_;
  readable_descriptor file_;
  std::uint64_t bytes_ = 0;
};

}  // namespace gumbelcuda
