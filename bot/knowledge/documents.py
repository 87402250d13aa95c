"""Names of the documents residents bring, from documents.yml: `{id: {ja: …, en: …}}`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from bot.knowledge.problems import KnowledgeError, Problem
from bot.knowledge.source_lines import YamlFault, load_yaml

DOCUMENTS_FILE = "knowledge_base/documents.yml"


class Documents:
    """Document names by id and locale."""

    def __init__(self, names: Mapping[str, Mapping[str, str]]) -> None:
        self._names = names

    @classmethod
    def load(cls, content_dir: Path) -> Documents:
        """No file means no documents. Raises KnowledgeError for a file that is not `{id: {ja: name}}`."""
        path = content_dir / DOCUMENTS_FILE
        if not path.exists():
            return cls({})
        try:
            data = load_yaml(path.read_text(encoding="utf-8")) or {}
        except YamlFault as fault:
            raise KnowledgeError([Problem(str(path), fault.line, "", f"not YAML: {fault}.", "Mend it.")]) from None
        problems = [
            Problem(str(path), 0, str(key), "it has no Japanese name.", "Write `id: {ja: …, en: …}`.")
            for key, names in data.items()
            if not isinstance(names, dict) or not isinstance(names.get("ja"), str)
        ]
        if problems:
            raise KnowledgeError(problems)
        return cls(data)

    def __contains__(self, document_id: object) -> bool:
        return document_id in self._names

    def name(self, document_id: str, locale: str) -> str:
        """The name in `locale`, with the Japanese one beside it outside Japanese; the id itself when unknown."""
        names = self._names.get(document_id)
        if names is None:
            return document_id
        if locale in ("ja", "ja-easy"):
            return names.get(locale) or names["ja"]
        own = names.get(locale) or names.get("en")
        return f"{own} ({names['ja']})" if own else names["ja"]
