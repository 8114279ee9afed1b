# cmake --install: the library, its public headers, and package files for CMake and pkg-config.

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

if(XGRAD_NATIVE AND NOT XGRAD_INSTALL_NATIVE)
    install(CODE [[
        if(NOT XGRAD_INSTALL_NATIVE)
            message(FATAL_ERROR "This xgrad was compiled for this machine's processor (XGRAD_NATIVE) and may crash on another: "
                "build one without it, or configure with -DXGRAD_INSTALL_NATIVE=ON to install it all the same")
        endif()]])
endif()

install(TARGETS xgrad EXPORT xgradTargets FILE_SET HEADERS)

set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/xgrad")
install(EXPORT xgradTargets NAMESPACE xgrad:: DESTINATION "${package_dir}")
configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/xgradConfig.cmake.in" "${PROJECT_BINARY_DIR}/xgradConfig.cmake"
    INSTALL_DESTINATION "${package_dir}")
# Before 1.0 a minor version may break what was there.
write_basic_package_version_file("${PROJECT_BINARY_DIR}/xgradConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/xgradConfig.cmake" "${PROJECT_BINARY_DIR}/xgradConfigVersion.cmake"
    DESTINATION "${package_dir}")
if(NOT XGRAD_SHARED)
    install(FILES "${PROJECT_SOURCE_DIR}/cmake/FindCBLAS.cmake" DESTINATION "${package_dir}")
    # Whoever links the archive links what it needs as well.
    set(XGRAD_PC_LIBS "-lstdc++ -lm -pthread")
    set(XGRAD_PC_REQUIRES "fmt openblas zlib")
endif()

# Paths relative to the file itself, so that an installed tree can be moved.
file(RELATIVE_PATH XGRAD_PC_PREFIX "/prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/prefix")
string(REGEX REPLACE "/$" "" XGRAD_PC_PREFIX "${XGRAD_PC_PREFIX}")
configure_file("${PROJECT_SOURCE_DIR}/cmake/xgrad.pc.in" "${PROJECT_BINARY_DIR}/xgrad.pc" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/xgrad.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
