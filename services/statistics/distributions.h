// Quantiles and probabilities of the normal, Student's t and Fisher's F distribution, to 1e-12.

#ifndef CANDOR_SERVICES_STATISTICS_DISTRIBUTIONS_H_
#define CANDOR_SERVICES_STATISTICS_DISTRIBUTIONS_H_

namespace candor::statistics {

// The value that a t variable with `degrees` > 0 degrees of freedom stays below with probability .975. Infinite
// degrees give the normal quantile. Safe to call from several threads; whole degrees up to 4,096 are remembered.
double StudentUpperQuantile(double degrees);

// The value that a t variable with `degrees` > 0 degrees of freedom, which may be infinite, stays below with probability
// `level`, within (0, 1). Not remembered.
double StudentQuantile(double level, double degrees);

// Two-sided p value of the t statistic `t` with `degrees` > 0 degrees of freedom.
double StudentTwoSided(double t, double degrees);

// The value that an F variable with `numerator` and `denominator` > 0 degrees of freedom stays below with probability
// `level`, within (0, 1).
double FisherQuantile(double level, double numerator, double denominator);

// Probability that a standard normal variable is at most `x`.
double NormalCdf(double x);

}  // namespace candor::statistics

#endif  // CANDOR_SERVICES_STATISTICS_DISTRIBUTIONS_H_
