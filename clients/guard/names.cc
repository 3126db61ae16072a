#include "clients/guard/names.h"

#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_split.h"
#include "clients/guard/name_lists.h"

namespace candor::guard {
namespace {

using WordSet = absl::flat_hash_set<absl::string_view>;

WordSet SetOf(std::initializer_list<absl::string_view> texts) {
  WordSet set;
  for (const absl::string_view text : texts) {
    for (const absl::string_view word : absl::StrSplit(text, ' ', absl::SkipEmpty())) set.insert(word);
  }
  return set;
}

const WordSet& CommonNames() {
  static const auto* set =
      new WordSet(SetOf({kEnglishFirstNames, kSpanishFirstNames, kEnglishSurnames, kSpanishSurnames}));
  return *set;
}
const WordSet& Ordinary() {
  static const auto* set = new WordSet(SetOf({kOrdinaryWords}));
  return *set;
}
const WordSet& NotNames() {
  static const auto* set = new WordSet(SetOf({kNotNames}));
  return *set;
}

// Before a name in whatever letters it is written.
const WordSet& SureTitles() {
  static const auto* set = new WordSet(SetOf({"mr mrs ms mx sr sra srta"}));
  return *set;
}
// Before a name that has a capital letter.
const WordSet& Titles() {
  static const auto* set = new WordSet(
      SetOf({"mr mrs ms mx sr sra srta miss dr dra doctor doctora prof professor profe profesor profesora maestro maestra coach "
             "principal teacher nurse officer pastor rev senor senora senorita don dona lic licenciado licenciada ing ingeniero "
             "director directora subdirector subdirectora entrenador entrenadora consejero consejera seno aunt uncle tia tio"}));
  return *set;
}
// Between the parts of a name.
const WordSet& Particles() {
  static const auto* set = new WordSet(SetOf({"de del la las los van von der den da dos di bin al y"}));
  return *set;
}
// A person stands behind these.
const WordSet& BeforePeople() {
  static const auto* set = new WordSet(
      SetOf({"with told asked by and like than called named about against for to because says said think thinks ask blames blamed "
             "trusts hired fired promoted favors ignores ignored con dijo conto y e que llamado llamada llama apellido contra "
             "como ni para dice pregunta culpa ascendio contrato despidio or o"}));
  return *set;
}
// A person does these.
const WordSet& DoneByPeople() {
  static const auto* set = new WordSet(
      SetOf({"said says told tells asked asks cried cries left leaves is was does did has had runs ran gets got should never always "
             "decides decided thinks wants wanted makes made yells yelled and who knows helps helped treats works worked teaches "
             "taught dijo dice conto lloro es fue hace hizo tiene tenia manda deberia debio recibe nunca siempre decide decidio quiere "
             "trabaja ensena grita grito sabe ayuda y que se no"}));
  return *set;
}
// Only people do these, so that a word at the start of a sentence is a name before them.
const WordSet& DoneByPeopleAlone() {
  static const auto* set = new WordSet(SetOf({"said says told tells yelled yells decides decided dijo dice grito grita decide manda"}));
  return *set;
}
// Not names, though they do what people do, and begin a sentence with a capital letter.
const WordSet& Pronouns() {
  static const auto* set = new WordSet(
      SetOf({"he she they we you it nobody everyone everybody somebody someone people who parents teachers students staff both some "
             "many most others colleagues families kids el ella ellos ellas nadie alguien todos todas usted ustedes quien padres "
             "maestros alumnos muchos algunos unos otros then also never always entonces nunca siempre ya"}));
  return *set;
}
const WordSet& Stops() {
  static const auto* set = new WordSet(
      SetOf({"de del la el los las y and who is was has the a an of in on to for who that que es en un una por no or o"}));
  return *set;
}

class Finder {
 public:
  Finder(const Words& words, const crypto::SaltedFilter* surnames) : words_(words), surnames_(surnames) {
    for (size_t i = 0; i < words.size(); ++i) {
      ++all_;
      capitals_ += words[i].all_capitals ? 1 : 0;
      named_.push_back(false);
    }
  }

  std::vector<Match> Find() {
    for (size_t i = 0; i < words_.size(); ++i) named_[i] = IsName(i);
    // Then what stands around them: the rest of a name, and words that only their neighbours show to be names.
    for (size_t i = 0; i < words_.size(); ++i) {
      if (!named_[i] && Follows(i, 1) && named_[i - 1] && MayGoOn(i)) named_[i] = true;
    }
    for (size_t i = words_.size(); i-- > 0;) {
      if (!named_[i] && i + 1 < words_.size() && Follows(i + 1, 1) && named_[i + 1] && MayGoOn(i)) named_[i] = true;
    }
    return Runs();
  }

 private:
  // Whether word `i` comes right behind the word `before` places earlier, in the same sentence with nothing but spaces and
  // hyphens between.
  bool Follows(size_t i, size_t before) const {
    if (i < before) return false;
    for (size_t j = i - before + 1; j <= i; ++j) {
      if (words_[j].begins_sentence || words_[j].after_comma) return false;
    }
    return true;
  }
  // In a draft that is all capitals they tell nothing.
  bool CapitalTells(const Word& word) const {
    return word.capital && !word.begins_sentence && !(word.all_capitals && capitals_ * 2 > all_);
  }
  // A word that could be a name which no list has.
  bool LooksLikeName(size_t i) const {
    const Word& word = words_[i];
    return word.letters && word.folded.size() > 2 && word.capital && !word.begins_sentence && !word.all_capitals &&
           !NotNames().contains(word.folded);
  }
  // A word at the start of a sentence that does what only a person does: "Beti and I", "Beti told me".
  bool BeginsLikeName(size_t i) const {
    const Word& word = words_[i];
    if (!word.letters || !word.capital || word.all_capitals || word.folded.size() < 3 || Pronouns().contains(word.folded) ||
        NotNames().contains(word.folded)) {
      return false;
    }
    const auto next = [&](size_t by, absl::string_view folded) {
      return i + by < words_.size() && Follows(i + by, by) && words_[i + by].folded == folded;
    };
    return (next(1, "and") && next(2, "i")) || (next(1, "y") && next(2, "yo")) ||
           (i + 1 < words_.size() && Follows(i + 1, 1) && DoneByPeopleAlone().contains(words_[i + 1].folded));
  }
  // A word that is a part of the name beside it.
  bool MayGoOn(size_t i) const {
    return LooksLikeName(i) || (words_[i].capital && CommonNames().contains(words_[i].folded));
  }
  bool Known(const Word& word) const {
    if (CommonNames().contains(word.folded)) return true;
    return surnames_ != nullptr && word.folded.size() > 1 && surnames_->Contains(word.folded);
  }

  bool IsName(size_t i) const {
    const Word& word = words_[i];
    if (!word.letters || Stops().contains(word.folded)) return false;
    const bool title_before = Follows(i, 1) && Titles().contains(words_[i - 1].folded);
    if (title_before && SureTitles().contains(words_[i - 1].folded)) return true;
    if (title_before && word.capital && !NotNames().contains(word.folded)) return true;
    if (Known(word)) {
      if (!Ordinary().contains(word.folded) && !NotNames().contains(word.folded)) {
        // A name is marked however it is written, unless it is so short that it may be a slip.
        return word.capital ? word.folded.size() > 2 || CapitalTells(word) : word.folded.size() > 4;
      }
      if (CapitalTells(word) && !NotNames().contains(word.folded)) return true;
      if (word.capital && i + 1 < words_.size() && Follows(i + 1, 1) && DoneByPeopleAlone().contains(words_[i + 1].folded)) {
        return true;
      }
    }
    if (BeginsLikeName(i)) return true;
    if (!LooksLikeName(i)) return false;
    const bool kin_before = i > 0 && !word.begins_sentence &&
                            (IsOfClass("kin", words_[i - 1].folded) || IsOfClass("pariente", words_[i - 1].folded));
    if (kin_before || word.possessive) return true;
    if (Follows(i, 1) && BeforePeople().contains(words_[i - 1].folded)) return true;
    if (i + 1 < words_.size() && Follows(i + 1, 1) && DoneByPeople().contains(words_[i + 1].folded)) return true;
    // Two such words in a row.
    return (i + 1 < words_.size() && Follows(i + 1, 1) && LooksLikeName(i + 1)) || (Follows(i, 1) && LooksLikeName(i - 1));
  }

  std::vector<Match> Runs() const {
    std::vector<Match> runs;
    for (size_t i = 0; i < words_.size(); ++i) {
      if (!named_[i]) continue;
      Match run{i, i + 1, FindingKind::kName};
      while (run.first > 0 && Follows(run.first, 1) && Titles().contains(words_[run.first - 1].folded)) --run.first;
      while (run.last < words_.size()) {
        size_t next = run.last;
        while (next < words_.size() && next < run.last + 3 && Follows(next, 1) && IsBetween(next)) ++next;
        if (next >= words_.size() || !Follows(next, 1) || !named_[next]) break;
        run.last = next + 1;
      }
      runs.push_back(run);
      i = run.last - 1;
    }
    return runs;
  }
  // A particle or an initial.
  bool IsBetween(size_t i) const {
    return (Particles().contains(words_[i].folded) && words_[i].folded != "y") ||
           (words_[i].folded.size() == 1 && words_[i].capital);
  }

  const Words& words_;
  const crypto::SaltedFilter* const surnames_;
  size_t all_ = 0, capitals_ = 0;
  std::vector<bool> named_;
};

}  // namespace

std::vector<Match> FindNames(const Words& words, const crypto::SaltedFilter* staff_surnames) {
  return Finder(words, staff_surnames).Find();
}

}  // namespace candor::guard
