// SPDX-License-Identifier: Apache-2.0
// The only header of the mathematics that asks which compiler is at work. The code in math/ and detail/ uses these
// macros, so that the same text compiles for a GPU thread, a SIMD vector and a scalar.
#pragma once

#define GUMBELCUDA_VERSION_MAJOR 0
#define GUMBELCUDA_VERSION_MINOR 1
#define GUMBELCUDA_VERSION_PATCH 0

#if defined(__CUDACC__)
#define GUMBELCUDA_HD __host__ __device__
#else
#define GUMBELCUDA_HD
#endif

// Whether a short loop gets code of its own, beside the loop for any length. On a GPU two copies would cost registers.
// Whether dividing a subnormal number takes so many instructions more that a test for such numbers pays.
#if defined(__CUDACC__)
#define GUMBELCUDA_APART_IF_SHORT false
#define GUMBELCUDA_SLOW_SUBNORMALS true
#else
#define GUMBELCUDA_APART_IF_SHORT true
#define GUMBELCUDA_SLOW_SUBNORMALS false
#endif

// Lane functions must be inlined: passing a SIMD vector through memory costs more than most of them do. With the
// address sanitizer they are not: speed does not matter there, and its checks in one huge function take hours to
// compile.
#if defined(__SANITIZE_ADDRESS__)
#define GUMBELCUDA_INLINE GUMBELCUDA_HD inline
#elif defined(__CUDACC__)
#define GUMBELCUDA_INLINE GUMBELCUDA_HD __forceinline__
#elif defined(__GNUC__)
#define GUMBELCUDA_INLINE inline __attribute__((always_inline))
#else
#define GUMBELCUDA_INLINE inline
#endif

// For code that few rows need and that would slow down all of them if it were inlined. On a GPU it is inlined all the
// same: a call would put arrays in memory.
#if defined(__CUDACC__) || !defined(__GNUC__)
#define GUMBELCUDA_OUT_OF_LINE GUMBELCUDA_INLINE
#else
#define GUMBELCUDA_OUT_OF_LINE inline __attribute__((noinline))
#endif

// UNROLL is for short loops of known length, ROLLED for loops whose body is too large to be duplicated. GCC decides
// well by itself, and accepts its pragma only before simpler loop heads.
#if defined(__CUDACC__) || defined(__clang__)
#define GUMBELCUDA_UNROLL _Pragma("unroll")
#define GUMBELCUDA_ROLLED _Pragma("unroll 1")
#else
#define GUMBELCUDA_UNROLL
#define GUMBELCUDA_ROLLED
#endif

// For short loops over classes or samples, whose number some instances know only at run time. Clang would warn there
// that it did not unroll them. Where the number is known, Clang unrolls without being asked.
#if defined(__CUDACC__)
#define GUMBELCUDA_UNROLL_ON_GPU GUMBELCUDA_UNROLL
#else
#define GUMBELCUDA_UNROLL_ON_GPU
#endif

// Operations that C++ lacks. The number of the lowest set bit of a word that is not 0. The upper half of a product of
// two words: from a 64-bit product nvcc takes it with an instruction more, which costs as much as the product. The
// smaller and the larger of two floats; if one of them is NaN, either. Estimates, as cheap as the processor has them:
// 1/x for normal x with a relative error up to 2^-11, or, CLOSE, up to 4 ulp (a GPU's: 2, PTX ISA, rcp.approx.ftz.f32),
// and log2(x), x = 0 or x ≥ 1, with an absolute error up to 2^-12.
// Conversions from and to binary16, to nearest even. What the processor has no instruction for is `otherwise`.
#if defined(__CUDA_ARCH__)
#define GUMBELCUDA_LOWEST_BIT(x) (__ffs(int(x)) - 1)
#define GUMBELCUDA_HIGH_PRODUCT(a, b, otherwise) (__builtin_is_constant_evaluated() ? (otherwise) : __umulhi(a, b))
#define GUMBELCUDA_EITHER_MIN(a, b) fminf(a, b)
#define GUMBELCUDA_EITHER_MAX(a, b) fmaxf(a, b)
// With .ftz an estimate is one instruction; without, more instructions scale subnormal operands.
#define GUMBELCUDA_ESTIMATE(instruction, x)                                \
  [](float of) {                                                           \
    float estimate;                                                        \
    asm(instruction ".approx.ftz.f32 %0, %1;" : "=f"(estimate) : "f"(of)); \
    return estimate;                                                       \
  }(x)
#define GUMBELCUDA_RECIPROCAL_ESTIMATE(x) GUMBELCUDA_ESTIMATE("rcp", x)
#define GUMBELCUDA_CLOSE_RECIPROCAL_ESTIMATE(x) GUMBELCUDA_ESTIMATE("rcp", x)
#define GUMBELCUDA_LOG2_ESTIMATE(x) GUMBELCUDA_ESTIMATE("lg2", x)
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
#define GUMBELCUDA_HIGH_PRODUCT(a, b, otherwise) (otherwise)
#define GUMBELCUDA_EITHER_MIN(a, b) ((a) < (b) ? (a) : (b))
#define GUMBELCUDA_EITHER_MAX(a, b) ((a) > (b) ? (a) : (b))
#define GUMBELCUDA_CLOSE_RECIPROCAL_ESTIMATE(x) (1.0f / (x))
#ifndef GUMBELCUDA_RECIPROCAL_ESTIMATE  // tests define worse estimates, both of them
#define GUMBELCUDA_RECIPROCAL_ESTIMATE(x) (1.0f / (x))
#define GUMBELCUDA_LOG2_ESTIMATE(x) __builtin_log2f(x)
#endif
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

// Whether this compiler makes kernels, and whether it is at a device's code now.
#if defined(__CUDACC__)
#define GUMBELCUDA_COMPILES_KERNELS 1
#else
#define GUMBELCUDA_COMPILES_KERNELS 0
#endif
#if defined(__CUDA_ARCH__)
#define GUMBELCUDA_COMPILES_FOR_DEVICE 1
#else
#define GUMBELCUDA_COMPILES_FOR_DEVICE 0
#endif

// Whether the compiler's flags allow vectors with a fused multiplication, for programs that train models of their own.
#if !defined(__CUDACC__) && ((defined(__AVX2__) && defined(__FMA__)) || defined(__aarch64__))
#define GUMBELCUDA_FLAGS_ALLOW_VECTORS 1
#else
#define GUMBELCUDA_FLAGS_ALLOW_VECTORS 0
#endif

// The files of host/cpu/targets/ compile the same inline functions once per instruction set. Each compilation has its
// own inline namespace, so that the linker can never keep the AVX-512 copy of a function and hand it to a machine
// without AVX-512.
#ifndef GUMBELCUDA_ISA
#define GUMBELCUDA_ISA portable
#endif
#define GUMBELCUDA_MATH_BEGIN \
  namespace gumbelcuda {      \
  inline namespace GUMBELCUDA_ISA {
#define GUMBELCUDA_MATH_END \
  }                         \
  }
