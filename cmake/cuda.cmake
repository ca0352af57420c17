# SPDX-License-Identifier: Apache-2.0
# Whether the CUDA backend is built: GUMBELCUDA_BUILD_CUDA is the answer. The toolkit at its usual place is found
# without being on the path.
set(GUMBELCUDA_CUDA AUTO CACHE STRING "The CUDA backend: AUTO (where there is nvcc), ON, OFF")
set_property(CACHE GUMBELCUDA_CUDA PROPERTY STRINGS AUTO ON OFF)

# The driver is plain C++; only kernels/ needs nvcc. tests/cuda/ compiles the same driver against a runtime of its own.
set(GUMBELCUDA_DRIVER_SOURCES cuda_backend.cpp cuda_rows.cpp device_arrays.cpp device_training.cpp devices.cpp
    runtime.cpp slice_training.cpp)
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
if(NOT CMAKE_CUDA_COMPILER)
  if(NOT GUMBELCUDA_CUDA STREQUAL AUTO)
    message(FATAL_ERROR "gumbelcuda: GUMBELCUDA_CUDA=${GUMBELCUDA_CUDA}, but there is no CUDA toolkit, 12 or later, with "
                        "an nvcc that works; name it with -DCUDAToolkit_ROOT=FOLDER")
  endif()
  message(STATUS "gumbelcuda: no CUDA toolkit (12 or later) with nvcc, so no CUDA backend")
  return()
endif()

# Machine code for the device that we tune for; for any other, what its driver translates from the oldest PTX.
if(NOT DEFINED CMAKE_CUDA_ARCHITECTURES AND NOT DEFINED ENV{CUDAARCHS})
  execute_process(COMMAND ${CMAKE_CUDA_COMPILER} --list-gpu-arch OUTPUT_VARIABLE known)
  string(REGEX MATCH "compute_([0-9]+)" oldest "${known}")  # the list begins with it
  set(CMAKE_CUDA_ARCHITECTURES ${CMAKE_MATCH_1}-virtual 90-real)
endif()
enable_language(CUDA)
set(GUMBELCUDA_BUILD_CUDA ON)
message(STATUS "gumbelcuda: CUDA backend for ${CMAKE_CUDA_ARCHITECTURES}")
