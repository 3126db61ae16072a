#include "tests/privacy/whole_number_attacker.h"

#include <glpk.h>

#include <cmath>
#include <limits>

#include "services/base/status.h"

namespace candor::privacy {
namespace {

// A number this near to a whole one is that: GLPK keeps to limits within 1e-7 of their size.
constexpr double kWhole = 1e-5;
constexpr int kLongestSearch = 20'000;  // milliseconds

int LimitsType(double least, double most) {
  if (std::isinf(least)) return std::isinf(most) ? GLP_FR : GLP_UP;
  if (std::isinf(most)) return GLP_LO;
  return least == most ? GLP_FX : GLP_DB;
}

}  // namespace

struct WholeNumberAttacker::Problem {
  glp_prob* glpk = glp_create_prob();
  ~Problem() { glp_delete_prob(glpk); }
};

WholeNumberAttacker::WholeNumberAttacker() {
  glp_term_out(GLP_OFF);
  problem_ = std::make_unique<Problem>();
}

WholeNumberAttacker::~WholeNumberAttacker() = default;

int WholeNumberAttacker::AddNumber(int64_t least, int64_t most) {
  const int column = glp_add_cols(problem_->glpk, 1);
  glp_set_col_kind(problem_->glpk, column, GLP_IV);
  SetLimits(column - 1, least, most);
  return column - 1;
}

void WholeNumberAttacker::SetLimits(int number, int64_t least, int64_t most) {
  CANDOR_CHECK(least <= most);
  const double low = static_cast<double>(least), high = static_cast<double>(most);
  glp_set_col_bnds(problem_->glpk, number + 1, LimitsType(low, high), low, high);
}

int WholeNumberAttacker::Learn(const Sum& sum, double least, double most) {
  std::vector<int> columns = {0};
  std::vector<double> factors = {0};
  for (const Term& term : sum) {
    columns.push_back(term.number + 1);
    factors.push_back(term.factor);
  }
  const int row = glp_add_rows(problem_->glpk, 1);
  glp_set_mat_row(problem_->glpk, row, static_cast<int>(sum.size()), columns.data(), factors.data());
  SetSumLimits(row - 1, least, most);
  return row - 1;
}

void WholeNumberAttacker::SetSumLimits(int learnt, double least, double most) {
  CANDOR_CHECK(least <= most);
  glp_set_row_bnds(problem_->glpk, learnt + 1, LimitsType(least, most), least, most);
}

void WholeNumberAttacker::SetObjective(const Sum& sum, bool smallest) {
  for (int column = 1; column <= glp_get_num_cols(problem_->glpk); ++column) {
    glp_set_obj_coef(problem_->glpk, column, 0);
  }
  for (const Term& term : sum) glp_set_obj_coef(problem_->glpk, term.number + 1, term.factor);
  glp_set_obj_dir(problem_->glpk, smallest ? GLP_MIN : GLP_MAX);
}

bool WholeNumberAttacker::SolveLinear() {
  glp_smcp parameters;
  glp_init_smcp(&parameters);
  parameters.msg_lev = GLP_MSG_OFF;
  parameters.meth = GLP_DUALP;  // from the last basis; limits have moved, and the objective
  parameters.tm_lim = kLongestSearch;
  int fault = glp_simplex(problem_->glpk, &parameters);
  if (fault != 0) {
    // A basis that has become singular: from the start.
    glp_std_basis(problem_->glpk);
    fault = glp_simplex(problem_->glpk, &parameters);
  }
  CANDOR_CHECK(fault == 0);
  const int status = glp_get_status(problem_->glpk);
  CANDOR_CHECK(status == GLP_OPT || status == GLP_NOFEAS || status == GLP_INFEAS);
  return status == GLP_OPT;
}

bool WholeNumberAttacker::Whole() const {
  for (int column = 1; column <= glp_get_num_cols(problem_->glpk); ++column) {
    const double value = glp_get_col_prim(problem_->glpk, column);
    if (std::fabs(value - std::round(value)) > kWhole) return false;
  }
  return true;
}

bool WholeNumberAttacker::Search() {
  glp_iocp parameters;
  glp_init_iocp(&parameters);
  parameters.msg_lev = GLP_MSG_OFF;
  parameters.tm_lim = kLongestSearch;
  ++searched_;
  const int fault = glp_intopt(problem_->glpk, &parameters);
  CANDOR_CHECK(fault == 0);
  const int status = glp_mip_status(problem_->glpk);
  CANDOR_CHECK(status == GLP_OPT || status == GLP_NOFEAS);
  return status == GLP_OPT;
}

std::optional<WholeNumberAttacker::Range> WholeNumberAttacker::Bounds(const Sum& sum) {
  Range range;
  for (const bool smallest : {true, false}) {
    SetObjective(sum, smallest);
    ++linear_;
    if (!SolveLinear()) return std::nullopt;
    (smallest ? range.least : range.most) = glp_get_obj_val(problem_->glpk);
  }
  return range;
}

std::optional<WholeNumberAttacker::Range> WholeNumberAttacker::WholeBounds(const Sum& sum) {
  Range range;
  for (const bool smallest : {true, false}) {
    SetObjective(sum, smallest);
    ++linear_;
    if (!SolveLinear()) return std::nullopt;
    double& found = smallest ? range.least : range.most;
    if (Whole()) {
      found = glp_get_obj_val(problem_->glpk);
    } else {
      if (!Search()) return std::nullopt;
      found = glp_mip_obj_val(problem_->glpk);
    }
  }
  return range;
}

std::optional<std::vector<int64_t>> WholeNumberAttacker::Find(const Sum& cost) {
  SetObjective(cost, true);
  ++linear_;
  if (!SolveLinear()) return std::nullopt;
  const bool whole = Whole();
  if (!whole && !Search()) return std::nullopt;
  std::vector<int64_t> numbers;
  for (int column = 1; column <= glp_get_num_cols(problem_->glpk); ++column) {
    const double value =
        whole ? glp_get_col_prim(problem_->glpk, column) : glp_mip_col_val(problem_->glpk, column);
    numbers.push_back(std::llround(value));
  }
  return numbers;
}

std::string SolverVersion() { return glp_version(); }

}  // namespace candor::privacy
