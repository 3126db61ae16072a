// The attack on a whole report: everything printed at once, by somebody who knows the rules, how many of each group
// answered each question, and the answers of t insiders.

#ifndef CANDOR_TESTS_PRIVACY_REPORT_ATTACK_H_
#define CANDOR_TESTS_PRIVACY_REPORT_ATTACK_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "tests/privacy/printed_survey.h"

namespace candor::privacy {

struct Exposure {
  int group = 0, question = 0;
  std::string text;  // a sentence
};

struct AttackResult {
  std::vector<Exposure> exposures;  // what breaks the promise
  // Other answers that fit all that the attacker knows but give another report: the attacker has overlooked something
  // that the report says, and has been too weak. Empty where `print` is left out.
  std::vector<std::string> overlooked;

  // How much was attacked.
  int64_t held_back = 0;   // answers of one group to one question that are in no figure of their own or a pool's
  int64_t in_pools = 0;    // likewise that are in a pool's figure alone
  int64_t in_parts = 0;    // likewise of a part that is too small to be shown apart, in the figure of joined parts
  int64_t people = 0;      // times that an answer of another person was asked for: group, question, insiders, answer
  int64_t alternatives = 0;  // sets of other answers that give the same report
  int64_t linear = 0, searched = 0;  // programs solved: linear alone; with a search for whole numbers
  AttackResult& operator+=(const AttackResult& other);
};

// Everything that is printed of a survey with these answers, as text or bytes.
using Printer = std::function<std::string(const Answers&)>;

// Asks for the least and the most that every held-back sum can be, and for each other person which answers stay
// possible; alone and with t insiders, who know the lowest, the highest, or both kinds of answers. What is printed
// keeps its promise (anonymity.md B) if
// - answers of fewer than k, and those that no statement is made from, can have any mean of the scale, and every other
//   person any answer;
// - in a pool, the answers of a group too small to stand alone can differ in their sum by (1 + t) s or all of the scale
//   (without insiders' help), which is a mean's (1 + t) s / (k - 1) at least; and everybody can have given any answer;
// - in a figure of joined parts, those of a part that is too small to be shown apart, by raters or by answers, can
//   differ in their sum likewise where the figure is of fewer than 10 answers, else by one point for each of 1 + t
//   people, or of all;
// - below 10 answers every other person can have given any answer, from 10 on one in either half of the scale.
//
// A promise counts as kept only where whole numbers were found that keep it, and, with `print`, only where these print
// `printed` again, byte for byte; it counts as broken only where programming shows that there are none.
AttackResult AttackReport(const Survey& survey, const Printed& printed, const Printer& print = nullptr);

// The first of these promises alone, without insiders, as far as linear programming shows that it is broken: quick,
// also where much is broken and whole numbers are hard to find.
AttackResult AttackHeldBackSums(const Survey& survey, const Printed& printed);

// The least and the most that the sum of one group's answers to a question can be, by what is printed.
struct SumRange {
  int group = 0, question = 0;
  int64_t least = 0, most = 0;
};
// Of all answers that are held back, in whole numbers, without insiders.
std::vector<SumRange> HeldBackSums(const Survey& survey, const Printed& printed);

}  // namespace candor::privacy

#endif  // CANDOR_TESTS_PRIVACY_REPORT_ATTACK_H_
