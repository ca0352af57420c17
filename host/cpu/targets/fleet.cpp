// SPDX-License-Identifier: Apache-2.0
// Training fleets: this instruction set's entry in the table, and the article's number of classes.
#include "host/cpu/fleet/train_gans.hpp"

GUMBELCUDA_MATH_BEGIN

template struct fleet_trainers<article_classes>;
extern template struct fleet_trainers<few_classes>;
extern template struct fleet_trainers<more_classes>;

inline std::size_t workspace_bytes(const cpu_train_task& task) {
  return with_trainers(task, [&](auto trainers) { return trainers.workspace_bytes(task); });
}
inline bool train_lanes(const cpu_train_task& task, cpu_gans& gans, void* workspace) {
  return with_trainers(task, [&](auto trainers) { return trainers.train_lanes(task, gans, workspace); });
}
inline bool train_single(const cpu_train_task& task, cpu_gans& gan, void* workspace) {
  return with_trainers(task, [&](auto trainers) { return trainers.train_single(task, gan, workspace); });
}
#ifdef GUMBELCUDA_VECTORS
inline constexpr int gans_at_a_time = simd_width;
#else
inline constexpr int gans_at_a_time = 1;
#endif

GUMBELCUDA_MATH_END

namespace gumbelcuda {
extern const cpu_row_operations GUMBELCUDA_JOIN(cpu_rows_, GUMBELCUDA_ISA);
extern const cpu_sweep_functions GUMBELCUDA_JOIN(cpu_sweep_, GUMBELCUDA_ISA);
extern const cpu_target GUMBELCUDA_JOIN(cpu_target_, GUMBELCUDA_ISA);
const cpu_target GUMBELCUDA_JOIN(cpu_target_, GUMBELCUDA_ISA) = {GUMBELCUDA_QUOTE(GUMBELCUDA_ISA),
                                                                 GUMBELCUDA_ISA::gans_at_a_time,
                                                                 GUMBELCUDA_ISA::workspace_bytes,
                                                                 GUMBELCUDA_ISA::train_lanes,
                                                                 GUMBELCUDA_ISA::train_single,
                                                                 &GUMBELCUDA_JOIN(cpu_rows_, GUMBELCUDA_ISA),
                                                                 &GUMBELCUDA_JOIN(cpu_sweep_, GUMBELCUDA_ISA)};
}  // namespace gumbelcuda
