#!/usr/bin/env bash
# run.sh install|find_package|pkg_config|add_subdirectory
#
# Settings come in the environment; CMakeLists.txt beside this file sets them.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
prefix=$SCRATCH/prefix

# consume FOLDER [ARG...]: configures, builds and runs the consumer in FOLDER.
consume() {
    local folder=$SCRATCH/$1
    shift
    "$CMAKE" -S "$here/consumer" -B "$folder" -G "$GENERATOR" -DCMAKE_MAKE_PROGRAM="$MAKE_PROGRAM" \
        -DCMAKE_CXX_COMPILER="$CXX" -DCMAKE_CXX_COMPILER_LAUNCHER="$LAUNCHER" "$@"
    "$CMAKE" --build "$folder" --parallel
    "$folder/consumer"
}

case $1 in
install)
    # A build for this machine's processor is not to be passed on: install must say so, unless it is forced.
    if [[ $REFUSES == 1 ]]; then
        if message=$("$CMAKE" -DCMAKE_INSTALL_PREFIX="$prefix" -P "$BUILD/cmake_install.cmake" 2>&1); then
            echo "a build with XGRAD_NATIVE was installed" >&2
            exit 1
        fi
        [[ $message == *XGRAD_INSTALL_NATIVE* ]]
    fi
    rm -rf -- "$prefix"
    "$CMAKE" -DCMAKE_INSTALL_PREFIX="$prefix" -DXGRAD_INSTALL_NATIVE=ON -P "$BUILD/cmake_install.cmake" >/dev/null
    # Headers are installed as files, the private ones not at all.
    if find "$prefix/include" -type l -o -name detail | grep .; then
        echo "the above must not be installed" >&2
        exit 1
    fi
    [[ -f $prefix/include/xgrad/xgrad.hpp && ! -L $prefix/include/xgrad/xgrad.hpp ]]
    # Nor does what is installed know where it was built.
    if grep -rIlF -e "$BUILD" -e "$SOURCE" -- "$prefix"; then
        echo "the above name a folder of the build" >&2
        exit 1
    fi
    ;;
find_package)
    consume find_package -DCMAKE_PREFIX_PATH="$prefix"
    ;;
pkg_config)
    # Moved first: the package must not depend on where it was installed.
    rm -rf -- "$SCRATCH/moved prefix"
    cp -R -- "$prefix" "$SCRATCH/moved prefix"
    pc=$(find "$SCRATCH/moved prefix" -name xgrad.pc)
    lib=$(dirname -- "$(dirname -- "$pc")")
    export PKG_CONFIG_PATH="${pc%/*}"
    # pkg-config writes a space in a path as "\ ": eval reads it as a shell's command line, as make would.
    eval "\"\$CXX\" -std=c++20 -O1 \"\$here/consumer/main.cpp\" -o \"\$SCRATCH/consumer_pc\" \
        $("$PKG_CONFIG" --cflags --libs xgrad) \"-Wl,-rpath,\$lib\""
    "$SCRATCH/consumer_pc"
    ;;
add_subdirectory)
    # Without optimisation: that it builds and runs is asked here, and soon.
    consume add_subdirectory -DXGRAD_SOURCE="$SOURCE" -DCMAKE_BUILD_TYPE= -DCMAKE_CXX_FLAGS=-O0
    # What is not for users was not made.
    if find "$SCRATCH/add_subdirectory" -name 'xgrad_test*' -o -name 'xgrad_demo*' -o -name 'xgrad_bench*' | grep .; then
        echo "as part of another project xgrad must build its library alone" >&2
        exit 1
    fi
    ;;
*)
    echo "unknown way: $1" >&2
    exit 2
    ;;
esac
