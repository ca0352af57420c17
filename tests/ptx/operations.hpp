// SPDX-License-Identifier: Apache-2.0
// What instructions compute: for each opcode with its type, a function of one lane's operands, from which define()
// makes one over all lanes that the compiler vectorises. The types of its operands say how wide the registers must be.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <unordered_map>
#include <utility>

#include "tests/ptx/warp.hpp"

namespace gumbelcuda::ptx {

using u8 = std::uint8_t;
using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;
using s8 = std::int8_t;
using s16 = std::int16_t;
using s32 = std::int32_t;
using s64 = std::int64_t;
using f32 = float;
using f64 = double;
enum predicate : s32 { no = 0, yes = -1 };

inline predicate as_predicate(bool condition) { return condition ? yes : no; }

struct operand_type {
  u8 bytes = 0;
  bool is_predicate = false;
};

struct operation {
  handler compute = nullptr;
  std::array<operand_type, 5> operands;  // the result first
  unsigned count = 0;
};

// All lanes are computed, and then those kept that take part: so there is one loop without branches.
template <class Function, class Result, class... Sources>
void over_lanes(warp& w, const instruction& i) {
  alignas(64) Result results[lanes_per_warp];
  const auto compute = [&]<std::size_t... n>(std::index_sequence<n...>) {
    const std::tuple sources{static_cast<const Sources*>(w.lanes<Sources>(i.source[n]))...};
    for (unsigned l = 0; l < lanes_per_warp; ++l) results[l] = Function{}(std::get<n>(sources)[l]...);
  };
  compute(std::index_sequence_for<Sources...>{});
  Result* const to = w.lanes<Result>(i.result);
  if (w.executing == all_lanes) {
    std::memcpy(to, results, sizeof results);
  } else {
    for (unsigned l = 0; l < lanes_per_warp; ++l) to[l] = w.takes_part[l] ? results[l] : to[l];
  }
}

class operation_table {
 public:
  operation_table();

  // Null if there is none of this name.
  [[nodiscard]] const operation* find(const std::string& name) const {
    const auto found = operations_.find(name);
    return found == operations_.end() ? nullptr : &found->second;
  }

  template <class Function>
  void define(const std::string& name, Function) {
    define_as<Function>(name, &Function::operator());
  }

 private:
  template <class Function, class Result, class... Sources>
  void define_as(const std::string& name, Result (Function::*)(Sources...) const) {
    operation made{&over_lanes<Function, Result, Sources...>, {}, 1 + sizeof...(Sources)};
    made.operands = {type_of<Result>(), type_of<Sources>()...};
    operations_[name] = made;
  }
  template <class T>
  static operand_type type_of() {
    return {sizeof(T), std::is_same_v<T, predicate>};
  }

  std::unordered_map<std::string, operation> operations_;
};

void define_integers(operation_table& table);
void define_bits(operation_table& table);
void define_floats(operation_table& table);
void define_approximations(operation_table& table);
void define_conversions(operation_table& table);

// cvt between integers, whose registers may be wider than their types. Returns the number that tells convert_integers
// which one it is.
u32 integer_conversion(std::string_view to, unsigned to_bytes, std::string_view from, unsigned from_bytes);
void convert_integers(warp& w, const instruction& i);

// How far a result of .approx may be from the exact one, in units in its last place: it is off by a random number of
// them. The same seed gives the same numbers.
void set_approximation_error(int most_ulps, u64 seed = 1);

// A GPU's results have one NaN.
inline f32 one_nan(f32 x) { return x != x ? __builtin_bit_cast(f32, 0x7fffffffu) : x; }
inline f64 one_nan(f64 x) { return x != x ? __builtin_bit_cast(f64, u64{0xfff8000000000000}) : x; }

// .ftz: subnormal numbers are zeros of their sign.
template <bool flushes>
f32 flushed(f32 x) {
  if constexpr (!flushes) return x;
  return __builtin_fabsf(x) < 0x1p-126f ? __builtin_copysignf(0, x) : x;
}

}  // namespace gumbelcuda::ptx
