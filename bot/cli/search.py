"""`iroiro search`: rank any FAQ for a file of questions and print TREC run lines."""

from __future__ import annotations

from pathlib import Path

import click

from bot.knowledge.corpus import build_faq_ranker, read_tsv, trec_lines
from bot.knowledge.problems import KnowledgeError


@click.command("search")
@click.option("--corpus", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True,
              help="Tab-separated: id, question, answer.")  # fmt: skip
@click.option("--queries", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True,
              help="Tab-separated: id, question.")  # fmt: skip
@click.option("--top", type=click.IntRange(min=1), default=20, show_default=True, help="Documents per question.")
@click.option("--locale", default="ja", show_default=True, help="Language of the corpus.")
@click.option("--cache", type=click.Path(dir_okay=False, path_type=Path), default=None,
              help="File to keep sentence vectors in between runs.")  # fmt: skip
def command(corpus: Path, queries: Path, top: int, locale: str, cache: Path | None) -> None:
    """Rank the documents of CORPUS for each question of QUERIES."""
    try:
        documents, questions = read_tsv(corpus, 3), read_tsv(queries, 2)
    except KnowledgeError as error:
        raise click.ClickException(str(error)) from error
    for line in trec_lines(build_faq_ranker(documents, locale, cache), questions, top):
        click.echo(line)
