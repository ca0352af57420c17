// SPDX-License-Identifier: Apache-2.0
// Which numbers of classes have training code of their own on the CPU, and in which file of host/cpu/targets/ it is:
// each takes seconds to compile, for every instruction set. A batch of any size is trained by the same code.
#pragma once

#include <cstddef>
#include <cstdint>

#include "gumbelcuda/config.hpp"
#include "host/cpu/fleet/train_task.hpp"

GUMBELCUDA_MATH_BEGIN

// any_other stands for every number that has no code of its own, and comes last.
template <int... Ks>
struct class_counts {
  static constexpr bool has(int classes) { return ((classes == Ks) || ...); }
};
inline constexpr int any_other = 0;

using article_classes = class_counts<5, any_other>;  // targets/fleet.cpp
using few_classes = class_counts<2, 3, 4, 6>;        // targets/fleet_k2_to_k6.cpp
using more_classes = class_counts<7, 8, 10, 16>;     // targets/fleet_k7_to_k16.cpp

// What a cpu_target does, for the classes of one list. The file of the list defines it: train_gans.hpp.
template <class Counts>
struct fleet_trainers {
  static std::size_t workspace_bytes(const cpu_train_task& task);
  static bool train_lanes(const cpu_train_task& task, std::uint64_t first, int count, void* workspace);
  static bool train_single(const cpu_train_task& task, std::uint64_t gan, void* workspace);
};

// Calls body(trainers) with those of a task.
template <class Body>
inline auto with_trainers([[maybe_unused]] const cpu_train_task& task, Body body) {
#ifndef GUMBELCUDA_ONLY_ARTICLE_SHAPE  // for quick builds: the others say nothing new to a sanitizer
  if (few_classes::has(task.classes)) return body(fleet_trainers<few_classes>{});
  if (more_classes::has(task.classes)) return body(fleet_trainers<more_classes>{});
#endif
  return body(fleet_trainers<article_classes>{});
}

GUMBELCUDA_MATH_END
