// What the guard says, in both languages.

#include "absl/strings/str_cat.h"
#include "clients/guard/advice.h"

namespace candor::guard {

bool IsSpanish(absl::string_view language) { return language == "es" || language.substr(0, 3) == "es-"; }

absl::string_view AdviceOf(FindingKind kind, absl::string_view language) {
  const bool es = IsSpanish(language);
  switch (kind) {
    case FindingKind::kName:
      return es ? "Esto parece el nombre de una persona: diga qué ocurrió sin decir a quién."
                : "This looks like somebody's name: say what happened without saying to whom.";
    case FindingKind::kDate:
      return es ? "Una fecha o una hora señala a quienes estaban allí: diga con qué frecuencia ocurre o déjela fuera."
                : "A date or a time points to those who were there: say how often it happens, or leave it out.";
    case FindingKind::kContact:
      return es ? "Un contacto, un número o un salón lleva directamente a una persona: bórrelo."
                : "A contact, a number or a room leads straight to a person: take it out.";
    case FindingKind::kRole:
      return es ? "Pocas personas tienen esta función: hable de algo más amplio, por ejemplo «en mi trabajo»."
                : "Few people have this role: speak of something wider, for instance \"in my work\".";
    case FindingKind::kFact:
      return es ? "Esto le ha ocurrido a pocas personas, y quien lo sepa reconoce a quien escribe: dígalo de forma más general."
                : "This has happened to few people, and whoever knows of it recognises the writer: say it more generally.";
  }
  return "";
}

absl::string_view NameOf(FindingKind kind) {
  switch (kind) {
    case FindingKind::kName:
      return "name";
    case FindingKind::kDate:
      return "date";
    case FindingKind::kContact:
      return "contact";
    case FindingKind::kRole:
      return "role";
    case FindingKind::kFact:
      return "fact";
  }
  return "";
}

std::string GroupSizeAdvice(int64_t invited, absl::string_view language) {
  if (IsSpanish(language)) {
    return absl::StrCat("En su grupo se invitó a ", invited, " personas: ",
                        invited < 20 ? "en un grupo tan pequeño, un solo detalle o su manera de escribir puede bastar para que "
                                       "alguien sepa quién escribió."
                                     : "también en un grupo así, lo que solo sabe o cuenta una persona la delata.");
  }
  return absl::StrCat(invited, " people were invited in your group: ",
                      invited < 20 ? "in a group this small, one detail or your way of writing can be enough for somebody to know "
                                     "who wrote it."
                                   : "in a group like this, too, what only one person knows or tells gives that person away.");
}

}  // namespace candor::guard
