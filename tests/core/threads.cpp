#include <xgrad/core/threads.hpp>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cmath>
#include <ctime>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <xgrad/core/error.hpp>
#include <xgrad/core/path.hpp>

namespace {

/// Puts the number of threads back, so that the tests do not depend on their order.
struct Threads {
    explicit Threads(int n) : before(xg::num_threads()) { xg::set_num_threads(n); }
    ~Threads() { xg::set_num_threads(before); }
    int before;
};

/// A sum cut into blocks by its length alone, as the kernels do it.
double block_sum(const std::vector<double>& values) {
    constexpr std::int64_t block = 1000;
    const auto size = static_cast<std::int64_t>(values.size());
    std::vector<double> parts(static_cast<std::size_t>((size + block - 1) / block));
    xg::parallel_for(static_cast<std::int64_t>(parts.size()), [&](std::int64_t b) {
        double sum = 0;
        for (std::int64_t i = b * block; i < std::min(size, (b + 1) * block); ++i)
            sum += values[static_cast<std::size_t>(i)];
        parts[static_cast<std::size_t>(b)] = sum;
    });
    double total = 0;
    for (const double part : parts) total += part;
    return total;
}

double cpu_seconds() {
    timespec t{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(threads)

BOOST_AUTO_TEST_CASE(every_block_runs_once) {
    for (const int n : {1, 2, 4, 7}) {
        const Threads threads(n);
        for (const std::int64_t blocks : {0, 1, 2, 3, 100, 5000}) {
            std::vector<std::atomic<int>> counts(static_cast<std::size_t>(blocks));
            xg::parallel_for(blocks, [&](std::int64_t i) { ++counts[static_cast<std::size_t>(i)]; });
            for (const auto& count : counts) BOOST_REQUIRE_EQUAL(count.load(), 1);
        }
    }
}

BOOST_AUTO_TEST_CASE(work_is_shared_out) {
    const Threads threads(4);
    std::atomic<int> arrived{0};
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    // Each block waits for the other three: with fewer threads than blocks it would not end well.
    xg::parallel_for(4, [&](std::int64_t) {
        ++arrived;
        while (arrived < 4 && std::chrono::steady_clock::now() < end) std::this_thread::yield();
    });
    BOOST_TEST(arrived == 4);
    BOOST_TEST((std::chrono::steady_clock::now() < end));
}

BOOST_AUTO_TEST_CASE(sums_have_the_same_bits_on_any_number_of_threads) {
    std::vector<double> values(123'457);
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = std::sin(static_cast<double>(i)) * std::pow(10.0, static_cast<double>(i % 20) - 10);
    double first = 0;
    for (const int n : {1, 2, 3, 4}) {
        const Threads threads(n);
        for (int again = 0; again < 20; ++again) {
            const double sum = block_sum(values);
            if (n == 1 && again == 0) first = sum;
            BOOST_REQUIRE_EQUAL(sum, first);
        }
    }
}

BOOST_AUTO_TEST_CASE(nested_regions_run_in_place) {
    const Threads threads(4);
    std::atomic<int> inner{0};
    std::atomic<int> elsewhere{0};
    xg::parallel_for(16, [&](std::int64_t) {
        const auto me = std::this_thread::get_id();
        xg::parallel_for(16, [&](std::int64_t) {
            ++inner;
            if (std::this_thread::get_id() != me) ++elsewhere;
        });
    });
    BOOST_TEST(inner == 256);
    BOOST_TEST(elsewhere == 0);
}

BOOST_AUTO_TEST_CASE(callers_in_several_threads_do_not_wait_for_each_other) {
    const Threads threads(3);
    std::atomic<long> total{0};
    std::vector<std::thread> callers;
    for (int t = 0; t < 4; ++t)
        callers.emplace_back([&] {
            for (int k = 0; k < 300; ++k) xg::parallel_for(8, [&](std::int64_t i) { total += i; });
        });
    for (auto& caller : callers) caller.join();
    BOOST_TEST(total == 4L * 300 * 28);
}

BOOST_AUTO_TEST_CASE(the_lowest_exception_comes_back_and_the_pool_goes_on) {
    for (const int n : {1, 2, 4}) {
        const Threads threads(n);
        for (int again = 0; again < 200; ++again) {
            std::atomic<int> started{0};
            std::string message;
            try {
                xg::parallel_for(1000, [&](std::int64_t i) {
                    ++started;
                    if (i == 7 || i == 8 || i == 30) throw std::runtime_error("block " + std::to_string(i));
                });
            } catch (const std::runtime_error& e) {
                message = e.what();
            }
            BOOST_REQUIRE_EQUAL(message, "block 7");
            BOOST_REQUIRE_GE(started.load(), 8);
            if (n == 1) BOOST_REQUIRE_EQUAL(started.load(), 8);
        }
        std::atomic<int> count{0};
        xg::parallel_for(100, [&](std::int64_t) { ++count; });
        BOOST_TEST(count == 100);
    }
}

BOOST_AUTO_TEST_CASE(number_of_threads) {
    BOOST_TEST(xg::num_threads() >= 1);
    const Threads threads(3);
    BOOST_TEST(xg::num_threads() == 3);
    for (const int bad : {0, -1, 1025}) BOOST_CHECK_THROW(xg::set_num_threads(bad), xg::ValueError);
    BOOST_TEST(xg::num_threads() == 3);
}

BOOST_AUTO_TEST_CASE(at_most_that_many_threads_take_part_while_the_number_changes) {
    const Threads threads(1);
    for (const int n : {4, 2, 1, 3, 1, 4}) {
        xg::set_num_threads(n);
        std::vector<std::thread::id> who(400);
        xg::parallel_for(400, [&](std::int64_t i) {
            who[static_cast<std::size_t>(i)] = std::this_thread::get_id();
            std::this_thread::sleep_for(std::chrono::microseconds(20));
        });
        const std::set<std::thread::id> distinct(who.begin(), who.end());
        BOOST_TEST(distinct.size() <= static_cast<std::size_t>(n));
        BOOST_TEST(distinct.size() >= static_cast<std::size_t>(n > 1 ? 2 : 1));
    }
}

BOOST_AUTO_TEST_CASE(a_change_from_inside_a_task_counts_from_the_next_region) {
    const Threads threads(2);
    xg::parallel_for(8, [](std::int64_t) { xg::set_num_threads(4); });
    BOOST_TEST(xg::num_threads() == 4);
    std::atomic<int> count{0};
    xg::parallel_for(100, [&](std::int64_t) { ++count; });
    BOOST_TEST(count == 100);
}

BOOST_AUTO_TEST_CASE(the_module_path_travels_with_the_task) {
    const Threads threads(4);
    const xg::ModulePath* path = xg::intern_path(nullptr, "3.fc1", "Linear");
    std::atomic<int> wrong{0};
    std::string message;
    {
        const xg::PathScope scope(path);
        std::atomic<int> arrived{0};
        xg::parallel_for(4, [&](std::int64_t) {
            if (xg::current_path() != path) ++wrong;
            ++arrived;
            for (int k = 0; k < 100'000 && arrived < 4; ++k) std::this_thread::yield();
        });
        try {
            xg::parallel_for(4, [](std::int64_t) { throw xg::ShapeError("matmul: no"); });
        } catch (const xg::ShapeError& e) {
            message = e.what();
        }
    }
    BOOST_TEST(wrong == 0);
    BOOST_TEST(message == "in 3.fc1 (Linear): matmul: no");
    xg::parallel_for(64, [&](std::int64_t) {
        if (xg::current_path() != nullptr) ++wrong;
    });
    BOOST_TEST(wrong == 0);
}

BOOST_AUTO_TEST_CASE(idle_threads_sleep) {
    const Threads threads(4);
    xg::parallel_for(100, [](std::int64_t) {});
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    const double before = cpu_seconds();
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    BOOST_TEST(cpu_seconds() - before < 0.05);
}

#ifndef __SANITIZE_THREAD__  // which takes no new threads in the child of a process that has several
BOOST_AUTO_TEST_CASE(a_forked_child_computes_and_ends) {
    const Threads threads(3);
    std::atomic<int> count{0};
    xg::parallel_for(100, [&](std::int64_t) { ++count; });
    const pid_t child = fork();
    BOOST_REQUIRE(child >= 0);
    if (child == 0) {
        alarm(20);  // a child that hangs dies of it
        std::atomic<int> sum{0};
        for (int k = 0; k < 50; ++k) xg::parallel_for(100, [&](std::int64_t) { ++sum; });
        _exit(sum == 5000 ? 0 : 1);
    }
    int status = -1;
    BOOST_REQUIRE_EQUAL(waitpid(child, &status, 0), child);
    BOOST_TEST(WIFEXITED(status));
    BOOST_TEST(WEXITSTATUS(status) == 0);
    xg::parallel_for(100, [&](std::int64_t) { ++count; });
    BOOST_TEST(count == 200);
}
#endif

BOOST_AUTO_TEST_SUITE_END()
