"""Users found by how their username, address, roll number or a word of their name begins."""

from auth import rules
from auth.tables import Profile, SearchWord, User
from lms.dynamo import Transaction, read_together
from lms.pages import PageRequest, Position, query_page


def words_of(user: User, profile: Profile) -> frozenset[str]:
    """The words that a user is found by, as they are now."""
    return rules.found_by(user.username, user.email, user.roll_no, profile.name)


def replace(tx: Transaction, user: User, before: frozenset[str], after: frozenset[str]) -> None:
    """Lets a user be found by other words, in the transaction that changes what they come from."""
    for word in before - after:
        tx.delete(_row(user, word))
    for word in after - before:
        tx.put(_row(user, word))


def find(text: str, paging: PageRequest) -> tuple[list[tuple[User, Profile]], Position | None]:
    """A page of the users in whom every word of `text` begins some word, each user once.

    What is read of users is as it is now, so a word that the index still has of the past finds nobody.
    """
    sought = rules.search_words(text)
    if not sought:
        return [], None
    longest = max(sought, key=len)
    rows, after = query_page(
        SearchWord.search_index, [longest[0]], paging, range_key_condition=SearchWord.word.startswith(longest)
    )
    ids = list(dict.fromkeys(row.user_id for row in rows))
    found = read_together([(table, user_id, None) for table in (User, Profile) for user_id in ids])
    pairs = zip(found[: len(ids)], found[len(ids) :], strict=True)
    known = {user.id: (user, profile) for user, profile in pairs if user and profile}
    hits = [known[row.user_id] for row in rows if row.user_id in known and _is_hit(row, *known[row.user_id], sought)]
    return hits, after


def _is_hit(row: SearchWord, user: User, profile: Profile, sought: list[str]) -> bool:
    """Whether this word is the one by which its user is found: others of theirs may begin alike."""
    return rules.first_hit(words_of(user, profile), sought) == row.word


def _row(user: User, word: str) -> SearchWord:
    return SearchWord(key=f"{user.id}#{word}", initial=word[0], word=word)
