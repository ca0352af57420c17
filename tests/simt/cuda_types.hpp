// SPDX-License-Identifier: Apache-2.0
// CUDA's vector types with CUDA's names and alignments, for machines without the toolkit. If the toolkit's own
// vector_types.h was included before, its types are used.
#pragma once

#if !defined(__VECTOR_TYPES_H__)

struct uint3 {
  unsigned x, y, z;
};

struct dim3 {
  unsigned x, y, z;
  constexpr dim3(unsigned x_ = 1, unsigned y_ = 1, unsigned z_ = 1) : x(x_), y(y_), z(z_) {}
  constexpr dim3(uint3 from) : x(from.x), y(from.y), z(from.z) {}
  constexpr operator uint3() const { return {x, y, z}; }
};

// The alignment permits 128-bit loads, and lets the sanitizer find misaligned ones.
#define GUMBELCUDA_SIMT_VECTOR2(name, T) \
  struct alignas(2 * sizeof(T)) name {   \
    T x, y;                              \
  };                                     \
  constexpr name make_##name(T x, T y) { return {x, y}; }
#define GUMBELCUDA_SIMT_VECTOR4(name, T) \
  struct alignas(16) name {              \
    T x, y, z, w;                        \
  };                                     \
  constexpr name make_##name(T x, T y, T z, T w) { return {x, y, z, w}; }
GUMBELCUDA_SIMT_VECTOR2(int2, int)
GUMBELCUDA_SIMT_VECTOR2(uint2, unsigned)
GUMBELCUDA_SIMT_VECTOR2(float2, float)
GUMBELCUDA_SIMT_VECTOR2(double2, double)
GUMBELCUDA_SIMT_VECTOR2(longlong2, long long)
GUMBELCUDA_SIMT_VECTOR2(ulonglong2, unsigned long long)
GUMBELCUDA_SIMT_VECTOR4(int4, int)
GUMBELCUDA_SIMT_VECTOR4(uint4, unsigned)
GUMBELCUDA_SIMT_VECTOR4(float4, float)
#undef GUMBELCUDA_SIMT_VECTOR2
#undef GUMBELCUDA_SIMT_VECTOR4

#endif
