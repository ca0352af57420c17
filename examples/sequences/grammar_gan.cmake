# SPDX-License-Identifier: Apache-2.0
# The program grammar_gan: an object file for each size of the networks, since one takes long to compile.
find_path(GUMBELCUDA_CLI11_INCLUDE_DIR CLI/CLI.hpp)
mark_as_advanced(GUMBELCUDA_CLI11_INCLUDE_DIR)
if(NOT GUMBELCUDA_CLI11_INCLUDE_DIR)
  message(STATUS "gumbelcuda: CLI11 not found, so grammar_gan is not built (Debian: libcli11-dev)")
  return()
endif()
set(GUMBELCUDA_GRAMMAR_SIZES "8,8,16;16,16,32;32,32,32"
    CACHE STRING "Sizes of grammar_gan: units of the generator, units of the discriminator, batch; …")
# The smallest is that of the tests, and of the experiments' --tiny, and so is always there.
set(sizes "8,8,16" ${GUMBELCUDA_GRAMMAR_SIZES})
list(REMOVE_DUPLICATES sizes)
include(CheckCXXCompilerFlag)
check_cxx_compiler_flag(-march=native GUMBELCUDA_KNOWS_NATIVE)

add_executable(example_grammar_gan sequences/grammar_gan.cpp sequences/grammar_fleet.cpp)
set_target_properties(example_grammar_gan PROPERTIES OUTPUT_NAME grammar_gan)
target_include_directories(example_grammar_gan SYSTEM PRIVATE ${GUMBELCUDA_CLI11_INCLUDE_DIR})
target_include_directories(example_grammar_gan PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/sequences)
set(grammar_targets example_grammar_gan)
set(rows)
foreach(size ${sizes})
  string(REPLACE "," ";" numbers ${size})
  list(GET numbers 0 hidden)
  list(GET numbers 1 discriminator)
  list(GET numbers 2 batch)
  string(APPEND rows "GRAMMAR_SIZE(${hidden}, ${discriminator}, ${batch})\n")
  set(object grammar_${hidden}_${discriminator}_${batch})
  add_library(${object} OBJECT sequences/grammar_fleet_size.cpp)
  target_compile_definitions(${object} PRIVATE GRAMMAR_HIDDEN=${hidden} GRAMMAR_DISCRIMINATOR=${discriminator}
                                               GRAMMAR_BATCH=${batch})
  target_link_libraries(example_grammar_gan PRIVATE ${object})
  list(APPEND grammar_targets ${object})
endforeach()
file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/sequences/grammar_sizes.inc CONTENT "${rows}")
# The models are compiled for this machine's vectors: results are the same bytes everywhere, so that nothing is lost by
# it but that the program runs here only.
foreach(target ${grammar_targets})
  target_link_libraries(${target} PRIVATE gumbelcuda::gumbelcuda Threads::Threads
                                          $<TARGET_NAME_IF_EXISTS:gumbelcuda_warnings>)
  # The headers of the models name each other by their paths in the tree.
  target_include_directories(${target} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/..)
  target_compile_options(${target} PRIVATE $<$<BOOL:${GUMBELCUDA_KNOWS_NATIVE}>:-march=native>)
endforeach()

add_test(NAME example.grammar_gan COMMAND example_grammar_gan --model likelihood --hidden 8 --batch 16 --gans 8 --steps 400
                                          --generator-rate .02 --sampling-temperature .7,1 --least-mass .8 --quiet)
add_test(NAME example.grammar_gan_sizes COMMAND example_grammar_gan --hidden 7)
set_tests_properties(example.grammar_gan example.grammar_gan_sizes PROPERTIES LABELS examples TIMEOUT 300)
set_tests_properties(example.grammar_gan_sizes PROPERTIES PASS_REGULAR_EXPRESSION "7, 7, 32 are not compiled; these are: 8, 8, 16")
