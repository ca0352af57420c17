// SPDX-License-Identifier: Apache-2.0
// Structs that a caller fills in by name, and only partly: compilers with all warnings must accept them. This is not
// run; header_alone.py compiles it.
#include <gumbelcuda/detail/every_operation.hpp>
#include <gumbelcuda/gumbelcuda.hpp>

namespace {

template <class... Tasks>
struct each {
  static constexpr std::uint64_t rows = (Tasks{.rows = 2}.rows + ...);
};
static_assert(gumbelcuda::of_every_row_task<each>::rows > 0);

}  // namespace

int main() {
  const gumbelcuda::noise_address noise{.seed = 7};
  const gumbelcuda::basic_const_rows<float> in{.data = nullptr};
  const gumbelcuda::basic_mutable_rows<float> out{.data = nullptr};
  gumbelcuda::gumbel_noise<float>({.rows = 0, .classes = 1, .noise = noise, .out = out}, {.threads = 1});
  gumbelcuda::gumbel_max<float>({.rows = 0, .classes = 1, .logits = in}, {.backend = gumbelcuda::backend_kind::cpu});
  gumbelcuda::sampler sampler({.noise = {.first_row = 3}});

  const gumbelcuda::fleet_config config{.num_gans = 3};
  const gumbelcuda::fleet_result result = gumbelcuda::train_fleet(config, {.threads = 1});
  const gumbelcuda::fleet_result made_up{.num_gans = result.num_gans};
  const gumbelcuda::cuda_device device{.number = 1};
  const gumbelcuda::progress_report report{.done = 1};
  const gumbelcuda::checkpoint kept{.file = "run.checkpoint", .resume = true};
  gumbelcuda::train_fleet(config, kept, {.threads = 1});
  return made_up.classes + device.multiprocessors + int(report.total);
}
