# How the folders become one library.

set(XGRAD_INCLUDE_DIR "${PROJECT_BINARY_DIR}/include")

if(NOT XGRAD_SHARED)
    set(XGRAD_LIBRARY_TYPE STATIC)
else()
    set(XGRAD_LIBRARY_TYPE SHARED)
endif()

# Settings of every target of ours; nothing of it reaches a user's targets.
function(xgrad_settings target)
    target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wconversion $<$<BOOL:${XGRAD_WERROR}>:-Werror>)
    set_target_properties(${target} PROPERTIES
        CXX_STANDARD 20
        CXX_STANDARD_REQUIRED ON
        CXX_EXTENSIONS OFF
        CXX_VISIBILITY_PRESET hidden
        VISIBILITY_INLINES_HIDDEN ON)
endfunction()

# xgrad_precompile(<target> <owner> <header>...)
#
# What most sources of <target> include is parsed once. The first target that names an <owner> makes the file; the others, whose
# options must be the same, read it. Sources include what they use all the same: XGRAD_PRECOMPILE=OFF, as in another project, compiles
# them without.
function(xgrad_precompile target owner)
    if(NOT XGRAD_PRECOMPILE)
        return()
    endif()
    get_property(made_by GLOBAL PROPERTY "XGRAD_PRECOMPILED_${owner}")
    if(made_by)
        target_precompile_headers(${target} REUSE_FROM ${made_by})
    else()
        target_precompile_headers(${target} PRIVATE ${ARGN})
        set_property(GLOBAL PROPERTY "XGRAD_PRECOMPILED_${owner}" ${target})
    endif()
endfunction()

# xgrad_objects(<target> <file>...): objects of the library.
function(xgrad_objects target)
    if(NOT ARGN)
        return()
    endif()
    add_library(${target} OBJECT ${ARGN})
    xgrad_settings(${target})
    set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE ON)
    target_include_directories(${target} PRIVATE "${XGRAD_INCLUDE_DIR}")
    target_link_libraries(${target} PRIVATE ${XGRAD_INCLUDED} ${XGRAD_LINKED})
    # Ours alone: in a user's code this definition would change xtensor's allocator and with it the layout of arrays.
    target_compile_definitions(${target} PRIVATE XTENSOR_USE_XSIMD)
    target_compile_options(${target} PRIVATE -fno-semantic-interposition $<$<BOOL:${XGRAD_NATIVE}>:-march=native>)
    if(XGRAD_NATIVE AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
        # Its own AVX-512 intrinsics start from a variable that they leave uninitialised on purpose.
        target_compile_options(${target} PRIVATE -Wno-maybe-uninitialized)
    endif()
    set(precompiled hot <xsimd/xsimd.hpp>)
    if(target MATCHES "_cold$")
        set(precompiled cold)
    elseif(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        # Outside of the kernels: loops as vectors and short ones unrolled, as with -O3; what that does besides makes the code half
        # as large again, slower to compile and there no faster.
        set(fewer ${ARGN})
        list(FILTER fewer EXCLUDE REGEX "^detail/")
        set_property(SOURCE ${fewer} APPEND PROPERTY COMPILE_OPTIONS
            "$<$<CONFIG:Release>:-O2>" "$<$<CONFIG:Release>:-fvect-cost-model=dynamic>" "$<$<CONFIG:Release>:-fpeel-loops>")
    endif()
    xgrad_precompile(${target} ${precompiled}
        <algorithm> <array> <atomic> <cmath> <cstdint> <cstring> <functional> <limits> <memory> <mutex> <optional> <span>
        <string> <string_view> <type_traits> <unordered_map> <utility> <vector> <fmt/format.h>
        <xgrad/core/error.hpp> <xgrad/core/threads.hpp> <xgrad/autograd/ops.hpp>
        <xgrad/autograd/detail/elementwise.hpp> <xgrad/autograd/detail/node.hpp> <xgrad/autograd/detail/operands.hpp>)
    target_sources(xgrad PRIVATE $<TARGET_OBJECTS:${target}>)
endfunction()

# xgrad_folder(<folder> [HEADERS <file>...] [BRIDGE <file>...] [SOURCES <file>...] [COLD <file>...])
#
# Adds this folder to the library. HEADERS are public: they are installed, and <xgrad/xgrad.hpp> includes them all. BRIDGE
# headers are public too, but include xtensor, so that the umbrella leaves them out. What lies in detail/ is not listed. COLD are
# sources in which no program spends its time.
function(xgrad_folder folder)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "HEADERS;BRIDGE;SOURCES;COLD")
    if(arg_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "xgrad_folder(${folder}): unknown arguments ${arg_UNPARSED_ARGUMENTS}")
    endif()

    # All code includes <xgrad/folder/file.hpp>, in this tree as in an installed one.
    file(MAKE_DIRECTORY "${XGRAD_INCLUDE_DIR}/xgrad")
    file(CREATE_LINK "${CMAKE_CURRENT_SOURCE_DIR}" "${XGRAD_INCLUDE_DIR}/xgrad/${folder}" SYMBOLIC)

    set(headers ${arg_HEADERS} ${arg_BRIDGE})
    list(TRANSFORM headers PREPEND "${XGRAD_INCLUDE_DIR}/xgrad/${folder}/")
    target_sources(xgrad PUBLIC FILE_SET HEADERS BASE_DIRS "${XGRAD_INCLUDE_DIR}" FILES ${headers})
    list(TRANSFORM arg_HEADERS PREPEND "xgrad/${folder}/")
    list(TRANSFORM arg_BRIDGE PREPEND "xgrad/${folder}/")
    set_property(GLOBAL APPEND PROPERTY XGRAD_HEADERS ${arg_HEADERS})
    set_property(GLOBAL APPEND PROPERTY XGRAD_BRIDGES ${arg_BRIDGE})

    xgrad_objects(xgrad_${folder} ${arg_SOURCES})
    # What no program spends its time in: smaller, and compiled sooner.
    xgrad_objects(xgrad_${folder}_cold ${arg_COLD})
    if(TARGET xgrad_${folder}_cold)
        target_compile_options(xgrad_${folder}_cold PRIVATE $<$<CONFIG:Release>:-Os>)
        set_target_properties(xgrad_${folder}_cold PROPERTIES UNITY_BUILD ${XGRAD_UNITY} UNITY_BUILD_BATCH_SIZE 6)
    endif()
endfunction()

# Writes <xgrad/xgrad.hpp>, which includes all public headers but the bridges.
function(xgrad_umbrella)
    get_property(headers GLOBAL PROPERTY XGRAD_HEADERS)
    list(SORT headers)
    list(TRANSFORM headers REPLACE "(.+)" "#include <\\1>\n")
    string(JOIN "" XGRAD_INCLUDES ${headers})
    configure_file("${PROJECT_SOURCE_DIR}/cmake/xgrad.hpp.in" "${XGRAD_INCLUDE_DIR}/xgrad/xgrad.hpp" @ONLY)
    target_sources(xgrad PUBLIC FILE_SET HEADERS FILES "${XGRAD_INCLUDE_DIR}/xgrad/xgrad.hpp")
    set_property(GLOBAL APPEND PROPERTY XGRAD_HEADERS xgrad/xgrad.hpp)
endfunction()
