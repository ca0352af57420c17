// SPDX-License-Identifier: Apache-2.0
#include "host/results/sweep_report/chosen_gans.hpp"

#include <algorithm>
#include <numeric>
#include <unordered_set>

#include "host/results/sweep_report/cells.hpp"

namespace gumbelcuda {
namespace {

// Epochs of a history that are shown where there are many histories, and where there are few.
constexpr std::size_t least_columns = 40, most_columns = 200;

// The finalizer of MurmurHash3.
std::uint64_t scrambled(std::uint64_t x) {
  x = (x ^ (x >> 33)) * 0xff51afd7ed558ccd;
  x = (x ^ (x >> 33)) * 0xc4ceb9fe1a85ec53;
  return x ^ (x >> 33);
}

std::vector<std::uint32_t> scrambled_order(std::size_t gans) {
  std::vector<std::uint32_t> order(gans);
  std::iota(order.begin(), order.end(), 0u);
  std::sort(order.begin(), order.end(),
            [](std::uint32_t a, std::uint32_t b) { return scrambled(a + 1ull) < scrambled(b + 1ull); });
  return order;
}

// The first GAN of each cell of each pair of axes comes first, then the others; otherwise the order stays.
std::vector<std::uint32_t> cells_first(const std::vector<std::uint32_t>& order, const std::vector<binned_axis>& axes) {
  std::vector<char> taken(order.size());
  std::vector<std::uint32_t> result;
  result.reserve(order.size());
  const auto take_firsts = [&](const binned_axis& x, const binned_axis& y) {
    std::unordered_set<std::uint64_t> seen;
    const auto cell = [&](std::uint32_t gan) { return std::uint64_t{x.bin_of[gan]} << 32 | y.bin_of[gan]; };
    for (const std::uint32_t gan : result) seen.insert(cell(gan));
    for (const std::uint32_t gan : order)
      if (!taken[gan] && seen.insert(cell(gan)).second) {
        taken[gan] = 1;
        result.push_back(gan);
      }
  };
  for (std::size_t y = 0; y < axes.size(); ++y)
    for (std::size_t x = 0; x < std::max<std::size_t>(y, 1); ++x) take_firsts(axes[x], axes[y]);
  for (const std::uint32_t gan : order)
    if (!taken[gan]) result.push_back(gan);
  return result;
}

template <class Before>
std::vector<std::uint32_t> firsts(std::vector<std::uint32_t> gans, std::size_t count, Before before) {
  const auto end = gans.begin() + static_cast<std::ptrdiff_t>(std::min(count, gans.size()));
  std::partial_sort(gans.begin(), end, gans.end(), before);
  gans.erase(end, gans.end());
  return gans;
}

void rank(chosen_gans& chosen, const sweep_record& record, std::size_t count) {
  std::vector<std::uint32_t> finite;
  for (std::uint32_t gan = 0; gan < record.result.num_gans; ++gan) {
    if (!has_diverged(record, gan))
      finite.push_back(gan);
    else if (chosen.diverged.size() < count)
      chosen.diverged.push_back(gan);
  }
  const auto distance = [&](std::uint32_t gan) { return record.result.total_variation[gan]; };
  chosen.best = firsts(finite, count, [&](std::uint32_t a, std::uint32_t b) {
    return std::pair(distance(a), a) < std::pair(distance(b), b);
  });
  chosen.worst = firsts(std::move(finite), count, [&](std::uint32_t a, std::uint32_t b) {
    return std::pair(-distance(a), a) < std::pair(-distance(b), b);
  });
}

void limit_histories(chosen_gans& chosen, const sweep_result& result, std::size_t numbers) {
  const auto classes = static_cast<std::size_t>(result.most_classes),
             histories = static_cast<std::size_t>(result.history_gans);
  const auto epochs = static_cast<std::size_t>(result.most_epochs);
  if (histories == 0 || epochs == 0 || classes == 0) return;
  chosen.history_columns = std::min(epochs, std::clamp(numbers / (histories * classes), least_columns, most_columns));
  chosen.with_history = std::clamp<std::size_t>(numbers / (classes * chosen.history_columns), 1, histories);
}

// Fewer where each takes more room: its bin on each axis, its value where bins are of several, and some four numbers,
// or six with gradients.
std::size_t listed_gans(const sweep_record& record, const std::vector<binned_axis>& axes,
                        const sweep_report_limits& limits) {
  std::size_t columns = (has_gradients(record) ? 6 : 4) + axes.size();
  for (const binned_axis& axis : axes) columns += axis.distinct > axis.bins();
  return std::min(limits.gans, limits.gans * 7 / columns);
}

void list_ranked(chosen_gans& chosen) {
  std::unordered_set<std::uint32_t> there(chosen.listed.begin(), chosen.listed.end());
  for (const auto* ranked : {&chosen.best, &chosen.worst, &chosen.diverged})
    for (const std::uint32_t gan : *ranked)
      if (there.insert(gan).second) chosen.listed.push_back(gan);
}

}  // namespace

chosen_gans choose_gans(const sweep_record& record, const std::vector<binned_axis>& axes,
                        const sweep_report_limits& limits) {
  const sweep_result& result = record.result;
  chosen_gans chosen;
  rank(chosen, record, limits.ranked);
  limit_histories(chosen, result, limits.history_numbers);

  const std::vector<std::uint32_t> order = cells_first(scrambled_order(result.num_gans), axes);
  std::vector<char> listed(order.size());
  const auto list = [&](std::size_t count, std::uint64_t below) {
    for (const std::uint32_t gan : order) {
      if (chosen.listed.size() >= count) break;
      if (gan >= below || listed[gan]) continue;
      listed[gan] = 1;
      chosen.listed.push_back(gan);
    }
  };
  list(chosen.with_history, result.history_gans);
  list(std::max(listed_gans(record, axes, limits), chosen.with_history), result.num_gans);
  std::size_t numbers = 0;
  for (const std::uint32_t gan : chosen.listed) {
    numbers += static_cast<std::size_t>(result.classes[gan]);
    if (numbers > limits.probabilities && chosen.with_distribution > 0) break;
    ++chosen.with_distribution;
  }
  list_ranked(chosen);
  return chosen;
}

}  // namespace gumbelcuda
