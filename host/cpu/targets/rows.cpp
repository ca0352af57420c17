// SPDX-License-Identifier: Apache-2.0
// This instruction set's table of the operations on rows. The functions are in rows_draws.cpp, rows_relaxations.cpp,
// rows_kl.cpp and rows_by_class.cpp.
#include <algorithm>

#include "gumbelcuda/detail/rows/exact_score.hpp"
#include "host/cpu/rows/row_function_of.hpp"
#include "host/cpu/rows/row_walk.hpp"

namespace gumbelcuda {
extern const cpu_row_operations GUMBELCUDA_JOIN(cpu_rows_, GUMBELCUDA_ISA);
#ifdef GUMBELCUDA_NARROWER_ISA
extern const cpu_row_operations GUMBELCUDA_JOIN(cpu_rows_, GUMBELCUDA_NARROWER_ISA);
#endif
}  // namespace gumbelcuda

GUMBELCUDA_MATH_BEGIN

template <class Stored>
std::size_t scratch_bytes_of(std::uint64_t classes) {
  const part_of<Stored> part(classes);
  return std::size_t(2 * part.quads() + part.slot_quads) * quad_size * sizeof(value_of<Stored>);
}
inline std::size_t row_scratch_bytes(std::uint64_t classes) {
  const std::size_t of_best = std::size_t(classes) * sizeof(ranked_class<double>);  // top_k_rows.hpp
  return std::max({scratch_bytes_of<float>(classes), scratch_bytes_of<double>(classes), of_best});
}

template <class Task>
constexpr row_function<Task> function_of() {
#ifdef GUMBELCUDA_NARROWER_ISA
  if (!gains_by_width<Task>) return nullptr;
#endif
  return &row_function_of<Task>::run;
}
template <class... Tasks>
constexpr std::tuple<row_function<Tasks>...> functions_of(std::tuple<row_function<Tasks>...>) {
  return {function_of<Tasks>()...};
}

#ifdef GUMBELCUDA_NARROWER_ISA
inline constexpr const cpu_row_operations* narrower = &GUMBELCUDA_JOIN(cpu_rows_, GUMBELCUDA_NARROWER_ISA);
#else
inline constexpr const cpu_row_operations* narrower = nullptr;
#endif
inline constexpr row_functions all_functions = functions_of(row_functions{});

GUMBELCUDA_MATH_END

namespace gumbelcuda {
const cpu_row_operations GUMBELCUDA_JOIN(cpu_rows_, GUMBELCUDA_ISA) = {
    GUMBELCUDA_ISA::row_scratch_bytes, GUMBELCUDA_ISA::all_functions, GUMBELCUDA_ISA::narrower};
}
