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

# gumbelcuda_instruction_set(name WHERE processors [NARROWER other] FLAGS …): one of the CPU backend, best first. It is in
# this build where Highway is and CMAKE_SYSTEM_PROCESSOR matches WHERE. host/cpu/supported_targets.cpp asks the processor
# for what FLAGS allow. NARROWER: another that every processor with this one has, too, whose code it uses where wider
# vectors make none faster.
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

# The sanitizers' build leaves out what has a narrower one: their code is one text, and takes as long again to compile.
# That a row's end is right for their width, the optimised build sees by bytes. Tuned for the first processor with all
# of AVX2, which suits a single GAN better than generic tuning does.
set(avx2 -mavx2 -mfma -mf16c -mbmi -mbmi2 -maes -mpclmul -mtune=haswell)
gumbelcuda_instruction_set(avx512 WHERE x86_64|AMD64|amd64 NARROWER avx2
                           FLAGS ${avx2} -mavx512f -mavx512cd -mavx512bw -mavx512dq -mavx512vl)
gumbelcuda_instruction_set(avx2 WHERE x86_64|AMD64|amd64 FLAGS ${avx2})
gumbelcuda_instruction_set(neon WHERE aarch64|arm64 FLAGS -march=armv8-a+crypto)
list(APPEND GUMBELCUDA_ISAS scalar)

# The same for the sources: a row for each, as GUMBELCUDA_INSTRUCTION_SET(name).
set(rows)
foreach(isa ${GUMBELCUDA_ISAS})
  string(APPEND rows "GUMBELCUDA_INSTRUCTION_SET(${isa})\n")
endforeach()
file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/instruction_sets/instruction_sets.inc CONTENT "${rows}")

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
