// SPDX-License-Identifier: Apache-2.0
// On a real device: every operation on rows, of every type and on both sides of every switch of kernels/rows/plan.cuh,
// and fleets of every kind of size, must give the CPU's bytes. This is not a measurement. The sanitizers also run it,
// with fewer rows, as `same_bits --few`.
#include <cstring>

#include "benchmarks/gpu/fleet_data.cuh"
#include "benchmarks/gpu/rows_data.cuh"

namespace gumbelcuda::benchmark {
namespace {

template <class Stored>
void check_rows(verdict& right, bool few) {
  const std::vector<std::uint64_t> all{1,   2,    4,    5,    8,    9,    16,   17,    64,    65,    256,   257,  512,
                                       513, 1024, 1025, 4096, 4097, 8192, 8193, 16384, 16385, 32768, 32769, 70001};
  const std::vector<std::uint64_t> some{1, 5, 16, 64, 257, 1024, 4097, 16385, 40000};
  const std::size_t room = size_or_tiny<std::size_t>(few ? 1 << 17 : 1 << 21, 1 << 12);
  rows_data<Stored> data(room, 4096);
  for (const std::uint64_t classes : few ? some : all) {
    if (classes > room) break;
    data.shape(classes, std::min<std::uint64_t>(few ? 3 : 4096, room / classes));
    right("gumbel_noise " + data.name(), data.noise_is_right());
    right("gumbel_max " + data.name(), data.max_is_right());
    right("gumbel_softmax " + data.name(), data.softmax_is_right());
    for (const bool saved_y : {true, false})
      right(std::string("gumbel_softmax_vjp from ") + (saved_y ? "y " : "noise ") + data.name(),
            data.vjp_is_right(saved_y));
  }
}

struct fleet_case {
  std::vector<double> target;
  std::int64_t batch;
  float temperature;
  std::uint64_t gans;
};

void check_fleets(verdict& right, bool few) {
  const device_facts device;
  const std::vector<double> article = fleet_config{}.target, three{.2, .3, .5};
  const std::vector<double> forty(40, 1. / 40);
  const fleet_case all[] = {{article, 10, 1e-3f, 1},    {article, 10, .5f, 33},   {article, 10, 1e-3f, 50'000},
                            {article, 10, 1e-3f, 5000}, {article, 17, 1e-3f, 70}, {three, 10, 1e-3f, 70},
                            {forty, 10, 1e-3f, 9},      {forty, 33, .5f, 5}};
  for (const fleet_case& c : all) {
    fleet_config config;
    config.target = c.target;
    config.batch_size = c.batch;
    config.temperature = {c.temperature};
    config.num_gans = few ? std::min<std::uint64_t>(c.gans, 70) : c.gans;
    config.epochs = 2;
    config.steps_per_epoch = few ? 2 : 5;
    const fleet_data data(config, device);
    data.train_in_launches_of(3, nullptr);
    check(cudaDeviceSynchronize(), "train_fleet");
    right(std::to_string(config.num_gans) + " GANs of " + std::to_string(c.target.size()) + " classes, batch " +
              std::to_string(c.batch) + ", temperature " + std::to_string(c.temperature),
          data.is_right());
  }
}

}  // namespace
}  // namespace gumbelcuda::benchmark

int main(int argc, char** argv) {
  using namespace gumbelcuda;
  const bool asked = argc == 2 && std::strcmp(argv[1], "--few") == 0, few = asked || benchmark::is_tiny();
  return benchmark::run_benchmark(asked ? 1 : argc, argv, [&] {
    benchmark::verdict right;
    benchmark::check_rows<float>(right, few);
    benchmark::check_rows<float16>(right, few);
    benchmark::check_rows<bfloat16>(right, few);
    benchmark::check_rows<double>(right, few);
    benchmark::check_fleets(right, few);
    return right.exit_code();
  });
}
