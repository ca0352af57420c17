// SPDX-License-Identifier: Apache-2.0
#include "host/cli/joined_sweep.hpp"

#include <fmt/format.h>

#include <utility>

#include "gumbelcuda/partial_training.hpp"
#include "host/byte_text.hpp"
#include "host/checkpoint/checkpoint_file.hpp"
#include "host/checkpoint/ended_rows.hpp"
#include "host/cli/memory.hpp"
#include "host/cli/quantity.hpp"
#include "host/results/checkpoint_rows.hpp"

namespace gumbelcuda {

sweep_result joined_sweep(const std::vector<std::string>& files, const sweep_config& config) {
  record_index index(files, config.num_gans, config.first_gan);
  for (std::size_t i = 0; i < files.size(); ++i)
    read_record_heads(files[i], [&](const record_place& each) { index.add(each, i); });
  index.expect_every_gan_once();
  const std::uint64_t needed = result_bytes(config), available = free_memory();
  if (needed > available)
    throw out_of_memory(fmt::format("out of memory: the result of {} GANs takes {}, and {} are free",
                                    grouped(config.num_gans), byte_text(needed, available),
                                    byte_text(available, needed)));
  partial_sweep whole;
  prepare(config, whole);
  for (const std::string& file : files)
    read_records(file, [&](const checkpoint_record& each) {
      expect_gans(each, config.num_gans, file);
      put_rows(each.rows, file, config, each.first, each.count, whole);
    });
  return std::move(whole.result);
}

}  // namespace gumbelcuda
