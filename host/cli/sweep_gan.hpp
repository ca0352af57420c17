// SPDX-License-Identifier: Apache-2.0
// The table [gan] of a sweep's file: what all GANs have unless a factor says otherwise.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "host/cli/sweep_settings.hpp"

namespace gumbelcuda {

// Settings of [gan] that all GANs share, with the library's names for them.
inline constexpr std::array<std::pair<const char*, const char*>, 8> shared_settings{
    {{"first_gan", "first_gan"},
     {"steps_per_epoch", "steps_per_epoch"},
     {"until_tv", "until_total_variation"},
     {"gradient_samples", "gradient_samples"},
     {"history", "history_gans"},
     {"data", "data"},
     {"data_format", "data_format"},
     {"data_order", "order"}}};

struct gan_table {
  document_value table{};
  std::map<std::string, unsigned> line_of{};  // of its keys
  gan_setup setup{};
  sweep_config shared{};  // without what gan_setup has, and without the history, which depends on the number of GANs
};

// Reads the data file, too. Throws invalid_argument, also for data that do not fit into `available` bytes.
gan_table read_gan_table(const document_value& document, const sweep_source& source, std::uint64_t available);

}  // namespace gumbelcuda
