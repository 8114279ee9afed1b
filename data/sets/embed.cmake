# cmake -D OUTPUT=<file.cpp> -D FILES=<file>,… -P embed.cmake
#
# Writes a source that holds the files' bytes and finds them by name.

string(REPLACE "," ";" files "${FILES}")
set(arrays)
set(cases)
foreach(file IN LISTS files)
    get_filename_component(name "${file}" NAME)
    string(MAKE_C_IDENTIFIER "${name}" identifier)
    file(READ "${file}" bytes HEX)
    string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
    # Lines of a bearable length.
    string(REGEX REPLACE "((0x..,)(0x..,)(0x..,)(0x..,)(0x..,)(0x..,)(0x..,)(0x..,))" "\\1\n" bytes "${bytes}")
    string(APPEND arrays "constexpr unsigned char ${identifier}[] = {\n${bytes}};\n")
    string(APPEND cases
        "    if (name == \"${name}\") return {reinterpret_cast<const char*>(${identifier}), sizeof ${identifier}};\n")
endforeach()
file(WRITE "${OUTPUT}.new"
    "#include <xgrad/data/detail/set_file.hpp>\n\nnamespace xg::data::detail {\n\nnamespace {\n\n${arrays}\n}  // namespace\n\n"
    "std::string_view set_file(std::string_view name) noexcept {\n${cases}    return {};\n}\n\n}  // namespace xg::data::detail\n")
file(RENAME "${OUTPUT}.new" "${OUTPUT}")
