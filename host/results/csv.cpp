// SPDX-License-Identifier: Apache-2.0
#include "host/results/csv.hpp"

#include <charconv>

#include "host/results/atomic_file.hpp"
#include "host/saturating.hpp"

namespace gumbelcuda {
namespace {

constexpr std::size_t block_size = 1 << 20;
constexpr int significant_digits = 9;

// std::to_chars: no locale, so the decimal point is a point everywhere.
template <class... Value>
void append(std::string& text, Value... value) {
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof digits, value...).ptr;
  text.append(digits, end);
}

}  // namespace

std::uint64_t least_csv_bytes(const fleet_config& config) {
  return saturating_product(config.num_gans, 2 + 2 * config.target.size());
}

void write_csv(const std::string& path, const fleet_result& fleet, std::uint64_t first_gan) {
  atomic_file file(path);
  write_csv([&file](const std::string& text) { file.write(text); }, fleet, first_gan);
  file.commit();
}

void write_csv(const std::function<void(const std::string&)>& write, const fleet_result& fleet,
               std::uint64_t first_gan) {
  const auto classes = static_cast<std::size_t>(fleet.classes);
  if (fleet.distribution.size() != fleet.num_gans * classes)
    throw invalid_argument("distribution", std::to_string(fleet.distribution.size()) + " values for " +
                                               std::to_string(fleet.num_gans) + " GANs of " + std::to_string(classes) +
                                               " classes");
  std::string text = "gan";
  for (std::size_t k = 0; k < classes; ++k) {
    text += ",p";
    append(text, k);
  }
  text += '\n';
  for (std::uint64_t gan = 0; gan < fleet.num_gans; ++gan) {
    append(text, first_gan + gan);
    for (std::size_t k = 0; k < classes; ++k) {
      text += ',';
      append(text, fleet.distribution[gan * classes + k], std::chars_format::general, significant_digits);
    }
    text += '\n';
    if (text.size() < block_size) continue;
    write(text);
    text.clear();
  }
  write(text);
}

}  // namespace gumbelcuda
