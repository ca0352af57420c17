# SPDX-License-Identifier: Apache-2.0
# gumbelcuda_sequence_program(stem sizes): the program <stem>_gan, with an object file for each size of the networks, since
# one takes long to compile. A size: units of the generator, units of the discriminator, batch.
function(gumbelcuda_sequence_program stem sizes)
  string(TOUPPER ${stem} upper)
  set(program example_${stem}_gan)
  add_executable(${program} sequences/${stem}_gan.cpp sequences/${stem}_fleet.cpp)
  set_target_properties(${program} PROPERTIES OUTPUT_NAME ${stem}_gan)
  target_include_directories(${program} SYSTEM PRIVATE ${GUMBELCUDA_CLI11_INCLUDE_DIR})
  target_include_directories(${program} PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/sequences)
  set(targets ${program})
  set(rows)
  foreach(size ${sizes})
    string(REPLACE "," ";" numbers ${size})
    list(GET numbers 0 hidden)
    list(GET numbers 1 discriminator)
    list(GET numbers 2 batch)
    string(APPEND rows "${upper}_SIZE(${hidden}, ${discriminator}, ${batch})\n")
    set(object ${stem}_${hidden}_${discriminator}_${batch})
    add_library(${object} OBJECT sequences/${stem}_fleet_size.cpp)
    target_compile_definitions(${object} PRIVATE ${upper}_HIDDEN=${hidden} ${upper}_DISCRIMINATOR=${discriminator}
                                                 ${upper}_BATCH=${batch})
    target_link_libraries(${program} PRIVATE ${object})
    list(APPEND targets ${object})
  endforeach()
  file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/sequences/${stem}_sizes.inc CONTENT "${rows}")
  # The models are compiled for this machine's vectors: results are the same bytes everywhere, so that nothing is lost by
  # it but that the program runs here only.
  foreach(target ${targets})
    target_link_libraries(${target} PRIVATE gumbelcuda::gumbelcuda Threads::Threads
                                            $<TARGET_NAME_IF_EXISTS:gumbelcuda_warnings>)
    # The headers of the models name each other by their paths in the tree.
    target_include_directories(${target} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/..)
    target_compile_options(${target} PRIVATE $<$<BOOL:${GUMBELCUDA_KNOWS_NATIVE}>:-march=native>)
  endforeach()
endfunction()

find_path(GUMBELCUDA_CLI11_INCLUDE_DIR CLI/CLI.hpp)
mark_as_advanced(GUMBELCUDA_CLI11_INCLUDE_DIR)
include(CheckCXXCompilerFlag)
check_cxx_compiler_flag(-march=native GUMBELCUDA_KNOWS_NATIVE)
if(NOT GUMBELCUDA_CLI11_INCLUDE_DIR)
  message(STATUS "gumbelcuda: CLI11 not found, so grammar_gan and text_gan are not built (Debian: libcli11-dev)")
endif()
