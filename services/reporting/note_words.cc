#include "services/reporting/note_words.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/substitute.h"
#include "services/base/status.h"

namespace candor::reporting {
namespace {

struct Sentence {
  const char* en;
  const char* es;
};

Sentence SentenceOf(Words words) {
  switch (words) {
    case Words::kNobodyAnswered: return {"$0: nobody answered.", "$0: nadie respondió."};
    case Words::kFewerThanMinimum:
      return {"$0: fewer than $1 gave a rating, so nothing of theirs is shown, and their ratings are in no other figure.",
              "$0: menos de $1 personas dieron una valoración, así que no se muestra nada de ellas, y sus valoraciones no "
              "entran en ninguna otra cifra."};
    case Words::kManyReissued:
      return {"$0: more than $1 % of the codes were replaced by new ones, so that it is not certain that everybody "
              "answered only once. Nothing of this group is shown, and its ratings are in no other figure.",
              "$0: más del $1 % de los códigos se reemplazaron por otros nuevos, de modo que no es seguro que cada persona "
              "haya respondido una sola vez. No se muestra nada de este grupo, y sus valoraciones no entran en ninguna otra "
              "cifra."};
    case Words::kMoreAnswersThanCodes:
      return {"$0: more answers came in than codes were given out, as can happen when the service's data were restored "
              "from a backup, so that somebody may have answered twice. Nothing of this group is shown, and its ratings "
              "are in no other figure.",
              "$0: llegaron más respuestas que códigos se entregaron, como puede ocurrir cuando los datos del servicio se "
              "restauraron de una copia de seguridad, de modo que alguien pudo haber respondido dos veces. No se muestra "
              "nada de este grupo, y sus valoraciones no entran en ninguna otra cifra."};
    case Words::kPooled:
      return {"$0: fewer than $1 gave a rating, so they are not shown by themselves; their ratings are part of \"Other "
              "raters\".",
              "$0: menos de $1 personas dieron una valoración, así que no se muestran por separado; sus valoraciones "
              "forman parte de «Otros grupos»."};
    case Words::kOnlyNamedRatings:
      return {"No group of anonymous raters can be shown, so this report holds only ratings that were given under a name.",
              "No se puede mostrar ningún grupo de personas anónimas, así que este informe contiene solo valoraciones que "
              "se dieron con nombre."};
    case Words::kNoFigures:
      return {"No group of anonymous raters can be shown, so this report holds no figures.",
              "No se puede mostrar ningún grupo de personas anónimas, así que este informe no contiene cifras."};
    case Words::kOtherRatersAre:
      return {"\"Other raters\" are $0 together: at least one of these groups was too small to be anonymous by itself. Of "
              "them only means are shown.",
              "«Otros grupos» son $0 en conjunto: al menos uno de estos grupos era demasiado pequeño para ser anónimo por "
              "sí solo. De ellos solo se muestran promedios."};
    case Words::kFromParts:
      return {"$0: the figures are computed from those of the parts below, each rating with equal weight. What a part "
              "withholds is in no figure of the whole group either.",
              "$0: las cifras se calculan a partir de las de sus partes, que están debajo, con el mismo peso para cada "
              "valoración. Lo que una parte no muestra tampoco entra en ninguna cifra del grupo entero."};
    case Words::kNotByPart:
      return {"$0: not shown by part, since there are no two parts of which at least $1 were invited and gave a rating.",
              "$0: no se muestra por partes, porque no hay dos partes en las que al menos $1 personas fueran invitadas y "
              "dieran una valoración."};
    case Words::kPartsJoined:
      return {" Parts with fewer than $0 are shown together with the next smallest.",
              " Las partes con menos de $0 personas se muestran junto con la siguiente más pequeña."};
    case Words::kVeryLowRate:
      return {"$0: fewer than 30 % of those invited answered. The figures speak for those who did; the others may see it "
              "quite differently.",
              "$0: respondió menos del 30 % de las personas invitadas. Las cifras hablan por quienes respondieron; las "
              "demás pueden verlo de manera muy distinta."};
    case Words::kLowRate:
      return {"$0: fewer than half of those invited answered; those who did not may see it differently.",
              "$0: respondió menos de la mitad de las personas invitadas; las que no respondieron pueden verlo de otra "
              "manera."};
    case Words::kUneven:
      return {"$0: some parts of the group answered much more than others, so the group's figures speak more for them.",
              "$0: algunas partes del grupo respondieron mucho más que otras, así que las cifras del grupo hablan más por "
              "ellas."};
    case Words::kSelfMissing:
      return {"The leader's own rating is missing, so no gap between self and others can be shown.",
              "Falta la autovaloración, así que no se puede mostrar ninguna diferencia entre ella y las demás personas."};
    case Words::kTeamRated:
      return {"This report is about a leadership team of $0, of whom $1 rated their team. Its own rating of a statement is the "
              "mean of the members who rated it, where at least $2 did; who rated, and what one of them said, is shown to "
              "nobody.",
              "Este informe trata de un equipo directivo de $0 integrantes, de los que $1 valoraron a su equipo. La valoración "
              "propia de una frase es el promedio de quienes la valoraron, cuando fueron al menos $2; quiénes valoraron, y qué "
              "dijo cada cual, no se muestra a nadie."};
    case Words::kTeamMissing:
      return {"Fewer than $2 members rated themselves ($1 of $0), so the team's own rating is held back, and no gap between it "
              "and others can be shown.",
              "Valoraron menos de $2 integrantes ($1 de $0), así que no se muestra la valoración del propio equipo, ni ninguna "
              "diferencia entre ella y las demás personas."};
    case Words::kBounds:
      return {"\"or higher\" and \"or lower\": where few answered, or nearly all chose the same end of the scale, the exact "
              "mean would tell what single people answered, so only a limit is given; the mean may be anywhere from the "
              "limit to the end of the scale.",
              "«o más» y «o menos»: donde respondieron pocas personas, o casi todas eligieron el mismo extremo de la "
              "escala, el promedio exacto revelaría lo que respondió cada una, así que solo se da un límite; el promedio "
              "puede estar en cualquier punto entre ese límite y el extremo de la escala."};
    case Words::kBetween:
      return {"A figure such as \"3.10 to 3.60\" is computed from figures of which some are only known within limits; the "
              "true figure is somewhere in between.",
              "Una cifra como «3.10 a 3.60» se calcula a partir de cifras de las que algunas solo se conocen dentro de "
              "unos límites; la cifra verdadera está en algún punto entre los dos valores."};
    case Words::kUndetermined:
      return {"\"Cannot be told\": within the limits of the raters' figure both answers are possible, so none is given.",
              "«No se puede saber»: dentro de los límites de la cifra ambas respuestas son posibles, así que no se da "
              "ninguna."};
    case Words::kCellWithheld:
      return {"Where a group has too few answers on a statement (normally fewer than $0$1; \"I have not seen this\" and "
              "blanks do not count), that figure is left out and is in no other figure.",
              "Donde un grupo tiene muy pocas respuestas sobre una frase (normalmente menos de $0$1; «No lo he visto» "
              "y las respuestas en blanco no cuentan), esa cifra se omite y no entra en ninguna otra."};
    case Words::kOfOtherRaters: return {", of \"Other raters\" $0", ", de «Otros grupos» menos de $0"};
    case Words::kInsidersWithheld:
      return {"Of no more than $0 ratings of a statement nothing is shown, even where that is the group's minimum of $1 or "
              "more: the anonymity contract reckons with $2 people whose answers somebody knows, and beside those any "
              "mean of so few would tell what others answered.",
              "De $0 valoraciones o menos sobre una frase no se muestra nada, aunque alcancen el mínimo del grupo, que "
              "es $1: el acuerdo de anonimato cuenta con $2 personas cuyas respuestas alguien conoce, y junto a ellas el "
              "promedio de tan pocas revelaría lo que respondieron las demás."};
    case Words::kScaleWithheld:
      return {"A group's score on a domain, competency or theme needs a figure on at least half of its items.",
              "Para dar la cifra de un grupo en un ámbito, una competencia o un tema hace falta una cifra en al menos la "
              "mitad de sus frases."};
    case Words::kSmallDifferences:
      return {"Small differences mean little: with other people of the same group, or in another week, a figure would come "
              "out a little different.",
              "Las diferencias pequeñas significan poco: con otras personas del mismo grupo, o en otra semana, una cifra "
              "saldría un poco distinta."};
    case Words::kConfidence:
      return {" The range beside a figure (95 % confidence) says how far it might move, judged by how much the ratings "
              "differ.",
              " El intervalo junto a una cifra (95 % de confianza) dice cuánto podría moverse, según cuánto difieren las "
              "valoraciones."};
    case Words::kScaleConfidence:
      return {" For a figure of several statements it also counts how far one person's ratings of two statements go "
              "together: a correlation of $0, $1.",
              " En una cifra de varias frases también cuenta en qué medida van juntas las valoraciones que una "
              "persona da a dos frases: una correlación de $0, $1."};
    case Words::kCorrelationPooled:
      return {"measured over all leaders of this campaign together",
              "medida en conjunto sobre todas las personas evaluadas en esta campaña"};
    case Words::kCorrelationAssumed:
      return {"which is assumed, as this campaign does not tell it", "que se supone, porque esta campaña no permite medirla"};
    case Words::kTypicalBeside:
      return {" A range marked ~ is what is typical for so many raters, because how much these ratings differ may not be "
              "shown.",
              " Un intervalo marcado con ~ es el típico para ese número de personas, porque no se puede mostrar cuánto "
              "difieren estas valoraciones."};
    case Words::kTypicalAlone:
      return {" The range beside a figure, marked ~, is what is typical for so many raters, because how much these ratings "
              "differ may not be shown.",
              " El intervalo junto a una cifra, marcado con ~, es el típico para ese número de personas, porque no se puede "
              "mostrar cuánto difieren estas valoraciones."};
    case Words::kDevelopment:
      return {"This report is for the leader's own development. It is not made for ranking, pay, promotion or dismissal, "
              "and its figures do not bear such use.",
              "Este informe sirve para el desarrollo profesional de la persona evaluada. No está hecho para clasificaciones, "
              "sueldos, ascensos ni despidos, y sus cifras no admiten ese uso."};
    case Words::kDevelopmentOfTeam:
      return {"This report is for the team's own development. It is not made for ranking, pay, promotion or dismissal, and its "
              "figures do not bear such use, least of all for single members, of whom they say nothing.",
              "Este informe sirve para el desarrollo profesional del equipo evaluado. No está hecho para clasificaciones, "
              "sueldos, ascensos ni despidos, y sus cifras no admiten ese uso, y menos para cada integrante, de quien no dicen "
              "nada."};
    case Words::kAllRatersOfTeam:
      return {"\"All raters\" is the mean of the anonymous groups that are shown, each with equal weight, however many "
              "people are in it. The team's own rating is never part of it$0",
              "«Todos los grupos» es el promedio de los grupos anónimos que se muestran, cada uno con el mismo peso, sin "
              "importar cuántas personas tenga. La valoración del propio equipo nunca forma parte de él$0"};
    case Words::kAllRaters:
      return {"\"All raters\" is the mean of the anonymous groups that are shown, each with equal weight, however many "
              "people are in it. The leader's own rating is never part of it$0",
              "«Todos los grupos» es el promedio de los grupos anónimos que se muestran, cada uno con el mismo peso, sin "
              "importar cuántas personas tenga. La autovaloración nunca forma parte de él$0"};
    case Words::kSupervisorApart:
      return {", and the supervisor's rating stands in a column apart.",
              ", y la valoración de la supervisión está en una columna aparte."};
    case Words::kGaps:
      return {"The gap of a statement is self minus all raters; that of a domain, competency or theme is the mean of the "
              "gaps of its statements that both sides rated, and need not equal the difference of the two figures beside "
              "it. Up to $0 either way counts as agreement; a figure of $1 or higher counts as a strength. A blind spot is "
              "a strength to the leader but not to the raters, a hidden strength the other way round.",
              "La diferencia en una frase es la autovaloración menos la cifra de todos los grupos; la de un ámbito, "
              "una competencia o un tema es el promedio de las diferencias de las frases que ambas partes valoraron, "
              "y no tiene por qué ser igual a la resta de las dos cifras de al lado. Hasta $0 en uno u otro sentido cuenta "
              "como acuerdo; una cifra de $1 o más cuenta como fortaleza. Un punto ciego es una fortaleza según la "
              "autovaloración pero no según las demás personas; una fortaleza oculta, lo contrario."};
    case Words::kGapsOfTeam:
      return {"The gap of a statement is the team's own rating minus all raters; that of a domain, competency or theme is the "
              "mean of the gaps of its statements that both sides rated, and need not equal the difference of the two figures "
              "beside it. Up to $0 either way counts as agreement; a figure of $1 or higher counts as a strength. A blind spot "
              "is a strength to the team but not to the raters, a hidden strength the other way round.",
              "La diferencia en una frase es la valoración del propio equipo menos la cifra de todos los grupos; la de un "
              "ámbito, una competencia o un tema es el promedio de las diferencias de las frases que ambas partes valoraron, "
              "y no tiene por qué ser igual a la resta de las dos cifras de al lado. Hasta $0 en uno u otro sentido cuenta "
              "como acuerdo; una cifra de $1 o más cuenta como fortaleza. Un punto ciego es una fortaleza según el propio "
              "equipo pero no según las demás personas; una fortaleza oculta, lo contrario."};
    case Words::kCloseToLine:
      return {"\"Close to the line\": the raters' figure is so near to $0 that it could as well be on the other side.",
              "«Cerca de la línea»: la cifra está tan cerca de $0 que podría igualmente estar al otro lado."};
    case Words::kBenchmark:
      return {"\"Round\" is the mean over the leaders of this campaign whose reports show the figure too, this leader among "
              "them, each counted once; it is given where they are at least five. It tells what is usual here, not what is "
              "good, and ranks nobody.",
              "«Ronda» es el promedio de todas las personas evaluadas en esta campaña cuyos informes también muestran la "
              "cifra, cada una contada una vez e incluida la de este informe; se da cuando son al menos cinco. Dice lo que "
              "es habitual aquí, no lo que es bueno, y no clasifica a nadie."};
    case Words::kBenchmarkOfTeam:
      return {"\"Round\" is the mean over the leaders and teams of this campaign whose reports show the figure too, this team "
              "among them, each counted once; it is given where they are at least five. It tells what is usual here, not what "
              "is good, and ranks nobody.",
              "«Ronda» es el promedio de las personas y los equipos evaluados en esta campaña cuyos informes muestran también "
              "la cifra, cada uno contado una vez e incluido este equipo; se da cuando son al menos cinco. Dice lo que es "
              "habitual aquí, no lo que es bueno, y no clasifica a nadie."};
    case Words::kRound:
      return {"the round that was planned until $0", "la ronda que estaba prevista hasta el $0"};
    case Words::kNoReportBefore:
      return {"Not compared with $0: the leader has no report there.",
              "No se compara con $0: allí no hay informe de esta persona."};
    case Words::kNoReportBeforeOfTeam:
      return {"Not compared with $0: the team has no report there.",
              "No se compara con $0: allí no hay informe de este equipo."};
    case Words::kOtherReaders:
      return {"Not compared with $0: somebody may read this report who could not read that one, and would learn its figures "
              "from the changes.",
              "No se compara con $0: alguien que no podía leer aquel informe puede leer este, y conocería sus cifras por los "
              "cambios."};
    case Words::kNothingInCommon:
      return {"Not compared with $0: no statement was asked in the same words on the same scale.",
              "No se compara con $0: ninguna frase se preguntó con las mismas palabras y la misma escala."};
    case Words::kCompared:
      return {"A change is this round minus $0, over the statements that a group was asked in the same words both times "
              "and that have a figure both times; so it need not be the difference of the figures that the two reports show. "
              "\"No clear change\" means that chance alone could have brought it about. The raters of the two rounds count as "
              "other people; where many answered both times, a change is surer than its range says. Low figures tend to rise "
              "a little by themselves the next time, and high ones to fall.",
              "Un cambio es esta ronda menos $0, en las frases que a un grupo se le preguntaron las dos veces con las "
              "mismas palabras y que tienen una cifra las dos veces; por eso no tiene que ser la resta de las cifras que "
              "muestran los dos informes. «Sin cambio claro» significa que el azar por sí solo pudo causarlo. Las personas de "
              "las dos rondas cuentan como distintas; donde muchas respondieron las dos veces, un cambio es más seguro de lo "
              "que dice su intervalo. Las cifras bajas tienden a subir un poco por sí solas la vez siguiente, y las altas a "
              "bajar."};
    case Words::kRewordedOne:
      return {"1 statement is not compared, since the wording changed.",
              "1 frase no se compara, porque cambió su redacción."};
    case Words::kRewordedMany:
      return {"$0 statements are not compared, since the wording changed.",
              "$0 frases no se comparan, porque cambió su redacción."};
    case Words::kThemesOverlap:
      return {"Themes overlap: one statement can belong to several, so themes are not to be added or averaged.",
              "Los temas se solapan: una frase puede pertenecer a varios, así que los temas no deben sumarse ni "
              "promediarse."};
  }
  CANDOR_CHECK(false);
  return {"", ""};
}

}  // namespace

std::string Say(absl::string_view language, Words words, const std::vector<std::string>& values) {
  const Sentence sentence = SentenceOf(words);
  std::vector<absl::string_view> places(values.begin(), values.end());
  places.resize(3);
  return absl::Substitute(language == "es" ? sentence.es : sentence.en, places[0], places[1], places[2]);
}

std::string DayText(absl::string_view language, absl::Time time) {
  if (language != "es") return absl::FormatTime("%-d %B %Y", time, absl::UTCTimeZone());
  static constexpr const char* kMonths[] = {"enero", "febrero", "marzo",      "abril",   "mayo",      "junio",
                                            "julio", "agosto",  "septiembre", "octubre", "noviembre", "diciembre"};
  const absl::CivilDay day = absl::ToCivilDay(time, absl::UTCTimeZone());
  return absl::StrCat(day.day(), " de ", kMonths[day.month() - 1], " de ", day.year());
}

}  // namespace candor::reporting
