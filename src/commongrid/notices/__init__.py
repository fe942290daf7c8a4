"""Notices (通知): that something waits for a post, or that a person's matter has moved on, in words that say no more.

A reader of the journal makes them behind a bookmark of its own, each once. To a
post they come in the console (the bell) and by e-mail where an address is
known; to a person by text message, where a phone was left for the matter and
nothing speaks against it. Texts are dated rows with an allow-list of fields:
a number, a day, an office and its phone. No name, no word of the matter, no
door and no kind is ever in one, because the type that carries them has no
place for it.

Words: notice, channel, delivery receipt, quiet hours.
"""
