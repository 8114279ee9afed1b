#pragma once

#include <memory>
#include <vector>

namespace xg::detail {

/// What holds values that were computed again for a walk through a graph.
struct Recomputed {
    virtual ~Recomputed() = default;
    /// Drops them: should they be wanted once more, they are computed once more.
    virtual void forget() noexcept = 0;
};

/// The end of a walk through a graph, forward or backward: what was computed again for it is dropped there.
class PassEnd {
public:
    PassEnd() noexcept;
    ~PassEnd();
    PassEnd(const PassEnd&) = delete;
    PassEnd& operator=(const PassEnd&) = delete;

    /// Tells the innermost walk of this thread, if there is one.
    static void note(std::weak_ptr<Recomputed> values);

private:
    PassEnd* outer_;
    std::vector<std::weak_ptr<Recomputed>> values_;
};

}  // namespace xg::detail
