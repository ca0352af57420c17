# SPDX-License-Identifier: Apache-2.0
# GoogleTest, built from the sources that scripts/gpu-check --prepare copied.
find_package(Threads REQUIRED)
get_filename_component(gumbelcuda_third_party ${CMAKE_CURRENT_LIST_DIR}/../../.. ABSOLUTE)
foreach(name gtest gtest_main)
  string(REGEX REPLACE "^gtest$" gtest-all file ${name})
  add_library(gumbelcuda_${name} STATIC EXCLUDE_FROM_ALL ${gumbelcuda_third_party}/src/googletest/src/${file}.cc)
  target_compile_features(gumbelcuda_${name} PUBLIC cxx_std_14)
  target_include_directories(gumbelcuda_${name} SYSTEM PUBLIC ${gumbelcuda_third_party}/include
                                                PRIVATE ${gumbelcuda_third_party}/src/googletest)
  add_library(GTest::${name} ALIAS gumbelcuda_${name})
endforeach()
target_link_libraries(gumbelcuda_gtest PUBLIC Threads::Threads)
target_link_libraries(gumbelcuda_gtest_main PUBLIC gumbelcuda_gtest)
