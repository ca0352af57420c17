// SPDX-License-Identifier: Apache-2.0
#include "host/cli/csv_output.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>

#include "gumbelcuda/error.hpp"
#include "host/cli/command.hpp"
#include "host/cli/stop_signal.hpp"
#include "host/cli/write_whole.hpp"
#include "host/files/atomic_file.hpp"

namespace gumbelcuda {
namespace {

constexpr std::array<std::string_view, 4> names_of_standard_output{"-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"};

class stream {
 public:
  explicit stream(const std::string& path) : path_(path), descriptor_(::open(path.c_str(), O_WRONLY | O_CLOEXEC)) {
    if (descriptor_ < 0) throw write_error(path, errno);
  }
  ~stream() { ::close(descriptor_); }
  stream(const stream&) = delete;
  stream& operator=(const stream&) = delete;

  void write(std::string_view text) {
    if (const int error_number = write_whole(descriptor_, text)) throw write_error(path_, error_number);
  }

 private:
  const std::string& path_;
  int descriptor_;
};

}  // namespace

bool is_standard_output(const std::string& path) {
  return std::find(names_of_standard_output.begin(), names_of_standard_output.end(), path) !=
         names_of_standard_output.end();
}

// Block devices do not count: they take bytes at positions, and nobody wants a disk overwritten.
bool is_stream(const std::string& path) {
  struct stat status;
  return is_standard_output(path) ||
         (::stat(path.c_str(), &status) == 0 && (S_ISFIFO(status.st_mode) || S_ISCHR(status.st_mode)));
}

void check_csv_output(const std::string& path, std::uint64_t least_bytes) {
  if (!is_stream(path)) return check_writable(path, least_bytes);
  if (!is_standard_output(path) && ::access(path.c_str(), W_OK) != 0)
    throw file_error("cannot write " + path + ": no permission; choose another place");
}

void write_csv_output(const std::string& path, const std::function<void(const text_writer&)>& produce) {
  if (!is_stream(path)) {
    atomic_file file(path);
    produce([&file](const std::string& text) { file.write(text); });
    return file.commit();
  }
  output_begins();
  if (is_standard_output(path)) return produce(print_result);
  stream output(path);
  produce([&output](const std::string& text) { output.write(text); });
}

void write_text_output(const std::string& path, const std::string& text) {
  if (is_stream(path)) output_begins();
  if (is_standard_output(path)) return print_result(text);
  if (is_stream(path)) return stream(path).write(text);
  atomic_file file(path);
  file.write(text);
  file.commit();
}

}  // namespace gumbelcuda
