# SPDX-License-Identifier: Apache-2.0
# The instruction sets of the CPU backend: the same sources are compiled once for each, with its flags.
find_path(GUMBELCUDA_HIGHWAY_INCLUDE_DIR hwy/highway.h DOC "google/highway's headers")
if(NOT GUMBELCUDA_HIGHWAY_INCLUDE_DIR)
  message(STATUS "gumbelcuda: google/highway not found, so the CPU backend is scalar and slow (Debian: libhwy-dev)")
endif()

# For builds whose object files only have to be correct. Most of these files' compile time goes to the optimiser and to
# training code for shapes other than the article's. Sanitizer builds do the same: optimising their checks takes hours,
# and the other shapes show them nothing new.
option(GUMBELCUDA_QUICK "Compile with -O1 for the CPU backend, and training for the article's shape only" OFF)
mark_as_advanced(GUMBELCUDA_QUICK)

# gumbelcuda_instruction_set(name WHERE processors [NARROWER other] FLAGS …) adds an instruction set to the CPU backend;
# the best one comes first. It is in this build if Highway is found and CMAKE_SYSTEM_PROCESSOR matches WHERE.
# host/cpu/supported_targets.cpp asks the processor for what FLAGS allow. NARROWER names a set with shorter vectors that
# every processor with this set also has; its code is used where wider vectors make nothing faster.
set(GUMBELCUDA_ISAS)
macro(gumbelcuda_instruction_set name)
  cmake_parse_arguments(ARG "" "WHERE;NARROWER" "FLAGS" ${ARGN})
  if(GUMBELCUDA_HIGHWAY_INCLUDE_DIR AND CMAKE_SYSTEM_PROCESSOR MATCHES "^(${ARG_WHERE})$"
     AND NOT (GUMBELCUDA_SANITIZE AND ARG_NARROWER))
    list(APPEND GUMBELCUDA_ISAS ${name})
    set(GUMBELCUDA_FLAGS_${name} ${ARG_FLAGS})
    set(GUMBELCUDA_NARROWER_${name} ${ARG_NARROWER})
  endif()
endmacro()

# Sanitizer builds leave out sets that have a NARROWER one: their source is the same and would take as long again to
# compile. The optimised build checks by bytes that the end of a row is right for their width. -mtune=haswell, the first
# processor with all of AVX2, suits a single GAN better than generic tuning does.
set(avx2 -mavx2 -mfma -mf16c -mbmi -mbmi2 -maes -mpclmul -mtune=haswell)
gumbelcuda_instruction_set(avx512 WHERE x86_64|AMD64|amd64 NARROWER avx2
                           FLAGS ${avx2} -mavx512f -mavx512cd -mavx512bw -mavx512dq -mavx512vl)
gumbelcuda_instruction_set(avx2 WHERE x86_64|AMD64|amd64 FLAGS ${avx2})
gumbelcuda_instruction_set(neon WHERE aarch64|arm64 FLAGS -march=armv8-a+crypto)
list(APPEND GUMBELCUDA_ISAS scalar)

# The same list for the sources: a line GUMBELCUDA_INSTRUCTION_SET(name) for each.
set(rows)
foreach(isa ${GUMBELCUDA_ISAS})
  string(APPEND rows "GUMBELCUDA_INSTRUCTION_SET(${isa})\n")
endforeach()
file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/instruction_sets/instruction_sets.inc CONTENT "${rows}")

# gumbelcuda_add_isa_library(name isa NAMESPACE n SOURCES …) adds an object library for one instruction set, whose
# inline functions are in namespace n (config.hpp).
#
# These files are optimised in every build type: they are the hot path, and without optimisation tests take too long. No
# errno and no traps: neither changes a bit of a result, and sqrt becomes one instruction. -Wno-maybe-uninitialized: GCC
# considers run-time sizes of 0 possible and warns about arrays that would then be empty.
function(gumbelcuda_add_isa_library name isa)
  cmake_parse_arguments(ARG "" NAMESPACE SOURCES ${ARGN})
  set(level -O3)
  add_library(${name} OBJECT ${ARG_SOURCES})
  if(GUMBELCUDA_QUICK OR GUMBELCUDA_SANITIZE)
    set(level -O1)
    target_compile_definitions(${name} PRIVATE GUMBELCUDA_ONLY_ARTICLE_SHAPE)
  endif()
  if(isa STREQUAL scalar)
    # The fallback without vectors. It spends its time on fma in software, and optimising that takes long.
    set(level -O1)
  else()
    target_compile_definitions(${name} PRIVATE GUMBELCUDA_VECTORS)
    # Highway's headers only: the compiler's own run time reports which instruction sets the processor has.
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
  set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE ON
                                           CXX_VISIBILITY_PRESET ${GUMBELCUDA_VISIBILITY}
                                           VISIBILITY_INLINES_HIDDEN ON)
endfunction()
