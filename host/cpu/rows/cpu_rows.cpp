// SPDX-License-Identifier: Apache-2.0
#include "host/cpu/rows/cpu_rows.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <new>
#include <system_error>
#include <thread>
#include <vector>

#include "host/cpu/supported_targets.hpp"

namespace gumbelcuda {
namespace {

// Fewer classes than this are done before another thread could start.
constexpr std::uint64_t classes_worth_a_thread = 1 << 16;

}  // namespace

void share_out(std::uint64_t count, std::uint64_t weight, const row_workers& with, std::size_t scratch_bytes,
               const std::function<void(std::uint64_t, std::uint64_t, void*)>& work) {
  const std::uint64_t per_thread = std::max<std::uint64_t>(1, classes_worth_a_thread / weight);
  const std::uint64_t workers = std::clamp<std::uint64_t>(count / per_thread, 1, std::uint64_t(with.threads));
  const std::size_t bytes_each = (scratch_bytes + 63) / 64 * 64;
  if (bytes_each > PTRDIFF_MAX / workers) throw std::bad_alloc();
  const auto scratch = static_cast<std::byte*>(with.scratch.at_least(bytes_each * workers));
  const auto run = [&](std::uint64_t i) {
    const std::uint64_t share = count / workers, larger = count % workers, first = i * share + std::min(i, larger);
    work(first, first + share + (i < larger ? 1 : 0), scratch + i * bytes_each);
  };
  std::vector<std::jthread> started;
  started.reserve(workers - 1);
  for (std::uint64_t i = 1; i < workers; ++i) {
    try {
      started.emplace_back(run, i);
    } catch (const std::system_error&) {
      run(i);  // no thread can be started, so this one does its work
    }
  }
  run(0);
}

const cpu_row_operations& cpu_rows() {
  static const cpu_row_operations& best = *find_target({}).rows;
  return best;
}

}  // namespace gumbelcuda
