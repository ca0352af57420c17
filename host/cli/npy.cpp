// SPDX-License-Identifier: Apache-2.0
#include "host/cli/npy.hpp"

#include <algorithm>
#include <charconv>
#include <system_error>

#include "gumbelcuda/error.hpp"

namespace gumbelcuda {
namespace {

std::uint64_t little_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

// The text after 'key': in the dictionary, up to the next comma outside brackets; empty if there is none.
std::string_view entry_of(std::string_view dictionary, std::string_view key) {
  const std::size_t at = dictionary.find("'" + std::string(key) + "':");
  if (at == std::string_view::npos) return {};
  std::string_view rest = dictionary.substr(at + key.size() + 3);
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  const std::size_t end = rest.starts_with('(') ? rest.find(')') + 1 : rest.find_first_of(",}");
  return rest.substr(0, end);
}

}  // namespace

npy_integers::npy_integers(const std::string& path, std::string_view content) {
  constexpr std::string_view magic("\x93NUMPY", 6);
  const auto refuse = [&path](const std::string& problem) { throw invalid_argument(path, problem); };
  if (content.size() < 12 || !content.starts_with(magic)) refuse("is not a file of numpy.save()");
  const char version = content[6];
  if ((version != 1 && version != 2) || content[7] != 0)
    refuse("is of another version of NumPy's format than 1.0 and 2.0");
  const std::size_t length_bytes = version == 1 ? 2 : 4, begin = 8 + length_bytes;
  const std::uint64_t length = little_endian(content.substr(8, length_bytes));
  if (length > content.size() - begin) refuse("is cut off in its header");
  const std::string_view header = content.substr(begin, length);
  std::string_view type = entry_of(header, "descr"), shape = entry_of(header, "shape");
  if (entry_of(header, "fortran_order").empty() || type.empty() || shape.empty())
    refuse("has a header that is not NumPy's");
  // '<i8', '|u1'
  const bool plain =
      type.size() == 5 && type.front() == '\'' && type.back() == '\'' && (type[2] == 'i' || type[2] == 'u');
  const unsigned width = plain ? static_cast<unsigned>(type[3] - '0') : 0;
  const bool known = width == 1 || width == 2 || width == 4 || width == 8;
  if (!known || !(type[1] == '<' || (width == 1 && type[1] == '|')))
    refuse("has elements of type " + std::string(type) + ", not little-endian integers");
  const char* const end = shape.data() + shape.size();
  const auto [last, problem] = std::from_chars(shape.data() + 1, end, size_);
  if (shape.front() != '(' || problem != std::errc{} || std::string_view(last, end) != ",)")
    refuse("has the shape " + std::string(shape) + ", not one dimension");
  values_ = content.substr(begin + length);
  width_ = width;
  is_signed_ = type[2] == 'i';
  if (values_.size() % width_ != 0 || values_.size() / width_ != size_)
    refuse("has " + std::to_string(values_.size()) + " bytes of numbers for the shape " + std::string(shape));
}

std::int64_t npy_integers::at(std::uint64_t i) const noexcept {
  const std::uint64_t bits = little_endian(values_.substr(i * width_, width_));
  const unsigned unused = 64 - 8 * width_;
  return is_signed_ ? static_cast<std::int64_t>(bits << unused) >> unused : static_cast<std::int64_t>(bits);
}

}  // namespace gumbelcuda
