#include "domain/charter_default.h"

static struct charter_rule RULES_FR[] = {
    {
        .code = S_INIT("unlawful"),
        .title = S_INIT("Rien de raciste, rien d'illégal"),
        .text =
            S_INIT("Aucun message qui discrimine des personnes en raison de leur origine, de leur religion, de leur "
                   "sexe, de leur orientation sexuelle, de leur identité de genre ou de leur handicap, ni aucun "
                   "propos que la loi interdit."),
        .severity = SEVERITY_HIGH,
        .legal_ground = S_INIT("Loi du 29 juillet 1881 sur la liberté de la presse, articles 24, 24 bis, 32 et 33"),
    },
    {
        .code = S_INIT("violence"),
        .title = S_INIT("Aucun appel à la violence ou à la haine"),
        .text =
            S_INIT("Ni menace, ni incitation à s'en prendre à quelqu'un, ni apologie de crimes, même sur le ton de la "
                   "plaisanterie."),
        .severity = SEVERITY_HIGH,
        .legal_ground = S_INIT("Loi du 29 juillet 1881, articles 23 et 24 ; code pénal, articles 222-17, 222-18 et "
                               "421-2-5"),
    },
    {
        .code = S_INIT("insult"),
        .title = S_INIT("Ni injure ni diffamation"),
        .text = S_INIT("On discute des idées et des actes, aussi vivement qu'on veut. On n'insulte personne et l'on "
                       "n'accuse personne sans preuve, les autres lecteurs et les auteurs compris."),
        .severity = SEVERITY_MEDIUM,
        .legal_ground = S_INIT("Loi du 29 juillet 1881, articles 29 à 33"),
    },
    {
        .code = S_INIT("language"),
        .title = S_INIT("Une langue soignée"),
        .text =
            S_INIT("Des phrases, de la ponctuation, pas de message en capitales ni en langage abrégé : on écrit pour "
                   "être lu. Une faute d'orthographe n'est pas un motif de refus."),
        .severity = SEVERITY_LOW,
    },
    {
        .code = S_INIT("subject"),
        .title = S_INIT("Rester dans le sujet"),
        .text = S_INIT("La discussion porte sur l'article. Pas de publicité, pas de message répété."),
        .severity = SEVERITY_LOW,
    },
};

static struct charter_rule RULES_EN[] = {
    {
        .code = S_INIT("unlawful"),
        .title = S_INIT("Nothing racist, nothing unlawful"),
        .text = S_INIT("No message that discriminates against people for their origin, religion, sex, sexual "
                       "orientation, gender identity or disability, and nothing that the law forbids."),
        .severity = SEVERITY_HIGH,
        .legal_ground =
            S_INIT("French law of 29 July 1881 on the freedom of the press, articles 24, 24 bis, 32 and 33"),
    },
    {
        .code = S_INIT("violence"),
        .title = S_INIT("No call to violence or hatred"),
        .text = S_INIT("No threat, no incitement against anybody, no praise of crimes, not even as a joke."),
        .severity = SEVERITY_HIGH,
        .legal_ground = S_INIT("French law of 29 July 1881, articles 23 and 24; French penal code, articles 222-17, "
                               "222-18 and 421-2-5"),
    },
    {
        .code = S_INIT("insult"),
        .title = S_INIT("No insult, no defamation"),
        .text = S_INIT("Argue about ideas and deeds, as sharply as you like. Insult nobody, and accuse nobody without "
                       "proof, other readers and authors included."),
        .severity = SEVERITY_MEDIUM,
        .legal_ground = S_INIT("French law of 29 July 1881, articles 29 to 33"),
    },
    {
        .code = S_INIT("language"),
        .title = S_INIT("Careful language"),
        .text = S_INIT("Sentences, punctuation, no message all in capitals or in text-speak: we write to be read. A "
                       "spelling mistake is no reason for refusal."),
        .severity = SEVERITY_LOW,
    },
    {
        .code = S_INIT("subject"),
        .title = S_INIT("Stay on the subject"),
        .text = S_INIT("The discussion is about the article. No advertising, no message sent again and again."),
        .severity = SEVERITY_LOW,
    },
};

enum status charter__save_default(struct db *db, struct error *error) {
    const struct charter charters[] = {
        {
            .language = S("fr"),
            .introduction = S("Cette discussion est ouverte à tous, sans inscription. Les messages sont lus par la "
                              "modération, qui applique ces règles, et elles seules : vos opinions ne regardent que "
                              "vous."),
            .rules = RULES_FR,
            .rule_count = ARRAY_COUNT(RULES_FR),
        },
        {
            .language = S("en"),
            .introduction = S("This discussion is open to all, without registration. Moderators read the messages and "
                              "apply these rules, and nothing but these rules: your opinions are your own."),
            .rules = RULES_EN,
            .rule_count = ARRAY_COUNT(RULES_EN),
        },
    };
    return charter_save(db, charters, ARRAY_COUNT(charters), (account_id){0}, error);
}
