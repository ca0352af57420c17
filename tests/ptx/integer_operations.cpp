// SPDX-License-Identifier: Apache-2.0
// Integers: arithmetic, comparisons, selection and moves. They wrap around; a quotient by zero has all bits set.
#include "tests/ptx/operations.hpp"

namespace gumbelcuda::ptx {
namespace {

__extension__ typedef __int128 s128;
__extension__ typedef unsigned __int128 u128;

template <class T>
void define_arithmetic(operation_table& t, const std::string& type) {
  using U = std::make_unsigned_t<T>;
  constexpr bool is_signed = std::is_signed_v<T>;
  t.define("add." + type, [](T a, T b) { return T(U(a) + U(b)); });
  t.define("sub." + type, [](T a, T b) { return T(U(a) - U(b)); });
  t.define("mul.lo." + type, [](T a, T b) { return T(u64(a) * u64(b)); });
  t.define("mad.lo." + type, [](T a, T b, T c) { return T(u64(a) * u64(b) + u64(c)); });
  t.define("div." + type, [](T a, T b) {
    if (b == 0) return T(-1);
    return is_signed && b == T(-1) ? T(U(0) - U(a)) : T(a / b);
  });
  t.define("rem." + type, [](T a, T b) {
    if (b == 0) return a;
    return is_signed && b == T(-1) ? T(0) : T(a % b);
  });
  t.define("min." + type, [](T a, T b) { return a < b ? a : b; });
  t.define("max." + type, [](T a, T b) { return a > b ? a : b; });
  if (is_signed) {
    t.define("neg." + type, [](T a) { return T(U(0) - U(a)); });
    t.define("abs." + type, [](T a) { return a < T(0) ? T(U(0) - U(a)) : a; });
  }
  t.define("shr." + type, [](T a, u32 b) {
    if (b < 8 * sizeof(T)) return T(a >> b);
    return a < T(0) ? T(-1) : T(0);
  });
  t.define("setp.lt." + type, [](T a, T b) { return as_predicate(a < b); });
  t.define("setp.le." + type, [](T a, T b) { return as_predicate(a <= b); });
  t.define("setp.gt." + type, [](T a, T b) { return as_predicate(a > b); });
  t.define("setp.ge." + type, [](T a, T b) { return as_predicate(a >= b); });
}

template <class T>
void define_moves(operation_table& t, const std::string& type) {
  t.define("mov." + type, [](T a) { return a; });
  t.define("selp." + type, [](T a, T b, predicate p) { return p ? a : b; });
  t.define("setp.eq." + type, [](T a, T b) { return as_predicate(a == b); });
  t.define("setp.ne." + type, [](T a, T b) { return as_predicate(a != b); });
}

// Wide: twice as wide as T.
template <class Wide, class T>
void define_products(operation_table& t, const std::string& type) {
  t.define("mul.hi." + type, [](T a, T b) { return T((Wide(a) * Wide(b)) >> (8 * sizeof(T))); });
  t.define("mad.hi." + type, [](T a, T b, T c) { return T(T((Wide(a) * Wide(b)) >> (8 * sizeof(T))) + u64(c)); });
  if constexpr (sizeof(T) < 8) {
    using U = std::make_unsigned_t<Wide>;
    t.define("mul.wide." + type, [](T a, T b) { return Wide(Wide(a) * Wide(b)); });
    t.define("mad.wide." + type, [](T a, T b, Wide c) { return Wide(U(Wide(a) * Wide(b)) + U(c)); });
  }
}

}  // namespace

void define_integers(operation_table& t) {
  define_arithmetic<s16>(t, "s16"), define_moves<s16>(t, "s16"), define_products<s32, s16>(t, "s16");
  define_arithmetic<u16>(t, "u16"), define_moves<u16>(t, "u16"), define_products<u32, u16>(t, "u16");
  define_arithmetic<s32>(t, "s32"), define_moves<s32>(t, "s32"), define_products<s64, s32>(t, "s32");
  define_arithmetic<u32>(t, "u32"), define_moves<u32>(t, "u32"), define_products<u64, u32>(t, "u32");
  define_arithmetic<s64>(t, "s64"), define_moves<s64>(t, "s64"), define_products<s128, s64>(t, "s64");
  define_arithmetic<u64>(t, "u64"), define_moves<u64>(t, "u64"), define_products<u128, u64>(t, "u64");
  define_moves<u16>(t, "b16"), define_moves<u32>(t, "b32"), define_moves<u64>(t, "b64");
  define_moves<u16>(t, "f16");
}

}  // namespace gumbelcuda::ptx
