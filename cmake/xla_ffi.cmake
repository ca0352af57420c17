# SPDX-License-Identifier: Apache-2.0
# The handlers that JAX calls (host/xla_ffi/) need XLA's headers, which are part of the Python package jaxlib. Without
# them gumbelcuda_xla_ffi_handler() says that there are none.
option(GUMBELCUDA_XLA_FFI "Build the handlers for JAX, which need the Python package jaxlib" OFF)
if(GUMBELCUDA_XLA_FFI)
  if(NOT GUMBELCUDA_XLA_FFI_INCLUDE_DIR)
    find_package(Python3 REQUIRED COMPONENTS Interpreter)
    # Found without importing JAX, which takes seconds.
    execute_process(
      COMMAND ${Python3_EXECUTABLE} -c
              "from importlib.util import find_spec as f; print(next(iter(f('jaxlib').submodule_search_locations)))"
      OUTPUT_VARIABLE jaxlib OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  endif()
  find_path(GUMBELCUDA_XLA_FFI_INCLUDE_DIR xla/ffi/api/ffi.h HINTS ${jaxlib}/include)
  if(NOT GUMBELCUDA_XLA_FFI_INCLUDE_DIR)
    message(FATAL_ERROR "gumbelcuda: GUMBELCUDA_XLA_FFI=ON, but ${Python3_EXECUTABLE} has no jaxlib; install it, or name "
                        "the folder that has xla/ffi/api/ffi.h with -DGUMBELCUDA_XLA_FFI_INCLUDE_DIR=FOLDER")
  endif()
  message(STATUS "gumbelcuda: handlers for JAX, with XLA's headers of ${GUMBELCUDA_XLA_FFI_INCLUDE_DIR}")
  target_sources(gumbelcuda_library PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/xla_ffi/handlers.cpp)
  # A unit of its own, since XLA's headers have members that are named as their types, which GCC allows with -fpermissive
  # alone. Other files do not see these headers, so that they are compiled as without them.
  set_source_files_properties(xla_ffi/handlers.cpp PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON
    COMPILE_OPTIONS "-isystem${GUMBELCUDA_XLA_FFI_INCLUDE_DIR};$<$<CXX_COMPILER_ID:GNU>:-fpermissive>")
else()
  target_sources(gumbelcuda_library PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/xla_ffi/absent.cpp)
endif()
