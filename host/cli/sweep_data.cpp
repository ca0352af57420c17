// SPDX-License-Identifier: Apache-2.0
#include "host/cli/sweep_data.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <system_error>

#include "gumbelcuda/detail/number_text.hpp"
#include "gumbelcuda/error.hpp"
#include "host/cli/npy.hpp"
#include "host/cli/whole_file.hpp"

namespace gumbelcuda {
namespace {

constexpr std::uint64_t most_samples = std::uint64_t{1} << 31, most_bytes = std::uint64_t{1} << 35;
constexpr std::uint32_t most_classes = 1024;
constexpr std::uint32_t letters = 26;

std::vector<std::uint32_t> of_bytes(const std::string& content) {
  std::array<std::uint32_t, 256> class_of{};
  for (const char byte : content) class_of[static_cast<unsigned char>(byte)] = 1;
  std::uint32_t classes = 0;
  for (std::uint32_t& each : class_of) each = each != 0 ? classes++ : 0;
  std::vector<std::uint32_t> samples(content.size());
  std::transform(content.begin(), content.end(), samples.begin(),
                 [&](char byte) { return class_of[static_cast<unsigned char>(byte)]; });
  return samples;
}

std::vector<std::uint32_t> of_letters(const std::string& content) {
  std::vector<std::uint32_t> samples;
  for (const char byte : content) {
    const auto from_a = static_cast<std::uint32_t>((static_cast<unsigned char>(byte) | 0x20u) - 'a');
    if (from_a < letters) samples.push_back(from_a);
  }
  return samples;
}

void check_class(const std::string& place, std::int64_t value) {
  if (value < 0 || value >= most_classes)
    throw invalid_argument(place, number_text(value) + " is no class, 0 … " + number_text(most_classes - 1));
}

std::vector<std::uint32_t> of_lines(const std::string& path, std::string_view content) {
  std::vector<std::uint32_t> samples;
  for (std::uint64_t line = 1; !content.empty(); ++line) {
    const std::size_t end = std::min(content.find('\n'), content.size());
    std::string_view text = content.substr(0, end);
    content.remove_prefix(std::min(end + 1, content.size()));
    if (text.ends_with('\r')) text.remove_suffix(1);
    std::int64_t value = 0;
    const auto [last, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    const std::string place = path + ":" + number_text(line);
    if (problem != std::errc{} || last != text.data() + text.size()) {
      constexpr std::size_t longest = 40;
      throw invalid_argument(place, "'" + std::string(text.substr(0, longest)) + "' is not a whole number");
    }
    check_class(place, value);
    samples.push_back(static_cast<std::uint32_t>(value));
  }
  return samples;
}

std::vector<std::uint32_t> of_npy(const std::string& path, const std::string& content) {
  const npy_integers array(path, content);
  std::vector<std::uint32_t> samples;
  samples.reserve(array.size());
  for (std::uint64_t i = 0; i < array.size(); ++i) {
    const std::int64_t value = array.at(i);
    if (value < 0 || value >= most_classes) check_class(path + ", element " + number_text(i), value);
    samples.push_back(static_cast<std::uint32_t>(value));
  }
  return samples;
}

}  // namespace

sweep_data read_sweep_data(const std::string& path, const std::string& format, std::uint64_t available) {
  // A byte may become a sample.
  const std::uint64_t fitting = available / (1 + sizeof(std::uint32_t));
  const std::string content = read_whole(path, std::min(most_bytes, fitting)),
                    name = path == "-" ? "standard input" : path;
  sweep_data data;
  data.samples = format == "bytes"     ? of_bytes(content)
                 : format == "letters" ? of_letters(content)
                 : format == "npy"     ? of_npy(name, content)
                                       : of_lines(name, content);
  if (data.samples.empty())
    throw invalid_argument(name, "has no data" + std::string(format == "letters" ? ": no letter a … z" : ""));
  if (data.samples.size() > most_samples)
    throw invalid_argument(name,
                           number_text(data.samples.size()) + " samples are more than " + number_text(most_samples));
  const std::uint32_t last = *std::max_element(data.samples.begin(), data.samples.end());
  if (format != "letters" && last == 0) throw invalid_argument(name, "has one class only; 2 or more are needed");
  std::vector<std::uint64_t> counts(format == "letters" ? letters : last + 1);
  for (const std::uint32_t sample : data.samples) ++counts[sample];
  for (const std::uint64_t count : counts)
    data.shares.push_back(static_cast<double>(count) / static_cast<double>(data.samples.size()));
  return data;
}

}  // namespace gumbelcuda
