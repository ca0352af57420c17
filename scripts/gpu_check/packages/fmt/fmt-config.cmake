# SPDX-License-Identifier: Apache-2.0
# fmt as headers only, which scripts/gpu-check --prepare copied.
if(NOT TARGET fmt::fmt)
  add_library(fmt::fmt INTERFACE IMPORTED GLOBAL)
  get_filename_component(gumbelcuda_third_party ${CMAKE_CURRENT_LIST_DIR}/../../.. ABSOLUTE)
  target_include_directories(fmt::fmt INTERFACE ${gumbelcuda_third_party}/include)
  target_compile_definitions(fmt::fmt INTERFACE FMT_HEADER_ONLY=1)
endif()
