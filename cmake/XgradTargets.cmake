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

    # What no program spends its time in: smaller, and compiled sooner.
    if(arg_COLD)
        set_source_files_properties(${arg_COLD} PROPERTIES COMPILE_OPTIONS "$<$<CONFIG:Release>:-Os>")
    endif()

    if(arg_SOURCES OR arg_COLD)
        set(objects xgrad_${folder})
        add_library(${objects} OBJECT ${arg_SOURCES} ${arg_COLD})
        xgrad_settings(${objects})
        set_target_properties(${objects} PROPERTIES POSITION_INDEPENDENT_CODE ON)
        target_include_directories(${objects} PRIVATE "${XGRAD_INCLUDE_DIR}")
        target_link_libraries(${objects} PRIVATE ${XGRAD_INCLUDED} ${XGRAD_LINKED})
        # Ours alone: in a user's code this definition would change xtensor's allocator and with it the layout of arrays.
        target_compile_definitions(${objects} PRIVATE XTENSOR_USE_XSIMD)
        target_compile_options(${objects} PRIVATE -fno-semantic-interposition $<$<BOOL:${XGRAD_NATIVE}>:-march=native>)
        if(XGRAD_NATIVE AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
            # Its own AVX-512 intrinsics start from a variable that they leave uninitialised on purpose.
            target_compile_options(${objects} PRIVATE -Wno-maybe-uninitialized)
        endif()
        target_sources(xgrad PRIVATE $<TARGET_OBJECTS:${objects}>)
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
