// SPDX-License-Identifier: Apache-2.0
// Operations on bits and on predicates.
#include <bit>

#include "tests/ptx/operations.hpp"

namespace gumbelcuda::ptx {
namespace {

template <class T>
void define_logic(operation_table& t, const std::string& type) {
  t.define("and." + type, [](T a, T b) { return T(a & b); });
  t.define("or." + type, [](T a, T b) { return T(a | b); });
  t.define("xor." + type, [](T a, T b) { return T(a ^ b); });
  t.define("not." + type, [](T a) { return T(~a); });
  t.define("cnot." + type, [](T a) { return T(a == 0); });
  t.define("shl." + type, [](T a, u32 b) { return b < 8 * sizeof(T) ? T(a << b) : T(0); });
  t.define("shr." + type, [](T a, u32 b) { return b < 8 * sizeof(T) ? T(a >> b) : T(0); });
}

template <class T>
T reversed(T a) {
  T result = 0;
  for (unsigned bit = 0; bit < 8 * sizeof(T); ++bit) result = T(result << 1 | (a >> bit & 1));
  return result;
}

// The highest bit that differs from the sign.
template <class T>
u32 highest_bit(T a) {
  using U = std::make_unsigned_t<T>;
  const U bits = a < T(0) ? U(~a) : U(a);
  return bits == 0 ? ~0u : u32(8 * sizeof(T) - 1) - u32(std::countl_zero(bits));
}

template <class T>
void define_searches(operation_table& t, const std::string& type) {
  t.define("bfind." + type, [](T a) { return highest_bit(a); });
  t.define("bfind.shiftamt." + type, [](T a) {
    const u32 bit = highest_bit(a);
    return bit == ~0u ? bit : u32(8 * sizeof(T) - 1) - bit;
  });
}

// Positions and lengths count in their lowest 8 bits. A signed field that ends past the number repeats its sign.
template <class T>
void define_extraction(operation_table& t, const std::string& type) {
  t.define("bfe." + type, [](T a, u32 position, u32 length) {
    using U = std::make_unsigned_t<T>;
    constexpr u32 bits = 8 * sizeof(T);
    position &= 255, length &= 255;
    if (length == 0) return T(0);
    const bool negative =
        std::is_signed_v<T> && (U(a) >> (position + length - 1 < bits ? position + length - 1 : bits - 1) & 1);
    const U field = position < bits ? U(U(a) >> position) : U(0);
    const u32 kept = position >= bits ? 0 : length < bits - position ? length : bits - position;
    const U low = kept == bits ? U(~U(0)) : U((U(1) << kept) - 1);
    return T((field & low) | (negative ? U(~low) : U(0)));
  });
}

template <class T>
T inserted(T a, T b, u32 position, u32 length) {
  constexpr u32 bits = 8 * sizeof(T);
  position &= 255, length &= 255;
  if (length == 0 || position >= bits) return b;
  const T low = length >= bits ? T(~T(0)) : T((T(1) << length) - 1);
  return T((b & T(~T(low << position))) | T((a & low) << position));
}

u32 permuted(u32 a, u32 b, u32 selectors) {
  const u64 bytes = u64(b) << 32 | a;
  u32 result = 0;
  for (unsigned i = 0; i < 4; ++i) {
    const u32 selector = selectors >> (4 * i) & 15;
    u32 byte = u32(bytes >> (8 * (selector & 7))) & 255;
    if (selector & 8) byte = byte & 128 ? 255 : 0;  // its sign in all bits
    result |= byte << (8 * i);
  }
  return result;
}

// `table` has the result for each combination of a bit of a, b and c.
u32 looked_up(u32 a, u32 b, u32 c, u32 table) {
  u32 result = 0;
  for (u32 row = 0; row < 8; ++row)
    if (table >> row & 1) result |= (row & 4 ? a : ~a) & (row & 2 ? b : ~b) & (row & 1 ? c : ~c);
  return result;
}

u32 at_most_32(u32 c) { return c < 32 ? c : 32; }

}  // namespace

void define_bits(operation_table& t) {
  define_logic<u16>(t, "b16"), define_logic<u32>(t, "b32"), define_logic<u64>(t, "b64");
  t.define("and.pred", [](predicate a, predicate b) { return predicate(a & b); });
  t.define("or.pred", [](predicate a, predicate b) { return predicate(a | b); });
  t.define("xor.pred", [](predicate a, predicate b) { return predicate(a ^ b); });
  t.define("not.pred", [](predicate a) { return predicate(~a); });
  t.define("mov.pred", [](predicate a) { return a; });

  t.define("brev.b32", [](u32 a) { return reversed(a); });
  t.define("brev.b64", [](u64 a) { return reversed(a); });
  t.define("popc.b32", [](u32 a) { return u32(std::popcount(a)); });
  t.define("popc.b64", [](u64 a) { return u32(std::popcount(a)); });
  t.define("clz.b32", [](u32 a) { return u32(std::countl_zero(a)); });
  t.define("clz.b64", [](u64 a) { return u32(std::countl_zero(a)); });
  define_searches<u32>(t, "u32"), define_searches<s32>(t, "s32");
  define_searches<u64>(t, "u64"), define_searches<s64>(t, "s64");
  define_extraction<u32>(t, "u32"), define_extraction<s32>(t, "s32");
  define_extraction<u64>(t, "u64"), define_extraction<s64>(t, "s64");
  t.define("bfi.b32", [](u32 a, u32 b, u32 position, u32 length) { return inserted(a, b, position, length); });
  t.define("bfi.b64", [](u64 a, u64 b, u32 position, u32 length) { return inserted(a, b, position, length); });
  t.define("prmt.b32", [](u32 a, u32 b, u32 selectors) { return permuted(a, b, selectors); });
  t.define("lop3.b32", [](u32 a, u32 b, u32 c, u32 table) { return looked_up(a, b, c, table); });

  // The upper or lower half of b:a, shifted.
  t.define("shf.l.wrap.b32", [](u32 a, u32 b, u32 c) { return u32((u64(b) << 32 | a) << (c & 31) >> 32); });
  t.define("shf.r.wrap.b32", [](u32 a, u32 b, u32 c) { return u32((u64(b) << 32 | a) >> (c & 31)); });
  t.define("shf.l.clamp.b32", [](u32 a, u32 b, u32 c) { return u32((u64(b) << 32 | a) << at_most_32(c) >> 32); });
  t.define("shf.r.clamp.b32", [](u32 a, u32 b, u32 c) { return u32((u64(b) << 32 | a) >> at_most_32(c)); });
}

}  // namespace gumbelcuda::ptx
