#include "clients/cli/ledger_text.h"

#include "absl/strings/str_cat.h"
#include "clients/cli/output.h"
#include "services/base/encoding.h"

namespace candor::cli {
namespace {

// What the columns of the table mean.
constexpr char kColumns[] =
    "Invited: people with a right to answer. Codes used: how many of them took that right up. Made again: codes made anew "
    "for a lost device. Counted: answers in the result. Changed: times that somebody replaced their own answers.";

// The limits of the proof; README.md has them too.
constexpr const char* kNotShown[] = {
    "That the figures of the report are those of the counted answers: only that so many were counted, and which.",
    "That every answer is from the person whose code it was. Whoever holds unused codes can answer with them; compare "
    "the "
    "numbers of invited people and of codes made again with the roll.",
    "That the invited people exist, or that nobody watched when and from where you sent your answers.",
    "What anybody said. A receipt is the same whatever was answered, so it is of no use to whoever asks you for it."};

void Point(std::string& text, absl::string_view mark, absl::string_view sentence) {
  const std::string indent(mark.size() + 4, ' ');
  const std::string wrapped = Wrapped(sentence, kWidth, indent);
  absl::StrAppend(&text, "  ", mark, "  ", wrapped.substr(indent.size()));
}

std::string Sentence(absl::string_view text) {
  std::string sentence(text);
  if (!sentence.empty()) sentence[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(sentence[0])));
  return sentence + ".";
}

const char* YesOrNo(bool yes) { return yes ? "yes" : "NO "; }

// What holds only because there was nothing to compare it with is no yes.
const char* MarkOf(const client::CheckStep& step) { return step.compared ? YesOrNo(step.holds) : "?  "; }

}  // namespace

std::string CountsTable(const crypto::Ledger& ledger) {
  Table table({"GROUP", "INVITED", "CODES USED", "MADE AGAIN", "COUNTED", "CHANGED"});
  for (const crypto::LedgerGroup& g : ledger.groups) {
    table.Add({g.code, absl::StrCat(g.invited), absl::StrCat(g.issued), absl::StrCat(g.reissued),
               absl::StrCat(g.counted), absl::StrCat(g.replaced)});
  }
  return table.Text();
}

base::Json CountsJson(const crypto::Ledger& ledger) {
  base::Json groups = base::Json::array();
  for (const crypto::LedgerGroup& group : ledger.groups) {
    groups.push_back({{"code", group.code},
                      {"invited", group.invited},
                      {"issued", group.issued},
                      {"reissued", group.reissued},
                      {"counted", group.counted},
                      {"replaced", group.replaced}});
  }
  return groups;
}

const char* NameOf(client::ReceiptStanding standing) {
  switch (standing) {
    case client::ReceiptStanding::kCounted:
      return "counted";
    case client::ReceiptStanding::kNotCounted:
      return "not_counted";
    case client::ReceiptStanding::kAnotherSurvey:
      return "another_survey";
    case client::ReceiptStanding::kNotGenuine:
      return "not_genuine";
  }
  return "";
}

std::string VerificationText(const client::Verification& verification, const std::vector<CheckedReceipt>& receipts) {
  std::string text = "What was checked, with nothing but this file\n";
  for (const client::CheckStep& step : verification.steps) Point(text, MarkOf(step), Sentence(step.sentence));
  if (!verification.check.has_value()) {
    text += "\nThe rest was not checked, since it would rest on what does not hold.\n";
    return text;
  }
  absl::StrAppend(&text, "\nCounts\n\n", CountsTable(verification.check->ledger), "\n",
                  Wrapped(kColumns, kWidth, "  "));
  for (const std::string& finding : verification.counts.findings) Point(text, "BUT", Sentence(finding));
  for (const std::string& note : verification.counts.notes) Point(text, "-  ", Sentence(note));
  if (!receipts.empty()) text += "\nReceipts\n";
  for (const auto& [name, receipt] : receipts) {
    Point(text, YesOrNo(receipt.standing == client::ReceiptStanding::kCounted),
          absl::StrCat(name, ": ", Sentence(receipt.sentence)));
  }
  text += "\nWhat this does not show\n";
  for (const char* sentence : kNotShown) Point(text, "-", sentence);
  return text;
}

base::Json VerificationJson(const client::Verification& verification, const std::vector<CheckedReceipt>& receipts) {
  base::Json result = {{"verified", verification.holds()}, {"steps", base::Json::array()}};
  for (const client::CheckStep& step : verification.steps) {
    result["steps"].push_back(
        {{"name", step.name}, {"holds", step.holds}, {"compared", step.compared}, {"sentence", step.sentence}});
  }
  if (!verification.check.has_value()) return result;
  const client::LedgerCheck& check = *verification.check;
  result["survey"] = check.documents->manifest.survey.value();
  result["manifest_code"] = check.documents->manifest_code;
  result["leaves"] = check.ledger.leaves.size();
  result["root"] = base::HexEncode(check.ledger.root);
  result["groups"] = CountsJson(check.ledger);
  result["findings"] = verification.counts.findings;
  result["notes"] = verification.counts.notes;
  result["receipts"] = base::Json::array();
  for (const auto& [name, receipt] : receipts) {
    result["receipts"].push_back({{"file", name},
                                  {"standing", NameOf(receipt.standing)},
                                  {"version", receipt.version},
                                  {"sentence", receipt.sentence}});
  }
  return result;
}

}  // namespace candor::cli
