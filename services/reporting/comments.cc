#include "services/reporting/comments.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/reporting/report_input.h"

namespace candor::reporting {
namespace {

namespace v1 = candor::v1;

// A prompt's English wording for the first audience that has one, else in the instrument's first language, else its code.
std::string PromptText(const domain::Instrument& instrument, const std::string& code) {
  for (const domain::Prompt& prompt : instrument.prompts) {
    if (prompt.code != code) continue;
    for (const auto& [audience, texts] : prompt.texts) {
      for (const std::string& language : {std::string("en"), instrument.languages.empty() ? "" : instrument.languages[0]}) {
        const auto text = texts.find(language);
        if (text != texts.end() && !text->second.empty()) return text->second;
      }
    }
  }
  return code;
}

std::string TitleOf(const domain::Instrument& instrument, const std::string& block) {
  return block.empty() ? std::string("Raters of no group that may be named") : GroupTitle(instrument, block);
}

std::string InWords(domain::ModerationReason reason) {
  switch (reason) {
    case domain::ModerationReason::kNamesSomebody: return "it names somebody";
    case domain::ModerationReason::kIdentifiesWriter: return "it would give its writer away";
    case domain::ModerationReason::kUniqueEvent: return "it tells of a date or event that few were at";
    case domain::ModerationReason::kInsult: return "it insults";
    case domain::ModerationReason::kNotAboutWork: return "it is not about the leader's work";
    case domain::ModerationReason::kDealtWithElsewhere: return "it was passed on in the way that there is for it";
    case domain::ModerationReason::kNone:
    case domain::ModerationReason::kOther: break;
  }
  return "another reason";
}

std::string Count(int64_t count) { return count == 1 ? "1 comment" : absl::StrCat(count, " comments"); }

void AddNotes(const domain::ReleasedComments& released, const domain::Contract& contract,
              const domain::Instrument& instrument, v1::ReportComments& comments) {
  const auto add = [&comments](std::string note) { comments.add_notes(std::move(note)); };
  if (released.expired) {
    add("Comments were destroyed before the report was released, since the time for which they were to be kept was over.");
  } else if (released.blocks.empty()) {
    add("No comments are released.");
  } else {
    add(absl::StrCat("Comments stand apart from the ratings and from each other, in random order. Those of a group are shown "
                     "where at least ",
                     contract.comments.minimum_raters, " of it rated and at least ", contract.comments.minimum_comments,
                     " wrote to the same question; those of smaller groups together as other raters, by the same test; all "
                     "else is in a moderator's words."));
  }
  bool redacted = false;
  for (const domain::ReleasedBlock& block : released.blocks) {
    for (const domain::ReleasedPrompt& prompt : block.prompts) {
      redacted = redacted || std::any_of(prompt.comments.begin(), prompt.comments.end(),
                                         [](const domain::ReleasedComment& each) { return each.redacted; });
      if (prompt.summary_only > 0) {
        add(absl::StrCat(TitleOf(instrument, block.code), ", \"", PromptText(instrument, prompt.prompt), "\": ",
                         Count(prompt.summary_only), " a moderator put into the summary."));
      }
      if (prompt.rejected.empty()) continue;
      std::vector<std::string> reasons;
      int64_t all = 0;
      for (const domain::ReleasedPrompt::Rejected& each : prompt.rejected) {
        all += each.count;
        reasons.push_back(absl::StrCat(InWords(each.reason), each.count > 1 ? absl::StrCat(" (", each.count, ")") : ""));
      }
      add(absl::StrCat(TitleOf(instrument, block.code), ", \"", PromptText(instrument, prompt.prompt), "\": ", Count(all),
                       " a moderator withheld: ", absl::StrJoin(reasons, "; "), "."));
    }
  }
  if (redacted) add(absl::StrCat(domain::kCut, " stands for what a moderator cut, so that nobody is recognised."));
  for (const domain::ReleasedComments::Withheld& each : released.withheld) {
    add(absl::StrCat(GroupTitle(instrument, each.code),
                     each.reason == "codes"
                         ? ": no comments, since the numbers of codes and answers of this group do not allow it."
                         : ": in a moderator's words alone, since so few were invited, as everybody was told."));
  }
  if (released.discarded > 0) {
    add(absl::StrCat(Count(released.discarded), " that no moderator had decided about ",
                     released.discarded == 1 ? "was" : "were",
                     " destroyed; those of groups that may not be named are not counted."));
  }
}

}  // namespace

v1::ReportComments BuildComments(const domain::ReleasedComments& released, const domain::Contract& contract,
                                 const domain::InstrumentVersion& version) {
  const domain::Instrument& instrument = version.instrument;
  v1::ReportComments comments;
  for (const domain::ReleasedBlock& block : released.blocks) {
    v1::CommentBlock* to = comments.add_blocks();
    to->set_code(block.code);
    to->set_title(TitleOf(instrument, block.code));
    to->set_summary(block.summary);
    for (const domain::ReleasedPrompt& prompt : block.prompts) {
      if (prompt.comments.empty()) continue;
      v1::CommentedPrompt* commented = to->add_prompts();
      commented->set_code(prompt.prompt);
      commented->set_text(PromptText(instrument, prompt.prompt));
      for (const domain::ReleasedComment& comment : prompt.comments) {
        v1::ReleasedComment* shown = commented->add_comments();
        shown->set_id(comment.id);
        shown->set_text(comment.text);
        shown->set_redacted(comment.redacted);
      }
    }
  }
  AddNotes(released, contract, instrument, comments);
  return comments;
}

}  // namespace candor::reporting
