"""More pages than the cache may hold: each is right all the same, and memory stays where it is."""

import os
import re

import palabre

ARTICLES = 60
PARAGRAPHS = 150


def memory_mb(server):
    with open(f"/proc/{server.process.process.pid}/status", encoding="ascii") as status:
        return int(re.search(r"VmRSS:\s+(\d+) kB", status.read()).group(1)) / 1024


def body_of(number):
    """Some 12 kB that compress badly enough, and that name their article."""
    return "".join(
        f"Article {number}, paragraphe {i} : {number * 7919 * i:x} et {number * 104729 + i:x}, {i * i:x} de plus.\n\n"
        for i in range(PARAGRAPHS)
    )


def stop_and_read_figures(server):
    server.process.process.terminate()
    server.process.process.wait(60)
    line = re.findall(r"event=load (.*)", server.process.log())[-1]
    return {name: int(value) for name, value in (pair.split("=") for pair in line.split())}


def test_more_pages_than_fit():
    with palabre.Server({"cache_mb": 1, "workers": 2}) as server:
        edith = server.moderator("edith")
        articles = [edith.publish_article(f"Article numéro {n}", body_of(n)) for n in range(ARTICLES)]
        paths = [server.get(f"/articles/{article}").url for article in articles]
        memory = []
        reader = server.reader()
        for _ in range(4):
            for number, path in enumerate(paths):
                page = reader.get(path).text
                assert f"Article numéro {number}" in page
                assert page.count(f"Article {number}, paragraphe ") >= PARAGRAPHS
                assert f"Article {(number + 1) % ARTICLES}, paragraphe " not in page
            memory.append(memory_mb(server))
        # A page that was let go, and made again, is the same page to those who have it.
        first = reader.get(paths[0])
        for path in paths:
            reader.get(path)
        assert reader.session.get(paths[0], headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
        said = stop_and_read_figures(server)
        print(memory, said)
        assert said["evictions"] > ARTICLES
        assert said["page_bytes"] < 1024 * 1024 + 512 * 1024
        if not os.environ.get("PALABRE_SANITIZED"):  # sanitizers keep freed memory for a while
            assert memory[-1] < memory[0] + 16, memory
            assert memory[-1] < 150, memory


def test_what_was_decided_is_seen_at_once_on_a_connection_that_reads_all_the_time():
    with palabre.Server({"comments_per_page": 5}) as server:
        maud, reader, author = server.moderator(), server.reader(), server.reader()
        article = server.moderator("edith").publish_article("Le pont", "Un paragraphe.")
        path = server.get(f"/articles/{article}").url
        encodings = ("gzip", "identity", "gzip")

        def seen(mark):
            """The same on every connection and in every encoding, whether or not it has read the page before."""
            pages = [reader.session.get(path, headers={"Accept-Encoding": encoding}) for encoding in encodings]
            assert len({page.text for page in pages}) == 1
            assert reader.session.get(path, headers={"If-None-Match": pages[0].headers["ETag"]}).status_code == 304
            return mark in pages[0].text

        for turn in range(12):
            for _ in range(3 if turn % 3 else 0):  # a page that is read while it changes, and one that is not
                assert not seen(f"Marque {turn}.")
            number = author.send(article, text=f"Marque {turn}. {turn * 7919:x}, pour voir.", name="Solange").number
            maud.decide(number, "publish")
            assert seen(f"Marque {turn}.")
            if turn % 4 == 1:
                maud.decide(number, "remove")
                assert not seen(f"Marque {turn}.")
