# SPDX-License-Identifier: Apache-2.0
# Decides whether the CUDA backend is built: sets GUMBELCUDA_BUILD_CUDA. The toolkit is found at its usual place even if
# it is not on the path. Inside another project AUTO is the default only if that project compiles CUDA.
get_property(languages GLOBAL PROPERTY ENABLED_LANGUAGES)
if(PROJECT_IS_TOP_LEVEL OR "CUDA" IN_LIST languages)
  set(default AUTO)
else()
  set(default OFF)
endif()
set(GUMBELCUDA_CUDA ${default} CACHE STRING "The CUDA backend: AUTO (where there is nvcc), ON, OFF")
set_property(CACHE GUMBELCUDA_CUDA PROPERTY STRINGS AUTO ON OFF)

# The driver is plain C++; only kernels/ needs nvcc. tests/cuda/ compiles the same driver against a fake runtime.
set(GUMBELCUDA_DRIVER_SOURCES cuda_backend.cpp cuda_rows.cpp device_arrays.cpp device_training.cpp devices.cpp
    pointers.cpp runtime.cpp slice_training.cpp sweep_training.cpp)
list(TRANSFORM GUMBELCUDA_DRIVER_SOURCES PREPEND ${PROJECT_SOURCE_DIR}/host/cuda/)

set(GUMBELCUDA_BUILD_CUDA OFF)
if(NOT GUMBELCUDA_CUDA)
  return()
endif()

find_package(CUDAToolkit 12 QUIET)  # whose nvcc is the first to know C++20
if(CUDAToolkit_NVCC_EXECUTABLE AND NOT CMAKE_CUDA_COMPILER AND NOT DEFINED ENV{CUDACXX})
  set(CMAKE_CUDA_COMPILER ${CUDAToolkit_NVCC_EXECUTABLE})
endif()
include(CheckLanguage)
if(CUDAToolkit_FOUND)
  check_language(CUDA)
endif()
if(NOT CMAKE_CUDA_COMPILER OR NOT CUDAToolkit_FOUND)
  if(NOT GUMBELCUDA_CUDA STREQUAL AUTO)
    message(FATAL_ERROR "gumbelcuda: GUMBELCUDA_CUDA=${GUMBELCUDA_CUDA}, but there is no CUDA toolkit, 12 or later, "
                        "with an nvcc that works; name it with -DCUDAToolkit_ROOT=FOLDER")
  endif()
  message(STATUS "gumbelcuda: no CUDA toolkit (12 or later) with nvcc, so no CUDA backend")
  return()
endif()

# Machine code for these capabilities; other devices get the oldest PTX, which their driver translates. The front end
# runs once, for that PTX: nothing here depends on the architecture before the assembler does, whose code for 9.0 is the
# same to the byte, and a front end for each would be half of the compile time. A given CMAKE_CUDA_ARCHITECTURES has its
# usual meaning.
set(GUMBELCUDA_GPUS 90 CACHE STRING "Compute capabilities to make machine code for, times ten")
if(DEFINED CMAKE_CUDA_ARCHITECTURES OR DEFINED ENV{CUDAARCHS})
  enable_language(CUDA)
  set(targets "CMAKE_CUDA_ARCHITECTURES=${CMAKE_CUDA_ARCHITECTURES}")
  # Kernels for clusters of blocks exist for 9.0 and later only. If there is none among these, or only a word like
  # `native`, the drivers of such devices translate.
  set(GUMBELCUDA_CLUSTER_ARCHITECTURES ${CMAKE_CUDA_ARCHITECTURES})
  list(FILTER GUMBELCUDA_CLUSTER_ARCHITECTURES INCLUDE REGEX "^(9[0-9]|[1-9][0-9][0-9])")
  if(NOT GUMBELCUDA_CLUSTER_ARCHITECTURES)
    set(GUMBELCUDA_CLUSTER_ARCHITECTURES 90-virtual)
  endif()
else()
  execute_process(COMMAND ${CMAKE_CUDA_COMPILER} --list-gpu-arch OUTPUT_VARIABLE known)
  string(REGEX MATCH "compute_[0-9]+" oldest "${known}")  # the list begins with it
  set(CMAKE_CUDA_ARCHITECTURES OFF)
  enable_language(CUDA)
  list(TRANSFORM GUMBELCUDA_GPUS PREPEND sm_ OUTPUT_VARIABLE code)
  # Kernels for clusters of blocks exist for 9.0 and later only, from PTX of their own.
  set(newer ${code})
  list(FILTER newer EXCLUDE REGEX "^sm_[1-8][0-9]$")
  list(JOIN code , code)
  list(JOIN newer , newer)
  set(GUMBELCUDA_CUDA_FLAGS_WITHOUT_TARGETS "${CMAKE_CUDA_FLAGS}")
  string(APPEND CMAKE_CUDA_FLAGS " --generate-code=arch=${oldest},code=[${oldest},${code}]")
  set(GUMBELCUDA_CLUSTER_TARGETS "--generate-code=arch=compute_90,code=[compute_90,${newer}]")
  string(REPLACE ",]" "]" GUMBELCUDA_CLUSTER_TARGETS "${GUMBELCUDA_CLUSTER_TARGETS}")
  set(targets "${oldest},${code}")
endif()
set(GUMBELCUDA_BUILD_CUDA ON)

# Tests link the kernels into some hundred programs, each of 150 MB if nothing is compressed. Since 12.8 nvcc compresses
# by zstd, and tests/ptx/ reads that with libzstd; how older ones do it, it does not know.
if(GUMBELCUDA_TESTS)
  find_package(zstd QUIET)
  if(TARGET zstd::libzstd_shared AND CMAKE_CUDA_COMPILER_VERSION VERSION_GREATER_EQUAL 12.8)
    add_compile_options($<$<COMPILE_LANGUAGE:CUDA>:--compress-mode=size>)
  else()
    add_compile_options($<$<COMPILE_LANGUAGE:CUDA>:--no-compress>)
  endif()
endif()

# CMake's own variable chooses how the CUDA runtime is linked: Static, the default, or Shared, so that another library
# with its name can take its place.
set(GUMBELCUDA_CUDART CUDA::cudart_static)
if(CMAKE_CUDA_RUNTIME_LIBRARY STREQUAL Shared)
  set(GUMBELCUDA_CUDART CUDA::cudart)
endif()
message(STATUS "gumbelcuda: CUDA backend for ${targets}; a device of another compute capability has its driver translate "
               "what a program first calls, up to a minute for each operation")
