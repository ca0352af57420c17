# SPDX-License-Identifier: Apache-2.0
# The instruction sets of the CPU backend: one set of sources, compiled for each with its flags.
find_path(GUMBELCUDA_HIGHWAY_INCLUDE_DIR hwy/highway.h DOC "google/highway's headers")
if(NOT GUMBELCUDA_HIGHWAY_INCLUDE_DIR)
  message(STATUS "gumbelcuda: google/highway not found, so the CPU backend is scalar and slow (Debian: libhwy-dev)")
endif()

# For builds whose object files only have to be right: the optimiser, and the training of all shapes but the article's,
# are most of what these files take to compile. The sanitizers' checks take hours to optimise, and the other shapes
# say nothing new to them, so they have this, too.
option(GUMBELCUDA_QUICK "Compile with -O1 for the CPU backend, and training for the article's shape only" OFF)
mark_as_advanced(GUMBELCUDA_QUICK)

# GUMBELCUDA_ISAS: the instruction sets of this build, each with its flags in GUMBELCUDA_FLAGS_<name>, which
# host/cpu/supported_targets.cpp asks the processor for. Tuned for the first processor with all of AVX2, which suits a
# single GAN better than generic tuning does.
set(GUMBELCUDA_ISAS scalar)
if(GUMBELCUDA_HIGHWAY_INCLUDE_DIR)
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64|amd64")
    list(APPEND GUMBELCUDA_ISAS avx2)
    # The sanitizers' build has no wider vectors: their code is one text with these, and takes as long again to compile.
    # That a row's end is right for their width, the optimised build sees by bytes.
    if(NOT GUMBELCUDA_SANITIZE)
      list(APPEND GUMBELCUDA_ISAS avx512)
    endif()
  elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64|arm64")
    list(APPEND GUMBELCUDA_ISAS neon)
  endif()
endif()
set(GUMBELCUDA_FLAGS_scalar)
set(GUMBELCUDA_FLAGS_avx2 -mavx2 -mfma -mf16c -mbmi -mbmi2 -maes -mpclmul -mtune=haswell)
set(GUMBELCUDA_FLAGS_avx512 ${GUMBELCUDA_FLAGS_avx2} -mavx512f -mavx512cd -mavx512bw -mavx512dq -mavx512vl)
set(GUMBELCUDA_FLAGS_neon -march=armv8-a+crypto)
# Every processor with AVX-512 has AVX2, whose code it runs where wider vectors make none faster.
set(GUMBELCUDA_NARROWER_avx512 avx2)

# gumbelcuda_add_isa_library(name isa NAMESPACE n SOURCES …): an object library for one instruction set, whose inline
# functions are in that namespace (config.hpp).
#
# Optimised whatever the build type, since these files are the hot path and unoptimised they test nothing but patience.
# No errno and no traps: neither changes a bit of a result, and sqrt becomes an instruction. The compiler takes run-time
# sizes of 0 for possible and warns of arrays that would then be empty.
function(gumbelcuda_add_isa_library name isa)
  cmake_parse_arguments(ARG "" NAMESPACE SOURCES ${ARGN})
  set(level -O3)
  add_library(${name} OBJECT ${ARG_SOURCES})
  if(GUMBELCUDA_QUICK OR GUMBELCUDA_SANITIZE)
    set(level -O1)
    target_compile_definitions(${name} PRIVATE GUMBELCUDA_ONLY_ARTICLE_SHAPE)
  endif()
  if(isa STREQUAL scalar)
    # The way out where no vectors are to be had: what takes its time is fma in software, and optimising that costs.
    set(level -O1)
  else()
    target_compile_definitions(${name} PRIVATE GUMBELCUDA_VECTORS)
    # Its headers only; which instruction sets the processor has, the compiler's own run time knows.
    target_include_directories(${name} SYSTEM PRIVATE ${GUMBELCUDA_HIGHWAY_INCLUDE_DIR})
  endif()
  target_compile_definitions(${name} PRIVATE GUMBELCUDA_ISA=${ARG_NAMESPACE})
  if(GUMBELCUDA_NARROWER_${isa})
    target_compile_definitions(${name} PRIVATE GUMBELCUDA_NARROWER_ISA=${GUMBELCUDA_NARROWER_${isa}})
  endif()
  target_compile_options(${name} PRIVATE ${level} -fno-math-errno -fno-trapping-math ${GUMBELCUDA_FLAGS_${isa}}
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE gumbelcuda_math $<BUILD_INTERFACE:gumbelcuda_warnings>)
  set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE ON CXX_VISIBILITY_PRESET hidden
                                           VISIBILITY_INLINES_HIDDEN ON)
endfunction()

# gumbelcuda_have_isas(target): definitions by which its sources know which there are.
function(gumbelcuda_have_isas target)
  foreach(isa ${GUMBELCUDA_ISAS})
    string(TOUPPER GUMBELCUDA_HAVE_${isa} definition)
    target_compile_definitions(${target} PRIVATE ${definition})
  endforeach()
endfunction()
