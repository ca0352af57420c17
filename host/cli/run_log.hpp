// SPDX-License-Identifier: Apache-2.0
// A file to which lines are appended, each by one write, so that several processes may share it, and one that is killed
// leaves whole lines. Where the file is moved away or removed, as programs that rotate logs do, the next line makes a
// new one.
#pragma once

#include <string>
#include <string_view>

namespace gumbelcuda {

class run_log {
 public:
  // Throws file_error if nothing could be appended. Makes the file if it does not exist.
  explicit run_log(std::string path);
  ~run_log();
  run_log(const run_log&) = delete;
  run_log& operator=(const run_log&) = delete;

  // Returns the errno of a failure, or 0.
  int append(const std::string& line) noexcept;
  const std::string& path() const noexcept { return path_; }
  // Stays the same; for signal handlers.
  int descriptor() const noexcept { return descriptor_; }

 private:
  int open() noexcept;
  bool still_there() const noexcept;

  std::string path_;
  int descriptor_ = -1;
  bool torn_ = false;  // the last line has no end
};

}  // namespace gumbelcuda
