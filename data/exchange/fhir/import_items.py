"""The items of a Questionnaire as items of a form: what has no place here is put where it fits, and told."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from data.domain.errors import Message
from data.domain.forms import (
    REPEAT_LIMIT,
    SECTION_DEPTH,
    AnyItem,
    Filled,
    Question,
    Section,
    SeveralChoices,
    Text,
    WhiteBox,
    mapped,
)
from data.domain.limits import LINE_LIMIT, TEXT_LIMIT
from data.domain.text import clean
from data.exchange.fhir import urls
from data.exchange.fhir.findings import shown
from data.exchange.fhir.import_conditions import Answered, Rule, shown_when
from data.exchange.fhir.import_options import OptionReader
from data.exchange.fhir.import_questions import QuestionReader
from data.exchange.fhir.losses import Losses
from data.exchange.fhir.new_ids import NewIds, is_id
from data.exchange.fhir.questionnaire import Item, Questionnaire, bool_extension, text
from data.exchange.fhir.source import Source
from data.exchange.fhir.values import Offered

_ITEM: Final = "Questionnaire.item"
_HELP: Final = ("help", "flyover")
_ENDS: Final = {"lower": "least_words", "upper": "most_words"}
_SMALL_HEADING: Final = 3


class ItemReader:
    """Reads all items of one questionnaire. Call `read` once."""

    def __init__(self, tree: Questionnaire, losses: Losses, *, placeholders: bool) -> None:
        """`placeholders`: whether braces in its texts are placeholders of ours, not just braces."""
        self.options = OptionReader(tree.json, losses)
        self._tree = tree
        self._losses = losses
        self._placeholders = placeholders
        self._questions = QuestionReader(self.options, losses)
        self._ids: dict[Item, str] = {}
        self._new_ids = NewIds("item")
        self._asked: dict[str, tuple[Question, Offered]] = {}
        self._rules: dict[str, tuple[str, tuple[Rule, ...]]] = {}
        """What decides whether an item of ours is shown, with what to call it; by its id."""

    def read(self) -> tuple[AnyItem, ...]:
        """The items of the form, in the order of the file."""
        self._name(self._tree.walk())
        items = self._items(self._tree.items, 0, ())
        return mapped(items, self._with_conditions)

    def id_of(self, link_id: str) -> str:
        """What the item with that linkId is called here; the linkId itself where there is no such item."""
        item = self._tree.by_link_id.get(link_id)
        return self._ids[item] if item is not None else link_id

    def words(self, said: str, where: str, *, limit: int = TEXT_LIMIT, fixed: bool = False) -> str:
        """Safe text as the form shows it: braces stay braces, also where (not `fixed`) the form would fill
        them. Text that is too long is cut, and told."""
        lines = limit > LINE_LIMIT
        safe = clean(said, lines=lines, limit=limit + 1)
        if not self._placeholders and not fixed:
            safe = safe.replace("{", "{{").replace("}", "}}")
        if len(safe) > limit:
            message = Message("“{text}” is cut after {limit} characters", text=shown(safe), limit=limit)
            self._losses.tell(where, message)
        return safe[:limit]

    def _name(self, items: Iterable[Item]) -> None:
        """Give every item its id: its linkId wherever that can be one, since answers go by it."""
        others: list[Item] = []
        for item in items:
            if is_id(item.link_id) and self._tree.by_link_id.get(item.link_id) is item:
                self._ids[item] = item.link_id
                self._new_ids.reserve(item.link_id)
            else:
                others.append(item)
        for item in others:
            self._ids[item] = self._new_ids.of(item.link_id)

    def _items(self, items: Iterable[Item], depth: int, around: tuple[Rule, ...]) -> tuple[AnyItem, ...]:
        return tuple(made for item in items for made in self._item(item, depth, around))

    def _item(self, item: Item, depth: int, around: tuple[Rule, ...]) -> list[AnyItem]:
        """What an item becomes; `depth` is the number of sections around it, `around` what it stood in."""
        source = Source(item.json, _ITEM, "linkId", "type", "item", "enableWhen", "enableBehavior")
        if source.says(urls.HIDDEN):
            inside = Message("It is hidden in the file, with all inside it: it is left out")
            self._losses.tell(item.field, inside, kind="hidden")
            return []
        source.nested(urls.SHOWN_WHEN)
        if item.type == "display":
            made = self._text(item, source, around)
        elif item.type == "group" or (item.type == "question" and item.children):
            made = self._group(item, source, depth, around)
        else:
            made = self._question(item, source, depth, around)
        if item.link_id != self._ids[item] and made:
            new = Message("It is called {id} here: its linkId can't be kept", id=self._ids[item])
            self._losses.tell(item.field, new, kind="linkId")
        if made and (source.flag("readOnly") or source.has_extension(urls.CALCULATED_EXPRESSION)):
            message = Message("The other system fills it in, here it is asked: delete it if not wanted")
            self._losses.tell(item.field, message, kind="readOnly")
        if source.has_extension(urls.ENABLE_WHEN_EXPRESSION):
            self._losses.tell(item.field, Message("It is shown always: its condition is a program"))
        source.tell_rest(item.field, self._losses)
        return made

    def _text(self, item: Item, source: Source, around: tuple[Rule, ...]) -> list[AnyItem]:
        level = source.number(urls.HEADING_LEVEL) or 0
        wording = self._wording(source, item.field)
        made = Text(id=self._ids[item], wording=wording, level=level if level in range(4) else 0)
        self._decide(made.id, item.field, (item, *around))
        return [made, *self._items(item.children, SECTION_DEPTH, (item, *around))]

    def _group(self, item: Item, source: Source, depth: int, around: tuple[Rule, ...]) -> list[AnyItem]:
        help_text, _ends, inside, notes = self._split(item)
        wording = self._wording(source, item.field)
        if depth >= SECTION_DEPTH and inside:
            if source.flag("repeats"):
                self._losses.tell(
                    item.field, Message("It can be filled in once only, since it is no section")
                )
            heading = self._heading(item, wording, help_text, (item, *around))
            return [*heading, *self._items((*notes, *inside), SECTION_DEPTH, (item, *around))]
        fields: dict[str, Any] = {"id": self._ids[item], "wording": wording, "help": help_text}
        if source.flag("repeats"):
            fields |= {"repeats": True, **self._times(item, source)}
        else:
            own = {"least": source.number(urls.LEAST), "most": source.number(urls.MOST)}
            fields |= {name: max(0, value) for name, value in own.items() if value is not None}
            if source.flag("required"):
                message = Message("That something in it must be answered is left out: require its questions")
                self._losses.tell(item.field, message, kind="required group")
        fields["items"] = self._items((*notes, *inside), depth + 1, ())
        self._decide(self._ids[item], item.field, (item, *around))
        return [Section(**fields)]

    def _times(self, item: Item, source: Source) -> dict[str, int]:
        required = source.flag("required")
        least, most = source.number(urls.MIN_OCCURS), source.number(urls.MAX_OCCURS)
        if most is None:
            message = Message("It can be filled in at most {limit} times here", limit=REPEAT_LIMIT)
            self._losses.tell(item.field, message, kind="repeats")
        return {
            "least": max(0, int(required) if least is None else least),
            "most": REPEAT_LIMIT if most is None else max(0, most),
        }

    def _heading(
        self, item: Item, wording: str, help_text: str, rules: tuple[Rule, ...]
    ) -> Iterable[AnyItem]:
        """What is left of a section that lies too deep, before its items."""
        message = Message("Sections lie at most {depth} deep: it becomes a heading", depth=SECTION_DEPTH)
        self._losses.tell(item.field, message)
        if wording:
            yield Text(id=self._ids[item], wording=wording, level=_SMALL_HEADING)
            self._decide(self._ids[item], item.field, rules)
        if help_text:
            new_id = self._new_ids.of(f"{self._ids[item]}-help")
            yield Text(id=new_id, wording=help_text)
            self._decide(new_id, item.field, rules)

    def _question(self, item: Item, source: Source, depth: int, around: tuple[Rule, ...]) -> list[AnyItem]:
        help_text, ends, inside, notes = self._split(item)
        fields: dict[str, Any] = {
            "id": self._ids[item],
            "wording": self._wording(source, item.field),
            "help": help_text,
            "required": source.flag("required"),
            **ends,
        }
        found = self._questions.read(item.type, fields, source, item.field)
        if found is None:
            kind = shown(item.type) or "?"
            message = Message("Questions of the type {type} can't be asked here: it is left out", type=kind)
            self._losses.tell(item.field, message)
            return [*self._items(item.children, depth, (item, *around))]
        made: Filled = found.item
        if isinstance(made, Question):
            self._asked.setdefault(item.link_id, (made, found.offered))
        if ends and not set(ends) <= set(type(made).model_fields):
            words = " … ".join(ends.values())
            self._losses.tell(
                item.field, Message("The words for its ends are left out: {words}", words=shown(words))
            )
        repeats = not isinstance(made, SeveralChoices | WhiteBox) and source.flag("repeats")
        wrapped = repeats and depth < SECTION_DEPTH
        rules: tuple[Rule, ...] = () if wrapped else (item, *around)
        if repeats and not wrapped:
            self._losses.tell(item.field, Message("It takes one answer only: sections can't lie deeper"))
        if inside:
            message = Message("What stands in it stands after it, and is shown once it is answered")
            self._losses.tell(item.field, message, kind="nested")
        deeper = depth + wrapped
        self._decide(made.id, item.field, rules)
        after = (
            *self._items(notes, deeper, rules),
            *self._items(inside, deeper, (Answered(item), *(() if wrapped else around))),
        )
        if not wrapped:
            return [made, *after]  # type: ignore[list-item]
        return [self._repeating(item, source, made, after, around)]

    def _repeating(
        self, item: Item, source: Source, made: Filled, after: tuple[AnyItem, ...], around: tuple[Rule, ...]
    ) -> Section:
        """A question that may be answered several times, in a section that repeats."""
        message = Message("It can be answered several times: it stands in a section that repeats")
        self._losses.tell(item.field, message, kind="several answers")
        times = self._times(item, source)
        new_id = self._new_ids.of(f"{made.id}-times")
        self._decide(new_id, item.field, (item, *around))
        items: Any = (made, *after)
        heading = made.wording or made.help
        return Section(
            id=new_id,
            wording=heading,
            repeats=True,
            **{**times, "least": max(1, times["least"])},
            items=items,
        )

    def _split(self, item: Item) -> tuple[str, dict[str, str], tuple[Item, ...], tuple[Item, ...]]:
        """An item's help, the words at the ends of its scale, the items inside it, and the texts among them
        (of a group, those count as items)."""
        help_text, ends = "", dict[str, str]()
        inside: list[Item] = []
        notes: list[Item] = []
        for child in item.children:
            source = Source(child.json, _ITEM, "linkId", "type", "enableWhen", "enableBehavior")
            control = source.control(*_HELP, *_ENDS) if child.type == "display" else ""
            plain = bool(control) and not child.conditions and not child.children
            short = len(clean(text(child.json, "text"), limit=LINE_LIMIT + 1)) <= LINE_LIMIT
            if plain and short and control in _HELP and not help_text:
                help_text = self._line_of(source, child, fixed=_is_white_box(item))
            elif plain and control in _ENDS and item.is_question and _ENDS[control] not in ends:
                ends[_ENDS[control]] = self._line_of(source, child, fixed=True)
            elif item.is_question and child.type == "display":
                notes.append(child)
            else:
                inside.append(child)
        return help_text, ends, tuple(inside), tuple(notes)

    def _line_of(self, source: Source, child: Item, *, fixed: bool) -> str:
        found = self.words(source.text("text"), child.field, limit=LINE_LIMIT, fixed=fixed)
        source.tell_rest(child.field, self._losses)
        return found

    def _wording(self, source: Source, where: str) -> str:
        prefix, wording = source.text("prefix"), source.text("text")
        return self.words(f"{prefix} {wording}" if prefix and wording else prefix or wording, where)

    def _decide(self, item_id: str, where: str, rules: tuple[Rule, ...]) -> None:
        self._rules[item_id] = (where, rules)

    def _with_conditions(self, item: AnyItem) -> AnyItem:
        where, rules = self._rules.get(item.id, ("", ()))
        if isinstance(item, WhiteBox) or not rules:
            return item
        found = shown_when(rules, self._asked, where, self._losses)
        return item.model_copy(update={"shown_when": found}) if found is not None else item


def _is_white_box(item: Item) -> bool:
    return bool_extension(item.json, urls.WHITE_BOX)
