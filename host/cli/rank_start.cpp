// SPDX-License-Identifier: Apache-2.0
#include "host/cli/rank_start.hpp"

#include <algorithm>
#include <set>

#include "host/checkpoint/checkpoint_file.hpp"
#include "host/cli/checkpoints.hpp"
#include "host/cli/rank_training.hpp"
#include "host/cpu/training_state.hpp"

namespace gumbelcuda {
namespace {

// The exceptions that have exit codes of their own (exit_code.hpp).
enum class failure : std::uint64_t { none, argument, damaged, other };

struct told_failure {
  failure kind = failure::none;
  std::string argument{}, problem{};
};

told_failure failure_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const invalid_argument& error) {
    return {failure::argument, error.argument(), std::string(error.what()).substr(error.argument().size() + 2)};
  } catch (const damaged_file& error) {
    return {failure::damaged, "", error.what()};
  } catch (const std::bad_alloc&) {
    return {failure::other, "", "out of memory"};
  } catch (const std::exception& error) {
    return {failure::other, "", error.what()};
  }
  return {};
}

template <class List>
void broadcast_list(ranks& all, List& list) {
  std::uint64_t length = list.size();
  all.broadcast(&length, sizeof length);
  list.resize(length);
  all.broadcast(list.data(), length * sizeof list[0]);
}

}  // namespace

void by_rank_0(ranks& all, const std::function<void()>& work) {
  told_failure told;
  if (all.number() == 0) told = failure_of(work);
  all.broadcast(&told.kind, sizeof told.kind);
  if (told.kind == failure::none) return;
  broadcast_list(all, told.argument);
  broadcast_list(all, told.problem);
  switch (told.kind) {
    case failure::argument:
      throw invalid_argument(told.argument, told.problem);
    case failure::damaged:
      throw damaged_file(told.problem);
    default:
      throw file_error(told.problem);
  }
}

bool work_left::has(std::uint64_t gan) const {
  return std::any_of(gans.begin(), gans.end(), [gan](const gan_range& each) { return gan - each.first < each.count; });
}

std::vector<std::string> work_left::paused_files_of(const gan_range& range) const {
  std::set<std::uint64_t> numbers;
  for (const paused_range& each : paused)
    if (each.first < range.first + range.count && range.first < each.first + each.count) numbers.insert(each.number);
  std::vector<std::string> files;
  for (const std::uint64_t number : numbers) files.push_back(paused_path_of(file + "." + std::to_string(number)));
  return files;
}

work_left left_in_ranks(ranks& all, const std::string& file, const std::string& settings, std::uint64_t gans) {
  work_left left{file};
  by_rank_0(all, [&] {
    std::vector<std::uint8_t> ended(gans, 0);
    for (const std::string& each : checkpoints_of_ranks(file)) {
      make_checkpoint(each, settings, true);
      read_records(each, [&](const checkpoint_record& record) {
        expect_gans(record, gans, each);
        std::fill_n(ended.begin() + std::ptrdiff_t(record.first), record.count, std::uint8_t{1});
      });
      const std::uint64_t number = std::stoull(each.substr(file.size() + 1));
      for (const paused_record& record : read_paused_file(paused_path_of(each), settings)) {
        const bool is_next = !left.paused.empty() && left.paused.back().number == number &&
                             record.gan == left.paused.back().first + left.paused.back().count;
        if (is_next)
          ++left.paused.back().count;
        else
          left.paused.push_back({record.gan, 1, number});
      }
    }
    std::vector<paused_gan> none;
    left.gans = training_state(ended, none).left();
  });
  broadcast_list(all, left.gans);
  broadcast_list(all, left.paused);
  return left;
}

}  // namespace gumbelcuda
