# SPDX-License-Identifier: Apache-2.0
# What `cmake --install` installs of the library: headers, archive, find_package(gumbelcuda), pkg-config. The installed
# tree may be moved: its files name neither the build directory nor the install prefix, only the CUDA toolkit's place.
include(CMakePackageConfigHelpers)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/gumbelcuda)

install(DIRECTORY include/gumbelcuda DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        FILES_MATCHING PATTERN "*.hpp" PATTERN "*.h" PATTERN "*.cuh")
install(TARGETS gumbelcuda_math gumbelcuda_library EXPORT gumbelcuda-targets)
install(EXPORT gumbelcuda-targets NAMESPACE gumbelcuda:: DESTINATION ${package_dir})
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

# A static library passes on what it needs, in options that nvcc accepts: -lpthread, since nvcc does not know -pthread.
get_target_property(library_type gumbelcuda_library TYPE)
if(library_type STREQUAL "STATIC_LIBRARY")
  set(find_dependencies "include(CMakeFindDependencyMacro)\nfind_dependency(Threads)\n")
  set(private_libraries)
  if(GUMBELCUDA_BUILD_CUDA)
    configure_file(cmake/gumbelcuda-cudart.cmake.in gumbelcuda-cudart.cmake @ONLY)
    install(FILES ${PROJECT_BINARY_DIR}/gumbelcuda-cudart.cmake DESTINATION ${package_dir})
    string(APPEND find_dependencies "include(\"\${CMAKE_CURRENT_LIST_DIR}/gumbelcuda-cudart.cmake\")\n"
                                    "if(NOT TARGET gumbelcuda::cudart_static)\n  return()\nendif()\n")
    string(APPEND private_libraries " -L${CUDAToolkit_LIBRARY_DIR} -lcudart_static -ldl -lrt")
  endif()
  foreach(name pthread ${CMAKE_DL_LIBS} ${cxx_libraries})
    string(APPEND private_libraries " -l${name}")
  endforeach()
endif()

configure_package_config_file(cmake/gumbelcuda-config.cmake.in gumbelcuda-config.cmake
                              INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(gumbelcuda-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/gumbelcuda-config.cmake ${PROJECT_BINARY_DIR}/gumbelcuda-config-version.cmake
        DESTINATION ${package_dir})

# The .pc file gives directories relative to itself; an absolute one from the user stays as it is.
file(RELATIVE_PATH pc_to_prefix ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
string(REGEX REPLACE "/$" "" pc_to_prefix "${pc_to_prefix}")
set(pc_libdir "\${prefix}")
cmake_path(APPEND pc_libdir ${CMAKE_INSTALL_LIBDIR})
set(pc_includedir "\${prefix}")
cmake_path(APPEND pc_includedir ${CMAKE_INSTALL_INCLUDEDIR})
configure_file(cmake/gumbelcuda.pc.in gumbelcuda.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/gumbelcuda.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
