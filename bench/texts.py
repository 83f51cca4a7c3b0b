"""The words of the benchmarks: an article and its messages, the same each time for every server."""
import datetime
import random

SENTENCES = """\
Je lis ce journal depuis vingt ans et c'est la première fois que je vois la question posée aussi clairement.
On oublie toujours de dire qui paiera, et pendant combien de temps.
Dans mon village, la fermeture de la gare a précédé celle de l'école, puis de la poste : il n'y a pas de hasard.
Vous avez raison sur le constat, mais le remède me paraît pire que le mal !
Le rapport cité dans l'article date de 2019 ; les chiffres ont beaucoup changé depuis.
Personne n'a demandé leur avis aux habitants, comme d'habitude.
J'ai travaillé trente ans dans ce métier, et je peux vous assurer que les choses ne se passent pas ainsi.
Et si l'on commençait par appliquer les lois qui existent ?
Ma grand-mère disait : « Qui veut noyer son chien l'accuse de la rage. »
C'est un peu court : l'auteur ne dit rien des petites communes, qui sont pourtant les premières touchées.
Merci pour cet article, précis et sans effets de manche.
Il faudrait comparer avec ce qui se fait en Allemagne ou au Danemark, où les loyers sont encadrés depuis longtemps.
La moitié des commentaires répondent à un texte que leurs auteurs n'ont visiblement pas lu.
On peut regretter la méthode sans contester le but.
À force de reporter la décision, il ne restera bientôt plus rien à décider.
Un détail : le pont n'a pas été construit en 1932 mais en 1934, après la grande crue.
Je ne partage pas votre optimisme, hélas.
Les transports, l'eau, l'énergie : tout est lié, et l'on traite chaque dossier comme s'il était seul au monde.
""".splitlines()
NAMES = ("Camille Anselme Élodie Farid Gisèle Hugo Inès Joachim Kenza Léon Maëlle Noé Odile Pascal Quentin Rose "
         "Salima Théo Ursule Victor Wassim Xavier Yasmine Zoé").split()


def paragraphs(random_source, least, most):
    return [" ".join(random_source.sample(SENTENCES, random_source.randint(2, 5)))
            for _ in range(random_source.randint(least, most))]


class Message:
    """when: the minute it was sent; number: from 1."""

    def __init__(self, random_source, number, begin):
        self.number, self.when = number, begin + datetime.timedelta(minutes=7 * number)
        self.name = "%s %d" % (random_source.choice(NAMES), number % 97)
        self.email = "reader%d@example.org" % number
        self.address = "192.0.2.%d" % (number % 250 + 1)
        self.text = "\n\n".join(paragraphs(random_source, 1, 3))


class Article:
    def __init__(self, count, seed=1):
        random_source = random.Random(seed)
        self.when = datetime.datetime(2026, 1, 5, 8, 0)
        self.title = "Ce que la rivière emporte"
        self.paragraphs = paragraphs(random_source, 8, 8)
        self.messages = [Message(random_source, number, self.when) for number in range(1, count + 1)]
