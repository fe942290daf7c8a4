"""accounts: who can sign in, and the log of what needs answering for later.

An account (账号) is a way in, not a permission: it holds a login name, a
password hash (Argon2), authenticators (time codes, passkeys) and sessions, all
through allauth. What somebody may do comes from a post (``roster``); an account
without a post sees what the public sees. Nobody signs up: a one-time link
(一次性登录链接) is given to a person, and the account is made at its first use.

The access log (访问日志) keeps sign-ins, reveals, exports, prints and refusals,
apart from the journal, for at least six months; rows are only ever added.
"""
