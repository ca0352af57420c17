// SPDX-License-Identifier: Apache-2.0
// Correctly rounded arithmetic, comparisons and moves of floating-point numbers. Without a rounding mode, + − × are
// rounded to nearest here; the assembler may also fuse such a product with a sum, so the library's code has none.
#include <cmath>

#include "tests/ptx/operations.hpp"

namespace gumbelcuda::ptx {
namespace {

// A NaN is no number, and the other operand is the result; −0 is less than 0.
template <class T>
T least(T a, T b) {
  if (a != a) return one_nan(b);
  if (b != b) return a;
  if (a == b) return std::signbit(a) ? a : b;
  return a < b ? a : b;
}
template <class T>
T greatest(T a, T b) {
  if (a != a) return one_nan(b);
  if (b != b) return a;
  if (a == b) return std::signbit(a) ? b : a;
  return a > b ? a : b;
}

template <class T>
T fused(T a, T b, T c) {
  if constexpr (sizeof(T) == 4)
    return __builtin_fmaf(a, b, c);
  else
    return __builtin_fma(a, b, c);
}

template <class T, bool ftz, class Function>
struct flushing_unary {
  T operator()(T a) const {
    if constexpr (ftz)
      return flushed<true>(one_nan(Function{}(flushed<true>(a))));
    else
      return one_nan(Function{}(a));
  }
};
template <class T, bool ftz, class Function>
struct flushing_binary {
  T operator()(T a, T b) const {
    if constexpr (ftz)
      return flushed<true>(one_nan(Function{}(flushed<true>(a), flushed<true>(b))));
    else
      return one_nan(Function{}(a, b));
  }
};
template <class T, bool ftz>
struct flushing_fma {
  T operator()(T a, T b, T c) const {
    if constexpr (ftz)
      return flushed<true>(one_nan(fused(flushed<true>(a), flushed<true>(b), flushed<true>(c))));
    else
      return one_nan(fused(a, b, c));
  }
};
template <class T, bool ftz, class Function>
struct flushing_comparison {
  predicate operator()(T a, T b) const {
    if constexpr (ftz)
      return as_predicate(Function{}(flushed<true>(a), flushed<true>(b)));
    else
      return as_predicate(Function{}(a, b));
  }
};

// `type` includes ".ftz" where subnormal numbers are flushed.
template <class T, bool ftz>
void define_arithmetic(operation_table& t, const std::string& type) {
  const auto unary = [&]<class F>(const std::string& name, F) { t.define(name + type, flushing_unary<T, ftz, F>{}); };
  const auto binary = [&]<class F>(const std::string& name, F) { t.define(name + type, flushing_binary<T, ftz, F>{}); };
  const auto comparison = [&]<class F>(const std::string& name, F) {
    t.define("setp." + name + type, flushing_comparison<T, ftz, F>{});
  };
  for (const char* rounding : {"", ".rn"}) {
    binary(std::string("add") + rounding, [](T a, T b) { return a + b; });
    binary(std::string("sub") + rounding, [](T a, T b) { return a - b; });
    binary(std::string("mul") + rounding, [](T a, T b) { return a * b; });
  }
  binary("div.rn", [](T a, T b) { return a / b; });
  unary("rcp.rn", [](T a) { return T(1) / a; });
  unary("sqrt.rn", [](T a) { return std::sqrt(a); });
  t.define("fma.rn" + type, flushing_fma<T, ftz>{});
  binary("min", [](T a, T b) { return least(a, b); });
  binary("max", [](T a, T b) { return greatest(a, b); });
  unary("abs", [](T a) { return std::fabs(a); });
  unary("neg", [](T a) { return -a; });

  comparison("eq", [](T a, T b) { return a == b; });
  comparison("ne", [](T a, T b) { return a < b || a > b; });
  comparison("lt", [](T a, T b) { return a < b; });
  comparison("le", [](T a, T b) { return a <= b; });
  comparison("gt", [](T a, T b) { return a > b; });
  comparison("ge", [](T a, T b) { return a >= b; });
  // Also true where one of them is NaN.
  comparison("equ", [](T a, T b) { return !(a < b || a > b); });
  comparison("neu", [](T a, T b) { return !(a == b); });
  comparison("ltu", [](T a, T b) { return !(a >= b); });
  comparison("leu", [](T a, T b) { return !(a > b); });
  comparison("gtu", [](T a, T b) { return !(a <= b); });
  comparison("geu", [](T a, T b) { return !(a < b); });
  comparison("num", [](T a, T b) { return a == a && b == b; });
  comparison("nan", [](T a, T b) { return a != a || b != b; });
}

template <class T>
void define_moves(operation_table& t, const std::string& type) {
  using bits = std::conditional_t<sizeof(T) == 4, u32, u64>;  // moves keep the bits of NaNs
  t.define("mov" + type, [](bits a) { return a; });
  t.define("selp" + type, [](bits a, bits b, predicate p) { return p ? a : b; });
  t.define("copysign" + type, [](T a, T b) { return std::copysign(b, a); });
}

}  // namespace

void define_floats(operation_table& t) {
  define_arithmetic<f32, false>(t, ".f32"), define_arithmetic<f32, true>(t, ".ftz.f32"), define_moves<f32>(t, ".f32");
  define_arithmetic<f64, false>(t, ".f64"), define_moves<f64>(t, ".f64");
  // Clamped to [0, 1], NaN to 0.
  t.define("add.sat.f32", [](f32 a, f32 b) { return a + b > 0 ? a + b < 1 ? a + b : 1.f : 0.f; });
  t.define("mul.sat.f32", [](f32 a, f32 b) { return a * b > 0 ? a * b < 1 ? a * b : 1.f : 0.f; });
}

}  // namespace gumbelcuda::ptx
