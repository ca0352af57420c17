// SPDX-License-Identifier: Apache-2.0
// .approx: a GPU's results are within a bound of the exact ones, and differ from one generation to the next. Here they
// are off at random, so that code whose result depends on them does not give the same bytes twice.
#include <cmath>
#include <cstdlib>

#include "tests/ptx/operations.hpp"

namespace gumbelcuda::ptx {
namespace {

constexpr int usual_ulps = 2;

struct approximation {
  int most_ulps = usual_ulps;
  u64 state = 1;

  approximation() {
    if (const char* const given = std::getenv("GUMBELCUDA_PTX_APPROX_ULPS")) most_ulps = std::atoi(given);
  }
  // In −most … most; SplitMix64.
  int next() {
    if (most_ulps == 0) return 0;
    u64 z = state += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    z ^= z >> 31;
    return int(z % u64(2 * most_ulps + 1)) - most_ulps;
  }
};

approximation& error_of_all() {
  static approximation error;
  return error;
}

f32 off_by(f32 exact, int ulps) {
  if (!(std::fabs(exact) < INFINITY) || exact == 0) return one_nan(exact);
  const s32 bits = __builtin_bit_cast(s32, exact);
  const f32 moved = __builtin_bit_cast(f32, bits + ulps);
  // Neither past the largest number nor, from the smallest ones, past zero.
  return std::signbit(moved) == std::signbit(exact) && std::fabs(moved) < INFINITY ? moved : exact;
}

f32 approximated(f32 exact) { return off_by(exact, error_of_all().next()); }

// Near 1 the bound of a logarithm is absolute: 2^-22.
f32 approximated_logarithm(f32 a) {
  const f32 exact = std::log2(a);
  const int ulps = error_of_all().next();
  if (a > .5f && a < 2) return exact + f32(ulps) * 0x1p-23f;
  return off_by(exact, ulps);
}

// Quotients by 2^126 and more are 0, as the manual says.
f32 approximated_quotient(f32 a, f32 b) {
  if (std::fabs(b) > 0x1p126f && std::fabs(b) < INFINITY) return one_nan(std::copysign(a - a, a));
  return approximated(a / b);
}

template <bool ftz, class Function>
struct flushing {
  f32 operator()(f32 a) const { return flushed<ftz>(Function{}(flushed<ftz>(a))); }
};

template <bool ftz>
void define_type(operation_table& t, const std::string& type) {
  const auto unary = [&]<class F>(const std::string& name, F) {
    t.define(name + ".approx" + type, flushing<ftz, F>{});
  };
  unary("lg2", [](f32 a) { return one_nan(approximated_logarithm(a)); });
  unary("ex2", [](f32 a) { return approximated(std::exp2(a)); });
  unary("rcp", [](f32 a) { return approximated(1 / a); });
  unary("sqrt", [](f32 a) { return approximated(std::sqrt(a)); });
  unary("rsqrt", [](f32 a) { return approximated(f32(1 / std::sqrt(f64(a)))); });
  unary("sin", [](f32 a) { return approximated(std::sin(a)); });
  unary("cos", [](f32 a) { return approximated(std::cos(a)); });
  t.define("div.approx" + type,
           [](f32 a, f32 b) { return flushed<ftz>(approximated_quotient(flushed<ftz>(a), flushed<ftz>(b))); });
  t.define("div.full" + type,
           [](f32 a, f32 b) { return flushed<ftz>(approximated(flushed<ftz>(a) / flushed<ftz>(b))); });
}

}  // namespace

void set_approximation_error(int most_ulps, u64 seed) {
  error_of_all().most_ulps = most_ulps;
  error_of_all().state = seed;
}

void define_approximations(operation_table& t) {
  define_type<false>(t, ".f32"), define_type<true>(t, ".ftz.f32");
  t.define("tanh.approx.f32", [](f32 a) { return approximated(std::tanh(a)); });
}

}  // namespace gumbelcuda::ptx
