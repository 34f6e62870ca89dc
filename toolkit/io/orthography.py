"""Which strings are Vietnamese syllables, by the rules of spelling alone: the measure of a right decoding."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_ONSETS = "b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x"
_OPEN = """
a ai ao au ay âu ây e eo ê êu i ia iu iêu o oi oa oai oao oay oe oeo ô ôi ơ ơi u ua ui uôi uê uây uơ uy uya uyu
ư ưa ưi ưu ươi ươu y yêu am an ang anh ăm ăn ăng âm ân âng em en eng êm ên ênh im in inh iêm iên iêng om on ong oong
ôm ôn ông ơm ơn um un ung uôm uôn uông ưm ưn ưng ươm ươn ương oam oan oang oanh oăm oăn oăng oen uân uâng uên uênh
uyn uynh uyên yêm yên yêng ynh
"""
_STOPPED = """
ac ach ap at ăc ăp ăt âc âp ât ec ep et êch êp êt ich ip it iêc iêp iêt oc ooc op ot ôc ôp ôt ơp ơt uc up ut uôc
uôp uôt ưc ưp ưt ươc ươp ươt oac oach oap oat oăc oăp oăt oet uât uêch uêt uych uyp uyt uyêt yêt ych
"""
_LONGEST = 24  # characters; `nghiêng` decomposed has nine
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_SHARP_OR_HEAVY = ("\u0301", "\u0323")  # the only tones that a syllable with a stop at its end can carry
_RHYMES = frozenset(_OPEN.split()), frozenset(_STOPPED.split())
_HEAD = re.compile("(?:" + "|".join(sorted(_ONSETS.split(), key=len, reverse=True)) + ")?")


@lru_cache(maxsize=50_000)
def is_syllable(word: str) -> bool:
    """Return whether `word` is spelled as a Vietnamese syllable is; case and the place of the tone do not matter."""
    if len(word) > _LONGEST:
        return False
    parts = unicodedata.normalize("NFD", word.lower())
    tones = "".join(mark for mark in parts if mark in _TONES)
    if len(tones) > 1:
        return False
    bare = unicodedata.normalize("NFC", "".join(mark for mark in parts if mark not in _TONES))
    head = _HEAD.match(bare)
    assert head is not None
    # `gì`, `giêng`: the i belongs to the rhyme too.
    starts = {head.end(), 1} if bare.startswith("gi") else {head.end()}
    return any(bare[s:] in _RHYMES[0] or (bare[s:] in _RHYMES[1] and tones in _SHARP_OR_HEAVY) for s in starts)
