#include "clients/guard/patterns.h"

namespace candor::guard {

using enum FindingKind;

const std::vector<ClassText>& AllClasses() {
  static const auto* classes = new std::vector<ClassText>{
      {"number",
       "one two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty twentyfive twenty-seven "
       "several many couple few un una dos tres cuatro cinco seis siete ocho nueve diez once doce quince veinte veinticinco "
       "veintisiete treinta cuarenta varios varias muchos muchas pocos pocas"},
      {"month",
       "january february march april may june july august september october november december jan feb sept oct nov dec "
       "enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre"},
      {"sure_month",
       "january february september october november december enero febrero marzo abril mayo junio julio agosto septiembre setiembre "
       "octubre noviembre diciembre"},
      {"letter", "a b c d e f g h"},
      {"weekday",
       "monday tuesday wednesday thursday friday saturday sunday lunes martes miercoles jueves viernes sabado domingo"},
      {"term", "night week weekend month spring summer fall autumn winter semester term quarter"},
      {"periodo", "semana mes semestre trimestre verano invierno otono primavera"},
      {"unit", "day days week weeks month months year years hour hours"},
      {"unidad", "dia dias semana semanas mes meses ano anos"},
      {"article", "a an the our your my their that this"},
      {"articulo", "el la los las un una mi nuestra nuestro su al"},
      {"kin",
       "son daughter sons daughters child kid kids boy girl boys girls twin twins brother sister husband wife partner mother "
       "father mom dad grandson granddaughter grandmother grandfather nephew niece cousin friend classmate colleague coworker "
       "neighbor uncle aunt stepson stepdaughter teacher"},
      {"pariente",
       "hijo hija hijos hijas nino nina ninos ninas gemelo gemela gemelos gemelas hermano hermana esposo esposa marido mujer pareja "
       "madre padre mama papa nieto nieta abuelo abuela sobrino sobrina primo prima amigo amiga companero companera colega vecino "
       "vecina tio tia hijastro hijastra maestro maestra profesor profesora"},
      {"family",
       "son daughter child kid brother sister husband wife partner spouse mother father mom dad uncle aunt cousin nephew niece "
       "roommate boyfriend girlfriend fiance"},
      {"familia",
       "hijo hija hermano hermana esposo esposa marido mujer pareja madre padre mama papa tio tia primo prima sobrino sobrina novio "
       "novia"},
      {"subject",
       "music art arts drama theater theatre dance pe gym latin french german italian spanish chinese mandarin japanese arabic chess "
       "robotics computer computers coding technology physics chemistry biology algebra calculus geometry geography economics "
       "psychology journalism orchestra band choir ceramics photography woodworking shop welding culinary agriculture health esl "
       "ell bilingual kindergarten prek preschool resource reading math science history media stem"},
      {"materia",
       "musica arte artes teatro danza latin frances aleman italiano ingles espanol chino arabe ajedrez robotica computacion "
       "informatica tecnologia fisica quimica biologia algebra calculo geometria geografia economia psicologia periodismo orquesta "
       "coro banda deportes ceramica fotografia carpinteria cocina agricultura salud kinder preescolar matematicas ciencias historia etica filosofia "
       "educacion"},
      {"scarce",
       "nurse librarian counselor counsellor psychologist therapist pathologist secretary custodian janitor registrar receptionist "
       "dean coach coordinator chair chairperson head lead representative rep delegate specialist interpreter translator driver cook "
       "technician treasurer president substitute intern paraprofessional bookkeeper accountant guard captain director valedictorian "
       "mentor trainer supervisor clerk liaison steward webmaster manager interventionist audiologist adviser advisor sponsor editor tutor"},
      {"scarce_one",
       "nurse librarian psychologist secretary custodian janitor registrar receptionist dean bookkeeper accountant treasurer "
       "pathologist interpreter audiologist"},
      {"escaso",
       "enfermera enfermero bibliotecaria bibliotecario psicologa psicologo terapeuta secretaria secretario conserje intendente "
       "recepcionista coordinadora coordinador jefa jefe encargada encargado representante delegada delegado especialista interprete "
       "traductora traductor chofer conductora conductor cocinera cocinero tecnica tecnico tesorera tesorero presidenta presidente "
       "suplente sustituta sustituto interina interino practicante contadora contador vigilante guardia capitana capitan entrenadora "
       "entrenador orientadora orientador consejera consejero subdirectora subdirector prefecta prefecto vocal mentora trabajadora "
       "bibliotecologa logopeda asesora asesor editora editor tutora tutor"},
      {"escaso_uno",
       "enfermera enfermero bibliotecaria bibliotecario psicologa psicologo secretaria secretario conserje intendente recepcionista "
       "subdirectora subdirector prefecta prefecto orientadora orientador contadora contador tesorera tesorero logopeda chofer"},
      {"event",
       "grievance complaint lawsuit divorce separation surgery operation cancer chemo chemotherapy illness accident injury miscarriage "
       "pregnancy depression retirement resignation transfer promotion demotion reassignment suspension expulsion arrest disability "
       "wheelchair diagnosis evaluation observation visa immigration accent stutter adoption deportation wedding funeral maternity "
       "paternity sabbatical burnout breakdown transplant stroke contract nonrenewal interview tenure hearing disease condition death "
       "religion faith pronouns transition"},
      {"suceso",
       "queja denuncia demanda divorcio separacion operacion cirugia cancer quimioterapia enfermedad accidente lesion aborto embarazo "
       "depresion jubilacion renuncia traslado ascenso promocion descenso suspension expulsion arresto discapacidad diagnostico "
       "evaluacion observacion visa acento tartamudez adopcion deportacion boda funeral maternidad paternidad incapacidad contrato "
       "entrevista trasplante muerte fallecimiento religion transicion plaza"},
      {"leave", "maternity paternity parental sick medical family bereavement disability"},
      {"medical",
       "autism autistic dyslexia adhd add diabetes asthma epilepsy syndrome cancer cerebral seizures disability allergy leukemia "
       "depression anxiety cystic ptsd iep"},
      {"medico",
       "autismo autista dislexia tdah diabetes asma epilepsia sindrome cancer paralisis convulsiones discapacidad alergia leucemia "
       "depresion ansiedad"},
      {"did",
       "filed reported resigned retired sued testified complained transferred whistleblew"},
      {"was_done",
       "hired fired promoted demoted transferred injured diagnosed suspended expelled arrested hospitalized reassigned assaulted "
       "harassed evicted deported widowed laid bullied"},
      {"hice", "denuncie presente interpuse renuncie demande reporte testifique"},
      {"me_hicieron",
       "contrataron despidieron ascendieron trasladaron diagnosticaron suspendieron expulsaron arrestaron hospitalizaron "
       "operaron asaltaron acosaron deportaron jubilaron golpearon"},
      {"am", "am was"},
      {"broke",
       "broke fell fainted collapsed lost hurt fractured complained reported refused spoke testified quit resigned married divorced "
       "confronted objected sued appealed relapsed transitioned"},
      {"rompi",
       "queje denuncie negue enferme cai rompi lesione desmaye case divorcie jubile embarace separe opuse fracture perdi renuncie "
       "demande reporte"},
      {"harmed", "attacked assaulted hit punched bit pushed threatened accused harassed bullied slapped stabbed kicked"},
      {"agredio", "agredio golpeo ataco amenazo acuso acoso empujo mordio pego insulto agredieron golpearon atacaron amenazaron "
                  "acusaron"},
      {"person", "teacher parent student one person boy girl guy man woman aide kid mother father mom dad employee"},
      {"persona", "maestra maestro profesora profesor persona alumna alumno estudiante madre padre mama papa empleada empleado que "
                  "asistente"},
      {"stage", "day week weekend morning afternoon evening night month year summer"},
      {"etapa", "dia semana manana tarde noche mes verano"},
      {"past", "refugee immigrant widow widower orphan migrant exchange transfer foster single veteran convert"},
      {"pasado",
       "refugiada refugiado inmigrante viuda viudo huerfana huerfano migrante veterana veterano exiliada exiliado asilada asilado"},
      {"state", "deaf blind pregnant widowed divorced gay lesbian transgender trans nonbinary undocumented disabled autistic allergic diabetic epileptic dyslexic bipolar"},
      {"estado", "sorda sordo ciega ciego embarazada viuda viudo divorciada divorciado gay lesbiana transgenero indocumentada indocumentado "
                 "discapacitada discapacitado autista alergica alergico diabetica diabetico epileptica epileptico "
                 "dislexica dislexico"},
  };
  return *classes;
}

const std::vector<PhraseText>& AllPhrases() {
  static const auto* phrases = new std::vector<PhraseText>{
      // Dates and times, English
      {kDate, "on|since|until|by|last|this|next|around? <weekday>? <month> the? <day> <year>?"},
      {kDate, "<month> <day> <year>?"},
      {kDate, "the? <day> of? <month> <year>?"},
      {kDate, "<month> of? <year>"},
      {kDate, "in|since|last|this|next|during|until|by|around|before|after|early|late|mid the? <month>"},
      {kDate, "first|second|third|last|fourth|beginning|end|middle <any>? of|in <month>"},
      {kDate, "last|this|next|past <weekday>"},
      {kDate, "on|since|until <weekday> morning|afternoon|evening|night?"},
      {kDate, "<weekday> morning|afternoon|evening|night"},
      {kDate, "yesterday morning|afternoon?"},
      {kDate, "last|past <term>"},
      {kDate, "<num> <unit> ago"},
      {kDate, "a few|couple of? <unit> ago"},
      {kDate, "a <unit> ago"},
      {kDate, "the <stage> before|after|of|that|when the|my|our? <any> <any>?"},
      {kDate, "in|since|from|until|of|during|after|before the? <year>"},
      {kDate, "class of <year>"},
      {kDate, "<sure_month>"},
      {kDate, "during <any> <any>? week|weekend"},
      {kDate, "<num> am|pm|a|p m?"},
      {kDate, "at <num> oclock"},
      {kDate, "<num> o clock"},
      // Dates and times, Spanish
      {kDate, "el|este|del|desde? <weekday>? <day> de|del <month> de|del? <year>?"},
      {kDate, "<month> de|del? <year>"},
      {kDate, "en|desde|hasta|durante|para|este|pasado|proximo|principios|finales|mediados de? <month> pasado?"},
      {kDate, "primera|segunda|tercera|cuarta|ultima semana de <month>"},
      {kDate, "el|este|pasado|proximo pasado|proximo? <weekday> pasado|proximo? por? la? manana|tarde|noche? <day>? de? <month>?"},
      {kDate, "ayer|anteayer|antier|anoche por? la? manana|tarde?"},
      {kDate, "la|el <periodo> pasada|pasado"},
      {kDate, "el|la pasado|pasada <periodo>"},
      {kDate, "hace <num> <unidad>"},
      {kDate, "la|el <etapa> antes|despues de|del|que la|las|los|el? <any> de? <any>?"},
      {kDate, "el dia de|del|que la|las|los|el|me? <any> de? <any>?"},
      {kDate, "en|desde|hasta|del? el? ano? <year>"},
      {kDate, "a? las|la <num> am|pm|a|p|de m|la? manana|tarde|noche?"},
      // Places where somebody is found
      {kContact, "room|rm|classroom|portable|trailer|suite|extension|ext|salon|aula|cuarto|oficina|sala|despacho|anexo movil|portatil|prefabricada? number|no|num|numero|la|el? <code>"},
      {kContact, "office number? <code>"},
      {kContact, "extension|number|numero|telefono|celular|phone is|es <code>"},
      {kContact, "in|en|at the|el|la? <letter> <num>"},
      {kContact, "<code> <cap> <cap>? street|st|avenue|ave|road|rd|drive|lane|boulevard|blvd"},
      {kContact, "calle|avenida|av|calzada|colonia <cap> <cap>? numero|no|num? <code>"},
      // Roles, English
      {kRole, "the|our|this|your only <any>? <any>? teacher|coach|counselor|aide|nurse|driver|specialist|parent|student|man|woman"},
      {kRole, "as|being <article>? <any>? <any>? <any>? <scarce> of|for? the? <any>? department|union|team|committee?"},
      {kRole, "i <am> <article> <any>? <any>? <scarce>"},
      {kRole, "i <am> <scarce>"},
      {kRole, "i <am> one of the? <num> <any>? <any>?"},
      {kRole, "one of the? two|three|few <any>? <scarce>"},
      {kRole, "i teach|taught|coach|coached the? only? <any>? <any>? class|classes|team|club|students"},
      {kRole, "i teach|taught <subject>"},
      {kRole, "i coach|coached <any> <any>?"},
      {kRole, "i drive|drove the? a? school? bus|van <num>?"},
      {kRole, "i run|lead|chair|head|direct|coordinate the <any> <any>?"},
      {kRole, "as|being|i <am>? <article>? <subject> teacher"},
      {kRole, "the|our <subject> teacher|director|coach|specialist"},
      {kRole, "the|our school? <scarce_one>"},
      {kRole, "the|our assistant|vice principal"},
      {kRole, "the|our speech|occupational|physical|reading|social therapist|specialist|worker"},
      {kRole, "<any> department|grade|level head|chair|lead|leader"},
      {kRole, "i <am> in charge of the? <any>"},
      // Roles, Spanish
      {kRole, "la|el unica|unico maestra|maestro|profesora|profesor|persona|hombre|mujer|docente|asistente|padre|madre de? <any>?"},
      {kRole, "como <articulo>? unica|unico? <escaso> <any>? de|del? la? <any>?"},
      {kRole, "como <articulo>? unica|unico maestra|maestro|profesora|profesor de? <any>?"},
      {kRole, "como <articulo>? maestra|maestro|profesora|profesor de <materia>"},
      {kRole, "soy|fui <articulo>? unica|unico? <escaso> de|del? la? <any>?"},
      {kRole, "soy|fui <articulo>? maestra|maestro|profesora|profesor de <materia>"},
      {kRole, "doy|imparto|enseno la|las|el|los? unica|unico? clase|clases? de? <materia>"},
      {kRole, "doy|imparto la|el unica|unico clase|curso de <any>"},
      {kRole, "entreno|dirijo|coordino|presido|encabezo a? al|el|la|los|las <any> <any>?"},
      {kRole, "la|el|al|nuestra|nuestro|del <escaso_uno>"},
      {kRole, "la|el|al|nuestra|nuestro maestra|maestro|profesora|profesor de <materia>"},
      {kRole, "manejo|conduzco el|un|la? camion|autobus|ruta <num>?"},
      {kRole, "la|el trabajadora|trabajador social"},
      {kRole, "la|el directora|director|encargada|encargado|jefa|jefe de|del la? <materia>"},
      {kRole, "soy una|uno de las|los? <num> <any>? <any>?"},
      {kRole, "jefa|jefe|representante|delegada|delegado|presidenta|presidente de|del|sindical la? <any>? de? <any>?"},
      // Rare facts, English
      {kFact, "when|while|after|before|since|during i? was|went|got|came|returned|had|on? back? on|from? my? <leave> leave"},
      {kFact, "<leave> leave"},
      {kFact, "when|after|before i was|got <any>? <was_done>"},
      {kFact, "when|while|after|since|before|during|with|about|of|to|for? my <any>? <event>"},
      {kFact, "after|during|before|since|with my <family> <event>"},
      {kFact, "i <did> a|an|the|my|him|her|it|them|on|to? <any>?"},
      {kFact, "i submitted|made|wrote|lodged a|an|my <event>"},
      {kFact, "i was|got|have been? <was_done> last|in|this? year?"},
      {kFact, "i <was_done>"},
      {kFact, "i was|am the only|first|last <any>? who|that? <any>? <any>?"},
      {kFact, "i was the one who|that <any>"},
      {kFact, "the one who <did>"},
      {kFact, "i gave birth"},
      {kFact, "i <am> the <any>? <person> who|that|whose <any> <any>? <any>?"},
      {kFact, "ever? since|after|when|because i <broke> my|the|to? <any>?"},
      {kFact, "after|when|since|because? a|my|the <any> <harmed> me"},
      {kFact, "i was|got <harmed> by"},
      {kFact, "came|arrived|moved here|there? as a|an <any>"},
      {kFact, "as a|an <past> <any>?"},
      {kFact, "my <any>? <family> was|got|is|been <was_done> off?"},
      {kFact, "my <any>? <family> lost|quit|passed|left his|her|a|the|their|away? <any>?"},
      {kFact, "for|over|almost|nearly|about? <num> <num>? years here?"},
      {kFact, "taught|worked|been here for? <num>? <num>? years"},
      {kFact, "in my first|second|third|last|final year"},
      {kFact, "my <any>? <family> works|worked|teaches|sits|serves|died|passed|attends at|in|on|for|here|away the? <any>?"},
      {kFact, "my <any>? <family> is|was on|in|at the <any> <any>?"},
      {kFact, "my <any>? <family> is|was|has <any>? <medical>"},
      {kFact, "my <any>? <family> has <any> <medical>"},
      {kFact, "my <any>? <family> with <any>? <medical>"},
      {kFact, "my twins|triplets"},
      {kFact, "my twin|adopted|foster son|daughter|sons|daughters|boys|girls|brother|sister|child"},
      {kFact, "moved|came|immigrated|arrived|emigrated here? from <cap>"},
      {kFact, "i am|was|im from <cap>"},
      {kFact, "i <am> a? <state>"},
      {kFact, "i <am> in a wheelchair"},
      {kFact, "i use|need a wheelchair|cane|hearing|interpreter aid?"},
      {kFact, "i voted against|for"},
      {kFact, "i won|received the <any> award|prize"},
      {kFact, "i had|have cancer|surgery|stroke|miscarriage|chemo"},
      {kFact, "i had a stroke|miscarriage|baby|breakdown"},
      // Rare facts, Spanish
      {kFact, "cuando|mientras|desde|antes|despues|durante que|de? estuve|estaba|regrese|volvi|regresar|volver de|en mi|la? baja|licencia|incapacidad por|medica? <any>?"},
      {kFact, "baja|licencia por|de maternidad|paternidad|enfermedad"},
      {kFact, "cuando|despues|antes|durante|desde|con|por|sobre|de de? mi <suceso>"},
      {kFact, "mi <suceso>"},
      {kFact, "despues|antes|durante|desde de|del? el|la? <suceso> de mi <familia>"},
      {kFact, "yo? <hice> una|un|mi|el|la|lo|ante|contra? <suceso>?"},
      {kFact, "lo|la <hice> ante|con|a? <any>? <any>?"},
      {kFact, "me <me_hicieron> el|hace? ano? pasado?"},
      {kFact, "fui|soy la|el unica|unico|primera|primero que <any> <any>? <any>?"},
      {kFact, "fui yo quien <any>"},
      {kFact, "fui|soy la|el unica|unico <any> en|de|del|que <any> <any>?"},
      {kFact, "di a luz"},
      {kFact, "soy|fui la|el <persona> que se|me|le? <any> la|el? <any>?"},
      {kFact, "desde|cuando|porque|despues de? que? me|yo? <rompi> con|de|ante|la|el|a? <any>?"},
      {kFact, "despues|desde|cuando|porque de? que? me|nos <agredio>"},
      {kFact, "una|un|mi <any> me <agredio>"},
      {kFact, "vine|llegue|vinimos|llegamos aqui|a? como <any>"},
      {kFact, "como <pasado>"},
      {kFact, "mi <familia> perdio|dejo|renuncio|fue su|el|la? <any>?"},
      {kFact, "yo fui quien|la|el que? <any>"},
      {kFact, "fui la|el que <any>"},
      {kFact, "desde hace <num> anos"},
      {kFact, "llevo|tengo|hace|trabaje|durante mas? de? <num> anos dando|aqui|en|de|trabajando|ensenando clases|esta|servicio? aqui?"},
      {kFact, "trabajo|ensenar|doy aqui desde hace? <num> anos?"},
      {kFact, "en mi primer|segundo|tercer|ultimo ano"},
      {kFact, "mi <familia> trabaja|trabajaba|ensena|murio|fallecio|estudia en|aqui|con? el|la? <any>? <any>?"},
      {kFact, "mi <familia> esta|estaba en|es el|la|del|miembro <any>? <any>?"},
      {kFact, "mi <familia> tiene|con <any>? <medico> de? <any>?"},
      {kFact, "mis gemelos|gemelas|trillizos|mellizos|mellizas"},
      {kFact, "vine|llegue|venimos|emigre|llegamos|soy aqui? de|desde <cap>"},
      {kFact, "soy|estoy|estaba <estado>"},
      {kFact, "estoy|ando|uso en? una? silla de ruedas"},
      {kFact, "vote en contra|a favor"},
      {kFact, "tuve|tengo cancer|un? aborto|derrame|bebe"},
      {kFact, "gane el premio <any>?"},
  };
  return *phrases;
}

}  // namespace candor::guard
