"""Other processes may use the database beside the server: what it acknowledges after they have gone is not lost."""

import palabre


def test_a_command_beside_the_server_loses_nothing():
    with palabre.Server() as server:
        article = server.publish_article("Deux à la fois", "Texte.")
        server.add_account("beside", "moderator")  # opens, writes, closes
        sent = server.reader().send(article, name="Léa", text="Arrivé après la commande")
        assert sent.number
        with server.database() as database:
            there = database.execute("SELECT state FROM comment WHERE number = ?", (sent.number,)).fetchall()
        assert there == [("pending",)], "another process does not see what the server has acknowledged"
        server.process.kill()
        server.start()
        with server.database() as database:
            rows = database.execute("SELECT text_source FROM comment WHERE number = ?", (sent.number,)).fetchall()
        assert rows == [("Arrivé après la commande",)]
        server.check()
