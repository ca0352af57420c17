// SPDX-License-Identifier: Apache-2.0
// How many numbers a second the common counter of a run under mpirun gives out (host/cli/ranks.hpp).
//
//   mpirun -n 2 counter_rate        all ranks ask without pause, as at a run's start
//   mpirun -n 2 counter_rate .1     rank 0 only looks after MPI every .1 s, as while it trains, and the others ask
//
// --mca btl tcp,self --mca osc pt2pt after mpirun: as between machines whose network has no atomic operations.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "host/cli/ranks.hpp"

int main(int argc, char** argv) {
  using clock = std::chrono::steady_clock;
  constexpr std::chrono::seconds length{4};
  const auto all = gumbelcuda::ranks::of_this_run();
  if (!all) return std::fputs("start it with mpirun -n 2 or more\n", stderr), 2;
  const double pause = argc > 1 ? std::strtod(argv[1], nullptr) : 0;
  const bool looks = pause > 0 && all->number() == 0;
  all->wait_for_all();
  const auto begin = clock::now();
  std::uint64_t last = 0;
  while (clock::now() - begin < length) {
    if (looks) {
      std::this_thread::sleep_for(std::chrono::duration<double>(pause));
      all->attend();
    } else {
      last = all->next();
    }
  }
  const double seconds = std::chrono::duration<double>(clock::now() - begin).count();
  all->wait_for_all();
  if (all->number() == 1) std::printf("%.3g\n", double(last) / seconds);
}
