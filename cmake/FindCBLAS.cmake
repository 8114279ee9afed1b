# Finds OpenBLAS with its C interface and makes the target CBLAS::CBLAS.
#
# OpenBLAS's own package files differ: upstream's makes a target, Debian's sets variables, and some systems ship none.

find_package(OpenBLAS CONFIG QUIET)
if(NOT OpenBLAS_FOUND)
    find_package(PkgConfig QUIET)
    if(PkgConfig_FOUND)
        pkg_check_modules(OpenBLAS_PC QUIET openblas)
    endif()
endif()

find_path(CBLAS_INCLUDE_DIR cblas.h
    HINTS ${OpenBLAS_INCLUDE_DIRS} ${OpenBLAS_PC_INCLUDE_DIRS} PATH_SUFFIXES openblas)
find_library(CBLAS_LIBRARY openblas HINTS ${OpenBLAS_LIBRARY_DIRS} ${OpenBLAS_PC_LIBRARY_DIRS})
mark_as_advanced(CBLAS_INCLUDE_DIR CBLAS_LIBRARY)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(CBLAS REQUIRED_VARS CBLAS_LIBRARY CBLAS_INCLUDE_DIR)

if(CBLAS_FOUND AND NOT TARGET CBLAS::CBLAS)
    add_library(CBLAS::CBLAS UNKNOWN IMPORTED)
    set_target_properties(CBLAS::CBLAS PROPERTIES
        IMPORTED_LOCATION "${CBLAS_LIBRARY}"
        INTERFACE_INCLUDE_DIRECTORIES "${CBLAS_INCLUDE_DIR}")
endif()
