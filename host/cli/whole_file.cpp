// SPDX-License-Identifier: Apache-2.0
#include "host/cli/whole_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "gumbelcuda/error.hpp"
#include "host/byte_text.hpp"

namespace gumbelcuda {
namespace {

class open_file {
 public:
  explicit open_file(const std::string& path)
      : descriptor_(path == "-" ? ::dup(STDIN_FILENO) : ::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (descriptor_ < 0) throw invalid_argument(path, std::string("cannot be read: ") + std::strerror(errno));
  }
  ~open_file() { ::close(descriptor_); }
  open_file(const open_file&) = delete;
  open_file& operator=(const open_file&) = delete;

  operator int() const noexcept { return descriptor_; }

 private:
  int descriptor_;
};

}  // namespace

std::string read_whole(const std::string& path, std::uint64_t most_bytes) {
  const open_file file(path);
  std::string content, block(1 << 18, '\0');
  while (true) {
    const ssize_t count = ::read(file, block.data(), block.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw invalid_argument(path, std::string("cannot be read: ") + std::strerror(errno));
    if (count == 0) return content;
    content.append(block, 0, static_cast<std::size_t>(count));
    if (content.size() > most_bytes) throw invalid_argument(path, "is larger than " + byte_text(most_bytes));
  }
}

}  // namespace gumbelcuda
