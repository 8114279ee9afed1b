#include "row_makers.hpp"

using namespace rows;

std::vector<Row> einsum_rows() {
    std::vector<Row> rows;
    const auto of = [&rows](const char* spec, const std::vector<xg::Shape>& shapes) {
        Inputs inputs;
        for (const xg::Shape& shape : shapes)
            inputs.push_back(values(static_cast<std::uint32_t>(inputs.size()), shape));
        rows.push_back({"einsum", spec, [spec](const Inputs& in) { return xg::einsum(spec, in); }, inputs});
    };
    of("ij,jk->ik", {{2, 3}, {3, 2}});
    of("bij,bjk->bik", {{2, 1, 2}, {2, 2, 3}});
    of("ij,kj->ki", {{2, 3}, {2, 3}});
    of("ij,j", {{2, 3}, {3}});
    of("i,i", {{3}, {3}});
    of("bi,bi->b", {{2, 3}, {2, 3}});
    of("i,j->ji", {{2}, {3}});
    of("i,i->i", {{3}, {3}});
    of("ij->ji", {{2, 3}});
    of("ij->", {{2, 3}});
    of("ii", {{3, 3}});
    of("iji->ji", {{2, 3, 2}});
    of("...ij,...jk", {{2, 2, 2}, {2, 2}});
    of("...i->...", {{2, 2, 3}});
    of("a...,b...->ab", {{2, 3}, {2, 1}});
    of("ij,jk,kl->il", {{2, 2}, {2, 3}, {3, 2}});
    of("a,ab,bc,c,ad->d", {{2}, {2, 2}, {2, 2}, {2}, {2, 2}});
    of("ij,jk", {{2, 1}, {3, 2}});
    of(",i", {{}, {3}});
    of("ij,jk", {{2, 0}, {0, 2}});
    of("ij,jk", {{0, 2}, {2, 2}});
    rows.push_back({"einsum",
                    "of one tensor twice, and transposed",
                    [](const Inputs& in) {
                        return xg::einsum("ij,jk,ki->k", {in[0], in[0].transpose(), in[0]});
                    },
                    {values(5, {2, 2})}});
    return rows;
}
