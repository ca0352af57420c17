// SPDX-License-Identifier: Apache-2.0
// The parts of sweep_document.hpp that need no parser.
#include "host/cli/sweep_document.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "gumbelcuda/detail/number_text.hpp"
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

const document_value* document_value::find(const std::string& key) const {
  for (const document_entry& entry : entries)
    if (entry.key == key) return &entry.value;
  return nullptr;
}

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

std::string text_of(const document_value& value) {
  constexpr std::size_t longest = 40, most_items = 8;
  switch (value.kind) {
    case document_value::type::boolean:
      return value.whole != 0 ? "true" : "false";
    case document_value::type::whole:
      return number_text(value.whole);
    case document_value::type::real:
      return number_text(value.real);
    case document_value::type::text:
      return '"' + (value.text.size() > longest ? value.text.substr(0, longest) + "…" : value.text) + '"';
    case document_value::type::list: {
      std::string text = "[";
      for (std::size_t i = 0; i < value.items.size(); ++i) {
        if (i == most_items) return text + ", …]";
        text += (i == 0 ? "" : ", ") + text_of(value.items[i]);
      }
      return text + "]";
    }
    case document_value::type::table:
      return "a table";
    case document_value::type::date:
      break;
  }
  return "a date or time";
}

}  // namespace gumbelcuda
