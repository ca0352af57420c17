# SPDX-License-Identifier: Apache-2.0
# What a wheel has besides the Python files: the shared library, under one name, and the description of its interface
# that python/generate_binding.py makes of the headers.
option(GUMBELCUDA_PYTHON "Install what the Python package needs (pyproject.toml does it)" OFF)
if(NOT GUMBELCUDA_PYTHON)
  return()
endif()
if(NOT BUILD_SHARED_LIBS)
  message(FATAL_ERROR "gumbelcuda: GUMBELCUDA_PYTHON=ON needs a shared library; set BUILD_SHARED_LIBS=ON")
endif()
find_package(Python3 3.10 REQUIRED COMPONENTS Interpreter)
file(GLOB headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/include/gumbelcuda/gumbelcuda.h
     ${PROJECT_SOURCE_DIR}/include/gumbelcuda/c/*.h)
set(generator ${PROJECT_SOURCE_DIR}/python/generate_binding.py)
set(generated ${PROJECT_BINARY_DIR}/python/_generated.py)
file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/python)
add_custom_command(
  OUTPUT ${generated}
  COMMAND ${Python3_EXECUTABLE} -B ${generator} ${PROJECT_SOURCE_DIR}/include ${generated}
  DEPENDS ${generator} ${headers})
add_custom_target(gumbelcuda_binding ALL DEPENDS ${generated})
target_link_options(gumbelcuda_library PRIVATE -s)
install(FILES ${generated} DESTINATION _binding COMPONENT python)
# A wheel has no links, so the names that end in a version would be copies.
install(FILES $<TARGET_FILE:gumbelcuda_library> DESTINATION lib RENAME libgumbelcuda.so COMPONENT python)
