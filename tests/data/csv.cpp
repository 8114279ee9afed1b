#include <xgrad/data/csv.hpp>

#include <sys/stat.h>

#include <bit>
#include <cmath>
#include <fstream>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <xgrad/autograd/creation.hpp>
#include <xgrad/core/error.hpp>
#include <xgrad/core/file.hpp>
#include <xgrad/data/detail/csv_parser.hpp>

#include "files.hpp"

using xg::FileError;
using xg::Tensor;
using xg::ValueError;
using xg::data::Column;
using xg::data::ColumnType;
using xg::data::CsvOptions;
using xg::data::CsvReader;
using xg::data::read_csv;
using xg::data::Table;
using xg::data::write_csv;
using xg::data::detail::CsvInput;

namespace {

using Texts = std::vector<std::string>;
using Numbers = std::vector<double>;

/// The table of a text, read in pieces of several sizes, which must not matter.
Table parse(const std::string& text, const CsvOptions& options = {}) {
    Table table = xg::data::detail::parse_csv(CsvInput::memory(text), options, "here");
    for (const std::size_t step : {1U, 2U, 3U, 7U, 64U}) {
        const Table again = xg::data::detail::parse_csv(CsvInput::memory(text), options, "here", step);
        BOOST_TEST_REQUIRE(again.names() == table.names());
        for (const Column& column : table.columns()) {
            const Column& other = again[column.name];
            BOOST_TEST_REQUIRE(name(other.type()) == name(column.type()));
            BOOST_TEST_REQUIRE(other.strings == column.strings);
            BOOST_TEST_REQUIRE((other.categories == column.categories));
            if (column.values.defined()) BOOST_TEST_REQUIRE(other.values.str() == column.values.str());
        }
    }
    return table;
}

Texts types(const Table& table) {
    Texts all;
    for (const Column& column : table.columns()) all.emplace_back(name(column.type()));
    return all;
}

Numbers values(const Table& table, const std::string& column) { return table[column].values.to_vector(); }

template <class... Parts>
void refuses(const std::string& text, const CsvOptions& options, const Parts&... parts) {
    for (const std::size_t step : {1U, 1000U})
        BOOST_CHECK_EXCEPTION(xg::data::detail::parse_csv(CsvInput::memory(text), options, "read_csv: 'f'", step),
                              FileError, says_all("read_csv: 'f'", parts...));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(csv_files)

BOOST_AUTO_TEST_CASE(types_are_found_out) {
    const Table t = parse(
        "id,price,sold,city,gone,all\n"
        "1,2.5,true,Ulm,,\n"
        "-7,3,false,\"New, York\",4,NA\n"
        " 12 , 1e-3 ,TRUE,,NaN,\n");
    BOOST_TEST(types(t) == (Texts{"int64", "float64", "bool", "string", "float64", "float64"}));
    BOOST_TEST(values(t, "id") == (Numbers{1, -7, 12}));
    BOOST_TEST(values(t, "price") == (Numbers{2.5, 3, 1e-3}));
    BOOST_TEST(values(t, "sold") == (Numbers{1, 0, 1}));
    BOOST_TEST(t["city"].strings == (Texts{"Ulm", "New, York", ""}));
    BOOST_TEST(std::isnan(values(t, "gone")[0]));
    BOOST_TEST(values(t, "gone")[1] == 4);
    BOOST_TEST(std::isnan(values(t, "all")[2]));
    BOOST_TEST(t.rows() == 3);
    // What takes a wider type: a mixture, a missing truth, an integer past int64.
    const Table wide = parse("a,b,c,d\n1,true,9223372036854775807,007\nx,,9223372036854775808,+8\n");
    BOOST_TEST(types(wide) == (Texts{"string", "string", "float64", "int64"}));
    BOOST_TEST(wide["a"].strings == (Texts{"1", "x"}));
    BOOST_TEST(values(wide, "d") == (Numbers{7, 8}));
}

BOOST_AUTO_TEST_CASE(types_widen_far_down) {
    std::string text = "a,b,c,d\n";
    for (int i = 0; i < 5000; ++i) text += "01,2,true,0.50\n";
    for (const char* line : {"2.5,,1,4\n", "1,3,false,five\n"}) text += line;
    const Table t = parse(text);
    BOOST_TEST(types(t) == (Texts{"float64", "float64", "string", "string"}));
    BOOST_TEST(values(t, "a")[5000] == 2.5);
    BOOST_TEST(std::isnan(values(t, "b")[5000]));
    BOOST_TEST(t["c"].strings[0] == "true");
    BOOST_TEST(t["c"].strings[5000] == "1");
    BOOST_TEST(t["d"].strings[0] == "0.50");  // its text, not that of the number
    BOOST_TEST(t.rows() == 5002);
}

BOOST_AUTO_TEST_CASE(types_are_given) {
    const std::string text = "a,b,c,d\n1,0,red,1\n2,1,blue,2\n3,1,,3\n";
    const Table t = parse(text, {.types = {{"a", ColumnType::float64},
                                           {"b", ColumnType::boolean},
                                           {"c", ColumnType::category},
                                           {"d", ColumnType::string}}});
    BOOST_TEST(types(t) == (Texts{"float64", "bool", "category", "string"}));
    BOOST_TEST(values(t, "b") == (Numbers{0, 1, 1}));
    BOOST_TEST(*t["c"].categories == (Texts{"blue", "red"}));  // sorted
    BOOST_TEST(values(t, "c") == (Numbers{1, 0, -1}));
    BOOST_TEST(t["d"].strings == (Texts{"1", "2", "3"}));
    const Table given = parse(text, {.categories = {{"c", {"red", "green", "blue"}}}});
    BOOST_TEST(*given["c"].categories == (Texts{"red", "green", "blue"}));
    BOOST_TEST(values(given, "c") == (Numbers{0, 2, -1}));
    refuses(text, {.categories = {{"c", {"red"}}}}, "line 3, column 3 ('c')", "\"blue\" is not one of the categories");
    refuses(text, {.types = {{"c", ColumnType::int64}}}, "line 2, column 3 ('c'): \"red\" is no int64");
    refuses("a\n1\n\"\"\n", {.types = {{"a", ColumnType::int64}}}, "line 3, column 1 ('a')", "missing value", "int64");
    refuses("a\n0.5\n", {.types = {{"a", ColumnType::boolean}}}, "line 2, column 1 ('a'): \"0.5\" is no bool");
}

BOOST_AUTO_TEST_CASE(quotes) {
    const Table t = parse(
        "\"a\",\"b \"\"x\"\"\"\r\n"
        "\"one\ntwo\",\"\"\"\"\r\n"
        "plain \"inside\",\"comma, \"\"and\"\" CR\r\nLF\"");
    BOOST_TEST(t.names() == (Texts{"a", "b \"x\""}));
    BOOST_TEST(t["a"].strings == (Texts{"one\ntwo", "plain \"inside\""}));
    BOOST_TEST(t["b \"x\""].strings == (Texts{"\"", "comma, \"and\" CR\r\nLF"}));
    BOOST_TEST(values(parse("a\n\"1\"\n\"2.5\"\n"), "a") == (Numbers{1, 2.5}));
    BOOST_TEST(parse("a;b\n'x;y';\"z\n", {.delimiter = ';', .quote = '\''})["a"].strings[0] == "x;y");
    BOOST_TEST(parse("a\n\"x\n", {.quote = '\0'})["a"].strings[0] == "\"x");
    // Line numbers count the lines inside of quotes.
    refuses("a,b\n\"1\n2\n\",3\nx,1,2\n", {}, "line 5: it has 3 fields, expected 2");
}

BOOST_AUTO_TEST_CASE(ends_of_lines_and_marks) {
    for (const char* text : {"a,b\n1,2\n3,4\n", "a,b\r\n1,2\r\n3,4\r\n", "a,b\r1,2\r3,4\r", "a,b\n1,2\n3,4",
                             "\xef\xbb\xbf"
                             "a,b\n1,2\n3,4",
                             "\n\na,b\n\n1,2\n\r\n3,4\n\n"}) {
        const Table t = parse(text);
        BOOST_TEST(t.names() == (Texts{"a", "b"}));
        BOOST_TEST(values(t, "a") == (Numbers{1, 3}));
        BOOST_TEST(values(t, "b") == (Numbers{2, 4}));
    }
    const Table none = parse("a,b\n");
    BOOST_TEST(none.rows() == 0);
    BOOST_TEST(none.tensor().shape().str() == "(0, 2)");
    const std::string large(3'000'000, 'x');
    BOOST_TEST(
        (xg::data::detail::parse_csv(CsvInput::memory("a,b\n1," + large + "\n"), {}, "here")["b"].strings[0] == large));
    std::string digits = "a\n0.";
    digits += std::string(2'000'000, '3') + "\n";
    BOOST_TEST(xg::data::detail::parse_csv(CsvInput::memory(digits), {}, "here")["a"].values.item() == 1.0 / 3);
}

BOOST_AUTO_TEST_CASE(options) {
    const std::string text = "made by hand\n# note\na|b|c\n1|2|3\n# more\n4|-999|6\n";
    const CsvOptions options{
        .delimiter = '|', .columns = {"c", "b"}, .missing = {"-999"}, .comment = '#', .skip_rows = 1};
    const Table t = parse(text, options);
    BOOST_TEST(t.names() == (Texts{"c", "b"}));
    BOOST_TEST(values(t, "b")[0] == 2);
    BOOST_TEST(std::isnan(values(t, "b")[1]));
    BOOST_TEST(values(t, "c") == (Numbers{3, 6}));

    const Table plain = parse("1,2\n3,4\n", {.header = false});
    BOOST_TEST(plain.names() == (Texts{"0", "1"}));
    BOOST_TEST(values(plain, "1") == (Numbers{2, 4}));
    BOOST_TEST(parse("1,2\n3,4\n", {.header = false, .names = {"x", "y"}}).names() == (Texts{"x", "y"}));
    BOOST_TEST(parse("a,a\n3,4\n", {.names = {"x", "y"}}).names() == (Texts{"x", "y"}));
    BOOST_TEST(parse("a\n1\n2\n3\n", {.max_rows = 2}).rows() == 2);
    BOOST_TEST(parse("a\n1\nx\n", {.max_rows = 0}).rows() == 0);
    BOOST_TEST(values(parse("a\tb\n1\t2\n", {.delimiter = '\t'}), "b") == (Numbers{2}));

    const auto invalid = [](const CsvOptions& o, const std::string& why) {
        BOOST_CHECK_EXCEPTION(xg::data::detail::parse_csv(CsvInput::memory("a,b\n1,2\n"), o, "here"), ValueError,
                              says_all("here", why));
    };
    for (const char c : {'"', '\n', '.', '-', '5', 'e', '\0'}) invalid({.delimiter = c}, "delimiter is");
    invalid({.quote = '\n'}, "quote");
    invalid({.names = {"x"}}, "1 names are given, expected 2: the first line is 'a', 'b'");
    invalid({.names = {"x", "x"}}, "twice");
    invalid({.columns = {"z"}}, "no column 'z', but 'a', 'b'");
    invalid({.columns = {"a", "a"}}, "twice");
    invalid({.types = {{"z", ColumnType::int64}}}, "no column 'z'");
    invalid({.types = {{"a", ColumnType::int64}}, .categories = {{"a", {}}}}, "expected category");
    invalid({.skip_rows = -1}, "skip_rows is -1");
    invalid({.max_rows = -1}, "max_rows is -1");
    invalid({.block_rows = 0}, "block_rows is 0");
}

BOOST_AUTO_TEST_CASE(broken_files) {
    refuses("", {}, "the file is empty", "a header");
    refuses("\xef\xbb\xbf", {}, "the file is empty");
    refuses("\n\n", {}, "no line follows");
    refuses("x\n", {.skip_rows = 3}, "no line follows");
    refuses("a,b\n1,2\n3\n", {}, "line 3: it has 1 field, expected 2, as the header has");
    refuses("1,2\n3,4,5\n", {.header = false}, "line 2: it has 3 fields, expected 2, as the first line has");
    refuses("a,b\n1,2,\n", {}, "line 2: it has 3 fields");
    refuses("a,b\n1,\"2\n3,4\n", {}, "line 2, column 2 ('b')", "the quote before \"2\\n3,4\\n\" is never closed");
    refuses("a,b\n1,\"2\"x\n", {}, "line 2, column 2 ('b'): \"x\" follows a closing quote");
    refuses(std::string("a,b\n1,2\0\n", 9), {}, "line 2, column 2 ('b'): a zero byte");
    refuses(std::string("a,b\n1,x\0y\n", 10), {}, "a zero byte");
    refuses(std::string("a,b\n1,\"x\0\"\n", 11), {}, "a zero byte");
    refuses(std::string("a,b\n\0", 5), {}, "line 2, column 1 ('a'): a zero byte");
    refuses("a,b,a\n1,2,3\n", {}, "line 1: two columns are called 'a'");
    refuses("a\n12x\n", {.types = {{"a", ColumnType::float64}}}, "line 2, column 1 ('a'): \"12x\" is no float64");
    for (const char* text : {"1e", "--1", "0x10", "1_000", "1,5e", "+-1", "nan(1)", ".", "e5", "1 2", "infinit"})
        refuses("a\n" + std::string("\"") + text + "\"\n", {.types = {{"a", ColumnType::float64}}}, "line 2",
                "is no float64");
    refuses("a\n9223372036854775808\n", {.types = {{"a", ColumnType::int64}}}, "is no int64");
    BOOST_CHECK_EXCEPTION(read_csv("no/such.csv"), FileError, says_all("no/such.csv", "No such file"));
    BOOST_CHECK_EXCEPTION(read_csv("/"), FileError, says_all("'/'"));
    BOOST_CHECK_THROW(read_csv(""), FileError);
}

BOOST_AUTO_TEST_CASE(numbers_are_rounded_as_python_rounds_them) {
    const Table t = read_csv(recorded("numbers.csv"), {.types = {{"text", ColumnType::float64}}});
    const double* value = t["text"].values.data<double>();
    const auto* bits = t["bits"].values.data<std::int64_t>();
    BOOST_TEST(t.rows() > 1000);
    for (std::int64_t i = 0; i < t.rows(); ++i)
        if (!std::isnan(value[i]) || !std::isnan(std::bit_cast<double>(bits[i])))
            BOOST_TEST(std::bit_cast<std::int64_t>(value[i]) == bits[i], "row " << i);
    // By the other way through the parser, too: spaces keep a field from the short one.
    const Table texts = read_csv(recorded("numbers.csv"), {.types = {{"text", ColumnType::string}}});
    std::string spaced = "text\n";
    for (const std::string& text : texts["text"].strings) spaced += text + " \n";
    const Table again = xg::data::detail::parse_csv(CsvInput::memory(spaced), {}, "here");
    const double* other = again["text"].values.data<double>();
    for (std::int64_t i = 0; i < t.rows(); ++i)
        BOOST_TEST(
            (std::bit_cast<std::int64_t>(other[i]) == std::bit_cast<std::int64_t>(value[i]) || std::isnan(value[i])));
}

BOOST_AUTO_TEST_CASE(blocks) {
    const TemporaryFolder folder;
    std::string text = "x,c\n";
    for (int i = 0; i < 25; ++i) text += std::to_string(i) + (i % 4 == 0 ? ",b\n" : i % 4 == 1 ? ",a\n" : ",c\n");
    xg::write_file(folder / "f.csv", text);
    const CsvOptions options{.types = {{"c", ColumnType::category}}, .block_rows = 10};
    CsvReader reader(folder / "f.csv", options);
    std::vector<std::int64_t> sizes;
    Numbers all;
    for (const Table& block : reader) {
        sizes.push_back(block.rows());
        for (const double v : values(block, "x")) all.push_back(v);
        BOOST_TEST(*block["c"].categories == (Texts{"b", "a", "c"}));  // as they came
        BOOST_TEST(values(block, "c")[0] == (all.size() == 20 ? 2.0 : 0.0));
    }
    BOOST_TEST(sizes == (std::vector<std::int64_t>{10, 10, 5}));
    BOOST_TEST(all.size() == 25U);
    BOOST_TEST(all[24] == 24);
    BOOST_TEST(!reader.next().has_value());

    CsvReader few(folder / "f.csv", {.max_rows = 12, .block_rows = 10});
    BOOST_TEST(few.next()->rows() == 10);
    BOOST_TEST(few.next()->rows() == 2);
    BOOST_TEST(!few.next().has_value());

    // What the first block did not show is an error, which says what to do.
    xg::write_file(folder / "f.csv", text + "0.5,a\n");
    CsvReader late(folder / "f.csv", {.block_rows = 10});
    late.next();
    late.next();
    BOOST_CHECK_EXCEPTION(late.next(), FileError,
                          says_all("f.csv", "line 27, column 1 ('x'): \"0.5\" is no int64", "CsvOptions::types"));
    xg::write_file(folder / "f.csv", "x\n");
    CsvReader none(folder / "f.csv");
    BOOST_TEST(none.next()->rows() == 0);
    BOOST_TEST(!none.next().has_value());
}

BOOST_AUTO_TEST_CASE(pipes_are_read) {
    const TemporaryFolder folder;
    const std::string path = folder / "pipe";
    BOOST_REQUIRE(mkfifo(path.c_str(), 0600) == 0);
    std::string text = "a\n";
    for (int i = 0; i < 5000; ++i) text += "1\n";
    std::thread writer([&] { std::ofstream(path) << text << "0.5\n"; });
    const Table t = read_csv(path);
    writer.join();
    BOOST_TEST(t.rows() == 5001);
    BOOST_TEST(types(t) == (Texts{"float64"}));
}

BOOST_AUTO_TEST_CASE(tables) {
    const Table t = parse("a,b,c\n1,0.5,x\n2,1.5,y\n");
    BOOST_TEST(t.tensor({"b", "a"}).to_vector() == (Numbers{0.5, 1, 1.5, 2}));
    BOOST_TEST(name(t.tensor({"b"}).dtype()) == "float32");
    BOOST_TEST(t.tensor({"a"}, xg::int64).data<std::int64_t>()[1] == 2);
    BOOST_CHECK_EXCEPTION(t.tensor(), xg::DTypeError, says_all("column 'c'", "texts"));
    BOOST_CHECK_EXCEPTION(t["z"], ValueError, says_all("no column 'z', but: a, b, c"));
    BOOST_CHECK_THROW(Table({{.name = "a", .values = xg::zeros({2})}, {.name = "b", .strings = {"x"}}}),
                      xg::ShapeError);
    BOOST_CHECK_THROW(Table({{.name = "a", .values = xg::zeros({2, 1})}}), xg::ShapeError);
    BOOST_CHECK_THROW(Table({{.name = "a", .strings = {"x"}}, {.name = "a", .strings = {"y"}}}), ValueError);
    BOOST_CHECK_THROW(Table({{.name = "a", .values = xg::zeros({1}), .categories = Texts{"x"}}}), ValueError);
    BOOST_CHECK_THROW(Table({{.name = "a", .values = xg::arange(0, 2), .categories = Texts{"x"}}}), ValueError);
}

BOOST_AUTO_TEST_CASE(what_is_written_is_read) {
    const TemporaryFolder folder;
    const std::string path = folder / "f.csv";
    const double nan = std::numeric_limits<double>::quiet_NaN(), infinity = std::numeric_limits<double>::infinity();
    const Numbers reals = {0.1, -0.0, nan, 1e300, 5e-324, -infinity, 3};
    const Texts texts = {"plain", "with, comma", "quo\"te", "two\nlines", "", "CR\rhere", " spaces "};
    const Table table(
        {{.name = "real", .values = xg::from_data(reals, {7}, {.dtype = xg::float64})},
         {.name = "round", .values = xg::ones({7}, {.dtype = xg::float64})},
         {.name = "whole", .values = xg::arange(-3, 4)},
         {.name = "flag", .values = xg::arange(0, 7).to(xg::boolean)},
         {.name = "te,xt", .strings = texts},
         {.name = "kind", .values = xg::tensor({1, 0, -1, 1, 2, 0, 2}), .categories = Texts{"a", "b", "c"}}});
    for (const char delimiter : {',', ';', '\t'}) {
        write_csv(path, table, {.delimiter = delimiter});
        const Table read = read_csv(path, {.delimiter = delimiter, .types = {{"kind", ColumnType::category}}});
        BOOST_TEST(read.names() == table.names());
        BOOST_TEST(types(read) == types(table));
        const double* back = read["real"].values.data<double>();
        for (std::size_t i = 0; i < reals.size(); ++i)
            BOOST_TEST((std::isnan(reals[i])
                            ? std::isnan(back[i])
                            : std::bit_cast<std::int64_t>(back[i]) == std::bit_cast<std::int64_t>(reals[i])));
        for (const char* column : {"whole", "flag", "kind"}) BOOST_TEST(values(read, column) == values(table, column));
        BOOST_TEST(read["te,xt"].strings == texts);
    }
    write_csv(path, table, {.missing = "NA"});
    BOOST_TEST(xg::read_file(path).find("\nNA,1.0,-1,True,\"quo\"\"te\",NA\n") != std::string::npos);
    // A lone empty field is no empty line.
    write_csv(path, Table({{.name = "a", .values = xg::from_data(Numbers{1, nan}, {2})}}));
    BOOST_TEST(read_csv(path).rows() == 2);

    const Tensor matrix = xg::randn({300, 3});
    write_csv(path, matrix.transpose().contiguous().transpose(), {"a", "b", "c"}, {.header = false});
    BOOST_TEST(read_csv(path, {.header = false}).tensor().to_vector() == matrix.to_vector());
    BOOST_CHECK_THROW(write_csv(path, matrix, {"a"}), xg::ShapeError);
    BOOST_CHECK_THROW(write_csv(path, Table()), ValueError);
    BOOST_CHECK_THROW(write_csv(path, table, {.delimiter = '.'}), ValueError);
    BOOST_TEST(folder.files() == 1);
}

BOOST_AUTO_TEST_CASE(a_full_disk_leaves_what_was_there) {
    const TemporaryFolder folder;
    const std::string path = folder / "f.csv";
    write_csv(path, xg::zeros({2, 1}), {"a"});
    const std::string before = xg::read_file(path);
    {
        const FullDisk full(600'000);  // not the first piece that is written
        BOOST_CHECK_EXCEPTION(write_csv(path, xg::randn({100'000, 2}), {"a", "b"}), FileError,
                              says_all(path, "File too large"));
    }
    BOOST_TEST(xg::read_file(path) == before);
    BOOST_TEST(folder.files() == 1);
}

BOOST_AUTO_TEST_SUITE_END()
