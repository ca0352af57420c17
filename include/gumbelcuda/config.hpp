// SPDX-License-Identifier: Apache-2.0
// The one file that asks which compiler is at work. Everything else in math/ and gan/ is written with
// these macros and reads the same for a GPU thread, a SIMD vector and a scalar.
#pragma once

#define GUMBELCUDA_VERSION_MAJOR 0
#define GUMBELCUDA_VERSION_MINOR 1
#define GUMBELCUDA_VERSION_PATCH 0

#if defined(__CUDACC__)
#define GUMBELCUDA_HD __host__ __device__
#else
#define GUMBELCUDA_HD
#endif

// Whether short loops are worth code of their own beside that for any length. On a GPU both would take registers.
#if defined(__CUDACC__)
#define GUMBELCUDA_APART_IF_SHORT false
#else
#define GUMBELCUDA_APART_IF_SHORT true
#endif

// Lane functions must be inlined: a SIMD vector passed through memory costs more than most of them do. Under
// the sanitizers speed does not matter, and their checks in one huge function take hours to compile.
#if defined(__SANITIZE_ADDRESS__)
#define GUMBELCUDA_INLINE GUMBELCUDA_HD inline
#elif defined(__CUDACC__)
#define GUMBELCUDA_INLINE GUMBELCUDA_HD __forceinline__
#elif defined(__GNUC__)
#define GUMBELCUDA_INLINE inline __attribute__((always_inline))
#else
#define GUMBELCUDA_INLINE inline
#endif

// What few rows need, and would only be in the way of what all of them do. On a GPU a call would put arrays in memory.
#if defined(__CUDACC__) || !defined(__GNUC__)
#define GUMBELCUDA_OUT_OF_LINE GUMBELCUDA_INLINE
#else
#define GUMBELCUDA_OUT_OF_LINE inline __attribute__((noinline))
#endif

// Short loops of known length, and loops whose body is too large to be there twice. GCC does as it should by itself,
// and takes the pragma only on simpler loop heads.
#if defined(__CUDACC__) || defined(__clang__)
#define GUMBELCUDA_UNROLL _Pragma("unroll")
#define GUMBELCUDA_ROLLED _Pragma("unroll 1")
#else
#define GUMBELCUDA_UNROLL
#define GUMBELCUDA_ROLLED
#endif

// Short loops, too, but over classes or samples, whose number is known only when running in some instances. There Clang
// says that it did not unroll them; where it is known, it does so by itself.
#if defined(__CUDACC__)
#define GUMBELCUDA_UNROLL_ON_GPU GUMBELCUDA_UNROLL
#else
#define GUMBELCUDA_UNROLL_ON_GPU
#endif

// What C++ has no word for: the number of the lowest set bit of a word that is not 0; 1/x to at least 2^-11, and
// log2(x) of a number that is 0 or at least 1 to 2^-12, as cheap as they come; a conversion from and to binary16, to
// nearest even, for which there is `otherwise` where the processor has no instruction.
#if defined(__CUDA_ARCH__)
#define GUMBELCUDA_LOWEST_BIT(x) (__ffs(int(x)) - 1)
#define GUMBELCUDA_RECIPROCAL_ESTIMATE(x) __fdividef(1.0f, x)
#define GUMBELCUDA_LOG2_ESTIMATE(x) __log2f(x)
#define GUMBELCUDA_FROM_HALF(half, otherwise)      \
  [](unsigned short h) {                           \
    float x;                                       \
    asm("cvt.f32.f16 %0, %1;" : "=f"(x) : "h"(h)); \
    return x;                                      \
  }(half)
#define GUMBELCUDA_TO_HALF(number, otherwise)         \
  [](float x) {                                       \
    unsigned short h;                                 \
    asm("cvt.rn.f16.f32 %0, %1;" : "=h"(h) : "f"(x)); \
    return h;                                         \
  }(number)
#else
#define GUMBELCUDA_LOWEST_BIT(x) __builtin_ctz(x)
#define GUMBELCUDA_RECIPROCAL_ESTIMATE(x) (1.0f / (x))
#define GUMBELCUDA_LOG2_ESTIMATE(x) __builtin_log2f(x)
#if defined(__F16C__) && defined(__GNUC__)
#define GUMBELCUDA_FROM_HALF(half, otherwise)                    \
  [](unsigned short h) {                                         \
    typedef short halves __attribute__((vector_size(16)));       \
    return float(__builtin_ia32_vcvtph2ps(halves{short(h)})[0]); \
  }(half)
#define GUMBELCUDA_TO_HALF(number, otherwise)                                 \
  [](float single) {                                                          \
    typedef float numbers __attribute__((vector_size(16)));                   \
    return (unsigned short)(__builtin_ia32_vcvtps2ph(numbers{single}, 0)[0]); \
  }(number)
#else
#define GUMBELCUDA_FROM_HALF(half, otherwise) (otherwise)
#define GUMBELCUDA_TO_HALF(number, otherwise) (otherwise)
#endif
#endif

// The same inline functions are compiled once per instruction set (host/cpu/targets/). Each of those
// files names its own inline namespace, so that the linker can never keep the AVX-512 copy of a
// function and hand it to a machine without AVX-512.
#ifndef GUMBELCUDA_ISA
#define GUMBELCUDA_ISA portable
#endif
#define GUMBELCUDA_MATH_BEGIN \
  namespace gumbelcuda {      \
  inline namespace GUMBELCUDA_ISA {
#define GUMBELCUDA_MATH_END \
  }                         \
  }
