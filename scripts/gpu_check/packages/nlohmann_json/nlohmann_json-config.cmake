# SPDX-License-Identifier: Apache-2.0
# nlohmann/json's headers, which scripts/gpu-check --prepare copied.
if(NOT TARGET nlohmann_json::nlohmann_json)
  add_library(nlohmann_json::nlohmann_json INTERFACE IMPORTED GLOBAL)
  get_filename_component(gumbelcuda_third_party ${CMAKE_CURRENT_LIST_DIR}/../../.. ABSOLUTE)
  target_include_directories(nlohmann_json::nlohmann_json INTERFACE ${gumbelcuda_third_party}/include)
endif()
