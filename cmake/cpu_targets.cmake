# SPDX-License-Identifier: Apache-2.0
# The instruction sets of the CPU backend: one source file each, compiled with its own flags.
find_path(GUMBELCUDA_HIGHWAY_INCLUDE_DIR hwy/highway.h DOC "google/highway's headers")
if(NOT GUMBELCUDA_HIGHWAY_INCLUDE_DIR)
  message(STATUS "gumbelcuda: google/highway not found, so the CPU backend is scalar and slow (Debian: libhwy-dev)")
endif()

# For builds whose object files only have to be right: the optimiser, and the training of all shapes but the article's,
# are most of what these files take to compile. The sanitizers' checks take hours to optimise, and the other shapes
# say nothing new to them, so they have this, too.
option(GUMBELCUDA_QUICK "Compile with -O1 for the CPU backend, and training for the article's shape only" OFF)
mark_as_advanced(GUMBELCUDA_QUICK)

# gumbelcuda_add_cpu_targets(target file_prefix definition_prefix): adds file_prefix<name>.cpp for every instruction
# set that this build can have, and the definition definition_prefix<NAME> with it.
#
# Optimised whatever the build type, since these files are the hot path and unoptimised they test nothing but patience.
# No errno and no traps: neither changes a bit of a result, and sqrt becomes an instruction. The compiler takes run-time
# sizes of 0 for possible and warns of arrays that would then be empty.
function(gumbelcuda_add_cpu_targets target file_prefix definition_prefix)
  set(names scalar)
  if(GUMBELCUDA_HIGHWAY_INCLUDE_DIR)
    # Its headers only; which instruction sets the processor has, the compiler's own run time knows.
    target_include_directories(${target} SYSTEM PRIVATE ${GUMBELCUDA_HIGHWAY_INCLUDE_DIR})
    if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64|amd64")
      list(APPEND names avx2 avx512)
    elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64|arm64")
      list(APPEND names neon)
    endif()
  endif()
  # host/cpu/cpu_backend.cpp asks the processor for each of these. Tuned for the first processor with all of AVX2, which
  # suits a single GAN better than generic tuning does.
  set(flags_scalar)
  set(flags_avx2 -mavx2 -mfma -mf16c -mbmi -mbmi2 -maes -mpclmul -mtune=haswell)
  set(flags_avx512 ${flags_avx2} -mavx512f -mavx512cd -mavx512bw -mavx512dq -mavx512vl)
  set(flags_neon -march=armv8-a+crypto)
  set(level -O3)
  if(GUMBELCUDA_QUICK OR GUMBELCUDA_SANITIZE)
    set(level -O1)
    target_compile_definitions(${target} PRIVATE GUMBELCUDA_ONLY_ARTICLE_SHAPE)
  endif()
  foreach(name ${names})
    target_sources(${target} PRIVATE ${file_prefix}${name}.cpp)
    set_source_files_properties(${file_prefix}${name}.cpp PROPERTIES COMPILE_OPTIONS
      "${level};-fno-math-errno;-fno-trapping-math;$<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>;${flags_${name}}")
    string(TOUPPER ${name} upper)
    target_compile_definitions(${target} PRIVATE ${definition_prefix}${upper})
  endforeach()
endfunction()
