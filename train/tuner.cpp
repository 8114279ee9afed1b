#include <xgrad/train/tuner.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <mutex>
#include <set>

#include <fmt/format.h>

#include <xgrad/core/detail/json.hpp>
#include <xgrad/core/error.hpp>
#include <xgrad/core/file.hpp>
#include <xgrad/core/threads.hpp>
#include <xgrad/plot/charts.hpp>
#include <xgrad/train/detail/interrupt.hpp>

namespace xg::train {
namespace {

/// Points of a space that is listed; larger ones are drawn from.
constexpr std::int64_t kListed = 100'000, kGrid = 1'000'000;

std::string text_of(const SearchPoint& point) {
    std::string text;
    for (const auto& [name, value] : point) text += (text.empty() ? "" : ", ") + name + "=" + value.str();
    return text;
}

/// The same for people: four digits tell trials apart.
std::string short_text_of(const SearchPoint& point) {
    std::string text;
    for (const auto& [name, value] : point) {
        const double* const number = value.get_if<double>();
        text += (text.empty() ? "" : ", ") + name + "=" +
                (number != nullptr ? fmt::format("{:.4g}", *number) : value.str());
    }
    return text;
}

std::string exact(double value) { return fmt::format("{}", value); }

const char* name_of(SearchMethod method) {
    switch (method) {
        case SearchMethod::random: return "random";
        case SearchMethod::grid: return "grid";
        case SearchMethod::hyperband: return "hyperband";
    }
    return "";
}

}  // namespace

const SearchValue& Trial::value(const std::string& name) const {
    for (const auto& [key, value] : values_)
        if (key == name) return value;
    throw ValueError(fmt::format("Trial: this point has no '{}': {}", name, text_of(values_)));
}

bool Trial::has(const std::string& name) const {
    return std::any_of(values_.begin(), values_.end(), [&](const auto& v) { return v.first == name; });
}

void Trial::wrong_type(const std::string& name, const char* wanted) const {
    throw ValueError(fmt::format("Trial: expected '{}' to be {}, it is {}", name, wanted, value(name).str()));
}

std::string Trial::folder() const {
    if (!folder_.empty()) make_folder(folder_);
    return folder_;
}

bool Trial::report(std::int64_t epoch, double) {
    epochs_ = epoch;
    return epoch < budget_;
}

const TrialResult& TunerResult::best() const {
    const TrialResult* best = nullptr;
    for (const TrialResult& t : trials) {
        if (std::isnan(t.score)) continue;
        if (best == nullptr || t.budget > best->budget ||
            (t.budget == best->budget && (maximize ? t.score > best->score : t.score < best->score)))
            best = &t;
    }
    if (best == nullptr) throw ValueError("TunerResult: no trial has a score");
    return *best;
}

std::string TunerResult::table() const {
    std::vector<const TrialResult*> order;
    for (const TrialResult& t : trials) order.push_back(&t);
    std::stable_sort(order.begin(), order.end(), [&](const TrialResult* a, const TrialResult* b) {
        if (std::isnan(a->score) || std::isnan(b->score)) return !std::isnan(a->score) && std::isnan(b->score);
        return maximize ? a->score > b->score : a->score < b->score;
    });
    std::string text =
        fmt::format("{:>5}  {:>12}  {:>6}  {:>8}  {}\n", "trial", "score", "epochs", "seconds", "values");
    for (const TrialResult* t : order)
        text += fmt::format("{:>5}  {:>12.6g}  {:>6}  {:>8.2f}  {}{}\n", t->number, t->score, t->epochs, t->seconds,
                            short_text_of(t->values), t->message.empty() ? "" : "  failed: " + t->message);
    return text;
}

plot::Figure TunerResult::figure(const std::string& title) const {
    std::vector<double> numbers, scores;
    double least = INFINITY, greatest = -INFINITY;
    for (const TrialResult& t : trials) {
        if (std::isfinite(t.score)) least = std::min(least, t.score), greatest = std::max(greatest, t.score);
        numbers.push_back(static_cast<double>(t.number));
        scores.push_back(t.score);
    }
    return plot::search_results(numbers, scores,
                                {.title = title, .minimize = !maximize, .log_y = least > 0 && greatest > 100 * least});
}

std::string TunerResult::to_csv() const {
    std::vector<std::string> names;
    for (const TrialResult& t : trials)
        for (const auto& [name, value] : t.values)
            if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    const auto field = [](const std::string& s) {
        if (s.find_first_of(",\"\r\n") == std::string::npos) return s;
        std::string quoted = "\"";
        for (const char c : s) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
        return quoted + '"';
    };
    std::string text = "trial,score,epochs";
    for (const std::string& name : names) text += ',' + field(name);
    text += '\n';
    for (const TrialResult& t : trials) {
        text += fmt::format("{},{},{}", t.number, t.score, t.epochs);
        for (const std::string& name : names) {
            const auto at =
                std::find_if(t.values.begin(), t.values.end(), [&](const auto& v) { return v.first == name; });
            text += ',' + (at == t.values.end() ? std::string() : field(at->second.str()));
        }
        text += '\n';
    }
    return text;
}

Tuner::Tuner(SearchSpace space, TunerOptions options) : space_(std::move(space)), options_(std::move(options)) {
    const auto least = [](const char* what, std::int64_t value, std::int64_t at_least) {
        if (value < at_least)
            throw ValueError(fmt::format("Tuner: {} is {}, expected at least {}", what, value, at_least));
    };
    if (space_.empty()) throw ValueError("Tuner: the search space is empty, expected at least one hyperparameter");
    least("max_trials", options_.max_trials, 1);
    least("max_epochs", options_.max_epochs, 1);
    least("factor", options_.factor, 2);
    least("levels", options_.levels, 2);
    if (options_.method == SearchMethod::grid && !space_.all(options_.levels, kGrid))
        throw ValueError(
            fmt::format("Tuner: expected a grid of at most {} points; take fewer levels, or search at random", kGrid));
}

/// A search under way: what has been drawn and what has come of it.
class Tuner::Search {
    /// A call of the function: a trial with a budget.
    struct Call {
        std::size_t trial;
        std::int64_t budget, from;
    };

    struct Outcome {
        double score = 0, seconds = 0;
        std::int64_t epochs = 0;
        std::string message;
    };

public:
    Search(const SearchSpace& space, const TunerOptions& options, const Objective& objective)
        : space_(space), options_(options), objective_(objective), interrupt_(options.handle_interrupt) {
        open_log();
    }

    TunerResult run() {
        TunerResult result;
        result.maximize = options_.maximize;
        result.stop_reason = options_.method == SearchMethod::hyperband ? brackets() : all_at_once();
        std::string first;
        bool any = false;
        for (TrialResult& t : trials_) {
            any = any || !std::isnan(t.score);
            if (first.empty()) first = t.message;
        }
        if (interrupt_.interrupted()) {
            result.stop_reason = "interrupted";
            std::erase_if(trials_, [](const TrialResult& t) { return t.budget == 0; });
        }
        if (!any && !first.empty()) throw Error("Tuner: all trials failed; the first: " + first);
        result.trials = std::move(trials_);
        return result;
    }

private:
    /// Random search and grids.
    std::string all_at_once() {
        const bool grid = options_.method == SearchMethod::grid;
        std::vector<Call> calls;
        const auto most = static_cast<std::size_t>(options_.max_trials);
        bool exhausted = false;
        if (grid) {
            std::vector<SearchPoint> points = *space_.all(options_.levels, kGrid);
            exhausted = points.size() <= most;
            for (SearchPoint& point : points)
                if (calls.size() < most) calls.push_back(first_call(std::move(point), options_.max_epochs));
        } else {
            while (calls.size() < most && !exhausted) {
                if (std::optional<SearchPoint> point = next_point())
                    calls.push_back(first_call(std::move(*point), options_.max_epochs));
                else
                    exhausted = true;
            }
            exhausted = exhausted || (listed_ && taken_ >= listed_->size());
        }
        carry_out(calls);
        return exhausted ? "search space exhausted" : "max_trials reached";
    }

    /// Hyperband's: each gives fewer trials more epochs from the start.
    std::string brackets() {
        const auto eta = static_cast<double>(options_.factor), r_max = static_cast<double>(options_.max_epochs);
        int s_max = 0;
        while (std::pow(eta, s_max + 1) <= r_max * (1 + 1e-12)) ++s_max;
        for (int s = s_max; s >= 0; --s) {
            const auto n = static_cast<std::int64_t>(std::ceil((s_max + 1) * std::pow(eta, s) / (s + 1) - 1e-9));
            std::vector<Call> calls;
            for (std::int64_t i = 0; i < n; ++i) {
                std::optional<SearchPoint> point = next_point();
                if (!point) break;
                calls.push_back(first_call(std::move(*point), budget(s, 0)));
            }
            if (calls.empty()) return "search space exhausted";
            carry_out(calls);
            for (int i = 1; i <= s; ++i) {
                const auto keep =
                    static_cast<std::size_t>(std::floor(static_cast<double>(n) * std::pow(eta, -i) + 1e-9));
                std::stable_sort(calls.begin(), calls.end(), [&](const Call& a, const Call& b) {
                    const double x = trials_[a.trial].score, y = trials_[b.trial].score;
                    if (std::isnan(x) || std::isnan(y)) return !std::isnan(x) && std::isnan(y);
                    return options_.maximize ? x > y : x < y;
                });
                while (!calls.empty() && (calls.size() > keep || std::isnan(trials_[calls.back().trial].score)))
                    calls.pop_back();
                for (Call& c : calls) c = {c.trial, budget(s, i), c.budget};
                carry_out(calls);
            }
            if (interrupt_.interrupted()) return "";
        }
        return "all brackets finished";
    }
    std::int64_t budget(int s, int i) const {
        return std::max<std::int64_t>(1, std::llround(static_cast<double>(options_.max_epochs) *
                                                      std::pow(static_cast<double>(options_.factor), i - s)));
    }

    Call first_call(SearchPoint point, std::int64_t epochs) {
        TrialResult& t = trials_.emplace_back();
        t.number = static_cast<std::int64_t>(trials_.size());
        t.values = std::move(point);
        t.score = std::numeric_limits<double>::quiet_NaN();
        return {trials_.size() - 1, epochs, 0};
    }

    /// A random point that was not tried; none where there is none, or none was found in many draws.
    std::optional<SearchPoint> next_point() {
        if (!started_) {
            started_ = true;
            listed_ = space_.all(0, kListed);
            if (listed_) {
                // Shuffled: each place changes with one at or behind it.
                const Philox stream(options_.seed, 1);
                for (std::size_t i = 0; i + 1 < listed_->size(); ++i) {
                    const auto words = stream.block(i);
                    const double left = static_cast<double>(listed_->size() - i);
                    std::swap((*listed_)[i],
                              (*listed_)[i + static_cast<std::size_t>(uniform_double(words[0], words[1]) * left)]);
                }
            }
        }
        if (listed_) {
            if (taken_ == listed_->size()) return {};
            return (*listed_)[taken_++];
        }
        for (int tries = 0; tries < 1000; ++tries) {
            SearchPoint point = space_.draw(Philox(options_.seed, 2 + drawn_++));
            if (seen_.insert(text_of(point)).second) return point;
        }
        return {};
    }

    void carry_out(const std::vector<Call>& calls) {
        const auto n = static_cast<std::int64_t>(calls.size());
        std::vector<std::optional<Outcome>> outcomes(calls.size());
        const auto one = [&](std::int64_t i) {
            if (!interrupt_.interrupted())
                outcomes[static_cast<std::size_t>(i)] = carry_out(calls[static_cast<std::size_t>(i)]);
        };
        if (options_.parallel)
            parallel_for(n, one);
        else
            for (std::int64_t i = 0; i < n; ++i) one(i);
        for (std::size_t i = 0; i < calls.size(); ++i) {
            if (!outcomes[i]) continue;
            TrialResult& t = trials_[calls[i].trial];
            t.score = outcomes[i]->score;
            t.epochs = outcomes[i]->epochs;
            t.budget = calls[i].budget;
            t.seconds += outcomes[i]->seconds;
            t.message = outcomes[i]->message;
        }
    }

    /// None of a call that was interrupted: what came of it is not what comes of a whole one.
    std::optional<Outcome> carry_out(const Call& call) {
        const TrialResult& t = trials_[call.trial];
        const std::pair<std::int64_t, std::int64_t> key(t.number, call.budget);
        if (const auto known = logged_.find(key); known != logged_.end()) {
            if (known->second.first != text_of(t.values))
                throw ValueError(fmt::format("Tuner: the log '{}' has trial {} with {}, expected {}", options_.log,
                                             t.number, known->second.first, text_of(t.values)));
            return known->second.second;
        }
        Trial trial;
        trial.values_ = t.values;
        trial.number_ = t.number;
        trial.budget_ = call.budget;
        trial.resumed_from_ = call.from;
        trial.epochs_ = 0;
        if (!options_.folder.empty()) trial.folder_ = fmt::format("{}/trial-{}", options_.folder, t.number);
        struct Restore {
            RandomState before = random_state();
            ~Restore() { set_random_state(before); }
        } const restore;
        // A stream of its own for each call, far from those of others.
        set_random_state({options_.seed, (static_cast<std::uint64_t>(t.number) << 32) +
                                             static_cast<std::uint64_t>(call.budget) * 65536});
        Outcome outcome;
        const auto began = std::chrono::steady_clock::now();
        try {
            outcome.score = objective_(trial);
            if (std::isnan(outcome.score)) outcome.message = "the score is NaN";
        } catch (const std::exception& error) {
            outcome.score = std::numeric_limits<double>::quiet_NaN();
            outcome.message = error.what()[0] == 0 ? "an exception without a message" : error.what();
        } catch (...) {
            outcome.score = std::numeric_limits<double>::quiet_NaN();
            outcome.message = "an exception that is no std::exception";
        }
        if (interrupt_.interrupted()) return {};
        outcome.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
        outcome.epochs = trial.epochs_ > 0 ? trial.epochs_ : call.budget;
        append(t, call, outcome);
        return outcome;
    }

    // The log: a line that says which search it is, then one for each call, all JSON.

    std::string header() const {
        using xg::detail::Json;
        return Json(Json::Object{
                        {"search", name_of(options_.method)},
                        {"space", space_.str()},
                        {"seed", static_cast<std::uint64_t>(options_.seed)},
                        {"options", fmt::format("max_epochs {} factor {} levels {} maximize {}", options_.max_epochs,
                                                options_.factor, options_.levels, options_.maximize)}})
            .dump(-1, true);
    }

    void open_log() {
        if (options_.log.empty()) return;
        std::string kept = header() + "\n";
        if (std::filesystem::exists(options_.log)) {
            const std::string text = read_file(options_.log);
            std::size_t from = text.find('\n');
            if (from == std::string::npos || text.substr(0, from) != header())
                throw ValueError(
                    fmt::format("Tuner: '{}' is no log of this search: it begins with\n  {}\nexpected\n  {}",
                                options_.log, text.substr(0, std::min<std::size_t>(from, 400)), header()));
            for (++from; from < text.size();) {
                const std::size_t end = text.find('\n', from);
                if (end == std::string::npos) break;  // half a line: the search was killed while it wrote
                read_line(text.substr(from, end - from));
                kept += text.substr(from, end - from + 1);
                from = end + 1;
            }
        }
        write_file(options_.log, kept);
    }

    void read_line(const std::string& line) {
        const auto refuse = [&](const std::string& what) {
            throw ValueError(
                fmt::format("Tuner: the log '{}' has a line {}: {}", options_.log, what, line.substr(0, 200)));
        };
        xg::detail::Json json;
        try {
            json = xg::detail::parse_json(line);
        } catch (const ValueError&) {
            refuse("that is no JSON");
        }
        const auto text = [&](const char* key) {
            const xg::detail::Json* const v = json.find(key);
            if (v == nullptr || v->text() == nullptr) refuse(fmt::format("without '{}'", key));
            return *v->text();
        };
        const auto number = [&](const char* key, auto value) {
            const std::string digits = text(key);
            const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
            if (error != std::errc() || end != digits.data() + digits.size())
                refuse(fmt::format("whose '{}' is no number", key));
            return value;
        };
        Outcome outcome;
        outcome.score = number("score", 0.0);
        outcome.seconds = number("seconds", 0.0);
        outcome.epochs = number("epochs", std::int64_t{0});
        outcome.message = text("message");
        logged_[{number("trial", std::int64_t{0}), number("budget", std::int64_t{0})}] = {text("values"), outcome};
    }

    void append(const TrialResult& t, const Call& call, const Outcome& outcome) {
        if (options_.log.empty()) return;
        using xg::detail::Json;
        const std::string line = Json(Json::Object{{"trial", std::to_string(t.number)},
                                                   {"budget", std::to_string(call.budget)},
                                                   {"values", text_of(t.values)},
                                                   {"score", exact(outcome.score)},
                                                   {"epochs", std::to_string(outcome.epochs)},
                                                   {"seconds", exact(outcome.seconds)},
                                                   {"message", outcome.message}})
                                     .dump(-1, true) +
                                 "\n";
        const std::lock_guard lock(log_mutex_);
        std::ofstream file(options_.log, std::ios::app | std::ios::binary);
        file << line << std::flush;
        if (!file) throw FileError(fmt::format("Tuner: cannot write to the log '{}'", options_.log));
    }

    const SearchSpace& space_;
    const TunerOptions& options_;
    const Objective& objective_;
    const detail::InterruptScope interrupt_;
    std::vector<TrialResult> trials_;
    std::optional<std::vector<SearchPoint>> listed_;
    bool started_ = false;
    std::size_t taken_ = 0;
    std::uint64_t drawn_ = 0;
    std::set<std::string> seen_;
    std::map<std::pair<std::int64_t, std::int64_t>, std::pair<std::string, Outcome>> logged_;
    std::mutex log_mutex_;
};

TunerResult Tuner::search(const Objective& objective) {
    if (!objective) throw ValueError("Tuner: expected a function to tune, got an empty one");
    return Search(space_, options_, objective).run();
}

}  // namespace xg::train
