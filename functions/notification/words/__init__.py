"""The words of messages: one file a language (`en.toml`, `ur.toml`), and how facts are put into its sentences."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from string import Formatter
from typing import Any

from lms.languages import Language
from lms.zones import find_zone
from notification.messages.message import Message, Money, Titles
from notification.words.mail import Code, Direction, Link, MailText, Paragraph, Typed

_SUBJECT_LENGTH = 200
# Three SMS have 480 letters of the Latin alphabet, or 210 of any other.
_SMS_LENGTH, _SMS_LENGTH_UNICODE = 480, 210
_CODE, _TYPED = "{code}", "{message}"
_ISOLATE = ("\u2068", "\u2069")
_FACT_ALONE = re.compile(r"\{\w+\}\Z")
_LINK = re.compile(r"\[(?P<label>[^\]]+)\]\(\{(?P<url>\w+)\}\)\Z")


@dataclass(frozen=True)
class Frame:
    """What mails and SMS say besides the facts: who writes, to whom, and where the links lead."""

    institute: str
    public_url: str
    name: str = ""
    zone: str = "UTC"
    language: Language = "en"
    unsubscribe_url: str | None = None


@lru_cache
def words(language: Language) -> "Words":
    """The words of a language."""
    return Words(language, tomllib.loads((files(__name__) / f"{language}.toml").read_text("utf-8")))


class Words:
    """Puts messages into the sentences of one language."""

    def __init__(self, language: str, sections: Mapping[str, Any]) -> None:
        self._language = language
        self._sections = sections
        self._direction: Direction = sections["formats"]["direction"]

    def list_text(self, message: Message, zone: str) -> str:
        """What the person's list shows; its times are in the zone of the reader."""
        return self._filled(self._sentence(message, "list"), self._facts(message, zone))

    def subject(self, message: Message, frame: Frame) -> str:
        """One line: the subject of the mail, and the title in the person's list."""
        facts = self._facts(message, frame.zone, frame)
        return " ".join(self._filled(self._sentence(message, "subject"), facts).split())[:_SUBJECT_LENGTH]

    def sms(self, message: Message, frame: Frame) -> str:
        """As long as three SMS at most."""
        facts = self._facts(message, frame.zone, frame)
        own = self._find(message, "sms")
        text = own.format_map(facts) if own else self._framed(message, frame)
        # Old phones show isolates as boxes.
        text = text.translate(dict.fromkeys(map(ord, _ISOLATE)))
        return text[: _SMS_LENGTH if text.isascii() else _SMS_LENGTH_UNICODE]

    def mail(self, message: Message, frame: Frame) -> MailText:
        facts = self._facts(message, frame.zone, frame)
        outer = self._sections["frame"]
        greeting = outer["greeting" if frame.name else "greeting_without_name"]
        parts = [greeting, *self._sentence(message, "mail").strip().split("\n\n"), outer["closing"]]
        parts.append(outer["unsubscribe"])
        paragraphs = tuple(self._paragraphs(parts, facts))
        return MailText(self._language, self._direction, self.subject(message, frame), paragraphs)

    def _framed(self, message: Message, frame: Frame) -> str:
        framed: str = self._sections["frame"]["sms"]
        return framed.format(institute=frame.institute, text=self.list_text(message, frame.zone))

    def _sentence(self, message: Message, name: str) -> str:
        found = self._find(message, name)
        if found is None:
            raise LookupError(f"{self._language}.toml has no {name} for {message.kind}")
        return found

    def _find(self, message: Message, name: str) -> str | None:
        """The words of the message's variant where there are some, else those of its section."""
        section: Mapping[str, Any] = self._sections[message.section]
        found: str | None = section.get(message.variant, section).get(name) or section.get(name)
        return found

    def _facts(self, message: Message, zone: str, frame: Frame | None = None) -> dict[str, str | None]:
        local = find_zone(zone)
        facts = {name: self._text(getattr(message, name), local) for name in type(message).model_fields}
        if frame is not None:
            facts |= {
                "institute": frame.institute,
                "name": frame.name,
                "link": f"{frame.public_url}{message.path}" if message.path else None,
                "unsubscribe_link": frame.unsubscribe_url,
            }
        unknown = self._sections["unknown"]
        return {name: unknown.get(name) if text is None else text for name, text in facts.items()}

    def _paragraphs(self, paragraphs: list[str], facts: Mapping[str, str | None]) -> Iterator[Paragraph]:
        """Those whose facts are known. Only the language's file makes links and codes, never what users typed."""
        for paragraph in paragraphs:
            names = [name for _, name, _, _ in Formatter().parse(paragraph) if name]
            if any(facts[name] is None for name in names):
                continue
            if link := _LINK.match(paragraph):
                yield Link(str(facts[link["url"]]), link["label"])
            elif paragraph == _CODE:
                yield Code(str(facts["code"]))
            elif paragraph == _TYPED:
                yield Typed(paragraph.format_map(facts))
            else:
                yield self._filled(paragraph, facts)

    def _filled(self, sentence: str, facts: Mapping[str, str | None]) -> str:
        """A sentence with its facts; one that is all of it has the direction that it has."""
        if not _FACT_ALONE.match(sentence):
            facts = {name: fact and self._isolated(fact) for name, fact in facts.items()}
        return sentence.format_map(facts)

    def _isolated(self, fact: str) -> str:
        """From right to left, a fact keeps its own direction, by Unicode's isolates.

        A title in English would otherwise turn the words and signs around it.
        """
        begin, end = _ISOLATE
        return fact if self._direction == "ltr" or "\n" in fact else f"{begin}{fact}{end}"

    def _text(self, fact: object, zone: tzinfo) -> str | None:
        formats = self._sections["formats"]
        match fact:
            case None:
                return None
            case datetime():
                local = fact.astimezone(zone)
                return str(formats["time"].format(date=self._date(local), clock=f"{local:%H:%M}", zone=_offset(local)))
            case date():
                return self._date(fact)
            case Money():
                return str(formats["money"].format(currency=fact.currency, amount=f"{fact.amount:,.2f}"))
            case Titles():
                lines = [f"- {self._isolated(title)}" for title in fact.first]
                if fact.count > len(lines):
                    lines.append(formats["more"].format(count=fact.count - len(lines)))
                return "\n".join(lines)
            case Decimal():
                return f"{fact.normalize():f}"
            case _:
                return str(fact)

    def _date(self, day: date) -> str:
        formats = self._sections["formats"]
        return str(formats["date"].format(day=day.day, month=formats["months"][day.month - 1], year=day.year))


def _offset(local: datetime) -> str:
    """Such as UTC+5 or UTC-3:30."""
    minutes = round((local.utcoffset() or timedelta()).total_seconds() / 60)
    if not minutes:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else '-'}{hours}{f':{rest:02}' if rest else ''}"
