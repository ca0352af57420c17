# SPDX-License-Identifier: Apache-2.0
# Makes page.hpp of the report's page, style and scripts, so that the command has them in itself. CMake makes it again
# when one of them changes.
set(script_files data colours charts grid phase cell tables main)  # in this order

# Sets `variable` to string literals, joined by commas.
function(gumbelcuda_literals variable)
  set(literals "")
  foreach(file ${ARGN})
    set(path ${CMAKE_CURRENT_LIST_DIR}/${file})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${path})
    file(READ ${path} text)
    string(LENGTH "${text}" length)
    if(length GREATER 16000)
      message(FATAL_ERROR "gumbelcuda: ${file} is too long for one string literal; divide it")
    endif()
    string(APPEND literals "R\"page(${text})page\",\n")
  endforeach()
  string(REGEX REPLACE ",\n$" "" literals "${literals}")
  set(${variable} "${literals}" PARENT_SCOPE)
endfunction()

list(TRANSFORM script_files REPLACE "(.+)" "script/\\1.js")
gumbelcuda_literals(page page.html)
gumbelcuda_literals(style style.css)
gumbelcuda_literals(script ${script_files})
configure_file(${CMAKE_CURRENT_LIST_DIR}/page.hpp.in
               ${PROJECT_BINARY_DIR}/sweep_page/host/results/sweep_report/page.hpp @ONLY)
