// SPDX-License-Identifier: Apache-2.0
// The numbers of classes that have specialised training code on the CPU, and the file of host/cpu/targets/ with each.
// Each takes seconds to compile, for every instruction set. The same code trains batches of any size.
#pragma once

#include <cstddef>
#include <cstdint>

#include "gumbelcuda/config.hpp"
#include "host/cpu/fleet/train_task.hpp"

GUMBELCUDA_MATH_BEGIN

// any_other stands for every number without specialised code, and comes last.
template <int... Ks>
struct class_counts {
  static constexpr bool has(int classes) { return ((classes == Ks) || ...); }
};
inline constexpr int any_other = 0;

using article_classes = class_counts<5, any_other>;  // targets/fleet.cpp
using few_classes = class_counts<2, 3, 4, 6>;        // targets/fleet_k2_to_k6.cpp
using more_classes = class_counts<7, 8, 10, 16>;     // targets/fleet_k7_to_k16.cpp

// The functions of a cpu_target, for the classes of one list. That list's file instantiates them (train_gans.hpp).
template <class Counts>
struct fleet_trainers {
  static std::size_t workspace_bytes(const cpu_train_task& task);
  static bool train_lanes(const cpu_train_task& task, cpu_gans& gans, void* workspace);
  static bool train_single(const cpu_train_task& task, cpu_gans& gan, void* workspace);
};

// Calls body(trainers) with the trainers for the task's number of classes.
template <class Body>
inline auto with_trainers([[maybe_unused]] const cpu_train_task& task, Body body) {
#ifndef GUMBELCUDA_ONLY_ARTICLE_SHAPE  // quick builds: the others show a sanitizer nothing new
  if (few_classes::has(task.classes)) return body(fleet_trainers<few_classes>{});
  if (more_classes::has(task.classes)) return body(fleet_trainers<more_classes>{});
#endif
  return body(fleet_trainers<article_classes>{});
}

GUMBELCUDA_MATH_END
